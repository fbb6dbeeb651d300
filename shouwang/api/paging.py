"""Pages of a list by a cursor: opaque, signed, for one list and one account; the order never changes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, NamedTuple

from django.core import signing
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Field, Schema
from pydantic import AwareDatetime, BeforeValidator

from shouwang.api.callers import caller_of
from shouwang.api.problems import Problem
from shouwang.api.words import written

MOST = 500
BIGGEST_ID = 2**63 - 1
_SALT = "shouwang.api.cursor"
_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)

Id = Annotated[int, Field(ge=1, le=BIGGEST_ID)]
Prefix = Annotated[
    str,
    Field(
        pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$",
        description="区划代码前缀，2、4、6、9 或 12 位",
    ),
]


# A number is no instant here, though it would be read as one.
Instant = Annotated[AwareDatetime, BeforeValidator(written(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+.*"))]


class Asked(Schema):
    """What every list may be asked."""

    cursor: str = Field("", max_length=500, description="上一页的 next_cursor；不填为第一页")
    limit: int = Field(100, ge=1, le=MOST, description="每页条数")


class PlacedAsked(Asked):
    """What a list of a place's rows may be asked."""

    division: Prefix | None = None
    updated_since: Instant | None = Field(
        None,
        description="此刻以来有变动的；可能多给当日的，不会少给。须写明时区，如 2026-11-01T00:00:00+08:00",
    )


class Cut(NamedTuple):
    """One page of rows, and where the next begins ("" after the last)."""

    rows: Sequence[Any]
    next_cursor: str


def cut(request: HttpRequest, rows: QuerySet[Any], asked: Asked) -> Cut:
    """Return the page of `rows` that is asked for, in the order of their ids. Raises Problem."""
    about = _about(request, rows.model, asked)
    last = _last_id(asked.cursor, about)
    found = list(rows.filter(pk__gt=last).order_by("pk")[: asked.limit + 1])
    shown = found[: asked.limit]
    goes_on = len(found) > asked.limit
    return Cut(shown, signing.dumps([about, shown[-1].pk], salt=_SALT) if goes_on else "")


def within(rows: QuerySet[Any], division: str | None) -> QuerySet[Any]:
    """Narrow rows to a place."""
    if division is None:
        return rows
    return rows.filter(division__range=(division.ljust(12, "0"), division.ljust(12, "9")))


def since(asked: PlacedAsked) -> datetime | None:
    """Return the instant asked for, within what the database can compare."""
    told = asked.updated_since
    return None if told is None else min(max(told, _EARLIEST), _LATEST)


def _about(request: HttpRequest, model: type[Model], asked: Asked) -> str:
    """Return what a cursor belongs to: the account, the list and what it is narrowed by."""
    narrowed = asked.model_dump_json(exclude={"cursor", "limit"})
    said = f"{caller_of(request).viewer.account_id} {model._meta.model_name} {narrowed}"
    return sha256(said.encode()).hexdigest()[:16]


def _last_id(cursor: str, about: str) -> int:
    if not cursor:
        return 0
    try:
        told, last = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError):
        told, last = "", 0
    if told != about:
        raise Problem("invalid", "cursor 不是这个列表的，请从第一页重新读取")
    return int(last)
