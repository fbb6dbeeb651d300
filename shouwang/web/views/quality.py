"""Data quality: places with their score, the list of findings, one finding, the checks themselves."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.quality_explaining import explain_finding
from shouwang.actions.quality_household import recheck_household
from shouwang.actions.quality_runs import refuse_a_large_county, run_quality
from shouwang.actions.refusals import NotThere, Refusal
from shouwang.domain.permissions import Permission
from shouwang.domain.quality import SCORE_WORDS
from shouwang.records.models import QualityFinding
from shouwang.reports import household_list, quality_lists
from shouwang.reports.quality_entry import entry_warnings
from shouwang.reports.quality_lists import FindingFilter, PlaceQuality
from shouwang.web.assistance import found_household, list_context
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.quality import ExplainForm, FindingFilterForm
from shouwang.web.page import Request, page
from shouwang.web.posting import answered, see_other
from shouwang.web.present import head_name, place_name
from shouwang.web.quality_words import (
    HIDDEN_LABEL,
    check_of,
    feed_words,
    field_words,
    label_shown,
    may_read,
    member_name,
    mend_url,
    severity_tag,
    state_tag,
    values_shown,
)

_P = Permission
_COUNTY_WIDTH = 6
PLACE_COLUMNS = (
    Column("place", "地区", is_fixed=True),
    Column("score", "得分", is_number=True),
    Column("errors", "错误", is_number=True),
    Column("doubts", "可疑", is_number=True),
    Column("hints", "提示", is_number=True),
    Column("overdue", "超期", is_number=True),
    Column("explained", "已说明", is_number=True),
    Column("households", "户数", is_number=True),
    Column("act", "操作", is_fixed=True),
)
COLUMNS = (
    Column("household", "户主", is_fixed=True),
    Column("village", "行政村"),
    Column("severity", "程度"),
    Column("label", "问题"),
    Column("person", "涉及"),
    Column("state", "状态"),
    Column("due", "整改期限"),
    Column("act", "操作", is_fixed=True),
)


@page("quality/", "quality", _P.SEE_HOUSEHOLDS)
def quality(request: Request) -> HttpResponse:
    """Show each place below with its counts and score."""
    viewer, area = request.viewer, _area(request)
    rows = [_place(each) for each in quality_lists.places(viewer, area, today())]
    runs = quality_lists.last_runs(viewer)
    context = {
        "heading": "数据质量",
        "columns": PLACE_COLUMNS,
        "rows": rows,
        "total": quality_lists.total(viewer, area, today()),
        "area": area,
        "path": quality_lists.area_path(area),
        "score_words": SCORE_WORDS,
        "ran_on": max((each.on for each in runs), default=None),
        "not_judged": sum(1 for run in runs[:1] for each in run.judged.values() if each["why_not"]),
        "may_run": _P.RUN_SCREENING in viewer.permissions and bool(_own_counties(request)),
    }
    return render(request, "quality/places.html", context)


def _area(request: Request) -> str:
    area = request.GET.get("area", "")
    return area if area.isdigit() and household_list.is_reached(request.viewer, area) else ""


def _place(row: PlaceQuality) -> dict[str, Any]:
    is_low = quality_lists.is_lowest(row.division)
    page_name = "quality_findings" if is_low else "quality"
    return {
        "row": row,
        "name": place_name(row.division, 1) or row.division,
        "score": None if row.score is None else f"{row.score / 10:.1f}",
        "url": f"{reverse(page_name)}?area={row.division}",
        "list_url": f"{reverse('quality_findings')}?area={row.division}&state=open",
    }


@page("quality/findings/", "quality_findings", _P.SEE_HOUSEHOLDS)
def quality_findings(request: Request) -> HttpResponse:
    """List the findings that the filter leaves."""
    viewer = request.viewer
    given = request.GET or {"state": "open"}
    form = FindingFilterForm(given, household_list.areas(viewer, request.GET.get("area", "")))
    asked = FindingFilter()
    if form.is_valid():
        asked = FindingFilter(**{name: form.cleaned_data[name] for name in asdict(FindingFilter())})
    rows = quality_lists.findings(viewer, asked, today())
    context = list_context(
        request, rows, COLUMNS, heading="数据质量问题", list_name="quality_findings", filter_form=form
    )
    context["rows"] = [_row(request, each) for each in context["page"]]
    return render(request, "quality/findings.html", context)


def _row(request: Request, finding: QualityFinding) -> dict[str, Any]:
    viewer = request.viewer
    return {
        "finding": finding,
        "name": head_name(viewer, finding.household),
        "village": place_name(finding.division, 1),
        "severity": severity_tag(finding.severity),
        "label": label_shown(viewer, finding),
        "person": member_name(viewer, finding, today()),
        "state": state_tag(finding),
        "days": (finding.due_on - today()).days if finding.state == "open" else None,
        "mend_url": mend_url(viewer, finding),
    }


@page("quality/findings/<int:quality_id>/", "quality_finding", _P.SEE_HOUSEHOLDS, methods=("GET", "POST"))
def quality_finding(request: Request, quality_id: int) -> HttpResponse:
    """Show one finding: what is wrong, what the data say, how it is mended; take an explanation."""
    viewer = request.viewer
    finding = quality_lists.finding_of(viewer, quality_id)
    if finding is None:
        raise NotThere
    form = ExplainForm(request.POST or None, initial={"version": finding.version})
    done = answered(
        request,
        form,
        lambda typed: explain_finding(
            actor=request.actor,
            finding_id=quality_id,
            version=typed["version"],
            explanation=typed["explanation"],
            on=today(),
            at=now(),
        ),
        said="已记录情况说明，数据不变就不再提示",
        to=reverse("quality_finding", args=[quality_id]),
    )
    if done is not None:
        return done
    context = {**_finding_context(request, finding), "form": form}
    return render(request, "quality/finding.html", context, status=422 if form.errors else 200)


def _finding_context(request: Request, finding: QualityFinding) -> dict[str, Any]:
    viewer, household = request.viewer, finding.household
    label, values = label_shown(viewer, finding), values_shown(viewer, finding)
    is_hidden = label == HIDDEN_LABEL
    may_edit = bool(
        viewer.roles_at(_P.EDIT_HOUSEHOLD, household.division, household.pk, household.group_name)
    )
    facts = [
        {"label": "户主", "value": head_name(viewer, household)},
        {"label": "所在村", "value": place_name(household.division)},
        {"label": "涉及", "value": member_name(viewer, finding, today())},
        {"label": "首次发现", "value": str(finding.first_seen_on)},
        {"label": "最近发现", "value": str(finding.last_seen_on)},
        {"label": "整改期限", "value": str(finding.due_on)},
        {"label": "复现次数", "value": str(finding.times_back)},
    ]
    return {
        "heading": "数据质量问题",
        "breadcrumbs": [
            {"label": "数据质量", "url": reverse("quality")},
            {"label": "问题列表", "url": f"{reverse('quality_findings')}?state=open"},
            {"label": "问题详情"},
        ],
        "finding": finding,
        "label": label,
        "is_hidden": is_hidden,
        "severity": severity_tag(finding.severity),
        "state": state_tag(finding),
        "summary_facts": facts,
        "values": values,
        "check": check_of(finding),
        "field": field_words(finding.field),
        "feed": feed_words(finding.feed),
        "mend_url": mend_url(viewer, finding),
        "days": (finding.due_on - today()).days if finding.state == "open" else None,
        "may_edit": may_edit,
        "may_explain": may_edit and not is_hidden and finding.state == "open" and finding.severity != "error",
    }


@page("households/<int:household_id>/recheck/", "quality_recheck", _P.EDIT_HOUSEHOLD, methods=("POST",))
def quality_recheck(request: Request, household_id: int) -> HttpResponse:
    """Check a household anew, so that what has been mended is closed at once."""
    found_household(request, household_id, _P.EDIT_HOUSEHOLD)
    left = recheck_household(actor=request.actor, household_id=household_id, on=today(), at=now())
    messages.success(request, f"已复核，还有 {left} 个问题" if left else "已复核，没有发现问题")
    return see_other(f"{reverse('household', args=[household_id])}?tab=findings")


@page("quality/run/", "quality_run", _P.RUN_SCREENING, methods=("POST",))
def quality_run(request: Request) -> HttpResponse:
    """Check the viewer's counties now, where that does not take long."""
    for county in _own_counties(request):
        try:
            refuse_a_large_county(county=county)
            run = run_quality(actor=request.actor, county=county, on=today(), at=now())
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        else:
            counts = run.counts
            told = f"新增 {counts['new']}，仍在 {counts['still']}，复现 {counts['back']}"
            messages.success(request, f"核查完成：{told}，已整改 {counts['mended']}")
    return see_other(reverse("quality"))


