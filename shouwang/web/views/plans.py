"""Plans of help: the list, a plan, submitting and deciding it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.plan_approval import approve_plan, return_plan
from shouwang.actions.plan_drawing import OPEN_STATES, submit_plan
from shouwang.actions.refusals import NotThere
from shouwang.domain.permissions import Permission
from shouwang.records.models import Household, Plan
from shouwang.records.plan_drafts import remarks_of
from shouwang.reports.plan_page import plan_list, plan_page, without_plan
from shouwang.web.assistance import found_row, household_facts_shown, list_context, name_of, place_choices
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.plans import DecisionForm, PlaceForm, PlanFilter, SubmitForm
from shouwang.web.page import Request, page
from shouwang.web.plan_words import PLAN_TONES, measure_rows, remark_rows
from shouwang.web.posting import answered
from shouwang.web.present import risk_words, village_name

_P = Permission
COLUMNS = (
    Column("household", "户主", is_fixed=True),
    Column("village", "行政村"),
    Column("state", "状态"),
    Column("drawn_up", "制定", is_sortable=True),
    Column("due", "期限", is_sortable=True),
    Column("measures", "已落实／措施", is_number=True),
    Column("paid", "实发（元）", is_number=True),
    Column("act", "操作", is_fixed=True),
)
MISSING_COLUMNS = (
    Column("household", "户主", is_fixed=True),
    Column("village", "行政村"),
    Column("risks", "登记风险"),
    Column("identified", "识别日期"),
    Column("act", "操作", is_fixed=True),
)
_SORTS = {"drawn_up": "drawn_up_on", "due": "due_on"}


@page("plans/", "plans", _P.SEE_INCOME)
def plans(request: Request) -> HttpResponse:
    """List plans, or the monitored households without one."""
    viewer, places = request.viewer, place_choices(request.viewer)
    is_missing = request.GET.get("tab") == "missing"
    form = (PlaceForm if is_missing else PlanFilter)(request.GET, places=places)
    asked = form.found
    missing = without_plan(viewer, prefix=asked.get("place", ""))
    tabs = [
        {"label": "帮扶计划", "url": reverse("plans"), "is_current": not is_missing},
        {"label": "没有计划", "url": f"{reverse('plans')}?tab=missing", "is_current": is_missing},
    ]
    shared = {"heading": "帮扶计划", "filter_form": form, "tabs": tabs, "is_missing": is_missing}
    if is_missing:
        context = list_context(request, missing, MISSING_COLUMNS, list_name="plans_missing", **shared)
        context["rows"] = [_missing_row(request, each) for each in context["page"]]
        return render(request, "plans/list.html", context)
    rows = plan_list(viewer, prefix=asked.get("place", ""), state=asked.get("state", ""))
    context = list_context(request, rows.order_by(*_order(request)), COLUMNS, list_name="plans", **shared)
    context["rows"] = [_plan_row(request, each) for each in context["page"]]
    return render(request, "plans/list.html", context)


def _order(request: Request) -> tuple[str, ...]:
    asked = request.GET.get("sort", "")
    column = _SORTS.get(asked.lstrip("-"))
    return (f"-{column}" if asked.startswith("-") else column, "-pk") if column else ("-drawn_up_on", "-pk")


def _plan_row(request: Request, plan: Plan) -> dict[str, Any]:
    return {
        "plan": plan,
        "name": name_of(request.viewer, plan.household),
        "village": village_name(plan.division),
        "tone": PLAN_TONES[plan.state],
        "days": (plan.due_on - today()).days if plan.due_on and plan.state in OPEN_STATES else None,
    }


def _missing_row(request: Request, household: Household) -> dict[str, Any]:
    return {
        "household": household,
        "name": name_of(request.viewer, household),
        "village": village_name(household.division),
        "risks": risk_words(household.risks),
        "may_draw": bool(request.viewer.roles_at(_P.DRAW_UP_PLAN, household.division)),
    }


@page("plans/<int:plan_id>/", "plan", _P.SEE_INCOME)
def plan_shown(request: Request, plan_id: int) -> HttpResponse:
    """Show a plan, with what the viewer may do about it."""
    return _plan_page(request, plan_id)


def _plan_page(
    request: Request, plan_id: int, *, submit: SubmitForm | None = None, decision: DecisionForm | None = None
) -> HttpResponse:
    found = plan_page(request.viewer, plan_id)
    if found is None:
        raise NotThere
    plan, viewer = found.plan, request.viewer
    may_draw = bool(viewer.roles_at(_P.DRAW_UP_PLAN, plan.division)) and plan.state in ("draft", "returned")
    may_decide = bool(viewer.roles_at(_P.APPROVE_PLAN, plan.division)) and plan.state == "submitted"
    version = {"version": plan.version}
    context = {
        "heading": "帮扶计划详情",
        "found": found,
        "plan": plan,
        "name": name_of(viewer, plan.household),
        "tone": PLAN_TONES[plan.state],
        "summary_facts": household_facts_shown(viewer, plan.household),
        "rows": measure_rows(viewer, found.measures, today()),
        "remarks": remark_rows(remarks_of(plan)),
        "verified": [row["text"] for row in plan.remarks if row["code"] == "verified"],
        "open_risks": risk_words(list(found.open_risks)),
        "may_draw": may_draw,
        "submit": submit or (SubmitForm(initial=version) if may_draw else None),
        "decision": decision or (DecisionForm(initial=version) if may_decide else None),
        "may_adjust": bool(viewer.roles_at(_P.DRAW_UP_PLAN, plan.division)),
        "may_send": bool(viewer.roles_at(_P.SEND_TASK, plan.division)),
        "is_own": plan.drawn_up_by_id == viewer.account_id,
    }
    return render(request, "plans/detail.html", context, status=422 if submit or decision else 200)


@page("plans/<int:plan_id>/submit/", "plan_submit", _P.DRAW_UP_PLAN, methods=("POST",))
def plan_submit(request: Request, plan_id: int) -> HttpResponse:
    """Submit a draft."""
    found_row(Plan.objects.all(), request.viewer, plan_id, _P.DRAW_UP_PLAN)
    form = SubmitForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: submit_plan(actor=request.actor, plan_id=plan_id, on=today(), at=now(), **typed),
        said="计划已提交乡镇审定",
        to=reverse("plan", args=[plan_id]),
    )
    return done or _plan_page(request, plan_id, submit=form)


@page("plans/<int:plan_id>/decide/", "plan_decide", _P.APPROVE_PLAN, methods=("POST",))
def plan_decide(request: Request, plan_id: int) -> HttpResponse:
    """Approve a plan or send it back."""
    found_row(Plan.objects.all(), request.viewer, plan_id, _P.APPROVE_PLAN)
    form = DecisionForm(request.POST)

    def act(typed: Mapping[str, Any]) -> Plan:
        decide = approve_plan if typed["decision"] == "approve" else return_plan
        said = {name: typed[name] for name in ("version", "opinion")}
        return decide(actor=request.actor, plan_id=plan_id, on=today(), at=now(), **said)

    done = answered(
        request,
        form,
        act,
        said=lambda plan: "计划已审定，开始执行" if plan.state == "approved" else "计划已退回修改",
        to=reverse("plan", args=[plan_id]),
    )
    return done or _plan_page(request, plan_id, decision=form)
