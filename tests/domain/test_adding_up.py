"""Printed figures that do not add up are told, those that do are left alone, and unknown proves nothing."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shouwang.domain.adding_up import (
    Discrepancy,
    check_annual_income,
    check_per_capita,
    check_product,
    check_settlement,
    check_sum,
    share,
)

# Costs of one mu of maize as a public explainer lists them (66.wendadaohang.com, wheat and maize, five mu).
MAIZE_COSTS = {
    "种子复合肥": 430_00, "播种": 60_00, "浇水": 15_00, "封闭除草": 15_00, "除草剂": 20_00, "尿素": 72_00,
    "收割": 110_00, "运输": 10_00,
}  # fmt: skip
WHEAT_COSTS = {
    "种子": 69_00, "复合肥": 270_00, "旋耕": 80_00, "浇水一": 15_00, "除草剂": 18_00, "尿素": 21_00,
    "浇水二": 15_00, "打药": 12_00, "收割": 60_00, "运输": 10_00,
}  # fmt: skip

fen = st.integers(0, 10**9)
unknown_or_fen = st.one_of(st.none(), fen)
off = st.integers(-(10**6), 10**6).filter(bool)


def found(discrepancy: Discrepancy | None) -> Discrepancy:
    assert discrepancy is not None
    return discrepancy


def test_maize_costs_printed_632_come_to_732() -> None:
    slip = found(check_sum(MAIZE_COSTS, 632_00, label="玉米亩成本"))

    assert (slip.computed_fen, slip.difference_fen) == (732_00, -100_00)
    assert slip.text.startswith("玉米亩成本对不上:种子复合肥430元 + 播种60元")
    assert slip.text.endswith("应为732元,所填为632元,少100元。")
    assert not slip.may_be_rounding


def test_what_follows_from_the_maize_slip_does_not_add_up_either() -> None:
    per_mu = found(check_sum({"玉米毛收入": 1160_00}, 528_00, less=MAIZE_COSTS, label="玉米亩纯收入"))
    cost = 5 * (sum(WHEAT_COSTS.values()) + sum(MAIZE_COSTS.values()))
    household = check_annual_income(0, 5 * (972_00 + 1160_00), cost, 0, 0, 4650_00, 5, 930_00)
    per_head = found(check_per_capita(household[0].computed_fen, 5, 930_00))

    assert (per_mu.computed_fen, per_mu.difference_fen) == (428_00, 100_00)
    assert [(each.label, each.computed_fen, each.difference_fen) for each in household] == [
        ("家庭纯收入", 4150_00, 500_00)
    ]
    assert (per_head.computed_fen, per_head.difference_fen) == (830_00, 100_00)


def test_the_wheat_of_the_same_page_adds_up() -> None:
    assert check_sum(WHEAT_COSTS, 570_00) is None
    assert check_sum({"小麦毛收入": 972_00}, 402_00, less=WHEAT_COSTS) is None


def test_chengdu_prints_a_product_481_yuan_too_small() -> None:
    # xiangrikui.com 2012-12-04: 60,000 yuan less 5 % of 8,084 yuan; 85 % of the rest is printed 50,175.43.
    deductible = share(8084_00, 50)
    base = found(check_sum({"总费用": 60_000_00}, 59_029_92, less={"起付线": deductible}, label="计算基数"))
    product = found(check_product(base.computed_fen, 850, 50_175_43, label="统筹支付"))

    assert (deductible, base.computed_fen) == (404_20, 59_595_80)
    assert (product.computed_fen, product.difference_fen) == (50_656_43, -481_00)
    assert product.text == (
        "统筹支付对不上:基数59,595.80元 × 85%,应为50,656.43元,所填为50,175.43元,少481元。"
    )
    assert check_product(59_029_92, 850, 50_175_43) is None


def test_half_of_6269_printed_3135_is_told_and_looks_like_rounding() -> None:
    # xjyt.gov.cn 2021-06-12: the deductible of the poor is half of 6,269 yuan.
    slip = found(check_product(6269_00, 500, 3135_00, label="困难群众起付线"))

    assert (slip.computed_fen, slip.difference_fen, slip.may_be_rounding) == (3134_50, 50, True)
    assert "可能是取整到元" in slip.text
    assert check_product(6269_00, 500, 3135_00, tolerance_fen=50) is None


def test_a_monthly_report_of_112_households_that_lists_104_and_10_is_told() -> None:
    # 大姚新街镇 2025-01; a count is checked like an amount.
    assert found(check_sum({"已消除": 104, "未消除": 10}, 112)).difference_fen == -2


def test_a_published_income_table_adds_up() -> None:
    # Shanxi 2005, net income per head by source.
    assert check_annual_income(1177_94, 2268_66, 0, 62_70, 118_99, 3628_29, 1, 3628_29) == ()


def test_a_settlement_that_leaves_too_much_to_the_patient_is_told() -> None:
    slip = found(check_settlement(12_000_00, 8_550_00, 1_000_00, 0, 3_450_00))

    assert slip.text == (
        "个人自付对不上:医疗总费用12,000元 - 基本医保支付8,550元 - 大病保险支付1,000元 - 医疗救助支付0元,"
        "应为2,450元,所填为3,450元,多1,000元。"
    )


def test_both_the_net_income_and_the_income_per_head_may_be_wrong() -> None:
    slips = check_annual_income(10_000_00, 0, 0, 0, 0, 12_000_00, 3, 3_000_00)

    assert [slip.label for slip in slips] == ["家庭纯收入", "人均纯收入"]
    assert [slip.difference_fen for slip in slips] == [2_000_00, -1_000_00]


@pytest.mark.parametrize("printed", [3_333_33, 3_333_34])
def test_an_income_per_head_may_be_rounded_either_way(printed: int) -> None:
    assert check_per_capita(10_000_00, 3, printed) is None
    assert found(check_per_capita(10_000_00, 3, printed - 2 if printed % 2 else printed + 1))


@pytest.mark.parametrize("members", [None, 0, -1])
def test_without_members_nothing_is_claimed_of_the_income_per_head(members: int | None) -> None:
    assert check_per_capita(10_000_00, members, 1) is None


def test_nothing_printed_is_nothing_wrong() -> None:
    assert check_sum({}, 5) is None
    assert check_product(None, 500, 5) is None
    assert check_product(5, None, 5) is None
    assert check_product(5, 500, None) is None


@given(fen, fen, fen, fen, off)
def test_a_settlement_adds_up_exactly_or_is_told_by_how_much(
    basic: int, critical: int, aid: int, own: int, error: int
) -> None:
    total = basic + critical + aid + own

    assert check_settlement(total, basic, critical, aid, own) is None
    assert found(check_settlement(total, basic, critical, aid, own + error)).difference_fen == error
    assert check_settlement(total, basic, critical, aid, own + error, tolerance_fen=abs(error)) is None


@given(st.lists(unknown_or_fen, min_size=5, max_size=5))
def test_a_settlement_with_an_unknown_amount_proves_nothing(amounts: list[int | None]) -> None:
    assume(None in amounts)

    assert check_settlement(*amounts) is None


@given(
    st.lists(unknown_or_fen, min_size=6, max_size=6), st.one_of(st.none(), st.integers(0, 12)), unknown_or_fen
)
def test_an_annual_statement_with_unknown_amounts_claims_only_what_is_known(
    amounts: list[int | None], members: int | None, per_capita: int | None
) -> None:
    wage, business, cost, rents, transfer, net = amounts
    slips = check_annual_income(wage, business, cost, rents, transfer, net, members, per_capita)
    labels = {slip.label for slip in slips}

    if None in amounts:
        assert "家庭纯收入" not in labels
    if net is None or not members or per_capita is None:
        assert "人均纯收入" not in labels


@given(st.lists(fen, min_size=5, max_size=5), fen, st.integers(1, 12))
def test_the_chuxiong_card_adds_up_with_its_cost_coefficients(
    business: list[int], other: int, members: int
) -> None:
    # 楚雄州收入明白卡: costs are 40 %, 45 %, 40 %, 15 % and 40 % of the five kinds of gross business income.
    cost = sum(
        share(gross, permille) for gross, permille in zip(business, (400, 450, 400, 150, 400), strict=True)
    )
    net = sum(business) + other - cost

    assert check_annual_income(other, sum(business), cost, 0, 0, net, members, net // members) == ()
    assert check_annual_income(other, sum(business), cost, 0, 0, net + 1, None, None)


@given(st.integers(-(10**9), 10**9), st.integers(1, 12), off)
def test_every_wrong_income_per_head_of_more_than_a_fen_is_told(net: int, members: int, error: int) -> None:
    printed = net // members + error
    slip = check_per_capita(net, members, printed)

    if abs(error) > 1:
        assert abs(found(slip).difference_fen) >= abs(error) - 1
        assert "人均纯收入对不上" in found(slip).text