def _own_counties(request: Request) -> list[str]:
    reaches = request.viewer.scope(_P.RUN_SCREENING, is_write=True).reaches
    return sorted({each.prefix for each in reaches if len(each.prefix) == _COUNTY_WIDTH})


@page("quality/checks/", "quality_checks", _P.SEE_HOUSEHOLDS)
def quality_checks(request: Request) -> HttpResponse:
    """List every check with how it went the last time; those not run with the reason."""
    runs = quality_lists.last_runs(request.viewer)
    judged = runs[0].judged if len(runs) == 1 else {}
    run: list[dict[str, Any]] = []
    not_run: list[dict[str, Any]] = []
    for name, check, pack in quality_lists.all_checks(today()):
        row = {"name": name, "check": check, "pack": pack.id, "severity": severity_tag(check.severity),
               "feed": feed_words(check.feed), "went": judged.get(name)}  # fmt: skip
        (not_run if check.not_run else run).append(row)
    context = {
        "heading": "核查项目",
        "breadcrumbs": [{"label": "数据质量", "url": reverse("quality")}, {"label": "核查项目"}],
        "checks": run,
        "not_run": not_run,
        "has_run": bool(judged),
    }
    return render(request, "quality/checks.html", context)


@page("households/<int:household_id>/quality/", "quality_entry", _P.EDIT_HOUSEHOLD)
def quality_entry(request: Request, household_id: int) -> HttpResponse:
    """Tell beside an entry form what the checks find in the household as it stands."""
    household = found_household(request, household_id, _P.EDIT_HOUSEHOLD)
    asked = request.GET.get("member", "")
    member_id = int(asked) if asked.isdecimal() else None
    warnings = entry_warnings(household, today(), member_id)
    shown = [
        {"warning": each, "severity": severity_tag(each.severity)}
        for each in warnings
        if may_read(request.viewer, each.columns, household)
    ]
    return render(request, "quality/entry.html", {"warnings": shown})
