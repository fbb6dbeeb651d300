"""Draw up a household's plan of help and submit it (R40, R41)."""

from datetime import date, datetime, timedelta

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.remarks import whole_figure
from shouwang.domain.roles import Role
from shouwang.records.models import Case, Household, Member, Plan, PlanMeasure
from shouwang.records.plan_drafts import MeasureDraft, PlanDraft, Weighed, draft_of, kept, remarks_of, weighed
from shouwang.records.policies import policy_at

OPEN_STATES = ("draft", "returned", "submitted")
_FEWEST = 4


def draw_up_plan(
    *,
    actor: Actor,
    household_id: int,
    draft: PlanDraft,
    on: date,
    at: datetime,
    plan_id: int | None = None,
    version: int | None = None,
) -> Plan:
    """Keep a draft of a household's plan: a new one, or `plan_id` while nobody has approved it."""
    with acting(actor, "plan.draw_up", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, Permission.DRAW_UP_PLAN)
        _check_draft(household, draft)
        plan = _plan_to_write(actor, household, plan_id, version)
        found = weighed(household, draft, on)
        plan.aim, plan.remarks = draft.aim, kept(draft, found.remarks)
        plan.state, plan.drawn_up_on = "draft", on
        plan.drawn_up_by_id = actor.viewer.account_id
        plan.due_on = _due_on(household, on)
        plan.save()
        _write_measures(plan, draft, found)
        act.about(plan, actor.viewer.roles_at(Permission.DRAW_UP_PLAN, plan.division)[0])
        act.after = {"state": plan.state, "measures": len(draft.measures), "remarks": len(found.remarks)}
    return plan


def submit_plan(
    *, actor: Actor, plan_id: int, version: int, answer_to_remarks: str, on: date, at: datetime
) -> Plan:
    """Submit a draft to the township; what still stands against it must be answered."""
    with acting(actor, "plan.submit", at=at) as act:
        plan = locked(actor, Plan.objects.all(), plan_id, Permission.DRAW_UP_PLAN, version=version)
        if plan.state not in ("draft", "returned"):
            raise Unfit(f"这份计划现为“{plan.get_state_display()}”，不能再提交")
        draft = draft_of(plan)
        _check_draft(plan.household, draft)
        plan.remarks = kept(draft, weighed(plan.household, draft, on, agreed_on=on).remarks)
        if remarks_of(plan) and len(answer_to_remarks.strip()) < _FEWEST:
            said = f"还有{len(remarks_of(plan))}条审查提示，请先修改计划，或逐条写明情况后再提交"
            raise Unfit(said, {"answer_to_remarks": said})
        plan.answer_to_remarks = answer_to_remarks.strip()
        plan.state, plan.version = "submitted", plan.version + 1
        plan.save()
        people = accounts_with(roles=(Role.TOWNSHIP,), division=plan.division, at=at)
        notify(accounts=people, kind="plan", text="有一份帮扶计划待审定", link=f"/plans/{plan.pk}/", at=at)
        act.about(plan, actor.viewer.roles_at(Permission.DRAW_UP_PLAN, plan.division)[0])
        act.before, act.after = {"state": "draft"}, {"state": plan.state, "remarks": len(remarks_of(plan))}
    return plan


def _check_draft(household: Household, draft: PlanDraft) -> None:
    reasons = []
    if household.monitoring != "monitored" and not _is_being_identified(household):
        reasons.append("只有监测对象或正在识别的农户才制定帮扶计划")
    if not draft.measures:
        reasons.append("计划至少要有一项帮扶措施，请勾选")
    named = [each.key for each in draft.measures]
    for each in draft.measures:
        if named.count(each.key) > 1:
            reasons.append(f"“{each.label}”对同一人重复列入，请合并")
        if each.amount_fen is not None and each.amount_fen < 0:
            reasons.append(f"“{each.label}”的金额不能为负数")
        if each.starts_on and each.ends_on and each.ends_on < each.starts_on:
            reasons.append(f"“{each.label}”的结束日期早于开始日期")
    wanted = {each.member_id for each in draft.measures if each.member_id is not None}
    if wanted and Member.objects.filter(pk__in=wanted, household=household).count() != len(wanted):
        reasons.append("所选成员不是本户成员，请重新选择")
    if reasons:
        raise Unfit(reasons)


def _is_being_identified(household: Household) -> bool:
    return Case.objects.filter(household=household, track="identification", status="open").exists()


def _plan_to_write(actor: Actor, household: Household, plan_id: int | None, version: int | None) -> Plan:
    """Return the draft that is changed, or a new one where the household has none under way."""
    of_household = Plan.objects.filter(household=household)
    if plan_id is not None:
        plan = locked(actor, of_household, plan_id, Permission.DRAW_UP_PLAN, version=version)
        if plan.state not in ("draft", "returned"):
            raise Unfit(f"这份计划现为“{plan.get_state_display()}”，不能修改；需要变动请制定新计划")
        plan.version += 1
        return plan
    if of_household.filter(state__in=OPEN_STATES).exists():
        raise Unfit("这户已有一份未审定的计划，请在那份计划上修改")
    case = Case.objects.filter(household=household, track="identification").order_by("-opened_on").first()
    return Plan(household=household, division=household.division, case=case)


def _due_on(household: Household, on: date) -> date | None:
    """Return by when the plan is due: so many days after identification, as the policy says."""
    days = whole_figure(policy_at(household.division, on), "plan_days")
    if household.identified_on is None or days is None:
        return None
    return household.identified_on + timedelta(days=days)


def _write_measures(plan: Plan, draft: PlanDraft, found: Weighed) -> None:
    plan.measures.all().delete()
    PlanMeasure.objects.bulk_create(_row(plan, each, found.working(each)) for each in draft.measures)


def _row(plan: Plan, each: MeasureDraft, working: str) -> PlanMeasure:
    return PlanMeasure(
        plan=plan,
        household_id=plan.household_id,
        member_id=each.member_id,
        division=plan.division,
        measure=each.measure,
        label=each.label,
        kind=each.kind,
        risk=each.risk,
        department=each.department,
        amount_fen=each.amount_fen,
        working=working,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
    )
