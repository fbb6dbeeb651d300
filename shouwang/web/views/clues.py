"""The list of clues, one clue, the sending of many, and how often rules and sources were right."""

from dataclasses import asdict
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.clue_dispatch import MOST_IN_A_BATCH, dispatch_clues
from shouwang.actions.refusals import NotThere
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.viewers import Viewer
from shouwang.reports.clue_detail import ClueDetail, clue_detail
from shouwang.reports.clue_hit_rates import NOISY_BELOW_PERMILLE, SMALLEST_SAMPLE, Rate, hit_rates
from shouwang.reports.clue_list import TABS, ClueFilter, clue_list, tab_counts
from shouwang.reports.household_list import areas
from shouwang.web.clock import now, today
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.forms.clues import FilterForm, PeriodForm
from shouwang.web.page import Request, page
from shouwang.web.present import HIDDEN
from shouwang.web.views.clue_shown import (
    VERDICT_TONES,
    check_facts,
    may_do,
    name_of,
    row_of,
    said_by,
    sees_evidence,
    sees_facts,
    steps_of,
    summary_of,
    verdict_words,
)

COLUMNS = (
    Column("number", "线索编号", is_sortable=True, is_fixed=True),
    Column("household", "户主", is_sortable=True),
    Column("village", "所在村", is_sortable=True),
    Column("state", "状态"),
    Column("due", "期限", is_sortable=True),
    Column("grade", "等级"),
    Column("risk", "风险"),
    Column("turn", "当前办理"),
    Column("source", "来源"),
    Column("act", "操作", is_fixed=True),
)
RATE_COLUMNS = (
    Column("label", "名称", is_fixed=True),
    Column("raised", "线索", is_number=True),
    Column("pending", "在办", is_number=True),
    Column("hits", "有风险", is_number=True),
    Column("misses", "无风险", is_number=True),
    Column("watched", "持续关注", is_number=True),
    Column("permille", "命中率", is_number=True),
    Column("judgement", "评价"),
)
JUDGEMENTS = {
    "noisy": ("overdue", "噪声偏高"),
    "small": ("unknown", "样本不足"),
    "silent": ("stopped", "没有线索"),
    "fair": ("done", "正常"),
}
_USUAL_DAYS = 180


@page("clues/", "clues", Permission.SEE_HOUSEHOLDS)
def clues(request: Request) -> HttpResponse:
    """List clues by tab and filter."""
    on, viewer = today(), request.viewer
    tab, form, asked = _asked(request)
    rows = clue_list(viewer, tab=tab, asked=asked, today=on, sort=request.GET.get("sort", ""))
    paginator = Paginator(rows, per_page(request.GET.get("per_page")))
    counts = tab_counts(viewer, on)
    if asked == ClueFilter():
        paginator.count = counts[tab]
    found = paginator.get_page(request.GET.get("page"))
    may_send = Permission.DISPATCH_CLUE in viewer.permissions
    context = {
        "heading": "线索管理",
        "list_name": "clues",
        "columns": COLUMNS,
        "page": found,
        "rows": [row_of(viewer, clue, on) for clue in found],
        "page_numbers": paginator.get_elided_page_range(found.number, on_each_side=2, on_ends=1),
        "per_page_choices": PER_PAGE_CHOICES,
        "filter_form": form,
        "tabs": [
            {
                "label": label,
                "url": f"{request.path}?tab={key}",
                "is_current": key == tab,
                "count": counts[key],
            }
            for key, label in TABS.items()
        ],
        "tab": tab,
        "has_row_check": may_send and tab in ("mine", "unit", "overdue"),
        "may_report": Permission.REPORT_CLUE in viewer.permissions,
        "breadcrumbs": [{"label": "监测预警"}, {"label": "线索管理"}],
    }
    return render(request, "clues/list.html", context)


@page("clues/dispatch/", "clue_dispatch", Permission.DISPATCH_CLUE, methods=("POST",))
def clue_dispatch(request: Request) -> HttpResponse:
    """Send the chosen clues, or all that the filter leaves, to their villages; say of each how it ended."""
    ids = _chosen(request)
    if not request.POST.get("is_confirmed"):
        return _confirm(request, ids)
    results = dispatch_clues(actor=request.actor, clue_ids=ids, on=today(), at=now())
    failed = [each for each in results if each.reason]
    if not failed:
        messages.success(request, f"已派发 {len(results)} 条线索")
        return HttpResponseRedirect(reverse("clues"), status=303)
    context = {
        "heading": "批量派发结果",
        "results": results,
        "done": len(results) - len(failed),
        "failed": len(failed),
        "columns": (Column("number", "线索编号"), Column("result", "结果"), Column("reason", "说明")),
        "breadcrumbs": [{"label": "线索管理", "url": reverse("clues")}, {"label": "批量派发结果"}],
    }
    return render(request, "clues/batch_result.html", context)


