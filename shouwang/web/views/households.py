"""Households: the list, one household with everything about it, and seeing a sealed value with a reason."""

from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.refusals import NotThere, Unfit
from shouwang.actions.saved_lists import drop_list, save_list
from shouwang.actions.unmasking import unmask as unmask_value
from shouwang.domain.permissions import Permission
from shouwang.records.models import Household
from shouwang.records.outside_help import signs_of
from shouwang.reports import household_list, household_state
from shouwang.reports.household_list import MOST_COUNTED, CappedPaginator, HouseholdFilter
from shouwang.reports.timeline import timeline
from shouwang.web import household_tabs
from shouwang.web.clock import now, today
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.export_words import export_address
from shouwang.web.forms.households import HouseholdFilterForm, SaveListForm
from shouwang.web.household_acts import begins_of
from shouwang.web.household_words import (
    HOUSEHOLD_CLASSES,
    MONITORED_CLASSES,
    address,
    masked_number,
    sealed_fact,
)
from shouwang.web.page import Request, page
from shouwang.web.posting import see_other
from shouwang.web.present import GRADE_LABELS, head_name, local_place, monitoring_tag, place_name, risk_words
from shouwang.web.views.case_shown import under_way_of

COLUMNS = (
    Column("household", "户主", is_sortable=True, is_fixed=True),
    Column("place", "村组", is_sortable=True),
    Column("class", "户类型"),
    Column("monitoring", "监测状态"),
    Column("risks", "致贫风险"),
    Column("members", "人口", is_sortable=True, is_number=True),
    Column("phone", "联系电话"),
    Column("contact", "监测联系人"),
    Column("visit", "最近走访", is_sortable=True),
    Column("number", "户编号"),
    Column("act", "操作", is_fixed=True),
)
_LIST = "households"
_CHANGES = (Permission.EDIT_HOUSEHOLD, Permission.MOVE_HOUSEHOLD)


@page("households/", "households", Permission.SEE_HOUSEHOLDS)
def households(request: Request) -> HttpResponse:
    """List the households that the filter leaves."""
    area = request.GET.get("area", "")
    form = HouseholdFilterForm(request.GET or None, household_list.areas(request.viewer, area))
    asked = HouseholdFilter(**_asked(form)) if form.is_valid() else HouseholdFilter()
    rows = household_list.households(request.viewer, asked)
    paginator = CappedPaginator(household_list.by_place(rows), per_page(request.GET.get("per_page")))
    sort = request.GET.get("sort", "")
    paginator.object_list = household_list.ordered(rows, sort, paginator.count).select_related("contact")
    shown = paginator.get_page(request.GET.get("page"))
    numbers = paginator.get_elided_page_range(shown.number, on_each_side=2, on_ends=1)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "heading": "农户查询",
        "list_name": _LIST,
        "columns": COLUMNS,
        "page": shown,
        "rows": [_row(request, each) for each in shown],
        "page_numbers": numbers,
        "per_page_choices": PER_PAGE_CHOICES,
        "filter_form": form,
        "is_capped": paginator.count >= MOST_COUNTED,
        "most_counted": MOST_COUNTED,
        "saved_lists": household_list.saved_lists(request.viewer, _LIST),
        "query": query.urlencode(),
        "export_url": export_address(request, asked),
    }
    return render(
        request, "households/list.html", context, status=200 if form.is_valid() or not form.is_bound else 422
    )


def _asked(form: HouseholdFilterForm) -> dict[str, Any]:
    names = asdict(HouseholdFilter())
    return {name: value for name, value in form.cleaned_data.items() if name in names}


def _row(request: Request, household: Household) -> dict[str, Any]:
    viewer = request.viewer
    tone, words = monitoring_tag(household)
    return {
        "id": household.pk,
        "name": head_name(viewer, household),
        "place": f"{local_place(request.viewer, household.division)} {household.group_name}",
        "class": HOUSEHOLD_CLASSES.get(household.household_class, household.household_class),
        "monitored_class": MONITORED_CLASSES.get(household.monitored_class, household.monitored_class),
        "tone": tone,
        "words": words,
        "grade": household.grade,
        "grade_label": GRADE_LABELS.get(household.grade, ""),
        "risks": risk_words(household.risks),
        "members": household.member_count,
        "phone": masked_number(viewer, "household", "phone", household.phone_sealed, household),
        "contact": household.contact.display_name if household.contact else None,
        "is_monitored": household.monitoring == "monitored",
        "visit": household.last_visit_on,
        "number": household.number,
    }


@page("households/lists/", "saved_lists", Permission.SEE_HOUSEHOLDS, methods=("POST",))
def saved_lists(request: Request) -> HttpResponse:
    """Keep the filter of the list under a name, or forget one."""
    query = request.POST.get("query", "")
    target = f"{reverse('households')}?{query}" if query else reverse("households")
    if request.POST.get("drop", "").isdecimal():
        drop_list(actor=request.actor, list_id=int(request.POST["drop"]))
        messages.success(request, "已删除常用查询")
        return see_other(target)
    form = SaveListForm(request.POST)
    if not form.is_valid():
        raise Unfit("请填写名称，最多 40 个字")
    save_list(actor=request.actor, page=_LIST, name=form.cleaned_data["name"], query=query)
    messages.success(request, "已保存为常用查询")
    return see_other(target)


