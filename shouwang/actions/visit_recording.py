"""Record a visit to a household: what was seen, asked and promised (R42)."""

from dataclasses import dataclass
from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.credit_support import may_borrow
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.models import CaseEvent, Household, LoanWish, Visit
from shouwang.records.models.visits import VISIT_KINDS

_FEWEST = 4
# Kept as a wish of the household, not with the visit.
_LOAN = "wants_loan"


@dataclass(frozen=True)
class VisitEntry:
    """What a visitor writes down; an answer of None was not asked."""

    kind: str
    visited_on: date
    found: str
    problems: str = ""
    companions: str = ""
    is_income_well: bool | None = None
    has_guarantees: bool | None = None
    has_safe_water: bool | None = None
    has_new_risk: bool | None = None
    wants_loan: bool | None = None


def record_visit(*, actor: Actor, household_id: int, entry: VisitEntry, on: date, at: datetime) -> Visit:
    """Record a visit; a look-back is made by another person than the one who confirmed the elimination."""
    permission = Permission.LOOK_BACK if entry.kind == "look_back" else Permission.RECORD_VISIT
    with acting(actor, "visit.record", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, permission)
        wrong = _wrong(entry, household, on)
        if wrong:
            raise Unfit(wrong.values(), wrong)
        if entry.kind == "look_back" and has_confirmed(actor=actor, household=household):
            raise NotAllowed("这户的风险消除由您本人确认，回头看须由他人进行")
        roles = actor.viewer.roles_at(permission, household.division, household.pk, household.group_name)
        visit = Visit.objects.create(
            household=household,
            division=household.division,
            by_id=actor.viewer.account_id,
            role=str(roles[0]) if roles else "",
            recorded_at=at,
            **{name: getattr(entry, name) for name in VisitEntry.__dataclass_fields__ if name != _LOAN},
        )
        if entry.wants_loan is not None:
            _ask_for_loan(visit, entry.wants_loan)
        if household.last_visit_on is None or household.last_visit_on < entry.visited_on:
            Household.objects.filter(pk=household.pk).update(last_visit_on=entry.visited_on)
        act.about(visit, roles[0] if roles else "")
        act.after = {"kind": visit.kind, "visited_on": visit.visited_on, "has_new_risk": visit.has_new_risk}
    return visit


def _ask_for_loan(visit: Visit, is_wanted: bool) -> None:
    """Keep what the household answered about a loan (R45)."""
    LoanWish.objects.create(
        household=visit.household,
        division=visit.division,
        visit=visit,
        asked_on=visit.visited_on,
        is_wanted=is_wanted,
        asked_by_id=visit.by_id,
        recorded_at=visit.recorded_at,
    )


def _wrong(entry: VisitEntry, household: Household, on: date) -> dict[str, str]:
    wrong = {}
    if entry.kind not in VISIT_KINDS:
        wrong["kind"] = "请选择走访类别"
    if entry.kind == "look_back" and household.monitoring != "eliminated":
        wrong["kind"] = "只对已标注风险消除的户做回头看"
    if entry.wants_loan and not may_borrow(household.household_class, household.monitoring):
        wrong["wants_loan"] = "脱贫人口小额信贷面向脱贫户和监测对象，这户不在范围内"
    if entry.visited_on > on:
        wrong["visited_on"] = "走访日期不能晚于今天"
    if len(entry.found.strip()) < _FEWEST:
        wrong["found"] = "请写明走访看到的情况（至少4个字）"
    if entry.has_new_risk and len(entry.problems.strip()) < _FEWEST:
        wrong["problems"] = "发现新风险，请写明是什么问题（至少4个字）"
    return wrong


def has_confirmed(*, actor: Actor, household: Household) -> bool:
    """Tell whether an actor confirmed an elimination of the household himself."""
    return CaseEvent.objects.filter(
        case__household=household,
        case__track="elimination",
        role=str(Role.COUNTY_OFFICE),
        by_id=actor.viewer.account_id,
    ).exists()