@page("clues/<int:clue_id>/", "clue", Permission.SEE_HOUSEHOLDS)
def clue(request: Request, clue_id: int) -> HttpResponse:
    """Show one clue with its sources, evidence, visits and time line."""
    viewer = request.viewer
    detail = clue_detail(viewer, clue_id)
    if detail is None:
        raise NotThere
    found = detail.clue
    context = {
        "heading": f"线索 {found.number}",
        "clue": found,
        "row": row_of(viewer, found, today()),
        "name": name_of(viewer, found),
        "summary_facts": summary_of(viewer, detail),
        "steps": steps_of(detail, today()),
        "may": may_do(viewer, found) | ({} if detail.pending else {"answer": False}),
        "verdict": verdict_words(found),
        "verdict_tone": VERDICT_TONES.get(found.verdict, "done"),
        "cases": detail.cases,
        "siblings": [{"row": each, "verdict": verdict_words(each)} for each in detail.siblings],
        **_told(viewer, detail),
        "breadcrumbs": [{"label": "线索管理", "url": reverse("clues")}, {"label": found.number}],
    }
    return render(request, "clues/detail.html", context)


def _told(viewer: Viewer, detail: ClueDetail) -> dict[str, object]:
    """Return what people and sheets said of a household, as far as the viewer may read it."""
    clue, sees = detail.clue, sees_facts(viewer, detail.clue)
    origins = []
    for each in detail.origins:
        evidence = detail.evidence.get(each.pk)
        is_hidden = evidence is not None and not sees_evidence(viewer, clue, evidence)
        words = HIDDEN if is_hidden else said_by(viewer, clue, each)
        shown = None if is_hidden else evidence
        origins.append({"row": each, "words": words, "evidence": shown, "is_hidden": is_hidden})
    checks = [
        {"row": each, "facts": check_facts(viewer, clue, each), "is_shown": sees} for each in detail.checks
    ]
    events = [
        {
            "at": f"{each.at:%Y-%m-%d %H:%M}",
            "title": each.what,
            "text": each.reason if sees else "",
            "by": each.by,
            "tone": "returned" if each.is_return else "done",
        }
        for each in detail.moments
    ]
    return {
        "origins": origins,
        "checks": checks,
        "events": events,
        "papers": detail.papers if sees else [],
        "sees_facts": sees,
    }


@page("hit-rates/", "hit_rates", Permission.SEE_TOTALS)
def rates(request: Request) -> HttpResponse:
    """Show how often each rule and each source was right."""
    on = today()
    usual = (on - timedelta(days=_USUAL_DAYS), on)
    is_asked = "from_on" in request.GET
    form = PeriodForm(request.GET if is_asked else {"from_on": usual[0], "to_on": usual[1]})
    first, last = form.period(usual)
    found = hit_rates(request.viewer, from_on=first, to_on=last)
    context = {
        "heading": "规则成效",
        "filter_form": form,
        "columns": RATE_COLUMNS,
        "rules": [_rate_row(each) for each in found.rules if each.raised],
        "silent": [each.label for each in found.rules if not each.raised],
        "sources": [_rate_row(each) for each in found.sources],
        "found": found,
        "from_on": first,
        "to_on": last,
        "smallest": SMALLEST_SAMPLE,
        "noisy_below": NOISY_BELOW_PERMILLE // 10,
        "breadcrumbs": [{"label": "监测预警"}, {"label": "规则成效"}],
    }
    return render(request, "clues/hit_rates.html", context)


def _rate_row(rate: Rate) -> dict[str, object]:
    tone, words = JUDGEMENTS[rate.judgement]
    share = "—" if rate.permille is None else f"{rate.permille // 10}.{rate.permille % 10}%"
    return {"rate": rate, "share": share, "tone": tone, "words": words}


def _asked(request: Request) -> tuple[str, FilterForm, ClueFilter]:
    tab = request.GET.get("tab", "")
    place = request.GET.get("place", "")
    places = areas(request.viewer, place if place.isdecimal() else "")
    form = FilterForm(request.GET, places)
    given = form.cleaned_data if form.is_valid() else {}
    names = asdict(ClueFilter())
    asked = ClueFilter(**{name: given[name] for name in names if given.get(name)})
    return tab if tab in TABS else _usual_tab(request), form, asked


def _usual_tab(request: Request) -> str:
    works = {Role.VILLAGE, Role.RESIDENT_TEAM, Role.TOWNSHIP}
    return "mine" if works & set(request.viewer.roles) else "unit"


def _chosen(request: Request) -> list[int]:
    """Return the ticked clues, or those of the whole filtered list that wait to be sent."""
    if request.POST.get("select_all") == "1":
        tab, _, asked = _asked(request)
        rows = clue_list(request.viewer, tab=tab, asked=asked, today=today()).filter(state="received")
        return list(rows.values_list("pk", flat=True)[: MOST_IN_A_BATCH + 1])
    return [int(each) for each in request.POST.getlist("row") if each.isdecimal() and len(each) < 19]


def _confirm(request: Request, ids: list[int]) -> HttpResponse:
    context = {
        "heading": "批量派发",
        "text": "派发后由各村核查，逾期会提醒并提级。",
        "count": len(ids),
        "kept": [("row", each) for each in ids[:MOST_IN_A_BATCH]],
        "form_url": request.get_full_path(),
        "cancel_url": reverse("clues"),
        "submit_label": "派发",
    }
    return render(request, "components/confirm_page.html", context)
