"""Record what became of a measure of an approved plan, and adjust one that has not been carried out."""

from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.wording import amount
from shouwang.records.models import PlanMeasure
from shouwang.records.models.plans import MEASURE_STATES

_NEXT = {"planned": ("running", "done", "dropped"), "running": ("running", "done", "dropped")}
_FEWEST = 4


def record_measure(
    *,
    actor: Actor,
    measure_id: int,
    version: int,
    state: str,
    done_on: date | None,
    paid_fen: int | None,
    result: str,
    on: date,
    at: datetime,
) -> PlanMeasure:
    """Record a measure as running, done or dropped, with what was paid; more than planned needs a reason."""
    with acting(actor, "measure.record", at=at) as act:
        measure = _running(actor, measure_id, version, Permission.RECORD_MEASURE)
        fields = _wrong_record(measure, state, done_on, paid_fen, result.strip(), on)
        if fields:
            raise Unfit(fields.values(), fields)
        roles = actor.viewer.roles_at(Permission.RECORD_MEASURE, measure.division, measure.household_id)
        act.about(measure, roles[0] if roles else "")
        act.before = {"state": measure.state, "paid_fen": measure.paid_fen}
        measure.state, measure.paid_fen, measure.result = state, paid_fen, result.strip()
        measure.done_on = done_on if state == "done" else None
        act.after = {"state": state, "paid_fen": paid_fen, "is_over": is_over(measure=measure)}
        measure.version += 1
        measure.save()
    return measure


def adjust_measure(
    *,
    actor: Actor,
    measure_id: int,
    version: int,
    amount_fen: int | None,
    starts_on: date | None,
    ends_on: date | None,
    reason: str,
    on: date,
    at: datetime,
) -> PlanMeasure:
    """Change the dates of a measure or lower its amount; a higher amount needs a new plan."""
    with acting(actor, "measure.adjust", at=at) as act:
        measure = _running(actor, measure_id, version, Permission.DRAW_UP_PLAN)
        fields = _wrong_change(measure, amount_fen, starts_on, ends_on, reason.strip())
        if fields:
            raise Unfit(fields.values(), fields)
        act.about(measure, actor.viewer.roles_at(Permission.DRAW_UP_PLAN, measure.division)[0])
        act.reason = reason.strip()
        columns = {"amount_fen": amount_fen, "starts_on": starts_on, "ends_on": ends_on}
        act.before, act.after = {name: getattr(measure, name) for name in columns}, dict(columns)
        for name, value in columns.items():
            setattr(measure, name, value)
        measure.result = "；".join(filter(None, (measure.result, f"{on:%Y-%m-%d}调整：{reason.strip()}")))
        measure.version += 1
        measure.save()
    return measure


def is_over(*, measure: PlanMeasure) -> bool:
    """Tell whether more was paid than the plan allows."""
    return None not in (measure.paid_fen, measure.amount_fen) and measure.paid_fen > measure.amount_fen


def _running(actor: Actor, measure_id: int, version: int, permission: Permission) -> PlanMeasure:
    measure = locked(actor, PlanMeasure.objects.all(), measure_id, permission, version=version)
    if measure.plan.state not in ("approved", "closed"):
        raise Unfit("计划审定后才能登记措施落实情况")
    if measure.state not in _NEXT:
        raise Unfit(f"这项措施{MEASURE_STATES[measure.state]}，不能再改")
    return measure


def _wrong_record(
    measure: PlanMeasure, state: str, done_on: date | None, paid_fen: int | None, result: str, on: date
) -> dict[str, str]:
    wrong = {}
    if state not in _NEXT[measure.state]:
        wrong["state"] = "请选择实施中、已落实或已取消"
    if state == "done" and done_on is None:
        wrong["done_on"] = "请填写落实日期"
    if done_on is not None and done_on > on:
        wrong["done_on"] = "落实日期不能晚于今天"
    if paid_fen is not None and paid_fen < 0:
        wrong["paid_fen"] = "实发金额不能为负数"
    elif (
        None not in (paid_fen, measure.amount_fen) and paid_fen > measure.amount_fen and len(result) < _FEWEST
    ):
        wrong["result"] = f"实发金额超过计划金额{amount(measure.amount_fen)}，请在成效中说明原因"
    if state == "dropped" and len(result) < _FEWEST:
        wrong["result"] = "取消措施请写明原因（至少4个字）"
    return wrong


def _wrong_change(
    measure: PlanMeasure, amount_fen: int | None, starts_on: date | None, ends_on: date | None, reason: str
) -> dict[str, str]:
    wrong = {}
    if len(reason) < _FEWEST:
        wrong["reason"] = "请写明调整原因（至少4个字）"
    if amount_fen is not None and amount_fen < 0:
        wrong["amount_fen"] = "金额不能为负数"
    elif amount_fen is not None and (measure.amount_fen is None or amount_fen > measure.amount_fen):
        wrong["amount_fen"] = "增加金额须制定新计划报审"
    elif amount_fen is None and measure.amount_fen is not None:
        wrong["amount_fen"] = "已审定的金额不能改为空"
    if starts_on and ends_on and ends_on < starts_on:
        wrong["ends_on"] = "结束日期早于开始日期"
    return wrong
