"""Deliveries: a department pushes a file or rows, asks how far it is, and takes it back."""

import json
from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, File, Form, Header, Path, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import ConfigDict

from shouwang.actions.delivery_receiving import SENDERS, receive_delivery
from shouwang.actions.delivery_withdrawing import withdraw_delivery
from shouwang.actions.refusals import NotThere, Stale
from shouwang.api.callers import Caller, caller_of
from shouwang.api.door import etag_of
from shouwang.api.operations import operation
from shouwang.api.paging import Id, PlacedAsked, cut, since, within
from shouwang.api.problems import Problem
from shouwang.api.tables import MOST_COLUMNS, MOST_ROWS, Row, as_csv
from shouwang.api.words import one_of
from shouwang.domain.api_scopes import ApiScope
from shouwang.domain.deliveries import Declared, DeliveryState
from shouwang.domain.divisions import DivisionError
from shouwang.records.models import Delivery
from shouwang.reports.delivery_list import deliveries_in_reach, sheets_of, unmatched_reasons

router = Router(tags=["推送"])
Department = Annotated[str, *one_of(SENDERS)]
State = Annotated[str, *one_of(DeliveryState)]
_WORDS = r"^[^\x00-\x1f\x7f]*$"
_KEY = Header(
    None,
    alias="Idempotency-Key",
    pattern=r"^[\x21-\x7e]{1,255}$",
    description="幂等键：同一个键的同一个请求只办一次，八日内重发得到同一个答复；建议每次推送用一个新的 UUID",
)


class SheetOut(Schema):
    """One sheet that was read; a feed's month."""

    number: int
    feed: str
    month: date | None
    sheet: str
    row_count: int
    refused_count: int
    unmatched_count: int
    repeated_count: int
    is_in_force: bool


class DeliveryOut(Schema):
    """One delivery: where it stands, and what it came to."""

    id: int
    division: str
    department: str
    sender: str
    feeds: list[str]
    month: date | None
    file_name: str
    file_sha256: str
    size_bytes: int
    state: str
    state_label: str
    counts: dict[str, Any]
    problems: list[str]
    suspicions: list[str]
    notices: list[str]
    received_at: datetime
    committed_at: datetime | None
    decided_at: datetime | None
    decision: str
    version: int


class DeliveryWithSheets(DeliveryOut):
    """One delivery with its sheets."""

    sheets: list[SheetOut]


class DeliveryPage(Schema):
    """One page of deliveries."""

    items: list[DeliveryOut]
    next_cursor: str


class Unmatched(Schema):
    """How many rows found nobody, by reason and by what became of them."""

    reason: str
    state: str
    count: int


class ErrorsOut(Schema):
    """What is wrong with the rows of a delivery, and which of them found nobody."""

    row_errors: list[dict[str, Any]]
    unmatched: list[Unmatched]


class DeliveriesAsked(PlacedAsked):
    """What the list of deliveries may be narrowed by."""

    state: State | None = None
    department: Department | None = None


class About(Schema):
    """What the sender says of what he pushes."""

    county: str = Field(pattern=r"^[0-9]{6}$", description="县级区划代码，6 位")
    department: Department
    sender: str = Field("", max_length=60, pattern=_WORDS, description="同一部门有几家（如几家银行）时填写")
    month: str = Field(
        "",
        pattern=r"^((19|20)[0-9]{2}-(0[1-9]|1[0-2]))?$",
        description="所属月份，如 2026-10；表内已写明的不用填",
    )
    row_count: int | None = Field(None, ge=0, le=2**31, description="申报行数，填了会核对")
    amount_fen: int | None = Field(None, ge=0, le=2**53, description="申报金额（分），填了会核对")


class Rows(About):
    """A table as rows: headers, and a cell for each; amounts and dates are written as in a sheet."""

    model_config = ConfigDict(extra="forbid")
    columns: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        min_length=1, max_length=MOST_COLUMNS
    )
    rows: list[Row] = Field(min_length=1, max_length=MOST_ROWS)


