"""What a measure gives: the county's published figures, the working, and what is missing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.entitlement import Bracket, critical_illness_payment
from shouwang.domain.measure_entitlement import Basis, CriticalTerms, Entitlement, entitlement, tilted
from shouwang.domain.policy import Policy
from tests.domain.assistance_samples import ON, nanfeng, packs, xichou
from tests.domain.test_entitlement import EIGHT_BRACKETS, THREE_BRACKETS

money = st.integers(0, 10**9)


def s1() -> Policy:
    return packs().resolve_named("s1-subdistrict-2021", ON)


def reckon(policy: Policy, name: str, basis: Basis) -> Entitlement:
    return entitlement(policy.measures[name][0], basis, policy)


@pytest.mark.parametrize(
    ("name", "basis", "fen"),
    [
        ("industry_award", Basis(cost_fen=4_000_00), 2_000_00),
        ("industry_award", Basis(cost_fen=6_000_00), 3_000_00),
        ("industry_award", Basis(cost_fen=10_000_00), 3_000_00),
        ("education_aid_preschool", Basis(persons=2), 1_000_00),
        ("education_aid_senior", Basis(persons=1), 2_000_00),
        ("own_pay_aid", Basis(own_pay_fen=30_000_00), 24_000_00),
        ("own_pay_aid", Basis(own_pay_fen=62_500_00), 50_000_00),
        ("own_pay_aid", Basis(own_pay_fen=100_000_00), 50_000_00),
        ("poverty_insurance", Basis(premium_fen=50_00, persons=4), 200_00),
    ],
)
def test_xichou_gives_what_its_ten_measures_say(name: str, basis: Basis, fen: int) -> None:
    found = reckon(xichou(), name, basis)

    assert found.due_fen == fen
    assert found.is_ceiling is (name in ("industry_award", "own_pay_aid"))
    assert all("西畴县" in source for source in found.sources)


def test_a_capped_award_shows_its_working() -> None:
    found = reckon(xichou(), "industry_award", Basis(cost_fen=10_000_00))

    assert found.due is not None
    assert [line.text.replace("：", ":") for line in found.due.lines] == [
        "按比例计算:10,000元 × 50% = 5,000元",
        "产业发展奖补:按封顶线 = 3,000元",
    ]
    assert found.text == "产业发展奖补最高3,000元。"


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("industry_award", ("产业发展成本",)),
        ("own_pay_aid", ("个人自付费用",)),
        ("education_aid_senior", ("享受人数",)),
        ("poverty_insurance", ("每人参保费用", "享受人数")),
    ],
)
def test_an_amount_that_lacks_a_fact_is_unknown_and_says_which(name: str, missing: tuple[str, ...]) -> None:
    found = reckon(xichou(), name, Basis())

    assert found.due_fen is None
    assert found.missing == missing
    assert "算不出" in found.text


def test_an_amount_that_lacks_a_figure_of_the_place_is_unknown() -> None:
    measure = xichou().measures["industry_award"][0]
    found = entitlement(measure, Basis(cost_fen=1), nanfeng())

    assert found.due_fen is None
    assert len(found.missing) == 2


def test_a_measure_without_a_formula_has_no_fixed_amount() -> None:
    found = reckon(xichou(), "housing_safety", Basis())

    assert found.due_fen is None
    assert found.missing == ()
    assert "没有定额" in found.text


def test_the_tilt_halves_the_deductible_raises_the_rates_and_lifts_the_cap() -> None:
    # xjyt.gov.cn 2021-06-12: 6,269 yuan, for the poor half of it (printed as 3,135), 5 points more.
    terms = CriticalTerms(6_269_00, tuple(THREE_BRACKETS), cap_fen=300_000_00)
    lowered, line = tilted(terms, threshold_cut_permille=500, rate_gain_permille=50, has_cap=False)

    assert lowered.deductible_fen == line.amount_fen == 3_134_50
    assert [bracket.rate_permille for bracket in lowered.brackets] == [600, 700, 800]
    assert lowered.cap_fen is None


def test_the_tilt_of_s1_pays_more_and_shows_its_working() -> None:
    terms = CriticalTerms(20_000_00, tuple(EIGHT_BRACKETS))
    found = reckon(s1(), "critical_illness_tilt", Basis(eligible_fen=50_000_00, critical_terms=terms))

    assert found.due is not None
    assert [line.amount_fen for line in found.due.lines] == [
        10_000_00, 40_000_00, 7_000_00, 9_000_00, 16_000_00,
    ]  # fmt: skip
    assert critical_illness_payment(50_000_00, 20_000_00, EIGHT_BRACKETS).amount_fen == 10_000_00
    assert len(found.sources) == 4


def test_the_tilt_is_unknown_where_the_place_has_published_no_terms() -> None:
    found = reckon(s1(), "critical_illness_tilt", Basis(eligible_fen=50_000_00))

    assert found.due_fen is None
    assert found.missing == ("当地大病保险起付线和分段比例",)


BASES: dict[str, tuple[str, Callable[[], Policy], Callable[[int], Basis]]] = {
    "share_with_cap": ("industry_award", xichou, lambda fen: Basis(cost_fen=fen)),
    "own_pay_share_with_cap": ("own_pay_aid", xichou, lambda fen: Basis(own_pay_fen=fen)),
    "critical_illness_tilt": (
        "critical_illness_tilt",
        s1,
        lambda fen: Basis(
            eligible_fen=fen, critical_terms=CriticalTerms(6_269_00, (Bracket(0, 980), Bracket(9_00, 1000)))
        ),
    ),
}


@pytest.mark.parametrize("shape", BASES)
@given(base=st.integers(-(10**6), 10**9), more=money)
def test_an_entitlement_is_between_nothing_and_its_base_and_grows_with_it(
    shape: str, base: int, more: int
) -> None:
    name, policy, basis = BASES[shape]
    first = reckon(policy(), name, basis(base)).due_fen
    second = reckon(policy(), name, basis(base + more)).due_fen

    assert first is not None
    assert second is not None
    assert 0 <= first <= max(0, base)
    assert first <= second


@given(cost=money, own_pay=money)
def test_an_entitlement_never_exceeds_its_cap(cost: int, own_pay: int) -> None:
    award = reckon(xichou(), "industry_award", Basis(cost_fen=cost)).due_fen
    aid = reckon(xichou(), "own_pay_aid", Basis(own_pay_fen=own_pay)).due_fen

    assert award is not None
    assert award <= 3_000_00
    assert aid is not None
    assert aid <= 50_000_00


@given(fen=money, cut=st.integers(0, 2000), gain=st.integers(0, 1000), cap=st.none() | money)
def test_a_tilt_never_pays_less_than_the_general_terms(
    fen: int, cut: int, gain: int, cap: int | None
) -> None:
    terms = CriticalTerms(6_269_00, tuple(THREE_BRACKETS), cap)
    lowered, _ = tilted(terms, threshold_cut_permille=cut, rate_gain_permille=gain, has_cap=False)

    def pays(each: CriticalTerms) -> int:
        return critical_illness_payment(
            fen, each.deductible_fen, each.brackets, cap_fen=each.cap_fen
        ).amount_fen

    assert pays(lowered) >= pays(replace(lowered, cap_fen=cap)) >= pays(terms) >= 0
    assert 0 <= lowered.deductible_fen <= terms.deductible_fen


@given(persons=st.integers(-5, 20))
def test_an_amount_a_person_grows_with_the_persons(persons: int) -> None:
    assert (
        reckon(xichou(), "education_aid_senior", Basis(persons=persons)).due_fen == max(0, persons) * 2_000_00
    )
