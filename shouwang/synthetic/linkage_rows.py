"""The labelled linkage benchmark: a registry, rows without a valid number, whom each is truly about."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from shouwang.synthetic.frames import Array, random_stream
from shouwang.synthetic.linkage_errors import chosen, homophone_of, wrong_date, wrong_name, wrong_number
from shouwang.synthetic.linkage_people import LinkagePeople, linkage_rates, make_linkage_people
from shouwang.synthetic.linkage_truth import determinable

_NUMBER_KINDS = (
    "one_wrong", "swapped", "one_missing", "one_more", "two_wrong", "rounded", "rounded_hard", "masked",
    "old_15", "old_15_wrong", "none",
)  # fmt: skip
_TEXT = pa.string()
ROW_COLUMNS = [
    ("row_no", pa.int64()), ("name", _TEXT), ("number", _TEXT), ("birth_date", pa.date32()), ("sex", _TEXT),
    ("division", _TEXT), ("head_name", _TEXT), ("phone", _TEXT),
]  # fmt: skip
TRUTH_COLUMNS = [
    ("row_no", pa.int64()), ("person_id", _TEXT), ("is_registered", pa.bool_()),
    ("is_determinable", pa.bool_()), ("profile", _TEXT), ("errors", _TEXT),
]  # fmt: skip


@dataclass(frozen=True)
class LinkageSample:
    """`members` are the registry, `rows` what came in; `truth` has one row a row of `rows`.

    `truth.person_id` is whom the row is about, registered or not; `errors` names what was done to it.
    """

    members: pa.Table
    rows: pa.Table
    truth: pa.Table


def make_linkage_sample(persons: int, rows: int, seed: int, *, on: date = date(2026, 6, 30)) -> LinkageSample:
    """Make a registry of about so many persons and exactly so many rows about them and others."""
    county = make_linkage_people(persons, seed, on)
    rng = random_stream(seed, "linkage rows")
    profiles, about = _drawn_subjects(rng, county, rows)
    lines = [
        {"row_no": place + 2, **_line(rng, county, person, profile)}
        for place, (person, profile) in enumerate(zip(about.tolist(), profiles, strict=True))
    ]
    sheet = pa.Table.from_pylist(lines, pa.schema(ROW_COLUMNS))
    people = county.people
    truth = {
        "row_no": sheet.column("row_no"),
        "person_id": people["person_id"][about],
        "is_registered": people["is_registered"][about],
        "is_determinable": determinable(county, sheet, about),
        "profile": profiles,
        "errors": [line["errors"] for line in lines],
    }
    return LinkageSample(_registry(county), sheet, pa.table(truth, pa.schema(TRUTH_COLUMNS)))


def _drawn_subjects(rng: np.random.Generator, county: LinkagePeople, rows: int) -> tuple[list[str], Array]:
    """Draw each row's profile and whom it is about: enough outsiders and twins to be met."""
    kinds, rates, people = linkage_rates()["profiles"], linkage_rates()["rows"], county.people
    shares = np.array([each["share"] for each in kinds.values()], dtype=float)
    drawn = rng.choice(len(kinds), rows, p=shares / shares.sum())
    profiles = [list(kinds)[each] for each in drawn]
    is_head = people["head"] == np.arange(county.count)
    registered = people["is_registered"]
    heads_only = np.array([kinds[each]["only_heads"] for each in profiles])
    about = np.where(
        heads_only,
        rng.choice(np.flatnonzero(registered & is_head), rows),
        rng.choice(np.flatnonzero(registered), rows),
    )
    twins = np.flatnonzero(registered & (people["twin"] >= 0))
    if len(twins):
        is_twin = ~heads_only & (rng.random(rows) * 100 < rates["twin_percent"])
        about = np.where(is_twin, rng.choice(twins, rows), about)
    outside = rng.random(rows) * 100 < rates["outsider_percent"]
    strangers = np.flatnonzero(~registered)
    if len(strangers):
        about = np.where(outside, rng.choice(strangers, rows), about)
    return profiles, about


def _line(rng: np.random.Generator, county: LinkagePeople, person: int, profile: str) -> dict[str, Any]:
    """Write one row about a person, with the errors drawn for it."""
    people, columns = county.people, linkage_rates()["profiles"][profile]["columns"]
    name, wrong = wrong_name(rng, people["name"][person])
    errors = [f"name:{wrong}"] if wrong else []
    line: dict[str, Any] = {"name": name}
    if "number" in columns:
        kind = _number_kind(rng, profile)
        line["number"] = wrong_number(rng, people["number"][person], kind)
        errors.append(f"number:{kind}")
    if "sex" in columns:
        is_wrong = chosen(rng, "sex", ("wrong",))
        line["sex"] = "male" if bool(people["is_male"][person]) != bool(is_wrong) else "female"
        errors += [f"sex:{is_wrong}"] if is_wrong else []
    if "birth_date" in columns:
        line["birth_date"], wrong = wrong_date(rng, people["birth"][person].astype(object))
        errors += [f"birth:{wrong}"] if wrong else []
    for field, write in (("division", _division), ("head_name", _head_name), ("phone", _phone)):
        if field in columns:
            line[field], wrong = write(rng, county, person)
            errors += [f"{field}:{wrong}"] if wrong else []
    return {**line, "errors": " ".join(errors)}


def _number_kind(rng: np.random.Generator, profile: str) -> str:
    rates = linkage_rates()["number"]
    if profile == "petition" and rng.random() * 100 < rates["petition_none"]:
        return "none"
    shares = np.array([rates[kind] for kind in _NUMBER_KINDS], dtype=float)
    return _NUMBER_KINDS[int(rng.choice(len(shares), p=shares / shares.sum()))]


def _division(rng: np.random.Generator, county: LinkagePeople, person: int) -> tuple[str | None, str]:
    kind = chosen(rng, "division", ("missing", "township_only", "moved"))
    code = county.people["division"][person]
    if kind == "moved":
        return county.people["division"][int(rng.integers(county.count))], kind
    if kind == "township_only":
        return code[:9] + "000", kind
    return (None if kind else code), kind


def _head_name(rng: np.random.Generator, county: LinkagePeople, person: int) -> tuple[str | None, str]:
    kind = chosen(rng, "head_name", ("missing", "changed", "homophone"))
    name = county.people["head_name"][person]
    if kind == "changed":
        head = int(county.people["head"][person])
        after = min(head + 1, county.count - 1)
        same_home = county.people["household"][after] == county.people["household"][head]
        return (county.people["name"][after], kind) if same_home else (name, "")
    if kind == "homophone":
        return homophone_of(rng, name), kind
    return (None if kind else name), kind


def _phone(rng: np.random.Generator, county: LinkagePeople, person: int) -> tuple[str | None, str]:
    kind = chosen(rng, "phone", ("missing", "changed"))
    if kind == "changed":
        return f"100{rng.integers(10**8):08d}", kind
    return (None if kind else county.people["phone"][person]), kind


def _registry(county: LinkagePeople) -> pa.Table:
    people = county.people
    at = np.flatnonzero(people["is_registered"])
    columns = {
        "person_id": people["person_id"], "household_id": people["household_id"], "name": people["name"],
        "number": people["number"], "birth_date": people["birth"].astype("datetime64[D]"),
        "sex": np.where(people["is_male"], "male", "female").astype(object), "division": people["division"],
        "head_name": people["head_name"], "phone": people["phone"],
    }  # fmt: skip
    return pa.table({name: pa.array(values[at]) for name, values in columns.items()})
