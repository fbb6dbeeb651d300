"""The published worked examples of the reference data: each comes out as printed, or is told as a slip."""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shouwang.domain.adding_up import (
    Discrepancy,
    check_annual_income,
    check_per_capita,
    check_product,
    check_settlement,
    check_sum,
    share,
)
from shouwang.domain.entitlement import (
    Bracket,
    above_deductible,
    critical_illness_payment,
    fen,
    is_below_standard,
    minimum_living_supplement,
    own_pay,
    paid,
    rigid_share_meets,
)

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "examples"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="reference data are not beside this checkout")

Example = Mapping[str, Any]
Slips = Iterator[Discrepancy | None]


def read(path: Path) -> Example:
    example: Example = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return example


# Files without a kind hold a formula and no printed amount.
EXAMPLES = {path.stem: read(path) for path in sorted(FOLDER.glob("*.json")) if "kind" in read(path)}


def yuan(amount: Decimal | int) -> int:
    """Return fen; the examples were written through binary floats, so 404.20000000000005 is 404.20."""
    return fen(round(Decimal(amount), 2))


def permille(rate: Decimal) -> int:
    return int(rate * 1000)


def monthly_income(given: Mapping[str, Any]) -> int:
    if "household_income_month" in given:
        return yuan(given["household_income_month"])
    return yuan(given["per_capita_income_month"]) * int(given["members"])


# ---- What each kind's printed figures say about each other


def net_business_income(given: Any, printed: Any) -> Slips:
    nets = 0
    for crop, gross in (("wheat", printed["wheat_gross"]), ("corn", printed["corn_gross"])):
        costs = {name: yuan(cost) for name, cost in given[crop]["cost_per_mu"].items()}
        yield check_product(
            yuan(given[crop]["price_per_jin"]), given[crop]["yield_jin_per_mu"] * 1000, yuan(gross)
        )
        yield check_sum(costs, yuan(printed[f"{crop}_cost_printed"]), label=crop)
        yield check_sum({crop: yuan(gross)}, yuan(printed[f"{crop}_net_printed"]), less=costs, label=crop)
        nets += yuan(gross) - sum(costs.values())
    yield from check_annual_income(
        0, 5 * nets, 0, 0, 0, yuan(printed["household_net"]), given["members"], yuan(printed["per_capita"])
    )


def per_capita(given: Any, printed: Any) -> Slips:
    earned = {f"{month}月": yuan(given["monthly"]) * given["earners"] for month in range(1, 13)}
    yield check_sum(earned, yuan(printed["year_total"]))
    yield check_per_capita(yuan(printed["year_total"]), given["members"], yuan(printed["per_capita"]))


def minimum_living(given: Any, printed: Any) -> Slips:
    income, members = monthly_income(given), given["members"]
    guaranteed = yuan(given["standard_month"]) * members
    amount = printed.get("amount_month", printed.get("gap_per_person", 0) * members)
    yield check_sum({"保障标准": guaranteed}, yuan(amount), less={"月收入": income})
    if "per_capita" in printed:
        yield check_per_capita(income, members, yuan(printed["per_capita"]))


def rigid_share(given: Any, printed: Any) -> Slips:
    spent, income = yuan(given["rigid_expenditure_year"]), yuan(given["household_income_year"])
    yield check_product(income, permille(printed["share"]), spent)


def medical_assistance(given: Any, printed: Any) -> Slips:
    basic, critical, aid = (
        given["basic_paid"],
        given["critical_illness_paid"],
        printed["medical_assistance_paid"],
    )
    in_scope = yuan(given["in_catalogue_self_pay"]) - yuan(critical)
    yield check_product(in_scope, permille(given["assistance_rate"]), yuan(aid))
    yield check_settlement(
        yuan(given["total_cost"]), yuan(basic), yuan(critical), yuan(aid), yuan(printed["self_pay_total"])
    )


