"""Overdue cases: the level above is told, once for each turn (R35)."""

from datetime import date, datetime

from django.db.models import QuerySet

from shouwang.actions.acting import Actor, acting
from shouwang.actions.notifying import accounts_with, notify
from shouwang.domain.case_deadlines import DueItem, due
from shouwang.domain.procedure import ACTORS
from shouwang.records.case_states import TrackLost, case_state_of
from shouwang.records.models import Case


def escalate_overdue_cases(*, actor: Actor, on: date, at: datetime) -> int:
    """Tell the level above of every overdue case that the connection shows; return how many were told.

    A case already told stays as it is until its turn changes, so that running it again does nothing.
    """
    with acting(actor, "case.escalate", at=at) as act:
        rows = _overdue(Case.objects.all(), on).filter(escalated_to="").select_for_update(of=("self",))
        told = sum(_tell_above(case, on, at) for case in rows.prefetch_related("events", "papers"))
        act.after = {"told_count": told}
    return told


def _overdue(cases: QuerySet[Case], on: date) -> QuerySet[Case]:
    """Return the cases with something to do whose day has passed."""
    return cases.filter(due_on__lt=on).exclude(turn_steps=[])


def _tell_above(case: Case, on: date, at: datetime) -> bool:
    try:
        late = [item for item in due(case_state_of(case), on) if item.escalate_to]
    except TrackLost:
        return False
    if not late:
        return False
    item: DueItem = late[0]
    case.escalated_to = item.escalate_to or ""
    case.save(update_fields=["escalated_to"])
    days = (on - (item.due_on or on)).days
    who = "、".join(ACTORS[each] for each in item.roles)
    text = f"个案{case.number}超期{days}天：{who}未办理“{item.label}”，请督办"
    accounts = accounts_with(roles=[case.escalated_to], division=case.division, at=at)
    notify(accounts=accounts, kind="case", text=text[:200], link=f"/cases/{case.pk}/", at=at)
    return True
