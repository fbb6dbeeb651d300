"""What a screening found, with everything that explains it: conditions, values, parameters, source rows."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema

from shouwang.api.callers import caller_of
from shouwang.api.in_reach import in_reach, noted
from shouwang.api.operations import operation
from shouwang.api.paging import Id, PlacedAsked, cut, since, within
from shouwang.api.shown import Eyes
from shouwang.domain.api_scopes import ApiScope
from shouwang.domain.field_masks import without_numbers
from shouwang.domain.indicators import indicators
from shouwang.records.access import visible
from shouwang.records.models import Finding
from shouwang.records.viewers import Viewer

router = Router(tags=["预警"])
# What may be told of a finding whose basis may not be read.
_OPEN = ("id", "household_id", "division", "run_id", "kind", "grade")


class FindingOut(Schema):
    """One finding; null where what it rests on may not be read, and `is_readable` says so."""

    id: int
    household_id: int
    division: str
    run_id: int
    on: date
    kind: str
    grade: str
    is_readable: bool
    rule: str | None
    label: str | None
    pack: str | None
    risk: str | None
    clause: str | None


class ConditionOut(Schema):
    """One condition of the rule, and whether it holds; null: not known."""

    text: str
    holds: bool | None


class ValueOut(Schema):
    """One value that the rule read; an amount is in fen, as `unit` says."""

    name: str
    label: str
    unit: str
    value: str | int | float | bool | list[Any] | None


class ParameterOut(Schema):
    """One parameter of the policy; an amount is in fen, as `unit` says."""

    name: str
    label: str
    unit: str
    value: str | int | float | bool | list[Any] | None
    source: str


class SourceOut(Schema):
    """One row of a department's file that the finding rests on."""

    feed: str
    file: str
    sheet: str
    row_no: int | None
    amount_fen: int | None


class Explained(FindingOut):
    """One finding with its explanation, empty where it may not be read."""

    reason: str | None
    conditions: list[ConditionOut]
    values: list[ValueOut]
    parameters: list[ParameterOut]
    sources: list[SourceOut]
    source_row_count: int


class FindingPage(Schema):
    """One page of findings."""

    items: list[FindingOut]
    next_cursor: str


class FindingsAsked(PlacedAsked):
    """What the list of findings may be narrowed by."""

    household_id: Id | None = None
    run_id: Id | None = None


@operation(
    router,
    "GET",
    "/findings",
    "list_findings",
    ApiScope.READ_FINDINGS,
    summary="预警列表",
    response=FindingPage,
)
def list_findings(request: HttpRequest, asked: Annotated[FindingsAsked, Query()]) -> dict[str, Any]:
    """List findings in reach, of every screening."""
    caller = caller_of(request)
    rows = within(visible(Finding.objects.all(), caller.viewer), asked.division)
    if asked.household_id is not None:
        rows = rows.filter(household_id=asked.household_id)
    if asked.run_id is not None:
        rows = rows.filter(run_id=asked.run_id)
    if (at := since(asked)) is not None:
        rows = rows.filter(run__ran_at__gte=at)
    found = cut(request, rows.select_related("run", "household"), asked)
    noted(caller, found.rows, "finding")
    return {"items": [_finding(caller.viewer, each) for each in found.rows], "next_cursor": found.next_cursor}


@operation(
    router, "GET", "/findings/{int:finding_id}", "get_finding", ApiScope.READ_FINDINGS,
    summary="一条预警和它的证据", response=Explained,
)  # fmt: skip
def get_finding(request: HttpRequest, finding_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """Return one finding with what explains it, down to the rows of the files."""
    caller = caller_of(request)
    row: Finding = in_reach(caller, Finding.objects.select_related("run", "household"), finding_id)
    noted(caller, [row], "finding", row.division)
    body = _finding(caller.viewer, row)
    return body | _explanation(row, body["is_readable"])


def _finding(viewer: Viewer, row: Finding) -> dict[str, Any]:
    eyes = Eyes(viewer, row.division, row.household_id, row.household.group_name)
    may_read = eyes.reads(row)
    closed = ("rule", "label", "pack", "risk", "clause")
    return {
        **{name: getattr(row, name) for name in _OPEN},
        **{name: getattr(row, name) if may_read else None for name in closed},
        "on": row.run.on,
        "is_readable": may_read,
    }


def _explanation(row: Finding, may_read: bool) -> dict[str, Any]:
    held: Mapping[str, Any] = row.evidence if may_read and isinstance(row.evidence, dict) else {}
    sources = [_source(each) for each in _dicts(held, "sources")]
    values = held.get("values")
    return {
        "reason": without_numbers(row.reason) if may_read else None,
        "conditions": [_condition(each) for each in _dicts(held, "evidence")],
        "values": [_value(name, value) for name, value in (values or {}).items()],
        "parameters": [_parameter(each) for each in _dicts(held, "parameters")],
        "sources": sources,
        "source_row_count": held.get("source_row_count") or len(sources),
    }


def _dicts(held: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = held.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _condition(held: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": without_numbers(str(held.get("text") or "")), "holds": held.get("holds")}


def _value(name: str, value: Any) -> dict[str, Any]:
    known = indicators().get(name)
    unit = _unit(known.unit) if known else ""
    return {"name": name, "label": known.label if known else name, "unit": unit, "value": _plain(value)}


def _parameter(held: Mapping[str, Any]) -> dict[str, Any]:
    name = str(held.get("name") or "")
    return {
        "name": name,
        "label": str(held.get("label") or name),
        "unit": _unit(str(held.get("unit") or "")),
        "value": _plain(held.get("value")),
        "source": str(held.get("source") or ""),
    }


def _unit(unit: str) -> str:
    """Name the unit of a stored value: amounts are kept in fen, whatever words they are written in."""
    return "fen" if unit == "yuan" else unit


def _source(held: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "feed": str(held.get("feed") or ""),
        "file": str(held.get("file") or ""),
        "sheet": str(held.get("sheet") or ""),
        "row_no": held.get("row_no", held.get("row")),
        "amount_fen": held.get("amount_fen"),
    }


def _plain(value: Any) -> Any:
    return without_numbers(value) if isinstance(value, str) else value
