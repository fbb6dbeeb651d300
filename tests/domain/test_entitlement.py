"""What a household is due, by the worked numbers of public explainers and official copies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.entitlement import (
    Bracket,
    above_deductible,
    critical_illness_payment,
    fen,
    is_below_standard,
    minimum_living_supplement,
    own_pay,
    paid,
    per_capita,
    rigid_share_meets,
)

# 51dongshi.net: eight brackets above a deductible of 20,000 yuan.
EIGHT_BRACKETS = [
    Bracket(start * 100, rate)
    for start, rate in (
        (0, 300), (20_000, 400), (50_000, 500), (100_000, 600), (200_000, 650), (300_000, 700),
        (400_000, 750), (500_000, 800),
    )
]  # fmt: skip
# xjyt.gov.cn 2021-06-12: above 6,269 yuan, rates in general and for the poor.
THREE_BRACKETS = [Bracket(0, 550), Bracket(50_000_00, 650), Bracket(100_000_00, 750)]

money = st.integers(0, 10**9)
permille = st.integers(0, 1000)


@pytest.mark.parametrize(
    ("standard", "members", "income", "supplement"),
    [
        (500_00, 3, 1200_00, 300_00),  # copies of a State Council answer, 2023: 100 yuan a head
        (600_00, 3, 1000_00, 800_00),  # mlnxb.com
        (500_00, 3, 700_00, 800_00),  # fudaoke.com
        (800_00, 4, 4 * 600_00, 800_00),  # 51bdks.net, an exam question
        (600_00, 3, 3 * 200_00, 1200_00),  # lawparks.com
        (632_00, 3, 1894_00, 2_00),  # not 3: nothing is rounded per head
        (500_00, 3, 1500_00, 0),
        (500_00, 3, 1600_00, 0),
    ],
)
def test_the_minimum_living_supplement_fills_the_household_up(
    standard: int, members: int, income: int, supplement: int
) -> None:
    due = minimum_living_supplement(standard, members, income)

    assert due.amount_fen == supplement
    assert is_below_standard(standard, members, income).answer is (supplement > 0)


def test_the_supplement_shows_its_working() -> None:
    due = minimum_living_supplement(632_00, 3, 1894_00)

    assert [line.text for line in due.lines] == [
        "保障标准:632元 × 3人 = 1,896元",
        "月补差:1,896元 - 1,894元 = 2元",
    ]


def test_the_working_of_the_standard_shows_the_gap_per_head() -> None:
    judgement = is_below_standard(500_00, 3, 1200_00)

    assert judgement.answer is True
    assert [line.amount_fen for line in judgement.lines] == [400_00, 100_00]


def test_at_the_standard_a_household_is_not_below_it() -> None:
    assert is_below_standard(500_00, 3, 1499_99).answer is True
    assert is_below_standard(500_00, 3, 1500_00).answer is False


def test_a_household_without_members_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one member"):
        minimum_living_supplement(500_00, 0, 0)


@pytest.mark.parametrize(
    ("spending", "income", "share", "answer"),
    [
        (30_000_00, 50_000_00, 600, True),  # Jilin: 60 % is reached at 60 %
        (29_999_99, 50_000_00, 600, False),
        (30_000_00, 50_000_00, 750, False),  # Weihai
        (30_000_00, 50_000_00, 800, False),  # Shenyang
        (1, 0, 600, True),
        (0, 0, 600, False),
        (1, -5_000_00, 600, True),
        (None, 50_000_00, 600, None),
        (30_000_00, None, 600, None),
        (30_000_00, 50_000_00, None, None),
    ],
)
def test_rigid_spending_reaches_a_share_of_income(
    spending: int | None, income: int | None, share: int | None, answer: bool | None
) -> None:
    assert rigid_share_meets(spending, income, share).answer is answer


@pytest.mark.parametrize(
    ("covered", "deductible", "rate", "cap", "payment"),
    [
        (50_000_00, 1_300_00, 600, 150_000_00, 29_220_00),  # Beijing, elderly resident
        (100_000_00, 650_00, 700, 170_000_00, 69_545_00),  # Beijing, child
        (12_000_00, 300_00, 850, None, 9_945_00),  # hospital of the first, second, third level
        (12_000_00, 600_00, 750, None, 8_550_00),
        (12_000_00, 900_00, 650, None, 7_215_00),
        (117_000_00, 2_000_00, 800, 100_000_00, 92_000_00),  # exam question
        (60_000_00, 404_20, 850, 46_336_00, 46_336_00),  # Chengdu: capped
        (29_010_20, 0, 700, None, 20_307_14),  # Jiangyin: medical aid
        (1_299_99, 1_300_00, 600, None, 0),
    ],
)
def test_a_payment_above_a_deductible(
    covered: int, deductible: int, rate: int, cap: int | None, payment: int
) -> None:
    due = above_deductible(
        "基本医保支付", covered, deductible_fen=deductible, rate_permille=rate, cap_fen=cap
    )

    assert due.amount_fen == payment
    assert due.lines[0].label == "起付线以上"


def test_a_capped_payment_shows_what_it_would_have_been() -> None:
    due = above_deductible(
        "基本医保支付", 60_000_00, deductible_fen=404_20, rate_permille=850, cap_fen=46_336_00
    )

    assert [line.text for line in due.lines] == [
        "起付线以上:60,000元 - 404.20元 = 59,595.80元",
        "按比例计算:59,595.80元 × 85% = 50,656.43元",
        "基本医保支付:按封顶线 = 46,336元",
    ]


def test_critical_illness_insurance_pays_by_brackets() -> None:
    due = critical_illness_payment(50_000_00, 20_000_00, EIGHT_BRACKETS)

    assert due.amount_fen == 10_000_00
    assert [line.text for line in due.lines] == [
        "起付线以上:50,000元 - 20,000元 = 30,000元",
        "超过0元的部分:20,000元 × 30% = 6,000元",
        "超过20,000元的部分:10,000元 × 40% = 4,000元",
        "大病保险支付:6,000元 + 4,000元 = 10,000元",
    ]


def test_critical_illness_insurance_pays_nothing_up_to_its_deductible() -> None:
    assert critical_illness_payment(6_269_00, 6_269_00, THREE_BRACKETS).amount_fen == 0
    assert critical_illness_payment(6_269_01, 6_269_00, THREE_BRACKETS).amount_fen == 1


def test_critical_illness_insurance_may_be_capped() -> None:
    due = critical_illness_payment(1_000_000_00, 6_269_00, THREE_BRACKETS, cap_fen=300_000_00)

    assert due.amount_fen == 300_000_00
    assert due.lines[-2].label == "各段合计"


@pytest.mark.parametrize("brackets", [[], [Bracket(1, 500)], [Bracket(0, 1), Bracket(9, 2), Bracket(9, 3)]])
def test_brackets_that_do_not_rise_from_nothing_are_refused(brackets: list[Bracket]) -> None:
    with pytest.raises(ValueError, match="begin at 0 and rise"):
        critical_illness_payment(1, 0, brackets)


def test_jiangyin_own_pay_is_what_three_payers_leave() -> None:
    in_catalogue, critical = 66_172_00, 37_161_80
    aid = above_deductible("医疗救助支付", in_catalogue - critical, deductible_fen=0, rate_permille=700)
    left = own_pay(150_000_00, paid("基本医保支付", 68_828_00), paid("大病保险支付", critical), aid)

    assert aid.amount_fen == 20_307_14
    assert left.amount_fen == 23_703_06
    assert left.lines[-1].text == ("个人自付:150,000元 - 68,828元 - 37,161.80元 - 20,307.14元 = 23,703.06元")


def test_a_private_top_up_pays_on_what_basic_insurance_leaves() -> None:
    basic = above_deductible(
        "基本医保支付", 117_000_00, deductible_fen=2_000_00, rate_permille=800, cap_fen=100_000_00
    )
    rest = 147_000_00 - basic.amount_fen
    supplement = above_deductible("补充保险支付", rest, deductible_fen=0, rate_permille=800)

    assert own_pay(147_000_00, basic, supplement).amount_fen == 11_000_00


def test_half_a_fen_is_rounded_up() -> None:
    assert above_deductible("支付", 1, deductible_fen=0, rate_permille=500).amount_fen == 1
    assert above_deductible("支付", 1, deductible_fen=0, rate_permille=499).amount_fen == 0


@pytest.mark.parametrize(("yuan", "amount"), [("37161.8", 3_716_180), (404, 40_400), (Decimal("0.01"), 1)])
def test_yuan_become_fen_exactly(yuan: str | int | Decimal, amount: int) -> None:
    assert fen(yuan) == amount


def test_part_of_a_fen_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number of fen"):
        fen("404.2000001")


@given(money, st.integers(1, 12), money)
def test_with_its_supplement_a_household_reaches_the_standard_and_no_more(
    standard: int, members: int, income: int
) -> None:
    supplement = minimum_living_supplement(standard, members, income).amount_fen

    assert income + supplement == max(income, standard * members)
    assert per_capita(income + supplement, members) >= standard


@given(money, money, permille, money)
def test_payments_never_exceed_the_bill_or_the_cap(bill: int, deductible: int, rate: int, cap: int) -> None:
    due = above_deductible("支付", bill, deductible_fen=deductible, rate_permille=rate, cap_fen=cap)

    assert 0 <= due.amount_fen <= min(bill, cap)
    assert own_pay(bill, due).amount_fen == bill - due.amount_fen


@given(money, money)
def test_one_bracket_pays_like_one_rate(bill: int, deductible: int) -> None:
    one = above_deductible("支付", bill, deductible_fen=deductible, rate_permille=550)

    assert critical_illness_payment(bill, deductible, [Bracket(0, 550)]).amount_fen == one.amount_fen


@given(money, st.integers(1, 10**6), st.lists(permille, min_size=8, max_size=8))
def test_more_own_pay_never_means_less_payment(bill: int, more: int, rates: list[int]) -> None:
    brackets = [Bracket(each.above_fen, rate) for each, rate in zip(EIGHT_BRACKETS, rates, strict=True)]
    first = critical_illness_payment(bill, 0, brackets).amount_fen

    assert first <= critical_illness_payment(bill + more, 0, brackets).amount_fen <= bill + more


@given(money, st.integers(1, 10**9), st.integers(1, 1000))
def test_the_share_is_compared_without_rounding(spending: int, income: int, share: int) -> None:
    assert rigid_share_meets(spending, income, share).answer is (
        Decimal(spending) / income >= Decimal(share) / 1000
    )
