"""Every clue ends in a verdict with its reason, by another person than the checker (R28, R34, T44)."""

from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.clue_entries import checked_text, refuse_closed
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.permissions import Permission, excluded_by
from shouwang.domain.roles import Role
from shouwang.records.models import Clue
from shouwang.records.models.clues import CLUE_VERDICTS, GIVEN_VERDICTS

# What a desk can see without a visit.
WITHOUT_CHECK = frozenset({"not_ours"})
_MONITORED = "monitored"


def give_verdict(
    *, actor: Actor, clue_id: int, version: int, verdict: str, reason: str, on: date, at: datetime
) -> Clue:
    """Close a clue. After "identify" the caller opens the case, an act of its own.

    Raises Unfit, NotThere, NotAllowed (who checked does not decide), Stale.
    """
    with acting(actor, "clue.verdict", at=at) as act:
        clue = locked(actor, Clue.objects.all(), clue_id, Permission.GIVE_VERDICT, version=version)
        refuse_closed(clue=clue)
        if verdict not in GIVEN_VERDICTS:
            raise Unfit("请选择处置结论", {"verdict": "请从列表中选择"})
        said = checked_text(text=reason, label="处置理由", field="reason")
        _refuse_checker(actor, clue)
        _check_verdict(clue, verdict)
        act.before = {"state": clue.state}
        clue.state, clue.turn, clue.closed_on = "closed", "", on
        clue.verdict, clue.verdict_reason, clue.verdict_by_id = verdict, said, actor.viewer.account_id
        clue.version += 1
        clue.save()
        # The screening reads the verdict itself; people have to be told.
        told = {"fed_back_on": on, "feedback": "处置结论已回写筛查系统"}
        clue.origins.filter(source="screening", fed_back_on=None).update(**told)
        act.about(clue, "+".join(actor.viewer.roles))
        act.reason = said
        act.after = {"state": clue.state, "verdict": verdict}
        _tell(clue, at)
    return clue


def return_clue(*, actor: Actor, clue_id: int, version: int, reason: str, on: date, at: datetime) -> Clue:
    """Send a checked clue back to be checked again; the earlier check stays. Raises as `give_verdict`."""
    with acting(actor, "clue.return", at=at) as act:
        clue = locked(actor, Clue.objects.all(), clue_id, Permission.GIVE_VERDICT, version=version)
        refuse_closed(clue=clue)
        if clue.state != "checked":
            raise Unfit("只有已核查、待处置的线索可以退回")
        said = checked_text(text=reason, label="退回理由", field="reason")
        _refuse_checker(actor, clue)
        clue.state, clue.turn = "dispatched", str(Role.VILLAGE)
        clue.dispatched_on = on
        clue.version += 1
        clue.save(update_fields=["state", "turn", "dispatched_on", "version"])
        act.about(clue, "+".join(actor.viewer.roles))
        act.reason = said
        act.before, act.after = {"state": "checked"}, {"state": clue.state}
        checkers = [Role.VILLAGE, Role.RESIDENT_TEAM]
        told = accounts_with(roles=checkers, division=clue.division, at=at)
        text = f"线索 {clue.number} 被退回重新核查，请查看退回理由"
        notify(accounts=told, kind="clue", text=text, link=f"/clues/{clue.pk}/", at=at)
    return clue


def _refuse_checker(actor: Actor, clue: Clue) -> None:
    has_checked = clue.checks.filter(by_id=actor.viewer.account_id).exists()
    latest = clue.checks.order_by("-pk").first()
    is_named = latest is not None and actor.viewer.name in latest.checkers.split("、")
    done = [Permission.CHECK_CLUE] if has_checked or is_named else []
    if excluded_by(done, Permission.GIVE_VERDICT):
        raise NotAllowed("您是这条线索的核查人，处置结论须由另一人作出，请交其他有权限的人员办理")


def _check_verdict(clue: Clue, verdict: str) -> None:
    if clue.state != "checked" and verdict not in WITHOUT_CHECK:
        raise Unfit("还没有入户核查记录，只能以“不属本辖区或查无此户”办结；其他结论请先派发核查")
    household = clue.household
    is_monitored = household is not None and household.monitoring == _MONITORED
    if verdict == "identify" and household is None:
        raise Unfit("启动识别程序前，请先把线索关联到农户", {"verdict": "请先关联农户"})
    if verdict == "identify" and is_monitored:
        raise Unfit("该户已在监测，请选“已在监测,补充风险”", {"verdict": "该户已在监测"})
    if verdict == _MONITORED and not is_monitored:
        raise Unfit("该户不是监测中的农户，请选其他结论", {"verdict": "该户不在监测中"})


def _tell(clue: Clue, at: datetime) -> None:
    reporters = [each for each in clue.origins.values_list("reported_by_id", flat=True) if each]
    text = f"线索 {clue.number} 已办结：{CLUE_VERDICTS[clue.verdict]}"
    notify(accounts=reporters, kind="clue", text=text, link=f"/clues/{clue.pk}/", at=at)
