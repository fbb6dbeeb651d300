"""Clues and cases: where they stand, without anybody's free words."""

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from ninja import Path, Query, Router, Schema

from shouwang.api.callers import caller_of
from shouwang.api.in_reach import in_reach, noted
from shouwang.api.operations import operation
from shouwang.api.paging import Id, PlacedAsked, cut, since, within
from shouwang.api.shown import Eyes
from shouwang.api.words import one_of
from shouwang.domain.api_scopes import ApiScope
from shouwang.domain.case_state import STATUSES
from shouwang.records.access import visible
from shouwang.records.models import Case, CaseEvent, Clue, ClueCheck, ClueOrigin
from shouwang.records.models.clues import CLUE_STATES
from shouwang.records.viewers import Viewer

router = Router(tags=["线索和个案"])
ClueState = Annotated[str, *one_of(CLUE_STATES)]
Status = Annotated[str, *one_of(STATUSES)]


class ClueOut(Schema):
    """One clue. A value that is null is not known, or is named in `hidden`."""

    id: int
    number: str
    household_id: int | None
    division: str
    named: str | None
    risks: list[str]
    grade: str
    state: str
    turn: str
    received_on: date
    due_on: date | None
    is_urgent: bool
    verdict: str
    closed_on: date | None
    version: int
    hidden: list[str]


class OriginOut(Schema):
    """One source of a clue; the rule is null where what it rests on may not be read."""

    source: str
    rule: str | None
    finding_id: int | None
    department: str
    received_at: datetime


class ClueWithOrigins(ClueOut):
    """One clue with its sources."""

    origins: list[OriginOut]


class CluePage(Schema):
    """One page of clues."""

    items: list[ClueOut]
    next_cursor: str


class CaseOut(Schema):
    """One case."""

    id: int
    number: str
    household_id: int
    clue_id: int | None
    division: str
    track: str
    pack: str
    status: str
    is_decided: bool
    is_green_channel: bool
    turn_roles: list[str]
    turn_label: str
    due_on: date | None
    opened_on: date
    closed_on: date | None
    version: int


class EventOut(Schema):
    """One event of a case."""

    sequence: int
    kind: str
    role: str
    step_id: str
    on: date


class CaseWithEvents(CaseOut):
    """One case with its events."""

    events: list[EventOut]


class CasePage(Schema):
    """One page of cases."""

    items: list[CaseOut]
    next_cursor: str


class CluesAsked(PlacedAsked):
    """What the list of clues may be narrowed by."""

    state: ClueState | None = None


class CasesAsked(PlacedAsked):
    """What the list of cases may be narrowed by."""

    status: Status | None = None


@operation(router, "GET", "/clues", "list_clues", ApiScope.READ_CLUES, summary="线索列表", response=CluePage)
def list_clues(request: HttpRequest, asked: Annotated[CluesAsked, Query()]) -> dict[str, Any]:
    """List clues in reach."""
    caller = caller_of(request)
    rows = within(visible(Clue.objects.all(), caller.viewer), asked.division)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if (at := since(asked)) is not None:
        told = Exists(ClueOrigin.objects.filter(clue=OuterRef("pk"), received_at__gte=at))
        checked = Exists(ClueCheck.objects.filter(clue=OuterRef("pk"), recorded_at__gte=at))
        day = at.date()
        days = Q(received_on__gte=day) | Q(dispatched_on__gte=day) | Q(closed_on__gte=day)
        rows = rows.filter(Q(told) | Q(checked) | days)
    found = cut(request, rows.select_related("household"), asked)
    noted(caller, found.rows, "clue")
    items = [_clue(_eyes(caller.viewer, each), each) for each in found.rows]
    return {"items": items, "next_cursor": found.next_cursor}


@operation(
    router, "GET", "/clues/{int:clue_id}", "get_clue", ApiScope.READ_CLUES,
    summary="一条线索", response=ClueWithOrigins,
)  # fmt: skip
def get_clue(request: HttpRequest, clue_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """Return one clue with its sources."""
    caller = caller_of(request)
    row: Clue = in_reach(caller, Clue.objects.select_related("household"), clue_id)
    noted(caller, [row], "clue", row.division)
    eyes = _eyes(caller.viewer, row)
    origins = [_origin(eyes, each) for each in row.origins.select_related("finding").order_by("pk")]
    return {**_clue(eyes, row), "origins": origins}


@operation(router, "GET", "/cases", "list_cases", ApiScope.READ_CASES, summary="个案列表", response=CasePage)
def list_cases(request: HttpRequest, asked: Annotated[CasesAsked, Query()]) -> dict[str, Any]:
    """List cases in reach."""
    caller = caller_of(request)
    rows = within(visible(Case.objects.all(), caller.viewer), asked.division)
    if asked.status:
        rows = rows.filter(status=asked.status)
    if (at := since(asked)) is not None:
        events = Exists(CaseEvent.objects.filter(case=OuterRef("pk"), recorded_at__gte=at))
        rows = rows.filter(Q(events) | Q(opened_on__gte=at.date()))
    found = cut(request, rows, asked)
    noted(caller, found.rows, "case")
    return {"items": found.rows, "next_cursor": found.next_cursor}


@operation(
    router, "GET", "/cases/{int:case_id}", "get_case", ApiScope.READ_CASES,
    summary="一件个案", response=CaseWithEvents,
)  # fmt: skip
def get_case(request: HttpRequest, case_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """Return one case with its events."""
    caller = caller_of(request)
    row: Case = in_reach(caller, Case.objects.all(), case_id)
    noted(caller, [row], "case", row.division)
    events = list(row.events.order_by("sequence"))
    return {**{name: getattr(row, name) for name in CaseOut.model_fields}, "events": events}


def _eyes(viewer: Viewer, row: Clue) -> Eyes:
    group = row.household.group_name if row.household else None
    return Eyes(viewer, row.division, row.household_id, group)


def _clue(eyes: Eyes, row: Clue) -> dict[str, Any]:
    plain = [name for name in ClueOut.model_fields if name not in ("named", "hidden")]
    named = eyes.see("household.head_name", row.named, named="named")
    return {**{name: getattr(row, name) for name in plain}, "named": named, "hidden": eyes.hidden}


def _origin(eyes: Eyes, row: ClueOrigin) -> dict[str, Any]:
    may_read = row.finding is None or eyes.reads(row.finding)
    return {
        "source": row.source,
        "rule": row.rule if may_read else None,
        "finding_id": row.finding_id,
        "department": row.department if may_read else "",
        "received_at": row.received_at,
    }
