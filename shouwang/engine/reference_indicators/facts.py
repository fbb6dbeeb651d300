"""The rows of one household on one day, and the windows and words that the catalogue defines for all."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from shouwang.engine.snapshot import IncomeRegime

Row = dict[str, Any]
Values = dict[str, int | bool | str | None]


@dataclass(frozen=True)
class Facts:
    """The household's rows by table, how its income counts, the day, and the feeds delivered."""

    rows: dict[str, list[Row]]
    regime: IncomeRegime
    on: date
    feeds: frozenset[str]

    def of(self, table: str) -> list[Row]:
        """Return the household's rows of a table."""
        return self.rows.get(table, [])

    @property
    def household(self) -> Row:
        """The registry's row."""
        return self.of("household")[0]

    @property
    def members(self) -> list[Row]:
        """The member rows."""
        return self.of("member")

    def months_ago(self, day: date | None) -> int | None:
        """Return how many calendar months before the day's month a date lies (negative: after)."""
        return None if day is None else month_number(self.on) - month_number(day)

    def is_in_last_months(self, day: date | None, count: int) -> bool:
        """Return whether a date lies in the `count` calendar months that end with the day's month."""
        ago = self.months_ago(day)
        return ago is not None and 0 <= ago < count

    def in_spending(self, table: str, column: str) -> list[Row]:
        """Return the rows whose date lies in S."""
        return [row for row in self.of(table) if self.is_in_last_months(row[column], 12)]

    def is_delivered(self, row: Row) -> bool:
        """Return whether the row was delivered for a month up to the day's."""
        return row["delivered_month"] is not None and row["delivered_month"] <= self.on

    def latest(self, table: str, kind: str | None = None) -> dict[str | None, Row]:
        """Return each person's newest row of a table (of one kind)."""
        newest: dict[str | None, Row] = {}
        for row in sorted(filter(self.is_delivered, self.of(table)), key=_newness):
            if kind is None or row["kind"] == kind:
                newest[row["person_id"]] = row
        return newest

    def latest_month(self, table: str) -> dict[str | None, list[Row]]:
        """Return each person's rows of that person's newest month of delivery."""
        found: dict[str | None, list[Row]] = {}
        for row in filter(self.is_delivered, self.of(table)):
            found.setdefault(row["person_id"], []).append(row)
        return {
            person: [row for row in rows if row["delivered_month"] == max(r["delivered_month"] for r in rows)]
            for person, rows in found.items()
        }

    def age(self, member: Row) -> int | None:
        """Return a member's age in full years on the day."""
        born: date | None = member["birth_date"]
        if born is None:
            return None
        return self.on.year - born.year - ((self.on.month, self.on.day) < (born.month, born.day))

    def is_aged(self, member: Row, youngest: int, oldest: int = 999) -> bool:
        """Return whether a member is known to be of an age between two, both included."""
        age = self.age(member)
        return age is not None and youngest <= age <= oldest


def month_number(day: date) -> int:
    """Return the number of a date's month since year 0."""
    return day.year * 12 + day.month


def amount(value: int | None) -> int:
    """Return an amount, a blank as 0."""
    return value or 0


def _newness(row: Row) -> tuple[date, int, int]:
    return row["delivered_month"], row["source_id"], row["row_no"]
