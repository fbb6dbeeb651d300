"""Elimination of risk: who may be proposed and why others not, and the look-back after it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.look_back_recording import record_look_back
from shouwang.actions.refusals import NotThere
from shouwang.domain.after_elimination import DECISIONS, ROUTES, decide_after_elimination
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Household, LookBack, Visit
from shouwang.reports.elimination_list import (
    GROUPS,
    EliminationRow,
    Group,
    elimination_list,
    elimination_row,
    may_propose,
)
from shouwang.reports.elimination_look_backs import LEVELS, LookBackRow, eliminated, look_back_rows
from shouwang.web.assistance import found_row, household_facts_shown, list_context, name_of, place_choices
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.elimination import FindingsForm, LookBackFilter, LookBackForm
from shouwang.web.forms.plans import PlaceForm
from shouwang.web.household_acts import may_visit
from shouwang.web.page import PAGES, Request, page
from shouwang.web.plan_words import remark_rows
from shouwang.web.posting import answered
from shouwang.web.present import risk_words, village_name

_P = Permission
GROUP_TONES = {
    Group.READY: "done",
    Group.BLOCKED: "stopped",
    Group.UNCLEAR: "unknown",
    Group.NO_LABOUR: "info",
}
COLUMNS = (
    Column("household", "户主", is_fixed=True),
    Column("village", "行政村"),
    Column("risks", "登记风险"),
    Column("identified", "识别日期"),
    Column("income", "人均纯收入（元）", is_number=True),
    Column("group", "能否提出"),
    Column("why", "原因"),
    Column("act", "操作", is_fixed=True),
)
LOOK_BACK_COLUMNS = (
    Column("household", "户主", is_fixed=True),
    Column("village", "行政村"),
    Column("eliminated", "消除日期"),
    Column("last", "最近回头看"),
    Column("state", "是否到期"),
    Column("found", "现有情况提示"),
    Column("act", "操作", is_fixed=True),
)
_MOST_REASONS = 2
_SEE = (
    _P.PROPOSE_ELIMINATION,
    _P.REVIEW_ELIMINATION,
    _P.CONFIRM_ELIMINATION,
    _P.LOOK_BACK,
    _P.RAISE_PROBLEM,
)


@page("eliminations/", "eliminations", _SEE)
def eliminations(request: Request) -> HttpResponse:
    """List the monitored households of a place by whether their elimination may be proposed."""
    viewer = request.viewer
    places = place_choices(viewer)
    form = PlaceForm(request.GET, places=places)
    prefix = form.found.get("place", "")
    found = elimination_list(viewer, today(), prefix=prefix)
    filled = (key for key in GROUPS if found.counts[key])
    asked = request.GET.get("tab") or next(filled, Group.READY)
    group = Group(asked) if asked in set(Group) else Group.READY
    here = f"{reverse('eliminations')}?place={prefix}&tab="
    tabs = [
        {"label": label, "url": f"{here}{key}", "is_current": key == group, "count": found.counts[key]}
        for key, label in GROUPS.items()
    ]
    context = list_context(
        request,
        [row for row in found.rows if row.group == group],
        COLUMNS,
        list_name="eliminations",
        heading="消除建议",
        filter_form=form,
        tabs=None if found.is_too_wide else tabs,
        group=group,
        is_too_wide=found.is_too_wide,
        total=found.total,
        places=places[1:],
    )
    context["rows"] = [_row(request, each) for each in context["page"]]
    return render(request, "elimination/list.html", context)


def _row(request: Request, row: EliminationRow) -> dict[str, Any]:
    reasons = [each.text for each in (row.proposal.blocks or row.proposal.missing)]
    return {
        "household": row.household,
        "name": name_of(request.viewer, row.household),
        "village": village_name(row.household.division),
        "risks": risk_words(row.household.risks),
        "income_fen": row.facts.income_per_capita_fen,
        "tone": GROUP_TONES[row.group],
        "label": GROUPS[row.group],
        "why": "；".join(reasons[:_MOST_REASONS]) or "各项条件都具备",
        "more": max(0, len(reasons) - _MOST_REASONS),
        "has_open_case": row.has_open_case,
    }


@page("eliminations/<int:household_id>/", "elimination", _SEE)
def elimination(request: Request, household_id: int) -> HttpResponse:
    """Show every condition of a household's elimination, with its answer and its clause."""
    row = elimination_row(request.viewer, household_id, today())
    if row is None:
        raise NotThere
    may_open = (
        may_propose(request.viewer, row.household) and row.group is Group.READY and not row.has_open_case
    )
    context = {
        "heading": "风险消除条件",
        "row": _row(request, row),
        "proposal": row.proposal,
        "summary_facts": household_facts_shown(request.viewer, row.household),
        "case_url": _case_url(row.household.pk, "elimination") if may_open else "",
        "has_open_case": row.has_open_case,
        "may_visit": may_visit(request.viewer, row.household),
    }
    return render(request, "elimination/detail.html", context)