@page("households/<int:household_id>/", "household", Permission.SEE_HOUSEHOLDS)
def household(request: Request, household_id: int) -> HttpResponse:
    """Show one household, as it is or as it was on a day (`?on=`)."""
    found = household_state.household_of(request.viewer, household_id)
    if found is None:
        raise NotThere
    day = _day(request.GET.get("on"))
    state = household_state.state_of(found, day, today())
    tab = request.GET.get("tab", "basic")
    tab = tab if tab in household_tabs.TABS else "basic"
    begins = begins_of(request.viewer, found) if state.is_now and found.is_present else []
    context = {
        "heading": "农户档案",
        "household": found,
        "state": state,
        "tab": tab,
        "today": today(),
        "breadcrumbs": [{"label": "农户查询", "url": reverse("households")}, {"label": "农户档案"}],
        "tabs": _tabs(household_id, tab, day),
        "events": _events(request, found, day),
        **_summary(request, state),
        **household_tabs.READERS[tab](request, state),
        **_may(request, found),
        "begins": begins,
        "begin_at": {each["page"]: each["url"] for each in begins},
        "outside_help": "、".join(signs_of(found)) if state.is_now else "",
        "under_way": under_way_of(request.viewer, found, today()) if state.is_now else [],
        "tab_template": f"households/tab_{tab}.html",
    }
    return render(request, "households/page.html", context)


def _day(asked: str | None) -> date:
    try:
        return min(date.fromisoformat(asked or ""), today())
    except ValueError:
        return today()


def _tabs(household_id: int, tab: str, day: date) -> list[dict[str, Any]]:
    when = {} if day >= today() else {"on": day.isoformat()}
    base = reverse("household", args=[household_id])
    return [
        {"label": label, "url": f"{base}?{urlencode({'tab': key, **when})}", "is_current": key == tab}
        for key, label in household_tabs.TABS.items()
    ]


def _summary(request: Request, state: household_state.State) -> dict[str, Any]:
    row, viewer = state.household, request.viewer
    tone, words = monitoring_tag(row)
    facts = [
        {"label": "户编号", "value": row.number},
        {"label": "所在村组", "value": f"{place_name(row.division, 3)} {row.group_name}".strip()},
        {"label": "家庭人口", "value": row.member_count},
        {"label": "联系电话", "value": sealed_fact(viewer, "household", "phone", row)},
        {"label": "监测联系人", "value": row.contact.display_name if row.contact else "未落实"},
        {"label": "最近走访", "value": row.last_visit_on or "尚无记录"},
    ]
    return {
        "name": head_name(viewer, row),
        "tone": tone,
        "words": words,
        "summary_facts": facts,
        "grade": row.grade,
        "grade_label": GRADE_LABELS.get(row.grade, ""),
        "risks": risk_words(row.risks),
        "class_words": HOUSEHOLD_CLASSES.get(row.household_class, row.household_class),
    }


def _events(request: Request, household: Household, day: date) -> list[dict[str, Any]]:
    return [
        {
            "at": each.on.isoformat(),
            "title": each.title,
            "text": each.text,
            "by": each.by,
            "tone": each.tone,
            "url": address(each.page, each.page_id) if each.page else "",
        }
        for each in timeline(request.viewer, household, day)
    ]


def _may(request: Request, household: Household) -> dict[str, bool]:
    held = {
        each: bool(request.viewer.roles_at(each, household.division, household.pk, household.group_name))
        for each in _CHANGES
    }
    return {"may_edit": held[_CHANGES[0]], "may_move": held[_CHANGES[1]]}


@page(
    "unmask/<str:table>/<int:row_id>/<str:name>/",
    "unmask",
    Permission.SEE_HOUSEHOLDS,
    methods=("GET", "POST"),
)
def unmask(request: Request, table: str, row_id: int, name: str) -> HttpResponse:
    """Ask for the reason, then show a value whole, once."""
    row = _row_of(request, table, row_id)
    labels = {"phone": "联系电话", "id_number": "证件号码", "name": "姓名", "head_name": "户主姓名"}
    if name not in labels:
        raise NotThere
    household_id = row_id if table == "household" else row.household_id
    context = {
        "heading": f"查看完整{labels[name]}",
        "label": labels[name],
        "place": f"unmask-{table}-{row_id}-{name}",
        "back_url": reverse("household", args=[household_id]),
        "unmask_url": request.path,
        "base_template": "base_fragment.html" if request.htmx else None,
    }
    if request.method == "GET":
        return render(request, "households/unmask.html", context)
    which = {"household_id": row_id} if table == "household" else {"member_id": row_id}
    try:
        value = unmask_value(
            actor=request.actor,
            column=f"{table}.{name}",
            reason=request.POST.get("reason", ""),
            at=now(),
            **which,
        )
    except Unfit as refusal:
        said = {**context, "reasons": refusal.reasons, "reason": request.POST.get("reason", "")}
        return render(request, "households/unmask.html", said, status=422)
    response = render(request, "households/unmask.html", {**context, "value": value})
    response["Cache-Control"] = "no-store"
    return response


def _row_of(request: Request, table: str, row_id: int) -> Any:
    readers = {"household": household_state.household_of, "member": household_state.member_of}
    row = readers[table](request.viewer, row_id) if table in readers else None
    if row is None:
        raise NotThere
    return row
