"""Township or county send clues to be checked, one or many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.clue_entries import refuse_closed
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.refusals import NotThere, Refusal, Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import visible
from shouwang.records.models import Clue

# To whom a clue can be sent: all of them may check (domain.roles).
CHECKING_ROLES = {
    "village": Role.VILLAGE.label,
    "resident_team": Role.RESIDENT_TEAM.label,
    "township": Role.TOWNSHIP.label,
}
MOST_IN_A_BATCH = 500


@dataclass(frozen=True)
class RowResult:
    """How one row of a batch ended; `reason` is empty where it is done."""

    clue_id: int
    number: str
    reason: str = ""


def dispatch_clue(
    *,
    actor: Actor,
    clue_id: int,
    on: date,
    at: datetime,
    version: int | None = None,
    to: str = "village",
    due_on: date | None = None,
) -> Clue:
    """Send a clue to those who will visit the household; again, to others, until they have checked it.

    `due_on` can shorten the time, never lengthen it. Raises Unfit, NotThere, NotAllowed, Stale.
    """
    with acting(actor, "clue.dispatch", at=at) as act:
        clue = locked(actor, Clue.objects.all(), clue_id, Permission.DISPATCH_CLUE, version=version)
        act.before = {"state": clue.state, "turn": clue.turn, "due_on": clue.due_on}
        _check(clue, to, due_on, on)
        clue.state, clue.turn = "dispatched", to
        clue.dispatched_by_id, clue.dispatched_on = actor.viewer.account_id, on
        clue.due_on = due_on or clue.due_on
        clue.version += 1
        clue.save()
        act.about(clue, "+".join(actor.viewer.roles))
        act.after = {"state": clue.state, "turn": clue.turn, "due_on": clue.due_on}
        told = accounts_with(roles=[to], division=clue.division, at=at)
        text = f"线索 {clue.number} 待核查，请于 {clue.due_on} 前完成"
        notify(accounts=told, kind="clue", text=text, link=f"/clues/{clue.pk}/", at=at)
    return clue


def dispatch_clues(
    *, actor: Actor, clue_ids: Sequence[int], on: date, at: datetime, to: str = "village"
) -> list[RowResult]:
    """Send many clues, each an act of its own, and say of each how it ended.

    One clue out of reach refuses the whole batch before anything is done. Raises NotThere, Unfit.
    """
    wanted = list(dict.fromkeys(clue_ids))
    if not wanted:
        raise Unfit("请先勾选要派发的线索")
    if len(wanted) > MOST_IN_A_BATCH:
        raise Unfit(f"一次最多派发 {MOST_IN_A_BATCH} 条，现选了 {len(wanted)} 条，请缩小查询范围分次派发")
    found = visible(Clue.objects.filter(pk__in=wanted), actor.viewer, Permission.DISPATCH_CLUE, is_write=True)
    numbers = dict(found.values_list("pk", "number"))
    if len(numbers) != len(wanted):
        raise NotThere
    results = []
    for clue_id in wanted:
        try:
            dispatch_clue(actor=actor, clue_id=clue_id, to=to, on=on, at=at)
        except Refusal as refusal:
            results.append(RowResult(clue_id, numbers[clue_id], str(refusal)))
        else:
            results.append(RowResult(clue_id, numbers[clue_id]))
    return results


def _check(clue: Clue, to: str, due_on: date | None, on: date) -> None:
    refuse_closed(clue=clue)
    if to not in CHECKING_ROLES:
        raise Unfit("请选择由谁核查", {"to": "请从列表中选择"})
    if clue.state == "checked":
        raise Unfit("这条线索已经核查，请作出处置结论；核查不清的请退回重新核查")
    if clue.state == "dispatched" and clue.turn == to and due_on is None:
        raise Unfit(f"这条线索已于 {clue.dispatched_on} 派发，正在核查")
    if due_on is not None and due_on < on:
        raise Unfit("限办日期不能早于今天", {"due_on": "请填今天或以后的日期"})
    if due_on is not None and clue.due_on is not None and due_on > clue.due_on:
        raise Unfit(f"限办日期不能晚于规定的 {clue.due_on}", {"due_on": f"最晚为 {clue.due_on}"})
