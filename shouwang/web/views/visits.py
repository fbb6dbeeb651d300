"""Visits: who is due, what was recorded, how far each village has come, and recording one on a phone."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.attachments import add_attachment
from shouwang.actions.refusals import Refusal, Unfit
from shouwang.actions.visit_recording import record_visit
from shouwang.domain.credit_support import may_borrow
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import visible
from shouwang.records.models import Attachment, Household, Visit
from shouwang.records.models.visits import VISIT_KINDS
from shouwang.reports.elimination_list import MOST
from shouwang.reports.visit_list import coverage, due_visits, times_a_month, visits_done, work_and_insurance
from shouwang.web.assistance import (
    found_household,
    found_row,
    household_facts_shown,
    list_context,
    name_of,
    place_choices,
)
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.plans import PlaceForm
from shouwang.web.forms.visits import QUESTIONS, VisitFilter, VisitForm
from shouwang.web.page import PAGES, Request, page
from shouwang.web.posting import back_of, show_refusal
from shouwang.web.present import risk_words, village_name

_P = Permission
TABS = {"due": "本期应访", "done": "走访记录", "coverage": "各村进度", "checks": "就业和参保"}
_VILLAGE = Column("village", "行政村")
COLUMNS = {
    "due": (
        Column("household", "户主", is_fixed=True),
        _VILLAGE,
        Column("risks", "登记风险"),
        Column("contact", "联系人"),
        Column("last", "最近走访"),
        Column("act", "操作", is_fixed=True),
    ),
    "done": (
        Column("household", "户主", is_fixed=True),
        _VILLAGE,
        Column("kind", "类别"),
        Column("day", "走访日期"),
        Column("by", "走访人"),
        Column("found", "情况"),
        Column("act", "操作", is_fixed=True),
    ),
    "coverage": (
        Column("village", "行政村", is_fixed=True),
        Column("households", "监测对象（户）", is_number=True),
        Column("visited", "本期已访", is_number=True),
        Column("missing", "未访", is_number=True),
        Column("act", "操作", is_fixed=True),
    ),
    "checks": (
        Column("household", "户主", is_fixed=True),
        _VILLAGE,
        Column("remarks", "需要落实"),
        Column("contact", "联系人"),
        Column("act", "操作", is_fixed=True),
    ),
}


@page("visits/", "visits", (_P.RECORD_VISIT, _P.LOOK_BACK, _P.SEE_INCOME))
def visits(request: Request) -> HttpResponse:
    """List who is due, what was recorded, the coverage of villages, or who lacks work or insurance."""
    tab = request.GET.get("tab", "due")
    tab = tab if tab in TABS else "due"
    form = (VisitFilter if tab == "done" else PlaceForm)(request.GET, places=place_choices(request.viewer))
    rows, note = _rows(request, tab, form.found)
    tabs = [
        {"label": label, "url": f"{reverse('visits')}?tab={key}", "is_current": key == tab}
        for key, label in TABS.items()
    ]
    context = list_context(
        request,
        rows,
        COLUMNS[tab],
        list_name=f"visits_{tab}",
        heading="走访记录",
        filter_form=form,
        tabs=tabs,
        tab=tab,
        note=note,
    )
    shown = {"due": _due_row, "done": _done_row, "coverage": _coverage_row, "checks": _checked_row}[tab]
    context["rows"] = [shown(request, each) for each in context["page"]]
    return render(request, "visits/list.html", context)


def _rows(request: Request, tab: str, asked: dict[str, Any]) -> tuple[Any, str]:
    viewer, prefix = request.viewer, asked.get("place", "")
    if tab == "done":
        by_me = asked.get("by") == "me"
        return visits_done(viewer, prefix=prefix, kind=asked.get("kind", ""), by_me=by_me), ""
    if tab == "coverage":
        return coverage(viewer, today(), prefix=prefix), ""
    if tab == "checks":
        found = work_and_insurance(viewer, today(), prefix=prefix, most=MOST)
        return found or [], "户数较多，请先选择地区再查看。" if found is None else ""
    place = (prefix or (request.account.place if request.account else "")).ljust(12, "0")
    times = times_a_month(place, today())
    rule = "每半月走访一次" if times == 2 else f"每月走访{times}次" if times > 1 else "每月走访一次"
    return due_visits(viewer, today(), prefix=prefix), f"监测对象{rule}，以下各户本期还没有走访。"


def _due_row(request: Request, household: Household) -> dict[str, Any]:
    last = household.last_visit_on
    return {
        "household": household,
        "name": name_of(request.viewer, household),
        "village": village_name(household.division),
        "risks": risk_words(household.risks),
        "days": (today() - last).days if last else None,
        "may_record": _may_record(request, household),
    }


def _done_row(request: Request, visit: Visit) -> dict[str, Any]:
    return {
        "visit": visit,
        "name": name_of(request.viewer, visit.household),
        "village": village_name(visit.division),
    }


def _coverage_row(request: Request, row: Any) -> dict[str, Any]:
    return {"row": row, "village": village_name(row.division)}


def _checked_row(request: Request, row: Any) -> dict[str, Any]:
    shown = _due_row(request, row.household)
    return {**shown, "remarks": row.remarks}


def _may_record(request: Request, household: Household) -> bool:
    viewer = request.viewer
    return bool(viewer.roles_at(_P.RECORD_VISIT, household.division, household.pk, household.group_name))


@page(
    "households/<int:household_id>/visit/",
    "visit_new",
    (_P.RECORD_VISIT, _P.LOOK_BACK),
    methods=("GET", "POST"),
)
def visit_new(request: Request, household_id: int) -> HttpResponse:
    """Record a visit: the day, four questions, what was seen, photos."""
    household = found_household(request, household_id)
    kinds = _kinds(request, household)
    asks_loan = may_borrow(household.household_class, household.monitoring)
    asked = request.GET.get("kind", "")
    initial = {"visited_on": today(), "kind": asked if asked in dict(kinds) else kinds[0][0]}
    if request.method == "POST":
        form = VisitForm(request.POST, request.FILES, kinds=kinds, asks_loan=asks_loan)
    else:
        form = VisitForm(initial=initial, kinds=kinds, asks_loan=asks_loan)
    if request.method == "POST" and form.is_valid() and (answer := _recorded(request, household, form)):
        return answer
    context = {
        "heading": "登记走访",
        "form": form,
        "name": name_of(request.viewer, household),
        "summary_facts": household_facts_shown(request.viewer, household),
        "submit_label": "保存",
        "cancel_url": back_of(request, reverse("visits")),
    }
    return render(request, "visits/form.html", context, status=422 if form.errors else 200)


def _kinds(request: Request, household: Household) -> list[tuple[str, str]]:
    """Return the kinds of visit that fit the household and the visitor; the act itself refuses the rest."""
    is_eliminated = household.monitoring == "eliminated"
    may_look_back = _P.LOOK_BACK in request.viewer.permissions and is_eliminated
    return [(kind, label) for kind, label in VISIT_KINDS.items() if kind != "look_back" or may_look_back]


def _recorded(request: Request, household: Household, form: VisitForm) -> HttpResponse | None:
    try:
        visit = record_visit(
            actor=request.actor, household_id=household.pk, entry=form.entry, on=today(), at=now()
        )
    except Unfit as refusal:
        show_refusal(form, refusal)
        return None
    for photo in request.FILES.getlist("photos"):
        _keep_photo(request, visit, photo)
    messages.success(request, "走访已登记")
    target = "look_back" if visit.kind == "look_back" else "visit"
    key = household.pk if target == "look_back" else visit.pk
    return HttpResponseRedirect(reverse(target, args=[key]), status=303)


def _keep_photo(request: Request, visit: Visit, photo: Any) -> None:
    """Keep a photo beside the visit; one that cannot be kept leaves the visit as it is and says so."""
    try:
        add_attachment(
            actor=request.actor,
            household_id=visit.household_id,
            owner=f"visit:{visit.pk}",
            title="走访照片",
            content=photo.read(),
            content_type=photo.content_type or "",
            at=now(),
        )
    except Refusal as refusal:
        messages.warning(request, f"走访已登记，但有一张照片没有保存：{refusal}")


@page("visits/<int:visit_id>/", "visit", (_P.RECORD_VISIT, _P.LOOK_BACK, _P.SEE_INCOME))
def visit(request: Request, visit_id: int) -> HttpResponse:
    """Show a visit, with the way to report a risk that it found."""
    rows = Visit.objects.select_related("household__contact", "by")
    shown: Visit = found_row(rows, request.viewer, visit_id)
    photos = visible(Attachment.objects.filter(owner=f"visit:{visit_id}"), request.viewer).order_by("pk")
    context = {
        "heading": "走访详情",
        "visit": shown,
        "name": name_of(request.viewer, shown.household),
        "summary_facts": household_facts_shown(request.viewer, shown.household),
        "answers": [(label.rstrip("？"), getattr(shown, name)) for name, label in QUESTIONS.items()],
        "role": Role(shown.role).label if shown.role else "",
        "photos": photos if "attachment" in PAGES else [],
        "clue_url": _clue_url(request, shown) if shown.has_new_risk else "",
    }
    return render(request, "visits/detail.html", context)


def _clue_url(request: Request, visit: Visit) -> str:
    """Return where the found risk is reported, with the household filled in; "" where the viewer may not."""
    if "clue_new" not in PAGES or not PAGES["clue_new"].allows(request.viewer):
        return ""
    return f"{reverse('clue_new')}?household={visit.household_id}&source=inspection"
