"""The three-way comparison: samples, drawing one, its sheet, what was found, its end."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.quality_sampling import close_sample, draw_sample, enter_comparison
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.divisions import children, find
from shouwang.domain.field_masks import Visibility, visibility
from shouwang.domain.permissions import Permission
from shouwang.domain.quality_sample import ITEMS, RESULTS
from shouwang.records.models import QualitySample, SampledHousehold
from shouwang.records.models.quality_samples import SAMPLE_STATES
from shouwang.reports import quality_samples as reports
from shouwang.web.assistance import household_facts_shown, list_context
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.quality import CompareForm, DrawForm
from shouwang.web.page import Request, page
from shouwang.web.posting import answered, see_other
from shouwang.web.present import HIDDEN, head_name, place_name, roles_over

_P = Permission
_BOTH = ("GET", "POST")
_VILLAGE_WIDTH, _TOWNSHIP_WIDTH = 12, 9
_TONES = {"open": "doing", "closed": "done"}
_INCOME = "annual_income.net_per_capita_fen"
COLUMNS = (
    Column("village", "行政村", is_fixed=True),
    Column("drawn", "抽样日期"),
    Column("size", "抽查/总户数"),
    Column("checked", "已核对", is_number=True),
    Column("state", "状态"),
    Column("by", "抽样人"),
    Column("act", "操作", is_fixed=True),
)


@page("comparisons/", "quality_samples", _P.SEE_HOUSEHOLDS)
def quality_samples(request: Request) -> HttpResponse:
    """List the samples."""
    context = list_context(
        request, reports.samples(request.viewer), COLUMNS, heading="三核对抽查", list_name="quality_samples"
    )
    context["rows"] = [
        {"sample": each, "village": place_name(each.division), "tone": _TONES[each.state],
         "words": SAMPLE_STATES[each.state]}
        for each in context["page"]
    ]  # fmt: skip
    context["may_draw"] = _P.EDIT_HOUSEHOLD in request.viewer.permissions
    return render(request, "quality/samples.html", context)


@page("comparisons/new/", "quality_sample_new", _P.EDIT_HOUSEHOLD, methods=_BOTH)
def quality_sample_new(request: Request) -> HttpResponse:
    """Draw the sample of a village."""
    form = DrawForm(request.POST or None, _villages(request))
    done = answered(
        request,
        form,
        lambda typed: draw_sample(
            actor=request.actor, division=typed["division"], seed=typed["seed"], on=today(), at=now()
        ),
        said=lambda sample: f"已抽出 {sample.size} 户",
        to=lambda sample: reverse("quality_sample", args=[sample.pk]),
    )
    context = {
        "heading": "抽样",
        "form": form,
        "submit_label": "抽样",
        "cancel_url": reverse("quality_samples"),
    }
    return done or render(request, "components/form_page.html", context, status=422 if form.errors else 200)


def _villages(request: Request) -> list[tuple[str, str]]:
    """Return the villages where the viewer may draw: those of the townships and counties he reaches."""
    found: dict[str, str] = {}
    for reach in request.viewer.scope(_P.EDIT_HOUSEHOLD, is_write=True).reaches:
        if len(reach.prefix) >= _VILLAGE_WIDTH:
            found[reach.prefix] = place_name(reach.prefix)
        elif len(reach.prefix) == _TOWNSHIP_WIDTH:
            found |= {each.code: each.name for each in children(reach.prefix)}
        elif find(reach.prefix):
            below = [one for each in children(reach.prefix) for one in children(each.code[:9])]
            found |= {each.code: place_name(each.code) for each in below}
    return sorted(found.items())


def _sample(request: Request, sample_id: int) -> QualitySample:
    sample = reports.sample_of(request.viewer, sample_id)
    if sample is None:
        raise NotThere
    return sample


@page("comparisons/<int:sample_id>/", "quality_sample", _P.SEE_HOUSEHOLDS)
def quality_sample(request: Request, sample_id: int) -> HttpResponse:
    """Show a sample with its households and the rate of agreement."""
    sample = _sample(request, sample_id)
    rows = reports.sampled(sample)
    counts = reports.counts_of(rows)
    rate = f"{counts.agreeing * 100 / counts.compared:.1f}%" if counts.compared else None
    facts = [
        {"label": "抽样日期", "value": str(sample.drawn_on)},
        {"label": "抽样种子", "value": sample.seed},
        {"label": "抽样规则", "value": sample.rule},
        {"label": "抽查户数", "value": f"{sample.size} 户，共 {sample.population} 户"},
        {"label": "已核对", "value": f"{counts.checked} 户"},
        {"label": "一致率", "value": rate and f"{rate}（{counts.agreeing}/{counts.compared} 项）"},
    ]
    context = {
        "heading": "三核对抽查",
        "sample": sample,
        "village": place_name(sample.division),
        "tone": _TONES[sample.state],
        "words": SAMPLE_STATES[sample.state],
        "summary_facts": facts,
        "rows": [_row(request, each) for each in rows],
        "may_edit": bool(request.viewer.roles_at(_P.EDIT_HOUSEHOLD, sample.division)),
    }
    return render(request, "quality/sample.html", context)


def _row(request: Request, row: SampledHousehold) -> dict[str, Any]:
    differing = [
        f"{ITEMS[name]}（{RESULTS[answer]}）" for name, answer in row.results.items() if answer != "same"
    ]
    return {
        "row": row,
        "name": head_name(request.viewer, row.household),
        "same": sum(1 for answer in row.results.values() if answer == "same"),
        "differing": "、".join(differing),
    }


@page("comparisons/<int:sample_id>/sheet/", "quality_sample_sheet", _P.SEE_HOUSEHOLDS)
def quality_sample_sheet(request: Request, sample_id: int) -> HttpResponse:
    """Show the sheet to take along: what the system says is filled in, the rest is left to write."""
    sample = _sample(request, sample_id)
    rows = reports.sampled(sample)
    said = reports.system_says([each.household_id for each in rows], today())
    context = {
        "heading": "三核对登记表",
        "sample": sample,
        "place": place_name(sample.division),
        "back_url": reverse("quality_sample", args=[sample_id]),
        "rows": [
            {
                "place": each.place,
                "name": head_name(request.viewer, each.household),
                "number": each.household.number,
                "group": each.household.group_name,
                "items": [
                    (label, _masked(request, each, said.get(each.household_id, {})).get(name, "未填"))
                    for name, label in ITEMS.items()
                ],
            }
            for each in rows
        ],
    }
    return render(request, "quality/sheet.html", context)


def _masked(request: Request, row: SampledHousehold, said: dict[str, str]) -> dict[str, str]:
    """Hide the income from those who may not see it."""
    roles = roles_over(request.viewer, row.household)
    is_hidden = visibility(roles, _INCOME) is Visibility.HIDDEN
    return {**said, "income": HIDDEN} if is_hidden and said else said


@page("comparisons/households/<int:sampled_id>/", "quality_compare", _P.EDIT_HOUSEHOLD, methods=_BOTH)
def quality_compare(request: Request, sampled_id: int) -> HttpResponse:
    """Enter what household and paper say of each item beside the system."""
    row = reports.sampled_of(request.viewer, sampled_id)
    if row is None:
        raise NotThere
    said = _masked(request, row, reports.system_says([row.household_id], today()).get(row.household_id, {}))
    initial = {**row.results, "note": row.note, "version": row.version}
    form = CompareForm(request.POST or None, shown=said, initial=initial)
    back = reverse("quality_sample", args=[row.sample_id])
    done = answered(
        request,
        form,
        lambda typed: enter_comparison(
            actor=request.actor,
            sampled_id=sampled_id,
            version=typed["version"],
            results=form.results(),
            shown=said,
            note=typed["note"],
            on=today(),
            at=now(),
        ),
        said="核对结果已登记",
        to=back,
    )
    context = {
        "heading": "登记核对结果",
        "form": form,
        "name": head_name(request.viewer, row.household),
        "summary_facts": household_facts_shown(request.viewer, row.household),
        "submit_label": "保存",
        "cancel_url": back,
    }
    return done or render(request, "quality/compare.html", context, status=422 if form.errors else 200)


@page("comparisons/<int:sample_id>/close/", "quality_sample_close", _P.EDIT_HOUSEHOLD, methods=("POST",))
def quality_sample_close(request: Request, sample_id: int) -> HttpResponse:
    """End a comparison whose households are all entered."""
    try:
        close_sample(actor=request.actor, sample_id=sample_id, at=now())
    except Unfit as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "核对已完成")
    return see_other(reverse("quality_sample", args=[sample_id]))