class Withdrawal(Schema):
    """Why a delivery is taken back."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=4, max_length=300, pattern=_WORDS)


@operation(
    router, "GET", "/deliveries", "list_deliveries", ApiScope.READ_DELIVERIES,
    summary="推送批次列表", response=DeliveryPage,
)  # fmt: skip
def list_deliveries(request: HttpRequest, asked: Annotated[DeliveriesAsked, Query()]) -> dict[str, Any]:
    """List deliveries in reach."""
    rows = within(deliveries_in_reach(caller_of(request).viewer), asked.division)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.department:
        rows = rows.filter(department=asked.department)
    if (at := since(asked)) is not None:
        running = Q(state__in=[DeliveryState.RECEIVED, DeliveryState.READING]) | Q(started_at__gte=at)
        rows = rows.filter(Q(received_at__gte=at) | Q(committed_at__gte=at) | Q(decided_at__gte=at) | running)
    found = cut(request, rows, asked)
    return {"items": [_delivery(each) for each in found.rows], "next_cursor": found.next_cursor}


@operation(
    router, "POST", "/deliveries", "push_file", ApiScope.WRITE_DELIVERIES,
    summary="推送一个文件", response={200: DeliveryWithSheets, 201: DeliveryWithSheets},
    description="表格文件（.xlsx、.xls、.csv）。读取在后台进行，之后按 Location 查询状态。"
    "同一个文件再推送，得到原来的批次。",
)  # fmt: skip
def push_file(
    request: HttpRequest,
    response: HttpResponse,
    about: Annotated[About, Form()],
    file: Annotated[UploadedFile, File()],
    idempotency_key: str | None = _KEY,
) -> Status[dict[str, Any]]:
    """Take a file in."""
    return _received(request, response, about, _file_name(str(file.name)), file.read())


@operation(
    router, "POST", "/deliveries/rows", "push_rows", ApiScope.WRITE_DELIVERIES,
    summary="推送若干行", response={200: DeliveryWithSheets, 201: DeliveryWithSheets},
    description=f"一次最多 {MOST_ROWS} 行。与推送文件同样读取、核对、留存。",
)  # fmt: skip
def push_rows(
    request: HttpRequest, response: HttpResponse, table: Rows, idempotency_key: str | None = _KEY
) -> Status[dict[str, Any]]:
    """Take rows in, as the file that they make."""
    content = as_csv(table.columns, table.rows)
    name = f"{SENDERS[table.department]}{'_' + table.month if table.month else ''}.csv"
    return _received(request, response, table, name, content)


@operation(
    router, "GET", "/deliveries/{int:delivery_id}", "get_delivery", ApiScope.READ_DELIVERIES,
    summary="一个推送批次的状态", response=DeliveryWithSheets,
)  # fmt: skip
def get_delivery(
    request: HttpRequest, response: HttpResponse, delivery_id: Annotated[Id, Path()]
) -> dict[str, Any]:
    """Return where a delivery stands."""
    row = _in_reach(caller_of(request), delivery_id)
    response["ETag"] = tag_of(row)
    return _with_sheets(row)


@operation(
    router, "GET", "/deliveries/{int:delivery_id}/errors", "get_delivery_errors", ApiScope.READ_DELIVERIES,
    summary="一个推送批次的错误行", response=ErrorsOut,
)  # fmt: skip
def get_delivery_errors(request: HttpRequest, delivery_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """Return what is wrong with which rows; row numbers are those of the file."""
    row = _in_reach(caller_of(request), delivery_id)
    found = [
        {"reason": reason, "state": state, "count": count} for reason, state, count in unmatched_reasons(row)
    ]
    return {"row_errors": row.row_errors, "unmatched": found}


@operation(
    router, "POST", "/deliveries/{int:delivery_id}/withdraw", "withdraw_delivery", ApiScope.WRITE_DELIVERIES,
    summary="撤回一个推送批次", response=DeliveryWithSheets,
    description="须带 If-Match：查询该批次时得到的 ETag；其间有变动则不撤回。",
)  # fmt: skip
def withdraw(
    request: HttpRequest,
    delivery_id: Annotated[Id, Path()],
    why: Withdrawal,
    if_match: str | None = Header(None, alias="If-Match", max_length=200),
    idempotency_key: str | None = _KEY,
) -> dict[str, Any]:
    """Take a delivery back."""
    caller = caller_of(request)
    row = _in_reach(caller, delivery_id)
    if not if_match:
        raise Problem("precondition-required", "请先查询这一批，并把得到的 ETag 写在 If-Match 头中")
    if if_match.strip() not in ("*", tag_of(row)):
        raise Problem("precondition-failed", "这一批已有变动，请重新查询，核对后再撤回")
    try:
        done = withdraw_delivery(
            actor=caller.actor, delivery_id=row.pk, version=row.version, reason=why.reason, at=caller.at
        )
    except Stale:
        raise Problem("precondition-failed", "这一批刚有变动，请重新查询，核对后再撤回") from None
    return _with_sheets(done)


def tag_of(row: Delivery) -> str:
    """Return the tag under which a delivery is shown."""
    body = DeliveryWithSheets.model_validate(_with_sheets(row)).model_dump(mode="json")
    return etag_of(json.dumps(body).encode())


def _received(
    request: HttpRequest, response: HttpResponse, about: About, file_name: str, content: bytes
) -> Status[dict[str, Any]]:
    caller = caller_of(request)
    try:
        delivery, is_new = receive_delivery(
            actor=caller.actor,
            county=about.county,
            department=about.department,
            file_name=file_name,
            content=content,
            at=caller.at,
            sender=about.sender,
            month=date.fromisoformat(f"{about.month}-01") if about.month else None,
            declared=Declared(about.row_count, about.amount_fen),
        )
    except DivisionError as error:
        raise Problem("invalid", str(error)) from None
    response["Location"] = reverse("api-1:get_delivery", kwargs={"delivery_id": delivery.pk})
    response["ETag"] = tag_of(delivery)
    return Status(201 if is_new else 200, _with_sheets(delivery))


def _in_reach(caller: Caller, delivery_id: int) -> Delivery:
    row = deliveries_in_reach(caller.viewer).filter(pk=delivery_id).first()
    if row is None:
        raise NotThere
    return row


def _delivery(row: Delivery) -> dict[str, Any]:
    plain = [name for name in DeliveryOut.model_fields if name not in ("state", "state_label")]
    state = DeliveryState(row.state)
    return {**{name: getattr(row, name) for name in plain}, "state": str(state), "state_label": state.label}


def _with_sheets(row: Delivery) -> dict[str, Any]:
    return {**_delivery(row), "sheets": sheets_of(row)}


def _file_name(said: str) -> str:
    return "".join(sign for sign in said if sign.isprintable()) or "未命名"
