"""Worked examples as households: ledgers and settlements go in, the packs' rules answer, on both engines.

The numbers are those of the published examples on income, minimum living and own pay; a ledger spreads them
over twelve months.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

import ibis
import pytest

from shouwang.domain.indicators import indicators
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import Policy
from shouwang.engine.duckdb import materialise
from shouwang.engine.indicators import indicator_table
from shouwang.engine.policy_table import PolicyTable, single_policy_table
from shouwang.engine.reference import answer
from shouwang.engine.reference_indicators import reference_indicators
from shouwang.engine.screening import screen
from tests.engine.factories import Row, Rows, blank, by_household, snapshot_of

ON = date(2022, 6, 30)
JIANGXI = "361023"  # lines of 2022: income 6,900; own pay 18,684 and, for the alleviated, 9,342
MONTHS = [date(2021 + (month > 11), month % 12 + 1, 1) for month in range(5, 17)]  # 2021-06 to 2022-05

backend = ibis.duckdb.connect()


@cache
def policy() -> Policy:
    return load_library(default_packs_folder()).resolve(JIANGXI, ON)


@cache
def table_of(*names: str) -> PolicyTable:
    """Return the place's policy with no rules but the named, for speed."""
    chain = [
        replace(pack, rules={name: rule for name, rule in pack.rules.items() if name in names}, cases=())
        for pack in policy().chain
    ]
    return single_policy_table(Policy(tuple(chain), ON), ON)


@dataclass
class Household:
    """One household in the making: its rows, and the feeds that were delivered."""

    members: int
    facts: Row = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)
    feeds: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        known = {"household_class": "ordinary", "monitored_class": "none", "division": JIANGXI, **self.facts}
        self.rows["household"] = [blank("household", **known)]
        self.rows["member"] = [blank("member", person_id=f"p{n}") for n in range(self.members)]

    def earns(self, item: str, yuan: int, months: Iterable[date] = MONTHS) -> "Household":
        """Enter an amount for each of the months."""
        entries = self.rows.setdefault("income_entry", [])
        entries += [blank("income_entry", month=m, item=item, amount_fen=yuan * 100) for m in months]
        self.feeds.add("ledger")
        return self

    def pays(
        self, fen: int, person: str = "p0", settled_on: date = date(2022, 3, 9), **more: Any
    ) -> "Household":
        """Enter a settlement that leaves own pay to a person; own pay within the catalogue is the same."""
        row = {"own_pay_fen": fen, "compliant_own_pay_fen": fen, "visit_kind": "inpatient", **more}
        entry = blank("own_pay_entry", person_id=person, settled_on=settled_on, **row)
        self.rows.setdefault("own_pay_entry", []).append(entry)
        self.feeds.add("medical")
        return self

    def indicators(self, *names: str) -> list[Any]:
        """Return indicators, the same from both engines."""
        regime = table_of().regimes[0]
        table = indicator_table(snapshot_of(backend, self.rows, self.feeds), regime, ON, names)
        fast = by_household(backend.to_pyarrow(table))["h1"]
        slow = reference_indicators(self.rows, "h1", regime=regime, on=ON, feeds=self.feeds)
        assert [fast[name] for name in names] == [slow[name] for name in names]
        return [fast[name] for name in names]

    def answers(self, *rules: str) -> list[bool | None]:
        """Return what rules of the place answer, the same from both engines."""
        table = table_of(*rules)
        variants = {variant.rule.name: variant for variant in table.variants}
        screened = screen(snapshot_of(backend, self.rows, self.feeds), table, materialise=materialise)
        fast = screened.households.to_pyarrow().to_pylist()[0]
        values = reference_indicators(self.rows, "h1", regime=table.regimes[0], on=ON, feeds=self.feeds)
        found = [fast[variants[name].column] for name in rules]
        trees = [variants[name].expression.tree for name in rules]
        assert found == [answer(tree, values, table.parameters(0)) for tree in trees]
        return found


INCOME = ("net_income_fen", "net_income_per_capita_fen", "income_months_known", "is_income_from_ledger")


def test_five_people_with_two_earners_of_3000_a_month_have_14400_each() -> None:
    household = Household(5).earns("migrant_wage", 3000).earns("migrant_wage", 3000)

    assert household.indicators(*INCOME) == [72_000_00, 14_400_00, 12, True]
    assert household.indicators("wage_income_fen", "business_income_fen") == [72_000_00, 0]
    assert household.answers("low_income") == [False]


def test_three_people_with_one_earner_of_1000_a_month_have_4000_each_and_are_told() -> None:
    household = Household(3).earns("migrant_wage", 1000)

    assert household.indicators(*INCOME) == [12_000_00, 4_000_00, 12, True]
    assert household.answers("low_income") == [True]


def test_the_state_councils_family_of_three_has_400_a_head_and_month() -> None:
    household = Household(3).earns("other_wage", 1200)

    assert household.indicators("net_income_per_capita_fen") == [400_00 * 12]
    assert household.answers("low_income") == [True]


def test_five_mu_of_wheat_leave_five_people_402_each() -> None:
    household = Household(5).earns("crop_sales", 0).earns("crop_sales", 5 * 972, MONTHS[:1])
    household.earns("business_cost", 5 * 570, MONTHS[4:5])
    business = ("business_income_fen", "business_cost_fen")

    assert household.indicators(*INCOME) == [5 * 402_00, 402_00, 12, True]
    assert household.indicators(*business) == [5 * 972_00, 5 * 570_00]


