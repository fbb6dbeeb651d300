"""Cases: the lists, the page of one, and the county's confirmation of many."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.case_steps import take_step
from shouwang.actions.refusals import NotThere, Refusal, Unfit
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.case_states import TrackLost, case_state_of
from shouwang.records.models import Case
from shouwang.records.policies import library
from shouwang.reports.case_list import TABS, Wanted, cases_of, counts, my_cases
from shouwang.reports.case_page import CasePage, case_page
from shouwang.web.clock import now, today
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.forms.cases import CaseFilter
from shouwang.web.household_acts import may_assign_contact, may_draw_up_plan
from shouwang.web.household_words import fact, words
from shouwang.web.page import PAGES, Request, page
from shouwang.web.present import head_name, local_place, place_name
from shouwang.web.views.case_shown import (
    case_tags,
    event_line,
    list_tags,
    paper_card,
    step_bar,
    track_label,
    turn_lines,
    turn_words,
)

COLUMNS = (
    Column("head", "户主", is_fixed=True),
    Column("village", "乡镇、村", is_sortable=True),
    Column("track", "办理事项"),
    Column("turn", "当前环节"),
    Column("due", "办理期限", is_sortable=True),
    Column("state", "状态"),
    Column("number", "个案编号"),
    Column("act", "操作", is_fixed=True),
)
MOST_AT_ONCE = 200


@page("cases/", "cases", Permission.SEE_HOUSEHOLDS)
def cases(request: Request) -> HttpResponse:
    """List the cases of a tab."""
    on = today()
    form = CaseFilter(request.GET)
    wanted = _wanted(request, form)
    rows = cases_of(request.viewer, wanted, on, request.GET.get("sort", ""))
    paginator = Paginator(rows, per_page(request.GET.get("per_page")))
    shown = paginator.get_page(request.GET.get("page"))
    shown.object_list = [_row(request, each) for each in shown.object_list]
    may_confirm = Permission.CONFIRM_CASE in request.viewer.permissions and wanted.tab in ("mine", "level")
    context = {
        "heading": "个案办理",
        "list_name": "cases",
        "columns": COLUMNS,
        "page": shown,
        "page_numbers": paginator.get_elided_page_range(shown.number, on_each_side=2, on_ends=1),
        "per_page_choices": PER_PAGE_CHOICES,
        "filter_form": form,
        "has_row_check": may_confirm,
        "may_confirm": may_confirm,
        "tabs": _tabs(request, wanted.tab),
    }
    return render(request, "cases/list.html", context)


def _wanted(request: Request, form: CaseFilter) -> Wanted:
    given = form.cleaned_data if form.is_valid() else {}
    is_acting = bool(request.viewer.permissions & _ACTING)
    usual = "mine" if is_acting and my_cases(request.viewer, today()).exists() else "level"
    return Wanted(
        tab=given.get("tab") or usual,
        track=given.get("track", ""),
        place=given.get("place", ""),
        words=given.get("words", ""),
        step=given.get("step", ""),
    )


_ACTING = frozenset(
    {
        Permission.RECORD_APPRAISAL, Permission.CHECK_CLUE, Permission.REVIEW_CASE, Permission.CONFIRM_CASE,
        Permission.FORWARD_ROLLBACK, Permission.APPROVE_ROLLBACK,
    }
)  # fmt: skip


def _tabs(request: Request, current: str) -> list[dict[str, object]]:
    numbers = counts(request.viewer, today())
    return [
        {
            "label": label,
            "url": f"{reverse('cases')}?tab={tab}",
            "is_current": tab == current,
            "count": numbers.get(tab),
        }
        for tab, label in TABS.items()
    ]


def _row(request: Request, case: Case) -> dict[str, object]:
    return {
        "id": case.pk,
        "version": case.version,
        "head_name": head_name(request.viewer, case.household),
        "place": local_place(request.viewer, case.division),
        "track": track_label(case),
        "number": case.number,
        "turn": case.turn_label,
        "opened_on": case.opened_on,
        "due_on": case.due_on,
        "days_left": (case.due_on - today()).days if case.due_on and case.turn_steps else None,
        "has_turn": bool(case.turn_steps),
        "is_mine": bool(set(case.turn_roles) & set(request.viewer.roles)),
        "tags": list_tags(case, today()),
    }


@page("cases/confirm/", "cases_confirm", Permission.CONFIRM_CASE, methods=("POST",))
def cases_confirm(request: Request) -> HttpResponse:
    """Confirm several cases, each an act of its own; a number out of reach refuses the whole."""
    picked = _picked(request)
    if not picked:
        messages.warning(request, "请先选择要审定的个案")
        return HttpResponseRedirect(reverse("cases"), status=303)
    opinion = request.POST.get("opinion", "").strip()
    if request.POST.get("is_confirmed") != "1" or not opinion:
        kept = [("row", f"{each.pk}:{each.version}") for each in picked]
        context = {
            "heading": "批量审定",
            "text": "对选中的个案办理县级审定。不能审定的会逐件列出原因，不影响其他件。",
            "count": len(picked),
            "kept": kept,
            "form_url": reverse("cases_confirm"),
            "cancel_url": reverse("cases"),
            "submit_label": "审定",
            "needs_opinion": True,
        }
        return render(request, "cases/confirm_many.html", context)
    return render(
        request,
        "cases/confirmed.html",
        {"heading": "批量审定结果", "results": _confirm_each(request, picked, opinion)},
    )


def _picked(request: Request) -> list[Case]:
    """Return the picked cases as the reader saw them: each with the version of the page he picked it on."""
    if request.POST.get("select_all") == "1":
        rows = cases_of(request.viewer, _wanted(request, CaseFilter(request.GET)), today())
        versions: dict[int, int] = dict(rows.values_list("pk", "version")[: MOST_AT_ONCE + 1])
    else:
        versions = dict(_row_value(each) for each in request.POST.getlist("row"))
    if len(versions) > MOST_AT_ONCE:
        raise Unfit(f"一次最多审定{MOST_AT_ONCE}件，请分批选择")
    found = visible(Case.objects.filter(pk__in=versions), request.viewer).select_related("household")
    picked = list(found.prefetch_related("events", "papers").order_by("pk"))
    if len(picked) < len(versions):
        raise NotThere
    for case in picked:
        case.version = versions[case.pk]
    return picked


def _row_value(text: str) -> tuple[int, int]:
    number, _, version = text.partition(":")
    if not (number.isdecimal() and version.isdecimal()):
        raise NotThere
    return int(number), int(version)


def _deciding(case: Case) -> str:
    try:
        return case_state_of(case).track.deciding.id
    except TrackLost:
        return ""


def _confirm_each(request: Request, picked: list[Case], opinion: str) -> list[dict[str, object]]:
    results = []
    for case in picked:
        line = {"id": case.pk, "number": case.number, "head_name": head_name(request.viewer, case.household)}
        deciding = _deciding(case)
        try:
            if deciding not in case.turn_steps:
                line |= {
                    "tone": "todo",
                    "words": "未办理",
                    "reasons": f"现在的环节是“{case.turn_label or '无'}”，不是审定",
                }
            else:
                done = take_step(
                    actor=request.actor, case_id=case.pk, version=case.version, step_id=deciding,
                    opinion=opinion,                     on=today(), at=now(),
                )  # fmt: skip
                line |= {"tone": "done", "words": "已审定", "reasons": turn_words(done)}
        except Refusal as refusal:
            line |= {"tone": "overdue", "words": "未办理", "reasons": "；".join(refusal.reasons)}
        results.append(line)
    return results


@page("cases/<int:case_id>/", "case", Permission.SEE_HOUSEHOLDS)
def case(request: Request, case_id: int) -> HttpResponse:
    """Show one case."""
    shown = case_page(request.viewer, case_id, today())
    if shown is None:
        raise NotThere
    context = {
        "heading": f"{track_label(shown.case)} {shown.case.number}",
        "breadcrumbs": [{"label": "个案办理", "url": reverse("cases")}, {"label": shown.case.number}],
        "shown": shown,
        "case": shown.case,
        "tags": case_tags(shown.case, today()),
        "turns": turn_lines(shown.items, today()),
        "summary_facts": _facts(request, shown),
        "steps": step_bar(shown),
        "events": event_line(shown),
        "papers": [paper_card(paper, request.viewer) for paper in shown.papers],
        "may": _may(request, shown),
    }
    return render(request, "cases/case.html", context)


def _facts(request: Request, shown: CasePage) -> list[dict[str, object]]:
    home, viewer = shown.case.household, request.viewer
    return [
        {"label": "户主", "value": head_name(viewer, home)},
        {"label": "村组", "value": f"{place_name(home.division)} {home.group_name}"},
        {"label": "户类型", "value": words("household_class", home.household_class)},
        {"label": "家庭人口", "value": home.member_count},
        {
            "label": "监测对象类别",
            "value": fact(viewer, "household", "monitored_class", home.monitored_class or None, home),
        },
        {"label": "国家备案号", "value": home.national_number},
        {"label": "立案日期", "value": f"{shown.case.opened_on}"},
        {
            "label": "程序依据",
            "value": library().packs[shown.case.pack].title
            if shown.case.pack in library().packs
            else shown.case.pack,
        },
    ]


def _may(request: Request, shown: CasePage) -> dict[str, bool]:
    """Tell which acts beside the next step the viewer may try; the act itself looks again."""
    permissions, case = request.viewer.permissions, shown.case
    is_open = case.status == "open" and not case.is_decided
    is_mine = any(each.is_mine for each in shown.next_steps)
    has_notice = any(line.step.notice and line.done for line in shown.steps)
    recorders = {Permission.RECORD_OBJECTION, Permission.ANSWER_OBJECTION}
    tellers = {Permission.REVIEW_CASE, Permission.CONFIRM_CASE}
    green = shown.state.track.green_channel if shown.state else None
    return {
        "send_back": is_open and is_mine and any(each.back_to for each in shown.next_steps if each.is_mine),
        "reject": is_open and is_mine,
        "withdraw": is_open and Permission.RECORD_APPRAISAL in permissions,
        "objection": is_open and has_notice and bool(recorders & permissions),
        "answer": is_open and Permission.ANSWER_OBJECTION in permissions,
        "green_channel": is_open and green is not None and not case.is_green_channel
        and Permission.OPEN_GREEN_CHANNEL in permissions,
        "photo": case.status == "open" and has_notice and Permission.POST_NOTICE in permissions,
        "feedback": "feedback" in case.turn_steps and bool(tellers & permissions),
        "print": Permission.PRINT_DOCUMENT in permissions,
        "open_another": case.status != "open" and PAGES["case_open"].allows(request.viewer),
        "contact": may_assign_contact(request.viewer, case.household),
        "plan": may_draw_up_plan(request.viewer, case.household),
    }  # fmt: skip
