"""Drawing up a plan of help from what the place's circulars offer a household."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.plan_drawing import draw_up_plan
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.records.models import Household, Plan
from shouwang.records.plan_drafts import PlanDraft, draft_of, weighed
from shouwang.reports.plan_page import Proposals, proposals
from shouwang.web.assistance import found_household, found_row, household_facts_shown, name_of
from shouwang.web.clock import now, today
from shouwang.web.forms.plan_measures import (
    MeasureRows,
    OwnMeasureForm,
    draft_of_forms,
    measure_rows_of,
    own_rows,
)
from shouwang.web.forms.plans import PlanForm, initial_plan
from shouwang.web.page import Request, page
from shouwang.web.plan_words import member_choices, remark_rows
from shouwang.web.posting import back_of, see_other, show_refusal

_P = Permission


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


@dataclass(frozen=True)
class _Forms:
    """The forms of one plan, on one page."""

    plan: PlanForm
    measures: list[MeasureRows]
    own: list[OwnMeasureForm]

    @property
    def rows(self) -> list[Form]:
        return [*(row for each in self.measures for row in each.rows), *self.own]

    def are_valid(self) -> bool:
        return all([form.is_valid() for form in (self.plan, *self.rows)])

    def draft(self) -> PlanDraft:
        return draft_of_forms(self.plan, self.measures, self.own)


def _plan_form(request: Request, household: Household, plan: Plan | None) -> HttpResponse:
    kept = draft_of(plan) if plan else PlanDraft()
    offered = proposals(household, today(), draft=kept)
    typed = _forms(request, offered, kept)
    context: dict[str, Any] = {"form": typed.plan, "measures": typed.measures, "own": typed.own, "plan": plan}
    status = 200
    if request.method == "POST" and not typed.are_valid():
        context["wrong"] = sum(len(row.errors) for row in typed.rows)
        status = 422
    elif request.method == "POST" and "add" not in request.POST:
        if request.POST.get("act") != "check" and (answer := _keep(request, household, plan, typed)):
            return answer
        context |= _checked(household, typed)
        status = 422 if typed.plan.errors else 200
    context |= {
        "heading": "修改帮扶计划" if plan else "制定帮扶计划",
        "household": household,
        "name": name_of(request.viewer, household),
        "summary_facts": household_facts_shown(request.viewer, household),
        "offered": offered,
        "cancel_url": back_of(request, reverse("plan", args=[plan.pk]) if plan else reverse("plans")),
    }
    return render(request, "plans/form.html", context, status=status)


def _forms(request: Request, offered: Proposals, kept: PlanDraft) -> _Forms:
    data = request.POST if request.method == "POST" else None
    members = member_choices(request.viewer, offered.members, today())
    risks = sorted(offered.facts.risks or ())
    return _Forms(
        PlanForm(data, asked={*offered.to_ask, *kept.conditions}, initial=initial_plan(kept)),
        measure_rows_of(data, kept, offered.fits, risks, members),
        own_rows(data, kept, offered.fits, members),
    )


def _checked(household: Household, typed: _Forms) -> dict[str, Any]:
    found = weighed(household, typed.draft(), today())
    for row in (row for each in typed.measures for row in each.rows):
        if row.cleaned_data["is_chosen"]:
            row.working = found.working(row.draft())
    return {"remarks": remark_rows(found.remarks), "is_checked": True}


def _keep(request: Request, household: Household, plan: Plan | None, typed: _Forms) -> HttpResponse | None:
    """Keep the draft and go to the plan; what is refused stands on the form."""
    version = request.POST.get("version", "")
    try:
        kept = draw_up_plan(
            actor=request.actor,
            household_id=household.pk,
            draft=typed.draft(),
            plan_id=plan.pk if plan else None,
            version=int(version) if plan and version.isdecimal() else None,
            on=today(),
            at=now(),
        )
    except Unfit as refusal:
        show_refusal(typed.plan, refusal)
        return None
    messages.success(request, "计划已保存为草稿，请核对审查提示后提交审定")
    return see_other(reverse("plan", args=[kept.pk]))
