"""What a case says of itself in lists: where it stands, whose turn it is, until when. Written here only."""

from datetime import date, datetime

from shouwang.actions.notifying import accounts_with, notify
from shouwang.domain.case_deadlines import DueItem, due
from shouwang.domain.case_state import CaseState
from shouwang.records.models import Case

_MOST_LABEL = 120


def stand(*, case: Case, state: CaseState, today: date) -> None:
    """Rewrite the columns of a case that follow from its events; the caller saves."""
    items = due(state, today)
    case.status = state.status
    case.is_decided = state.is_decided
    case.is_green_channel = state.is_green_channel
    case.is_under_notice = _is_under_notice(state)
    case.has_open_objection = bool(state.standing.open_objections)
    case.turn_roles = list(dict.fromkeys(role for item in items for role in item.roles))
    case.turn_steps = [_turn_key(item) for item in items]
    case.turn_label = "、".join(item.label for item in items)[:_MOST_LABEL]
    case.due_on = min((item.due_on for item in items if item.due_on), default=None)
    case.not_before = min((item.not_before for item in items if item.not_before), default=None)
    case.closed_on = state.closed_on
    case.escalated_to = ""


def _turn_key(item: DueItem) -> str:
    """Name what is to be done: a step by its id, an objection by its number, the feedback."""
    return {"step": item.step_id, "objection": f"objection:{item.objection}", "feedback": "feedback"}[
        item.what
    ]


def _is_under_notice(state: CaseState) -> bool:
    """Tell whether a notice hangs: it was put up, and no step that waits for its end has been taken."""
    return state.status == "open" and any(
        step.notice
        and step.id in state.done
        and not (state.track.from_step(step.id) - {step.id}) & set(state.done)
        for step in state.track.steps
    )


def tell_next(*, case: Case, at: datetime, but: int | None = None) -> None:
    """Tell those whose turn it is, the one who has just acted aside; nobody's name is in it."""
    roles = [role for role in case.turn_roles if role != "household"]
    accounts = [each for each in accounts_with(roles=roles, division=case.division, at=at) if each != but]
    limit = f"，期限{case.due_on:%Y-%m-%d}" if case.due_on else ""
    wait = f"，公示期满后{case.not_before:%Y-%m-%d}起可办" if case.not_before else ""
    text = f"个案{case.number}待办理：{case.turn_label}{limit}{wait}"
    notify(accounts=accounts, kind="case", text=text[:200], link=f"/cases/{case.pk}/", at=at)
