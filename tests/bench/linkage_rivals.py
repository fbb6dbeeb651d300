"""The other ways to find persons, and open data sets: simple equality, and Splink from its own library."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from shouwang.exchange.linkage.deciding import LINK_MARGIN, LINK_WEIGHT
from shouwang.exchange.linkage.preparing import prepared_members, prepared_rows
from shouwang.synthetic.linkage_rows import LinkageSample

Pairs = list[tuple[str, str, float]]


def exact(sample: LinkageSample) -> dict[int, str]:
    """Link rows to the one person of the same name born on the same day, as a spreadsheet would."""
    rows, members = prepared_rows(sample.rows), prepared_members(sample.members)
    people: dict[tuple[str, str], list[str]] = {}
    for person, name, born in _three(members):
        people.setdefault((name, born), []).append(person)
    found = {int(row): people.get((name, born), []) for row, name, born in _three(rows) if name and born}
    return {row: persons[0] for row, persons in found.items() if len(persons) == 1}


def _three(table: pa.Table) -> Any:
    return zip(*(table.column(name).to_pylist() for name in ("unique_id", "name_text", "born")), strict=True)


def splink_alone(sample: LinkageSample) -> dict[int, str]:
    """Link by what Splink's library has for names, dates and numbers: a row's best pair above 99 %."""
    comparisons = [
        cl.NameComparison("name_text").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("born", input_is_string=True, datetime_format="%Y%m%d"),
        cl.DamerauLevenshteinAtThresholds("number", [1, 2]),
        cl.ExactMatch("sex"), cl.ExactMatch("village"), cl.ExactMatch("phone"),
    ]  # fmt: skip
    rules = [("name_text",), ("born", "village"), ("born", "name_surname"), ("phone",)]
    pairs = _trained_pairs(
        [prepared_rows(sample.rows), prepared_members(sample.members)],
        comparisons, rules, certain=[("name_text", "born")], sessions=[("born",), ("name_text",)],
    )  # fmt: skip
    best: dict[str, tuple[float, str]] = {}
    for row, person, weight in pairs:
        best[row] = max(best.get(row, (LINK_WEIGHT, "")), (weight, person))
    return {int(row): person for row, (_, person) in best.items() if person}


def febrl4(folder: Path) -> list[dict[str, Any]]:
    """Score FEBRL 4 (5,000 records twice, one true partner each): pairs above 99 %, and only clear ones."""
    sides = [_febrl(folder / f"dataset4{side}.csv") for side in "ab"]
    comparisons = [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    ]
    rules = [
        ("given_name", "surname"), ("date_of_birth",), ("soc_sec_id",), ("state", "address_1"),
        ("street_number", "address_1"), ("postcode",),
    ]  # fmt: skip
    pairs = _trained_pairs(
        sides, comparisons, rules,
        certain=[("soc_sec_id",), ("given_name", "surname", "date_of_birth")],
        sessions=[("date_of_birth",), ("postcode",)],
    )  # fmt: skip
    above = {(one, other) for one, other, weight in pairs if weight >= LINK_WEIGHT}
    truth = {(f"rec-{at}-org", f"rec-{at}-dup-0") for at in range(5_000)}
    return [
        _pair_score("all pairs above 99 %", above, truth),
        _pair_score("clear of the next by a hundred to one", above & _clear(pairs), truth),
    ]


def fake_1000(folder: Path) -> list[dict[str, Any]]:
    """Score Splink's own fake_1000 (1,000 records of 251 persons), against the persons it was made from."""
    table = pa_csv.read_csv(folder / "splink_fake_1000.csv")
    table = table.set_column(0, "unique_id", table.column("unique_id").cast(pa.string()))
    table = table.set_column(table.column_names.index("dob"), "dob", table.column("dob").cast(pa.string()))
    comparisons = [
        cl.ForenameSurnameComparison("first_name", "surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]
    pairs = _trained_pairs(
        [table], comparisons, [("first_name",), ("surname",), ("dob",), ("email",)],
        certain=[("first_name", "surname", "dob"), ("email",)],
        sessions=[("dob",), ("email",), ("first_name", "surname")],
    )  # fmt: skip
    persons = dict(
        zip(table.column("unique_id").to_pylist(), table.column("cluster").to_pylist(), strict=True)
    )
    by_person: dict[int, list[str]] = {}
    for record, person in persons.items():
        by_person.setdefault(person, []).append(record)
    truth = {pair for each in by_person.values() for pair in combinations(sorted(each), 2)}
    return [
        _pair_score(
            f"all pairs above {percent} %",
            {_pair(one, other) for one, other, weight in pairs if weight >= least},
            truth,
        )
        for percent, least in ((50, 0.0), (99, LINK_WEIGHT))
    ]


def _trained_pairs(
    sides: list[pa.Table],
    comparisons: list[Any],
    rules: list[tuple[str, ...]],
    *,
    certain: list[tuple[str, ...]],
    sessions: list[tuple[str, ...]],
) -> Pairs:
    """Train as Splink's documentation does (certain pairs, random pairs, EM) and weigh all pairs."""
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="link_only" if len(sides) == 2 else "dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*each) for each in rules],
    )
    linker = Linker([api.register(each) for each in sides], settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*each) for each in certain], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for each in sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*each), estimate_without_term_frequencies=True
        )
    found = linker.inference.predict(threshold_match_weight=0).as_record_list()
    return [(each["unique_id_l"], each["unique_id_r"], each["match_weight"]) for each in found]


def _febrl(path: Path) -> pa.Table:
    """Read one FEBRL file as text; a blank is unknown."""
    with path.open(encoding="utf-8") as stream:
        names = [name.strip() for name in stream.readline().split(",")]
    read = pa_csv.read_csv(
        path,
        pa_csv.ReadOptions(skip_rows=1, column_names=names),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    columns = {name: pc.utf8_trim_whitespace(read.column(name)) for name in names}
    columns = {name: pc.if_else(pc.equal(values, ""), None, values) for name, values in columns.items()}
    columns["date_of_birth"] = pc.if_else(
        pc.match_substring_regex(columns["date_of_birth"], r"^\d{8}$"), columns["date_of_birth"], None
    )
    return pa.table({"unique_id": columns.pop("rec_id"), **columns})


def _clear(pairs: Pairs) -> set[tuple[str, str]]:
    """Return the pairs that beat every other pair of either record by the margin."""
    by_record: dict[str, list[float]] = {}
    for one, other, weight in pairs:
        for record in (one, other):
            by_record.setdefault(record, []).append(weight)
    second = {record: sorted(weights)[-2] for record, weights in by_record.items() if len(weights) > 1}
    least = -float("inf")
    return {
        (one, other)
        for one, other, weight in pairs
        if weight - max(second.get(one, least), second.get(other, least)) >= LINK_MARGIN
    }


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _pair_score(name: str, found: set[tuple[str, str]], truth: set[tuple[str, str]]) -> dict[str, Any]:
    right = len(found & truth)
    precision, recall = right / max(len(found), 1), right / len(truth)
    return {
        "name": name, "pairs": len(found), "precision": round(precision, 4), "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
    }  # fmt: skip
