"""Microcredit in reach (R45): who wishes to borrow and has no loan, what falls due, what is overdue.

What was registered and what the banks deliver stand side by side; of the banks each household's newest month.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least

from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import LEDGERS, Household, Loan, LoanWish
from shouwang.records.viewers import Viewer

TABS = {"wish": "有意愿未贷", "due": "临近到期", "overdue": "已逾期", "running": "在贷"}
DAYS = (30, 60, 90, 180)
_BANK = LEDGERS["credit"]
# What banks call the loans meant here; others are shown where they are overdue.
_MICRO = "小额"
_ANY = Q()


@dataclass
class Credit:
    """One household: its newest wish, its loans, and what the banks delivered last."""

    household: Household
    wish: LoanWish | None = None
    loans: list[Loan] = field(default_factory=list)
    bank: list[Any] = field(default_factory=list)

    @property
    def running(self) -> list[Loan]:
        """The loans that run."""
        return [each for each in self.loans if each.state == "running"]

    @property
    def due_on(self) -> date | None:
        """The first day something falls due; None where nothing does or no day is known."""
        days = [each.due_on for each in (*self.running, *self.bank) if each.due_on is not None]
        return min(days, default=None)


def credit_households(
    viewer: Viewer, on: date, *, tab: str, prefix: str = "", within: int = DAYS[0]
) -> QuerySet[Household]:
    """Return the households of a tab, the earliest due first."""
    # A loan outlives its household, which may have been merged into another.
    known = Household.objects.filter(is_present=True) if tab == "wish" else Household.objects.all()
    rows = visible(known, viewer, Permission.SEE_INCOME)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    found = rows.filter(_of_tab(tab, on, within)).select_related("contact")
    if tab == "wish":
        return found.order_by("division", "number")
    first = Least(
        Subquery(_running(household_id=OuterRef("pk")).order_by("due_on").values("due_on")[:1]),
        Subquery(_owed(household_id=OuterRef("pk")).order_by("due_on").values("due_on")[:1]),
    )
    return found.annotate(first_due_on=first).order_by("first_due_on", "pk")


def credits_of(households: Iterable[Household]) -> list[Credit]:
    """Return the credit of each household: three queries for all of them."""
    found = {each.pk: Credit(each) for each in households}
    for wish in LoanWish.objects.filter(household_id__in=found).order_by("asked_on", "pk"):
        found[wish.household_id].wish = wish
    for loan in Loan.objects.filter(household_id__in=found).order_by("-granted_on", "-pk"):
        found[loan.household_id].loans.append(loan)
    for pk, rows in bank_rows(list(found)).items():
        found[pk].bank = rows
    return list(found.values())


def bank_rows(pks: Sequence[int]) -> dict[int, list[Any]]:
    """Return what the banks' newest month says each household owes: one query."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in _BANK.objects.filter(_newest(), household_id__in=pks, balance_fen__gt=0).order_by(
        "due_on", "pk"
    ):
        found[row.household_id].append(row)
    return found


def _of_tab(tab: str, on: date, within: int) -> Q:
    micro = Q(loan_kind__contains=_MICRO)
    if tab == "wish":
        borrowed = Exists(_running(household_id=OuterRef("pk")))
        owed = Exists(_owed(micro, household_id=OuterRef("pk")))
        return Q(pk__in=_wishing().values("household_id")) & ~borrowed & ~owed
    soon, late = Q(due_on__range=(on, on + timedelta(days=within))), Q(due_on__lt=on)
    loans, bank = {
        "due": (soon, soon),
        "overdue": (late, late | Q(overdue_days__gt=0)),
        "running": (Q(), micro),
    }[tab]
    # A union of few rows: the whole county is not gone through household by household.
    found = _running(loans).values("household_id").union(_owed(bank).values("household_id"))
    return Q(pk__in=found)


def _newest() -> Exists:
    """Keep the rows of a household's newest delivered month."""
    later = _BANK.objects.filter(
        household_id=OuterRef("household_id"), delivered_month__gt=OuterRef("delivered_month")
    )
    return ~Exists(later)


def _owed(condition: Q = _ANY, **columns: Any) -> QuerySet[Any]:
    """Return what the banks' newest months say is owed, by the households of the register."""
    rows = _BANK.objects.filter(_newest(), household_id__isnull=False, balance_fen__gt=0)
    return rows.filter(condition, **columns)


def _running(condition: Q = _ANY, **columns: Any) -> QuerySet[Loan]:
    return Loan.objects.filter(condition, state="running", **columns)


def _wishing() -> QuerySet[LoanWish]:
    """Return the newest answers that were yes."""
    later = LoanWish.objects.filter(household_id=OuterRef("household_id")).filter(
        Q(asked_on__gt=OuterRef("asked_on")) | Q(asked_on=OuterRef("asked_on"), pk__gt=OuterRef("pk"))
    )
    return LoanWish.objects.filter(~Exists(later), is_wanted=True)
