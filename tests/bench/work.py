"""What every competitor is given: the folder of tables, the day, the policy, and where the answers go."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.periods import Month, Period, half_year_before, previous_window
from shouwang.domain.policy import PackLibrary
from shouwang.domain.tables import FEEDS, INCOME_ITEMS
from shouwang.engine.policy_table import PolicyTable, Variant, policy_table

COUNTY = "530521"
ON = date(2026, 6, 30)
# What the data frames compute; the tables behind it hold nearly all rows.
LIGHT = (
    "member_count", "is_alleviated", "was_monitored", "is_monitored", "net_income_fen", "wage_income_fen",
    "net_income_per_capita_fen", "previous_net_income_fen", "income_fall_fen",
    "half_year_income_per_capita_fen", "reference_income_per_capita_fen", "own_pay_person_max_fen",
    "own_pay_household_fen", "own_pay_year_person_max_fen", "inpatient_own_pay_year_max_fen",
    "chronic_illness_persons", "uninsured_persons", "has_uninsured_member", "labour_persons",
    "full_labour_persons", "is_without_labour", "migrant_months_max", "is_ordinary",
)  # fmt: skip


@dataclass(frozen=True)
class Work:
    """One size of the benchmark; `store` holds the roll-ups, `out` takes the answers."""

    tables: Path
    store: Path
    out: Path

    def answers(self, name: str) -> Path:
        """Return where a competitor writes household_id and a column for each rule."""
        return self.out / f"{name}.parquet"


def policy(rules: Iterable[str] | None = None) -> PolicyTable:
    """Return the policy of the county on the day, held to some rules where they are named."""
    library = load_library(default_packs_folder())
    if rules is not None:
        kept = set(rules)
        packs = [
            replace(pack, rules={name: rule for name, rule in pack.rules.items() if name in kept}, cases=())
            for pack in library.packs.values()
        ]
        library = PackLibrary(packs)
    return policy_table(library, [], COUNTY, ON)


def heavy_rules() -> list[str]:
    """Return the rules that read only income, own pay, members and the registry's row."""
    return [v.rule.name for v in policy().variants if set(v.expression.indicators) <= set(LIGHT)]


def feeds() -> frozenset[str]:
    """Return every feed: the benchmark's county delivers all of them."""
    return frozenset(FEEDS)


@dataclass(frozen=True)
class Days:
    """The windows of the day, as the rivals need them."""

    w: Period
    previous: Period
    half: Period
    spending: Period
    two_years: Period
    year: Period

    @classmethod
    def of(cls, table: PolicyTable) -> "Days":
        """Return the windows of a policy with one regime."""
        [window] = {regime.window for regime in table.regimes}
        month = Month.of(table.on)
        return cls(
            window,
            previous_window(window),
            half_year_before(table.on),
            Period.of_months(month - 11, month),
            Period.of_months(month - 23, month),
            Period.of_months(Month(table.on.year, 1), month),
        )


def counted(table: PolicyTable, source: str) -> list[str]:
    """Return the items of one of the four incomes that the policy counts."""
    items = table.regimes[0].counted
    return [item.name for item in INCOME_ITEMS.values() if item.source == source and item.name in items]


def rule_sql(variant: Variant, table: PolicyTable) -> str:
    """Return a rule's text with its parameters written in, as an analyst would paste it."""
    values = table.parameters(0)

    def literal(found: re.Match[str]) -> str:
        value = values[found.group(1)]
        return f"'{value}'" if isinstance(value, str) else str(value)

    return re.sub(r":(\w+)", literal, variant.rule.when)