def _case_url(household_id: int, track: str) -> str:
    return f"{reverse('case_open', args=[household_id])}?track={track}"


@page("look-backs/", "look_backs", _SEE)
def look_backs(request: Request) -> HttpResponse:
    """List eliminated households, those due for a look-back among them."""
    form = LookBackFilter(request.GET, places=place_choices(request.viewer))
    asked = form.found
    is_due = {"yes": True, "no": False}.get(asked.get("due", ""))
    rows = eliminated(request.viewer, today(), prefix=asked.get("place", ""), is_due=is_due)
    context = list_context(
        request, rows, LOOK_BACK_COLUMNS, list_name="look_backs", heading="回头看", filter_form=form
    )
    context["rows"] = [_look_back(request, each) for each in look_back_rows(list(context["page"]), today())]
    return render(request, "elimination/look_backs.html", context)


def _look_back(request: Request, row: LookBackRow) -> dict[str, Any]:
    return {
        "row": row,
        "household": row.household,
        "name": name_of(request.viewer, row.household),
        "village": village_name(row.household.division),
        "grave": len(row.grave),
        "unknown": sum(each.severity == "cannot_tell" for each in row.remarks),
        "may_look": bool(request.viewer.roles_at(_P.LOOK_BACK, row.household.division)),
    }


@page("look-backs/<int:household_id>/", "look_back", _SEE)
def look_back(request: Request, household_id: int) -> HttpResponse:
    """Show what stands out at an eliminated household, and which way its findings lead."""
    form = FindingsForm(request.GET if "was_entry_right" in request.GET else None)
    return _look_back_page(request, _eliminated(request, household_id), form)


@page("look-backs/<int:household_id>/record/", "look_back_record", _P.LOOK_BACK, methods=("POST",))
def look_back_record(request: Request, household_id: int) -> HttpResponse:
    """Keep the answers with what was decided."""
    household = _eliminated(request, household_id)
    found_row(Household.objects.all(), request.viewer, household_id, _P.LOOK_BACK)
    form = LookBackForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: record_look_back(
            actor=request.actor,
            household_id=household_id,
            findings=form.findings,
            decision=typed["decision"],
            opinion=typed["opinion"],
            on=today(),
            at=now(),
        ),
        said="回头看研判已登记，可在农户档案的经过中查看",
        to=reverse("look_back", args=[household_id]),
    )
    return done or _look_back_page(request, household, FindingsForm(request.POST), record=form)


def _eliminated(request: Request, household_id: int) -> Household:
    rows = eliminated(request.viewer, today()).select_related("contact").filter(pk=household_id)
    found: Household | None = rows.first()
    if found is None:
        raise NotThere
    return found


def _look_back_page(
    request: Request, household: Household, form: FindingsForm, *, record: LookBackForm | None = None
) -> HttpResponse:
    row = _look_back(request, look_back_rows([household], today())[0])
    decision = decide_after_elimination(form.findings) if form.is_valid() else None
    routes = [
        {"label": ROUTES[route], "url": _route_url(request, household.pk, household.division, route)}
        for route in (decision.routes if decision else ())
    ]
    if decision and record is None:
        record = LookBackForm(initial={**form.cleaned_data, "decision": decision.key})
    visits = Visit.objects.filter(household=household, kind="look_back").select_related("by")
    earlier = visible(household.look_backs.select_related("by"), request.viewer, _P.SEE_HEALTH)
    context = {
        "heading": "回头看",
        "row": row,
        "remarks": remark_rows(row["row"].remarks),
        "summary_facts": household_facts_shown(request.viewer, household),
        "form": form,
        "record": record if row["may_look"] else None,
        "decision": decision,
        "routes": routes,
        "levels": [LEVELS.get(level, level) for level in decision.levels] if decision else [],
        "visits": visits.order_by("-visited_on", "-pk"),
        "earlier": [_decided(each) for each in earlier.order_by("-on", "-pk")],
    }
    status = 422 if record is not None and record.errors else 200
    return render(request, "elimination/look_back.html", context, status=status)


def _decided(row: LookBack) -> dict[str, Any]:
    return {
        "row": row,
        "text": f"建议{DECISIONS[row.suggested]}，决定{DECISIONS[row.decision]}",
        "answers": [
            (row._meta.get_field(name).verbose_name, getattr(row, name)) for name in FindingsForm.base_fields
        ],
    }


def _route_url(request: Request, household_id: int, division: str, route: str) -> str:
    """Return where a route is taken, "" where nothing is to be done or another does it."""
    if route == "keep":
        return ""
    if route == "reidentification":
        is_open = "clue_new" in PAGES and PAGES["clue_new"].allows(request.viewer)
        return f"{reverse('clue_new')}?household={household_id}" if is_open else ""
    may_ask = bool(request.viewer.roles_at(_P.REQUEST_ROLLBACK, division))
    return _case_url(household_id, route) if may_ask else ""
