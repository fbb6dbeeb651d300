"""What the checks find in one household as it stands this moment: shown where its facts are entered (R80)."""

from dataclasses import dataclass
from datetime import date

from shouwang.domain.quality_facts import facts
from shouwang.engine.quality.book import household_book
from shouwang.engine.quality.months import newest_months
from shouwang.engine.quality.one_household import FoundHere, findings_of
from shouwang.records.models import Household
from shouwang.records.policies import library
from shouwang.records.quality_rows import quality_rows, sheets_of


@dataclass(frozen=True)
class EntryWarning:
    """A check the household meets now; `columns` are those it read ("member.sex"), by which it is masked."""

    label: str
    severity: str
    mend: str
    columns: tuple[str, ...]


def entry_warnings(household: Household, on: date, member_id: int | None = None) -> list[EntryWarning]:
    """Return what is found in a household, or only what is about one of its members; the gravest first."""
    rows = quality_rows(household, on)
    if not rows["household"]:
        return []
    code = (
        household.members.filter(pk=member_id).values_list("code", flat=True).first() if member_id else None
    )
    months = newest_months(sheets_of(household), on)
    found = findings_of(rows, household_book(library(), household.division, on), months)
    told = [
        _warning(each) for each in found if member_id is None or (code is not None and each.person_id == code)
    ]
    order = ("error", "doubt", "hint")
    return sorted(dict.fromkeys(told), key=lambda each: order.index(each.severity))


def _warning(found: FoundHere) -> EntryWarning:
    check = found.asked.check
    columns = tuple(facts()[name].column for name in found.asked.expression.indicators)
    return EntryWarning(check.label, check.severity, check.mend, columns)
