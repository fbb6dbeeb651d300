"""Approve a plan of help or send it back; who drew it up does neither."""

from datetime import date, datetime

from shouwang.actions.acting import Act, Actor, acting, locked
from shouwang.actions.notifying import notify
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.permissions import Permission
from shouwang.records.models import Plan, PlanMeasure

_FEWEST = 4


def approve_plan(*, actor: Actor, plan_id: int, version: int, opinion: str, on: date, at: datetime) -> Plan:
    """Approve a submitted plan; it takes the place of the household's plan before."""
    with acting(actor, "plan.approve", at=at) as act:
        plan = _submitted(actor, plan_id, version)
        earlier = Plan.objects.filter(household_id=plan.household_id, state="approved").exclude(pk=plan.pk)
        waiting = PlanMeasure.objects.filter(plan__in=earlier, state="planned")
        waiting.update(state="dropped", result="由新计划替代")
        earlier.update(state="closed")
        plan.approved_by_id, plan.approved_on = actor.viewer.account_id, on
        _decide(act, actor, plan, "approved", opinion, "帮扶计划已审定", at)
    return plan


def return_plan(*, actor: Actor, plan_id: int, version: int, opinion: str, on: date, at: datetime) -> Plan:
    """Send a submitted plan back to who drew it up, and say what to mend."""
    with acting(actor, "plan.return", at=at) as act:
        plan = _submitted(actor, plan_id, version)
        if len(opinion.strip()) < _FEWEST:
            said = "退回时请写明需要修改什么（至少4个字）"
            raise Unfit(said, {"opinion": said})
        _decide(act, actor, plan, "returned", opinion, "帮扶计划被退回，请修改", at)
    return plan


def _submitted(actor: Actor, plan_id: int, version: int) -> Plan:
    plan = locked(actor, Plan.objects.all(), plan_id, Permission.APPROVE_PLAN, version=version)
    if plan.state != "submitted":
        raise Unfit(f"这份计划现为“{plan.get_state_display()}”，不在待审定状态")
    if plan.drawn_up_by_id == actor.viewer.account_id:
        raise NotAllowed("计划由您本人制定，须由他人审定")
    return plan


def _decide(act: Act, actor: Actor, plan: Plan, state: str, opinion: str, text: str, at: datetime) -> None:
    act.about(plan, actor.viewer.roles_at(Permission.APPROVE_PLAN, plan.division)[0])
    act.before, act.after = {"state": plan.state}, {"state": state, "opinion": opinion.strip()}
    plan.state, plan.opinion, plan.version = state, opinion.strip(), plan.version + 1
    plan.save()
    notify(accounts=[plan.drawn_up_by_id], kind="plan", text=text, link=f"/plans/{plan.pk}/", at=at)
