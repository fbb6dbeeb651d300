"""A visit to the household says what is so (两人以上入户核查, S3§5)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.clue_entries import checked_checkers, checked_risks, checked_text, refuse_closed
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.models import Clue, ClueCheck

_MOST_FEN = 10**11


class Visit(TypedDict):
    """What a visit is recorded with; None is what it could not tell."""

    checked_on: date
    checkers: str
    findings: str
    opinion: str
    is_at_risk: bool | None
    risks: NotRequired[Sequence[str]]
    income_per_capita_fen: NotRequired[int | None]
    rigid_spending_fen: NotRequired[int | None]
    has_guarantees: NotRequired[bool | None]
    has_safe_water: NotRequired[bool | None]


def record_check(
    *, actor: Actor, clue_id: int, version: int, on: date, at: datetime, **visit: Unpack[Visit]
) -> ClueCheck:
    """Record a visit and hand the clue on for its verdict. Raises Unfit, NotThere, NotAllowed, Stale."""
    with acting(actor, "clue.check", at=at) as act:
        clue = locked(actor, Clue.objects.all(), clue_id, Permission.CHECK_CLUE, version=version)
        _check_state(clue)
        check = _checked(visit, on)
        check.clue, check.division = clue, clue.division
        check.by_id, check.recorded_at = actor.viewer.account_id, at
        check.save(force_insert=True)
        clue.state, clue.turn = "checked", str(Role.TOWNSHIP)
        clue.version += 1
        clue.save(update_fields=["state", "turn", "version"])
        act.about(clue, "+".join(actor.viewer.roles))
        act.before = {"state": "dispatched"}
        act.after = {"state": clue.state, "is_at_risk": check.is_at_risk, "checked_on": check.checked_on}
        _tell(clue, at)
    return check


def _checked(visit: Visit, on: date) -> ClueCheck:
    """Return the entries as a row that is not saved yet; raises Unfit."""
    check = ClueCheck(
        checked_on=visit["checked_on"],
        checkers="、".join(checked_checkers(names=visit["checkers"]))[:120],
        findings=checked_text(text=visit["findings"], label="核查情况", field="findings"),
        opinion=checked_text(text=visit["opinion"], label="核查意见", field="opinion"),
        is_at_risk=visit["is_at_risk"],
        risks=checked_risks(risks=visit.get("risks", ())),
        income_per_capita_fen=visit.get("income_per_capita_fen"),
        rigid_spending_fen=visit.get("rigid_spending_fen"),
        has_guarantees=visit.get("has_guarantees"),
        has_safe_water=visit.get("has_safe_water"),
    )
    _check_entries(check, on)
    return check


def _check_state(clue: Clue) -> None:
    refuse_closed(clue=clue)
    if clue.state == "received":
        raise Unfit("这条线索还没有派发，请乡镇先派发再核查")
    if clue.state == "checked":
        raise Unfit("这条线索已经核查，等待处置；需要补充的，请处置人退回重新核查")


def _check_entries(check: ClueCheck, on: date) -> None:
    if check.checked_on > on:
        raise Unfit("核查日期不能晚于今天", {"checked_on": "请核对日期"})
    if check.is_at_risk and not check.risks:
        raise Unfit("核查认为有风险的，请勾选风险类型", {"risks": "请至少勾选一项"})
    if check.is_at_risk is False and check.risks:
        raise Unfit("核查认为没有风险，却勾选了风险类型，请核对", {"risks": "与“没有风险”矛盾"})
    for amount, field in ((check.income_per_capita_fen, "income"), (check.rigid_spending_fen, "spending")):
        if amount is not None and not 0 <= amount <= _MOST_FEN:
            raise Unfit("金额不合理，请以元为单位核对", {field: "请核对金额"})


def _tell(clue: Clue, at: datetime) -> None:
    told = accounts_with(roles=[Role.TOWNSHIP], division=clue.division, at=at)
    text = f"线索 {clue.number} 已核查，待作出处置结论"
    notify(accounts=told, kind="clue", text=text, link=f"/clues/{clue.pk}/", at=at)