def test_wheat_and_maize_by_the_listed_costs_leave_830_each_not_the_printed_930() -> None:
    household = Household(5).earns("crop_sales", 0).earns("crop_sales", 5 * (972 + 1160), MONTHS[:1])
    household.earns("business_cost", 5 * (570 + 732), MONTHS[4:5])

    assert household.indicators("net_income_fen", "net_income_per_capita_fen") == [4150_00, 830_00]


def test_a_month_missing_from_the_ledger_makes_the_income_unknown_not_lower() -> None:
    household = Household(3).earns("migrant_wage", 1000, MONTHS[1:])

    assert household.indicators(*INCOME) == [None, None, 11, None]
    assert household.answers("low_income") == [None]


def test_a_household_of_unknown_size_has_no_income_per_head() -> None:
    household = Household(0).earns("migrant_wage", 1000)

    assert household.indicators("net_income_fen", "net_income_per_capita_fen") == [12_000_00, None]
    assert household.answers("low_income") == [None]


@pytest.mark.parametrize(
    ("fen", "is_told"),
    [(18_683_99, False), (18_684_00, False), (18_684_01, True)],
    ids=["under", "at", "over"],
)
def test_own_pay_of_an_ordinary_household_is_told_above_18684(fen: int, is_told: bool) -> None:
    household = Household(4).pays(fen)

    assert household.indicators("own_pay_person_max_fen", "own_pay_year_person_max_fen") == [fen, fen]
    assert household.answers("own_pay_general", "own_pay_twelve_months") == [is_told, is_told]
    assert household.answers("own_pay_alleviated") == [False]


@pytest.mark.parametrize(
    ("fen", "is_told"), [(9_341_99, False), (9_342_00, False), (9_342_01, True)], ids=["under", "at", "over"]
)
def test_own_pay_of_an_alleviated_household_is_told_above_9342(fen: int, is_told: bool) -> None:
    household = Household(4, {"household_class": "alleviated"}).pays(fen)

    assert household.answers("own_pay_alleviated", "own_pay_twelve_months") == [is_told, is_told]
    assert household.answers("own_pay_general") == [False]


@pytest.mark.parametrize(
    ("fen", "is_told"), [(4_670_99, False), (4_671_00, False), (4_671_01, True)], ids=["under", "at", "over"]
)
def test_a_monitored_person_above_a_quarter_of_the_rural_income_may_ask_for_more_aid(
    fen: int, is_told: bool
) -> None:
    monitored = Household(4, {"monitored_class": "borderline", "is_risk_eliminated": False}).pays(fen)

    assert monitored.answers("own_pay_tilt") == [is_told]
    assert Household(4).pays(fen).answers("own_pay_tilt") == [False]


def test_own_pay_adds_up_by_person_not_by_household() -> None:
    one = Household(4).pays(9_342_01).pays(9_342_00, settled_on=date(2022, 6, 1))
    two = Household(4).pays(9_342_01).pays(9_342_00, person="p1")
    names = ("own_pay_person_max_fen", "own_pay_household_fen")

    assert one.indicators(*names) == [18_684_01, 18_684_01]
    assert two.indicators(*names) == [9_342_01, 18_684_01]
    assert one.answers("own_pay_general") + two.answers("own_pay_general") == [True, False]


def test_last_years_own_pay_counts_for_twelve_months_but_not_for_the_year() -> None:
    household = Household(4).pays(18_684_01, settled_on=date(2021, 7, 1))
    older = Household(4).pays(18_684_01, settled_on=date(2021, 6, 30))

    assert household.indicators("own_pay_person_max_fen", "own_pay_year_person_max_fen") == [18_684_01, 0]
    assert household.answers("own_pay_general", "own_pay_twelve_months") == [False, True]
    assert older.answers("own_pay_general", "own_pay_twelve_months") == [False, False]


def test_without_the_medical_delivery_own_pay_is_unknown() -> None:
    assert Household(4).indicators("own_pay_person_max_fen") == [None]
    assert Household(4).answers("own_pay_general") == [None]


@pytest.mark.parametrize(
    ("bill", "own_pay", "ordinary", "alleviated"),
    [
        (150_000_00, 23_703_06, True, True),  # Jiangyin, three payers
        (60_000_00, 13_664_00, False, True),  # Chengdu, capped
        (147_000_00, 11_000_00, False, True),  # exam question with a top-up
        (50_000_00, 20_780_00, True, True),  # Beijing, elderly resident
        (12_000_00, 4_785_00, False, False),  # hospital of the third level
    ],
)
def test_the_own_pay_of_the_worked_settlements_is_judged(
    bill: int, own_pay: int, ordinary: bool, alleviated: bool
) -> None:
    settlement: Row = {"total_fen": bill, "basic_paid_fen": bill - own_pay}
    plain, poor = Household(4), Household(4, {"household_class": "alleviated"})

    assert plain.pays(own_pay, **settlement).answers("own_pay_general") == [ordinary]
    assert poor.pays(own_pay, **settlement).answers("own_pay_twelve_months") == [alleviated]


def test_every_indicator_agrees_for_a_worked_household() -> None:
    household = Household(5).earns("migrant_wage", 3000).pays(23_703_06)

    assert len(household.indicators(*indicators())) == len(indicators())
