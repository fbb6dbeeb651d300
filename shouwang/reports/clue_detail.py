"""One clue on one page: what was said, by whom, why, what the visit found, how it ended, and until when."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime

from shouwang.domain.clue_limits import feedback_limit, verdict_limit
from shouwang.domain.policy import PackError, Policy
from shouwang.records.access import visible
from shouwang.records.models import Account, Attachment, AuditEvent, Case, Clue, ClueCheck, ClueOrigin
from shouwang.records.policies import policy_at
from shouwang.records.viewers import Viewer
from shouwang.reports.clue_evidence import Evidence, evidence_of

ACTIONS = {
    "clue.report": "登记线索",
    "clue.declare": "农户网上申报",
    "clue.link": "关联农户",
    "clue.dispatch": "派发核查",
    "clue.check": "入户核查",
    "clue.return": "退回重新核查",
    "clue.verdict": "作出处置结论",
    "clue.feedback": "反馈来源",
    "clue.withdrawn": "依据已撤回，线索随之办结",
    "clue.basis_withdrawn": "依据的数据已撤回，请核实",
}
# Reports join the acts here; who reads a clue reads why it was sent back.
_MOST_EVENTS = 200


@dataclass(frozen=True)
class Moment:
    """One line of the time line; `reason` is what its act was given for."""

    at: datetime
    what: str
    by: str
    reason: str
    is_return: bool = False


@dataclass(frozen=True)
class ClueDetail:
    """Everything about one clue; `siblings` are other clues of the household, `limit` says why it is due."""

    clue: Clue
    origins: list[ClueOrigin]
    evidence: dict[int, Evidence]
    checks: list[ClueCheck]
    papers: list[Attachment]
    cases: list[Case]
    siblings: list[Clue]
    moments: list[Moment]
    limit: str
    limit_source: str
    feedback_due_on: date | None
    feedback_source: str

    @property
    def pending(self) -> list[ClueOrigin]:
        """Return the sources that have not been told."""
        return [each for each in self.origins if each.fed_back_on is None]


def clue_of(viewer: Viewer, clue_id: int) -> Clue | None:
    """Return a clue that a viewer reaches, with its household."""
    rows = Clue.objects.select_related("household", "verdict_by", "dispatched_by")
    return visible(rows, viewer).filter(pk=clue_id).first()


def clue_detail(viewer: Viewer, clue_id: int) -> ClueDetail | None:
    """Return one clue with all around it, None out of reach: a fixed number of queries."""
    clue = clue_of(viewer, clue_id)
    if clue is None:
        return None
    origins = list(clue.origins.select_related("finding", "reported_by").order_by("pk"))
    checks = list(clue.checks.select_related("by").order_by("-pk"))
    owners = [f"clue:{clue.pk}", *(f"cluecheck:{each.pk}" for each in checks)]
    siblings = Clue.objects.filter(household_id=clue.household_id).exclude(pk=clue.pk)
    policy = _policy(clue)
    limit = verdict_limit(policy, {each.source for each in origins})
    answer = feedback_limit(policy)
    return ClueDetail(
        clue=clue,
        origins=origins,
        evidence={each.pk: evidence_of(each.finding) for each in origins if each.finding is not None},
        checks=checks,
        papers=list(Attachment.objects.filter(owner__in=owners).order_by("pk")),
        cases=list(visible(Case.objects.filter(clue=clue), viewer)),
        siblings=list(visible(siblings, viewer).order_by("-pk")[:20]) if clue.household_id else [],
        moments=_moments(clue, origins),
        limit=limit.words,
        limit_source=limit.source,
        feedback_due_on=answer.last_day(clue.closed_on) if clue.closed_on else None,
        feedback_source=f"{answer.words}，{answer.source}",
    )


def _policy(clue: Clue) -> Policy | None:
    try:
        return policy_at(clue.division, clue.received_on)
    except PackError:
        return None


def _moments(clue: Clue, origins: list[ClueOrigin]) -> list[Moment]:
    """Return what was done, latest first, from the audit, and the warnings that no act names one by one."""
    rows = AuditEvent.objects.filter(target_kind="clue", target_id=str(clue.pk), result="done")
    events = list(rows.filter(action__in=ACTIONS).order_by("-sequence")[:_MOST_EVENTS])
    names = _names(events)
    done = [
        Moment(
            localtime(each.at),
            ACTIONS[each.action],
            names.get(each.actor, ""),
            each.reason,
            each.action == "clue.return",
        )
        for each in events
    ]
    raised = {each.received_at for each in origins if each.source == "screening"}
    done += [Moment(localtime(at), "系统筛查预警", "", "") for at in raised]
    return sorted(done, key=lambda each: each.at, reverse=True)


def _names(events: list[AuditEvent]) -> dict[str, str]:
    ids = {int(each.actor) for each in events if each.actor.isdecimal()}
    return {
        str(key): name for key, name in Account.objects.filter(pk__in=ids).values_list("pk", "display_name")
    }
