"""What a caller needs to know beforehand: who he is, the feeds and their columns, the policies in force."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import BeforeValidator

from shouwang.actions.delivery_receiving import LEDGER, SENDERS
from shouwang.api.callers import caller_of
from shouwang.api.findings import ParameterOut
from shouwang.api.operations import operation
from shouwang.api.problems import Problem
from shouwang.api.words import written
from shouwang.domain.api_scopes import ApiScope
from shouwang.domain.divisions import DivisionError, find
from shouwang.domain.policy import PackError, Policy
from shouwang.exchange.layouts import layouts
from shouwang.records.policies import policy_at

router = Router(tags=["政策和数据来源"])


class TokenOut(Schema):
    """The token that asks, and what its account may do where."""

    account: str
    name: str
    scopes: list[str]
    until_at: str
    roles: list[str]
    places: list[str]


class ColumnOut(Schema):
    """One column of a feed."""

    header: str
    is_required: bool


class FeedOut(Schema):
    """One feed: what a department delivers, and by which columns."""

    feed: str
    label: str
    departments: list[str]
    columns: list[ColumnOut]


class FeedList(Schema):
    """All feeds."""

    items: list[FeedOut]


class PackOut(Schema):
    """One circular in force."""

    id: str
    title: str
    issuer: str
    in_force_from: date
    source: str


class ParameterInForce(ParameterOut):
    """One parameter and its value on the day; an amount is in fen, as `unit` says."""

    is_stale: bool


class RuleOut(Schema):
    """One rule in force."""

    name: str
    label: str
    kind: str
    grade: str | None
    risk: str | None
    when: str
    pack: str
    source: str


class PolicyOut(Schema):
    """What holds in a place on a day."""

    division: str
    on: date
    packs: list[PackOut]
    parameters: list[ParameterInForce]
    rules: list[RuleOut]


Day = Annotated[date, BeforeValidator(written(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))]


class PolicyAsked(Schema):
    """Which policy."""

    division: str = Field(pattern=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$", description="县、乡镇或村的区划代码")
    on: Day | None = Field(None, description="哪一天的政策；不填为今日")


@operation(
    router,
    "GET",
    "/token",
    "get_token",
    ApiScope.READ_POLICIES,
    summary="这个令牌能做什么",
    response=TokenOut,
)
def get_token(request: HttpRequest) -> dict[str, Any]:
    """Return what the token is for."""
    caller = caller_of(request)
    token = caller.token
    return {
        "account": caller.viewer.name,
        "name": token.name,
        "scopes": token.scopes,
        "until_at": token.until_at.isoformat(),
        "roles": [str(role) for role in caller.viewer.roles],
        "places": sorted({each.reach.prefix for each in caller.viewer.held}),
    }


@operation(
    router, "GET", "/feeds", "list_feeds", ApiScope.READ_POLICIES, summary="数据来源和列名", response=FeedList
)
def list_feeds(request: HttpRequest) -> dict[str, Any]:
    """List the feeds that departments deliver."""
    items = [
        {
            "feed": layout.feed,
            "label": layout.label,
            "departments": [SENDERS[layout.feed]],
            "columns": [
                {"header": each.header, "is_required": each.is_required} for each in layout.columns.values()
            ],
        }
        for layout in layouts().values()
        if layout.feed in SENDERS or layout.feed == LEDGER
    ]
    return {"items": items}


@operation(
    router,
    "GET",
    "/policies",
    "get_policy",
    ApiScope.READ_POLICIES,
    summary="某地某日施行的政策",
    response=PolicyOut,
)
def get_policy(request: HttpRequest, asked: Annotated[PolicyAsked, Query()]) -> dict[str, Any]:
    """Return the packs, parameters and rules in force in a place on a day."""
    on = asked.on or caller_of(request).at.date()
    division = asked.division.ljust(12, "0")
    try:
        if find(asked.division) is None:
            raise Problem("not-found", "没有这个区划")
        policy = policy_at(division, on)
    except (PackError, DivisionError):
        raise Problem("not-found", "这个地方在这一天没有适用的政策") from None
    return {"division": asked.division, "on": on, **_policy(policy)}


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "packs": [{name: getattr(pack, name) for name in PackOut.model_fields} for pack in policy.chain],
        "parameters": [
            {
                "name": name,
                "label": each.parameter.label,
                "unit": "fen" if each.parameter.unit == "yuan" else each.parameter.unit,
                "value": each.value,
                "source": each.dated.source,
                "is_stale": each.is_stale,
            }
            for name, each in policy.parameters.items()
        ],
        "rules": [
            {
                **{name: getattr(rule, name) for name in RuleOut.model_fields if name != "pack"},
                "pack": pack.id,
            }
            for rule, pack in policy.rules.values()
        ],
    }
