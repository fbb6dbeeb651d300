"""One duty of the monthly calendar: who reports what to whom by which day (R27)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

PARTIES = {
    "group": "村民小组",
    "village": "村级",
    "township": "乡镇",
    "helper": "帮扶责任人",
    "helper_unit": "帮扶单位",
    "supervision": "督导组",
    "department": "行业部门",
    "county_office": "县级主管部门",
}


@dataclass(frozen=True)
class Duty:
    """One line of a calendar: `giver` hands something to `taker` by a day of the month.

    `day` is the last day, None where `day_of` names the parameter that says it. A month's data are due
    `months_after` it. `feeds` are what departments deliver; without any, nothing of it is watched here.
    `is_reference` marks a day that no document of the place has set.
    """

    name: str
    label: str
    giver: str
    taker: str
    feeds: tuple[str, ...]
    day: int | None
    day_of: str
    months_after: int
    remind_days: int
    source: str
    is_reference: bool = False
    note: str = ""
    from_on: date | None = None
    to_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the duty is in force on a day."""
        return (self.from_on is None or self.from_on <= day) and (self.to_on is None or day <= self.to_on)

    def due_on(self, month: date) -> date:
        """Return the last day for a month's data; a day the month lacks is its last."""
        year, at = divmod(month.year * 12 + month.month - 1 + self.months_after, 12)
        return date(year, at + 1, min(self.day or 31, monthrange(year, at + 1)[1]))

    def month_due(self, day: date) -> date:
        """Return the month whose data are due in the month of a day."""
        year, at = divmod(day.year * 12 + day.month - 1 - self.months_after, 12)
        return date(year, at + 1, 1)
