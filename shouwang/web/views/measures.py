"""Measures that are carried out, those of one person, and the calculator of entitlements."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.measure_records import adjust_measure, record_measure
from shouwang.domain.permissions import Permission
from shouwang.records.models import Member, PlanMeasure
from shouwang.reports.plan_calculator import named_policy, policies_with_formulas, reckoned, without_formula
from shouwang.reports.plan_page import measures_of_member
from shouwang.web.assistance import found_row, list_context, name_of
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.measures import AdjustForm, CalculatorForm, RecordForm
from shouwang.web.page import Request, page
from shouwang.web.plan_words import MEASURE_TONES, member_name
from shouwang.web.posting import answered

_P = Permission
MEMBER_COLUMNS = (
    Column("label", "措施", is_fixed=True),
    Column("state", "状态"),
    Column("amount", "计划（元）", is_number=True),
    Column("paid", "实发（元）", is_number=True),
    Column("done", "落实日期"),
)


@page("measures/<int:measure_id>/record/", "measure_record", _P.RECORD_MEASURE, methods=("GET", "POST"))
def measure_record(request: Request, measure_id: int) -> HttpResponse:
    """Record what became of a measure."""
    measure = _measure(request, measure_id, _P.RECORD_MEASURE)
    initial = {
        "version": measure.version,
        "state": "done",
        "done_on": today(),
        "paid_fen": measure.paid_fen,
        "result": measure.result,
    }
    form = RecordForm(request.POST) if request.method == "POST" else RecordForm(initial=initial)
    return _changed(request, measure, form, record_measure, "登记措施落实", "措施落实情况已登记")


@page("measures/<int:measure_id>/adjust/", "measure_adjust", _P.DRAW_UP_PLAN, methods=("GET", "POST"))
def measure_adjust(request: Request, measure_id: int) -> HttpResponse:
    """Adjust a measure that has not been carried out."""
    measure = _measure(request, measure_id, _P.DRAW_UP_PLAN)
    form = AdjustForm(request.POST) if request.method == "POST" else AdjustForm.of(measure)
    return _changed(request, measure, form, adjust_measure, "调整措施", "措施已调整")


def _measure(request: Request, measure_id: int, permission: Permission) -> PlanMeasure:
    rows = PlanMeasure.objects.select_related("plan", "household", "member")
    return found_row(rows, request.viewer, measure_id, permission)


def _changed(
    request: Request,
    measure: PlanMeasure,
    form: Form,
    act: Callable[..., PlanMeasure],
    heading: str,
    said: str,
) -> HttpResponse:
    done = answered(
        request,
        form,
        lambda typed: act(actor=request.actor, measure_id=measure.pk, on=today(), at=now(), **typed),
        said=said,
        to=reverse("plan", args=[measure.plan_id]),
    )
    if done is not None:
        return done
    context = {
        "heading": heading,
        "form": form,
        "measure": measure,
        "name": name_of(request.viewer, measure.household),
        "submit_label": "保存",
        "cancel_url": reverse("plan", args=[measure.plan_id]),
    }
    status = 422 if form.errors else 200
    return render(request, "plans/measure_form.html", context, status=status)


@page("members/<int:member_id>/measures/", "member_measures", _P.SEE_INCOME)
def member_measures(request: Request, member_id: int) -> HttpResponse:
    """List every measure for one person."""
    rows = Member.objects.select_related("household")
    member: Member = found_row(rows, request.viewer, member_id, _P.SEE_INCOME)
    taken = measures_of_member(request.viewer, member_id)
    context = list_context(request, taken, MEMBER_COLUMNS, list_name="member_measures")
    context["heading"] = f"{member_name(request.viewer, member, today())}享受的帮扶措施"
    context["rows"] = [{"measure": each, "tone": MEASURE_TONES[each.state]} for each in context["page"]]
    return render(request, "plans/member_measures.html", context)


@page("calculator/", "calculator", _P.SEE_HOUSEHOLDS)
def calculator(request: Request) -> HttpResponse:
    """Reckon what the measures of a place give on free figures; nothing is kept."""
    division = (request.account.place if request.account else "").ljust(12, "0")
    places = [("", "本地政策"), *policies_with_formulas(today())]
    form = CalculatorForm(request.GET or None, places=places)
    form.fields["place"].required = False
    policy = named_policy("", division, today())
    rows: list[Any] = []
    if form.is_bound and form.is_valid():
        policy = named_policy(form.cleaned_data["place"], division, today())
        rows = list(reckoned(policy, form.basis))
    context = {
        "heading": "待遇测算",
        "form": form,
        "rows": rows,
        "policy_title": policy.answered_by.title,
        "others": without_formula(policy),
        "is_asked": form.is_bound,
    }
    return render(request, "plans/calculator.html", context, status=422 if form.errors else 200)
