"""What another threshold would have found; nothing is changed by looking."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.domain import wording
from shouwang.domain.permissions import Permission
from shouwang.engine.trials import Counted, Trial, TrialError
from shouwang.reports.threshold_trials import last_screened, threshold_trial, thresholds, trial_counties
from shouwang.web.columns import Column
from shouwang.web.forms.trials import TrialForm
from shouwang.web.page import Request, page
from shouwang.web.present import place_name

COLUMNS = (
    Column("outcome", "核查结论", is_fixed=True),
    Column("before", "现行值预警", is_number=True),
    Column("after", "试算值预警", is_number=True),
    Column("lost", "不再预警", is_number=True),
    Column("still_warned", "其中仍有其他规则预警", is_number=True),
    Column("gained", "新增预警", is_number=True),
)
_OUTCOMES = {"hit": "核实有风险", "miss": "核实无风险", "open": "还没有结论"}


@page("hit-rates/trial/", "threshold_trial", Permission.SEE_TOTALS)
def threshold_trial_page(request: Request) -> HttpResponse:
    """Let whoever answers for a county see what a changed parameter would have found among the checked."""
    counties = trial_counties(request.viewer)
    asked = request.GET.get("county", "")
    county = asked if asked in counties else counties[0] if counties else ""
    screened = last_screened(request.viewer, county) if county else None
    found = thresholds(screened) if screened else []
    given = request.GET.dict() | {"county": county} if "value" in request.GET else None
    named = [(each, place_name(each.ljust(12, "0"), 1)) for each in counties]
    form = TrialForm(given, named, found)
    if given is None:
        form.initial = {"county": county}
    context: dict[str, object] = {
        "heading": "阈值试算",
        "filter_form": form,
        "screened": screened,
        "columns": COLUMNS,
        "breadcrumbs": [{"label": "监测预警"}, {"label": "规则成效", "url": reverse("hit_rates")}],
    }
    if screened is not None and given is not None and form.is_valid():
        try:
            made = threshold_trial(request.viewer, screened, {form.threshold.name: form.tried})
            context |= _shown(form, made)
        except TrialError as error:
            context["refusal"] = str(error)
    return render(request, "clues/threshold_trial.html", context)


def _shown(form: TrialForm, made: Trial) -> dict[str, object]:
    threshold = form.threshold
    hit, whole = made.outcomes["hit"], made.all
    rows = [(label, made.outcomes[key]) for key, label in _OUTCOMES.items()]
    return {
        "made": made,
        "threshold": threshold,
        "now": wording.value(threshold.value, threshold.unit),
        "tried": wording.value(form.tried, threshold.unit),
        "hit_kept": hit.before - hit.lost,
        "hit_lost": hit.lost - hit.still_warned,
        "spared": made.outcomes["miss"].lost - made.outcomes["miss"].still_warned,
        "rows": [_row(*each) for each in rows] + [_row("合计", whole)],
        "whole": whole,
    }


def _row(label: str, counted: Counted) -> dict[str, object]:
    return {"label": label, "counted": counted}