def critical_illness(given: Any, printed: Any) -> Slips:
    less = {"医保": yuan(given["basic_paid"]), "目录外": yuan(given["outside_catalogue"])}
    eligible = yuan(printed["eligible_self_pay"])
    yield check_sum({"总费用": yuan(given["total_cost"])}, eligible, less=less)
    base = yuan(printed["reimbursable_base"])
    yield check_sum({"自付": eligible}, base, less={"起付线": yuan(given["deductible"])})
    segments = {str(n): yuan(each) for n, each in enumerate(printed["segments"])}
    yield check_sum(segments, yuan(printed["critical_illness_paid"]))


def basic(given: Any, printed: Any) -> Slips:
    base = yuan(given.get("in_catalogue", given["total_cost"])) - yuan(given["deductible"])
    formula = printed.get("formula_amount_printed_wrong", printed.get("basic_paid"))
    yield check_product(base, permille(given["rate"]), yuan(formula))
    if "paid" in printed:
        less = {"医保": yuan(printed["paid"])}
        yield check_sum({"总费用": yuan(given["total_cost"])}, yuan(printed["self_pay"]), less=less)


def basic_by_level(given: Any, printed: Any) -> Slips:
    for level, rule in given["levels"].items():
        base = yuan(given["total_cost"]) - yuan(rule["deductible"])
        yield check_product(base, permille(rule["rate"]), yuan(printed["paid"][level]))


def parameters(given: Any, printed: Any) -> Slips:
    yield check_product(yuan(given[0]["deductible"]), 500, yuan(given[0]["deductible_poor"]))


def report_totals(given: Any, printed: Any) -> Slips:
    for place in (0, 1) if "eliminated" in given else ():
        parts = {name: given[name][place] for name in ("eliminated", "not_eliminated")}
        yield check_sum(parts, printed["total"][place])


PRINTED: dict[str, Callable[[Any, Any], Slips]] = {
    "net_business_income": net_business_income, "per_capita": per_capita, "dibao_eligibility": minimum_living,
    "dibao_amount": minimum_living, "rigid_expenditure_share": rigid_share, "basic_single": basic,
    "medical_assistance": medical_assistance, "critical_illness_segments": critical_illness,
    "basic_by_level": basic_by_level, "basic_min_cap": basic, "policy_parameters": parameters,
    "monthly_report_totals": report_totals,
}  # fmt: skip


def slips(example: Example) -> list[Discrepancy]:
    found = PRINTED[example["kind"]](example["inputs"], example["expected"])
    return [slip for slip in found if slip is not None]


def test_the_three_published_errors_and_no_other_figure_are_told() -> None:
    told = {name: slips(example) for name, example in EXAMPLES.items()}

    assert {name for name, found in told.items() if found} == {
        "cii-params", "inc-01-wheat-corn", "med-11-annual-cap-chengdu",
    }  # fmt: skip
    assert [slip.difference_fen for slip in told["inc-01-wheat-corn"]] == [-100_00, 100_00, 500_00]
    assert [slip.difference_fen for slip in told["med-11-annual-cap-chengdu"]] == [-481_00]
    assert [slip.may_be_rounding for slip in told["cii-params"]] == [True]


# ---- What each kind entitles to


def minimum_living_due(given: Any, expected: Any) -> None:
    standard, members, income = yuan(given["standard_month"]), given["members"], monthly_income(given)
    due, below = (
        minimum_living_supplement(standard, members, income),
        is_below_standard(standard, members, income),
    )

    assert below.answer is expected.get("below_standard", True)
    if "amount_month" in expected:
        assert due.amount_fen == yuan(expected["amount_month"])
    for line, key in zip(below.lines, ("per_capita", "gap_per_person"), strict=True):
        assert line.amount_fen == yuan(expected.get(key, line.amount_fen / Decimal(100)))
    if "per_person_month" in expected:
        assert below.lines[1].amount_fen == yuan(expected["per_person_month"])


def rigid_share_due(given: Any, expected: Any) -> None:
    spent, income = yuan(given["rigid_expenditure_year"]), yuan(given["household_income_year"])

    assert rigid_share_meets(spent, income, permille(given["threshold"])).answer is expected["meets_share"]
    others = given["other_thresholds"].values()
    answers = [rigid_share_meets(spent, income, permille(other)).answer for other in others]
    assert answers == [expected["share"] >= other for other in others]


