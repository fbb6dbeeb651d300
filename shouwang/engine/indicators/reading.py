"""One reading of a snapshot: the day, its windows, and which feeds there are to read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import ibis.expr.types as ir

from shouwang.domain.periods import Month, Period, half_year_before, previous_window
from shouwang.engine.snapshot import IncomeRegime, Snapshot

STATEMENT_YEARS = 6  # how many years back, the year of the day included, annual statements are read


@dataclass(frozen=True)
class Reading:
    """What the indicators of one regime are computed from, on one day."""

    snapshot: Snapshot
    regime: IncomeRegime
    on: date
    wanted: Collection[str]

    def __getitem__(self, table: str) -> ir.Table:
        return self.snapshot[table]

    def has(self, feed: str) -> bool:
        """Say whether the feed was delivered at all."""
        return feed in self.snapshot.feeds

    def wants(self, *names: str) -> bool:
        """Say whether any of the indicators is asked for."""
        return any(name in self.wanted for name in names)

    @property
    def month(self) -> Month:
        """Give the month of the day."""
        return Month.of(self.on)

    @cached_property
    def spending(self) -> Period:
        """Give S: the twelve calendar months ending with the month of the day."""
        return Period.of_months(self.month - 11, self.month)

    @cached_property
    def two_years(self) -> Period:
        """Give the twenty-four calendar months ending with the month of the day."""
        return Period.of_months(self.month - 23, self.month)

    @cached_property
    def year(self) -> Period:
        """Give January of the year to the month of the day."""
        return Period.of_months(Month(self.on.year, 1), self.month)

    @cached_property
    def income_periods(self) -> dict[str, Period]:
        """Give W, the twelve months before it and H in whole ledger months; one without any is left out."""
        periods = {
            "w": self.regime.window,
            "previous": previous_window(self.regime.window),
            "half": half_year_before(self.on),
        }
        ledger = {name: ledger_months(period) for name, period in periods.items()}
        return {name: period for name, period in ledger.items() if period is not None}


def ledger_months(period: Period) -> Period | None:
    """Return the ledger months of a period: from the month it begins in to the one before `to_date`'s.

    A ledger is kept by the month: twelve months up to the middle of one are the twelve whole ones before it.
    """
    first, after = Month.of(period.from_date), Month.of(period.to_date)
    return Period(first.first_day, after.first_day) if first < after else None


def birthday(on: date, years: int) -> date:
    """Return the last birth date of those who are at least `years` old on the day."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return date(on.year - years, 2, 28)
