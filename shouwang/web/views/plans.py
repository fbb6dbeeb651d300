"""Plans of help: the list, drawing one up from what the circulars offer, submitting and deciding it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.plan_approval import approve_plan, return_plan
from shouwang.actions.plan_drawing import OPEN_STATES, draw_up_plan, submit_plan
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.permissions import Permission
from shouwang.records.models import Household, Plan
from shouwang.records.plan_drafts import PlanDraft, draft_of, remarks_of, weighed
from shouwang.reports.plan_page import Proposals, plan_list, plan_page, proposals, without_plan
from shouwang.web.assistance import (
    found_household,
    found_row,
    household_facts_shown,
    list_context,
    name_of,
    place_choices,
    show_refusal,
)
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.plans import (
    DecisionForm,
    MeasureForm,
    OwnMeasureForm,
    PlaceForm,
    PlanFilter,
    PlanForm,
    SubmitForm,
    draft_of_forms,
    initial_measures,
    initial_own,
    initial_plan,
)
from shouwang.web.page import Request, page
from shouwang.web.plan_words import PLAN_TONES, measure_rows, member_choices, remark_rows
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


@page("households/<int:household_id>/plan/", "plan_new", _P.DRAW_UP_PLAN, methods=("GET", "POST"))
def plan_new(request: Request, household_id: int) -> HttpResponse:
    """Draw up a plan from what the place's circulars offer the household."""
    household = found_household(request, household_id, _P.DRAW_UP_PLAN)
    return _plan_form(request, household, None)


@page("plans/<int:plan_id>/edit/", "plan_edit", _P.DRAW_UP_PLAN, methods=("GET", "POST"))
def plan_edit(request: Request, plan_id: int) -> HttpResponse:
    """Change a plan that nobody has approved."""
    rows = Plan.objects.select_related("household__contact").prefetch_related("measures")
    plan: Plan = found_row(rows, request.viewer, plan_id, _P.DRAW_UP_PLAN)
    return _plan_form(request, plan.household, plan)


def _plan_form(request: Request, household: Household, plan: Plan | None) -> HttpResponse:
    offered = proposals(household, today())
    form, measures, own = _forms(request, offered, draft_of(plan) if plan else PlanDraft())
    context: dict[str, Any] = {"form": form, "measures": measures, "own": own, "plan": plan}
    status = 200
    if request.method == "POST":
        if all([form.is_valid(), own.is_valid(), *(each.is_valid() for each in measures)]):
            draft = draft_of_forms(form, measures, own)
            if request.POST.get("act") != "check" and (
                answer := _keep(request, household, plan, draft, form)
            ):
                return answer
            context |= _checked(household, draft, measures)
            status = 422 if form.errors else 200
        else:
            status = 422
    context |= {
        "heading": "修改帮扶计划" if plan else "制定帮扶计划",
        "household": household,
        "name": name_of(request.viewer, household),
        "summary_facts": household_facts_shown(request.viewer, household),
        "offered": offered,
        "cancel_url": reverse("plan", args=[plan.pk]) if plan else reverse("plans"),
    }
    return render(request, "plans/form.html", context, status=status)


def _forms(
    request: Request, offered: Proposals, draft: PlanDraft
) -> tuple[PlanForm, list[MeasureForm], OwnMeasureForm]:
    data = request.POST if request.method == "POST" else None
    initial = initial_measures(draft)
    members = member_choices(request.viewer, offered.members, today())
    asked = {*offered.to_ask, *draft.conditions}
    return (
        PlanForm(data, asked=asked, initial=initial_plan(draft)),
        [
            MeasureForm(
                data,
                offered=each,
                risks=sorted(offered.facts.risks or ()),
                members=members,
                initial=initial.get(each.measure.name, {}),
            )
            for each in offered.fits
        ],
        OwnMeasureForm(data, prefix="own", initial=initial_own(draft)),
    )


def _checked(household: Household, draft: PlanDraft, measures: list[MeasureForm]) -> dict[str, Any]:
    found = weighed(household, draft, today())
    workings = {each.measure: found.working(each) for each in draft.measures if each.measure}
    for form in measures:
        form.working = workings.get(form.offered.measure.name, "")  # type: ignore[attr-defined]
    return {"remarks": remark_rows(found.remarks), "is_checked": True}


def _keep(
    request: Request, household: Household, plan: Plan | None, draft: PlanDraft, form: PlanForm
) -> HttpResponse | None:
    """Keep the draft and go to the plan; what is refused stands on the form."""
    typed = request.POST.get("version", "")
    try:
        kept = draw_up_plan(
            actor=request.actor,
            household_id=household.pk,
            draft=draft,
            plan_id=plan.pk if plan else None,
            version=int(typed) if plan and typed.isdecimal() else None,
            on=today(),
            at=now(),
        )
    except Unfit as refusal:
        show_refusal(form, refusal)
        return None
    messages.success(request, "计划已保存为草稿，请核对审查提示后提交审定")
    return HttpResponseRedirect(reverse("plan", args=[kept.pk]), status=303)


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
    if form.is_valid():
        try:
            submit_plan(actor=request.actor, plan_id=plan_id, on=today(), at=now(), **form.cleaned_data)
        except Unfit as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "计划已提交乡镇审定")
            return HttpResponseRedirect(reverse("plan", args=[plan_id]), status=303)
    return _plan_page(request, plan_id, submit=form)


@page("plans/<int:plan_id>/decide/", "plan_decide", _P.APPROVE_PLAN, methods=("POST",))
def plan_decide(request: Request, plan_id: int) -> HttpResponse:
    """Approve a plan or send it back."""
    found_row(Plan.objects.all(), request.viewer, plan_id, _P.APPROVE_PLAN)
    form = DecisionForm(request.POST)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        act = approve_plan if typed.pop("decision") == "approve" else return_plan
        try:
            decided = act(actor=request.actor, plan_id=plan_id, on=today(), at=now(), **typed)
        except Unfit as refusal:
            show_refusal(form, refusal)
        else:
            said = "计划已审定，开始执行" if decided.state == "approved" else "计划已退回修改"
            messages.success(request, said)
            return HttpResponseRedirect(reverse("plan", args=[plan_id]), status=303)
    return _plan_page(request, plan_id, decision=form)