def medical_assistance_due(given: Any, expected: Any) -> None:
    critical = yuan(given["critical_illness_paid"])
    aid = above_deductible(
        "医疗救助支付",
        yuan(given["in_catalogue_self_pay"]) - critical,
        deductible_fen=yuan(given["assistance_deductible"]),
        rate_permille=permille(given["assistance_rate"]),
    )
    payments = paid("基本医保支付", yuan(given["basic_paid"])), paid("大病保险支付", critical), aid

    assert aid.amount_fen == yuan(expected["medical_assistance_paid"])
    assert sum(payment.amount_fen for payment in payments) == yuan(expected["total_paid"])
    assert own_pay(yuan(given["total_cost"]), *payments).amount_fen == yuan(expected["self_pay_total"])


def critical_illness_due(given: Any, expected: Any) -> None:
    brackets = [Bracket(yuan(start), permille(rate)) for start, _, rate in given["brackets_above_deductible"]]
    due = critical_illness_payment(yuan(expected["eligible_self_pay"]), yuan(given["deductible"]), brackets)

    assert due.amount_fen == yuan(expected["critical_illness_paid"])
    assert [line.amount_fen for line in due.lines[1:-1]] == [yuan(each) for each in expected["segments"]]


def basic_due(given: Any, expected: Any) -> None:
    due = above_deductible(
        "基本医保支付",
        yuan(given.get("in_catalogue", given["total_cost"])),
        deductible_fen=yuan(given["deductible"]),
        rate_permille=permille(given["rate"]),
        cap_fen=yuan(given.get("cap", given.get("annual_cap"))),
    )
    payments = [due]
    if "supplement_rate_on_rest" in given:
        rest, rate = yuan(given["total_cost"]) - due.amount_fen, permille(given["supplement_rate_on_rest"])
        payments.append(above_deductible("补充保险支付", rest, deductible_fen=0, rate_permille=rate))

    assert due.amount_fen == yuan(expected.get("basic_paid", expected.get("paid")))
    if "self_pay" in expected:
        assert own_pay(yuan(given["total_cost"]), *payments).amount_fen == yuan(expected["self_pay"])
    if "formula_amount_correct" in expected:
        assert due.lines[-2].amount_fen == yuan(expected["formula_amount_correct"])


def basic_by_level_due(given: Any, expected: Any) -> None:
    for level, rule in given["levels"].items():
        deductible, rate = yuan(rule["deductible"]), permille(rule["rate"])
        bill = yuan(given["total_cost"])
        due = above_deductible("基本医保支付", bill, deductible_fen=deductible, rate_permille=rate)
        assert due.amount_fen == yuan(expected["paid"][level])


def parameters_due(given: Any, expected: Any) -> None:
    assert share(yuan(given[0]["deductible"]), 500) == yuan(expected["half_deductible_6269"])
    for place in given:
        if "brackets_above" in place:
            for column in (2, 3):
                brackets = [
                    Bracket(yuan(each[0]), permille(each[column])) for each in place["brackets_above"]
                ]
                due = critical_illness_payment(yuan(120_000) + 1, yuan(20_000), brackets)
                assert due.amount_fen == share(yuan(50_000), brackets[0].rate_permille) + share(
                    yuan(50_000), brackets[1].rate_permille
                ) + share(1, brackets[2].rate_permille)


DUE: dict[str, Callable[[Any, Any], None]] = {
    "dibao_eligibility": minimum_living_due, "dibao_amount": minimum_living_due, "basic_single": basic_due,
    "rigid_expenditure_share": rigid_share_due, "medical_assistance": medical_assistance_due,
    "critical_illness_segments": critical_illness_due, "basic_by_level": basic_by_level_due,
    "basic_min_cap": basic_due, "policy_parameters": parameters_due,
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example["kind"] in DUE])
def test_an_example_comes_out_as_printed(name: str) -> None:
    example = EXAMPLES[name]

    DUE[example["kind"]](example["inputs"], example["expected"])


def test_every_example_with_printed_figures_is_looked_at() -> None:
    kinds = {example["kind"] for example in EXAMPLES.values()}

    assert kinds <= PRINTED.keys()
    assert kinds - DUE.keys() == {"net_business_income", "per_capita", "monthly_report_totals"}
