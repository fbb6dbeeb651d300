"""The measures of the packs: every risk answered, every quotation true, the published figures met."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest

from shouwang.domain.entitlement import Bracket, critical_illness_payment, fen
from shouwang.domain.measure_entitlement import Basis, CriticalTerms, entitlement, tilted
from shouwang.domain.measures import Measure
from shouwang.domain.pack_files import default_packs_folder, load_library, load_pack
from shouwang.domain.policy import Pack
from shouwang.domain.tables import RISKS
from tests.packs.test_quotations import QUOTE, SEED, SHARED, plain, plain_marks, seeds

LIBRARY = load_library(default_packs_folder())
MEASURES = [
    pytest.param(pack, measure, id=f"{pack.id}:{measure.name}")
    for pack in LIBRARY.packs.values()
    for measure in pack.measures.values()
]
XICHOU = (
    "half_monthly_monitoring", "contact_person", "housing_safety", "industry_award", "employment_support",
    "education_aid_senior", "microcredit", "own_pay_aid", "poverty_insurance", "water_safety",
)  # fmt: skip
beside_shared = pytest.mark.skipif(not SHARED.exists(), reason="reference data are not beside this checkout")


@pytest.mark.parametrize(("pack", "measure"), MEASURES)
def test_every_measure_says_for_what_by_whom_and_whence(pack: Pack, measure: Measure) -> None:
    assert measure.label
    assert measure.department
    assert measure.source
    assert measure.kind is not None or measure.is_for_all


def test_the_country_answers_every_risk() -> None:
    answered = {
        risk
        for measure, _ in LIBRARY.resolve("", date(2022, 1, 1)).measures.values()
        for risk in measure.risks
    }

    assert answered == set(RISKS)


def test_xichou_has_all_ten_measures() -> None:
    measures = LIBRARY.packs["xichou-2021"].measures

    for numeral, name in zip("一二三四五六七八九十", XICHOU, strict=True):
        assert re.search(rf"）{numeral}[12]?“", measures[name].source.replace(")", "）")), name


@beside_shared
def test_every_quotation_of_a_measure_stands_in_its_document() -> None:
    wrong, count = [], 0
    for folder in sorted(path.parent for path in default_packs_folder().glob("*/measures.toml")):
        for measure in load_pack(folder).measures.values():
            for clause in re.split(";", plain_marks(measure.source)):
                assert SEED.search(clause) or not QUOTE.search(clause), measure.name
                for quote in QUOTE.findall(clause):
                    count += 1
                    if plain(quote) not in seeds():
                        wrong.append(f"{folder.name}:{measure.name}: {quote}")

    assert wrong == []
    assert count > 60


@beside_shared
@pytest.mark.parametrize("place", [0, 1])
def test_the_published_terms_for_the_poor_are_the_tilted_general_terms(place: int) -> None:
    text = (SHARED / "data" / "examples" / "cii-params.json").read_text(encoding="utf-8")
    printed = json.loads(text, parse_float=Decimal)["inputs"][place]
    rows = printed.get("brackets_above") or printed["brackets"]
    start = fen(rows[0][0])
    general = tuple(Bracket(fen(row[0]) - start, int(row[2] * 1000)) for row in rows)
    terms = CriticalTerms(fen(printed["deductible"]), general, fen(printed.get("cap", 0)))
    lowered, _ = tilted(terms, threshold_cut_permille=500, rate_gain_permille=50, has_cap=False)

    assert [bracket.rate_permille for bracket in lowered.brackets] == [int(row[3] * 1000) for row in rows]
    assert lowered.cap_fen is None
    if place == 0:  # the other place lowers its 12,000 yuan to 5,000, not to the half
        assert fen(printed["deductible_poor"]) - lowered.deductible_fen == 50  # printed in whole yuan


@beside_shared
def test_the_published_example_in_eight_brackets_gains_by_the_tilt() -> None:
    text = (SHARED / "data" / "examples" / "med-05-cii-8tier-30k.json").read_text(encoding="utf-8")
    example = json.loads(text, parse_float=Decimal)
    given = example["inputs"]
    brackets = tuple(
        Bracket(fen(above), int(rate * 1000)) for above, _, rate in given["brackets_above_deductible"]
    )
    own_pay = fen(given["total_cost"]) - fen(given["basic_paid"]) - fen(given["outside_catalogue"])
    terms = CriticalTerms(fen(given["deductible"]), brackets)
    general = critical_illness_payment(own_pay, terms.deductible_fen, terms.brackets)
    policy = LIBRARY.resolve_named("s1-subdistrict-2021", date(2022, 1, 1))
    measure, _ = policy.measures["critical_illness_tilt"]
    due = entitlement(measure, Basis(eligible_fen=own_pay, critical_terms=terms), policy)

    assert own_pay == fen(example["expected"]["eligible_self_pay"])
    assert general.amount_fen == fen(example["expected"]["critical_illness_paid"])
    # 50,000 - 10,000: 20,000 at 35 %, 20,000 at 45 %
    assert due.due_fen == 16_000_00
