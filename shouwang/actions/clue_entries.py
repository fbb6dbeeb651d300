"""What an entry about a clue must say, and how its row is locked."""

import re
from collections.abc import Sequence
from datetime import date

from shouwang.actions.acting import Actor, locked
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.clue_limits import verdict_limit
from shouwang.domain.masking import contains_personal_number
from shouwang.domain.permissions import Permission
from shouwang.domain.policy import PackError, Policy
from shouwang.domain.tables import RISKS
from shouwang.records.models import Clue
from shouwang.records.policies import policy_at

_FEWEST_SIGNS, _MOST_SIGNS = 4, 2000
_SAID_BY_NAME = re.compile(r"[、,，;；/\s]+")


def checked_text(*, text: str, label: str, field: str, fewest: int = _FEWEST_SIGNS) -> str:
    """Return a text without outer spaces; raises Unfit where it says nothing or holds a personal number."""
    said = text.strip()
    if len(said) < fewest or (fewest > 1 and len(set(said)) < 3):
        raise Unfit(f"请写明{label}（至少 {fewest} 个字，不能用重复的字代替）", {field: f"请写明{label}"})
    if len(said) > _MOST_SIGNS:
        raise Unfit(f"{label}最多 {_MOST_SIGNS} 个字，请简写", {field: "内容太长"})
    if contains_personal_number(said):
        reason = f"{label}中不能出现证件号码、手机号码或银行卡号，请删去后再提交"
        raise Unfit(reason, {field: reason})
    return said


def checked_risks(*, risks: Sequence[str]) -> list[str]:
    """Return the risks each once, in the order of the table; raises Unfit for a code that is none."""
    if unknown := set(risks) - set(RISKS):
        raise Unfit(f"风险类型中有 {len(unknown)} 项不在目录内，请重新选择", {"risks": "请从列表中选择"})
    return [each for each in RISKS if each in set(risks)]


def checked_checkers(*, names: str) -> list[str]:
    """Return the names of who went; raises Unfit for fewer than two people (S3§5: 两人以上入户核查)."""
    found = list(dict.fromkeys(each for each in _SAID_BY_NAME.split(names.strip()) if each))
    if len(found) < 2:
        raise Unfit("入户核查须两人以上，请写出两名核查人的姓名，用顿号隔开", {"checkers": "请写两名核查人"})
    return found


def policy_or_none(*, division: str, on: date) -> Policy | None:
    """Return the policy of a village on a day, None where no pack answers: work goes on by cited defaults."""
    try:
        return policy_at(division, on)
    except PackError:
        return None


def due_on(*, division: str, sources: Sequence[str], received_on: date) -> date:
    """Return the last day for the verdict on a clue of these sources."""
    policy = policy_or_none(division=division, on=received_on)
    return verdict_limit(policy, sources).last_day(received_on)


def locked_clue(
    *, actor: Actor, clue_id: int, permissions: Sequence[Permission], version: int | None
) -> Clue:
    """Lock a clue by the first of the permissions that the actor holds there; raises as `acting.locked`."""
    refusal: NotAllowed | None = None
    for permission in permissions:
        try:
            return locked(actor, Clue.objects.all(), clue_id, permission, version=version)
        except NotAllowed as error:
            refusal = refusal or error
    raise refusal or NotAllowed("您没有办理线索的权限")


def refuse_closed(*, clue: Clue) -> None:
    """Raise Unfit for a clue that has its verdict."""
    if clue.state == "closed":
        raise Unfit("这条线索已经办结，不能再办理；有新情况请另行登记线索")
