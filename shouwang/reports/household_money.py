"""The ledgers of one household (R4, R5): incomes of the window, spending of the year, statements."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from shouwang.domain.periods import Month
from shouwang.domain.policy import PackError
from shouwang.domain.remarks import whole_figure
from shouwang.domain.tables import INCOME_ITEMS
from shouwang.records.household_income import IncomeFacts, counted_items, incomes_of
from shouwang.records.models import LEDGERS, Household, Source
from shouwang.records.policies import policy_at

_MONTHS = 12
INCOME_SOURCES = {"wage": "工资性", "business": "生产经营性", "property": "财产性", "transfer": "转移性"}


@dataclass(frozen=True)
class ItemSum:
    """One item of the ledger over the window; `is_counted` as the policy counts income."""

    label: str
    source: str
    amount_fen: int
    is_cost: bool
    is_counted: bool


@dataclass(frozen=True)
class Money:
    """What the ledgers say of a household on a day; None is unknown. Months run from oldest to newest."""

    income: IncomeFacts
    line_fen: int | None
    line_source: str
    items: list[ItemSum]
    months: list[tuple[str, int | None]]
    statements: list[Any]
    own_pay: list[Any]
    own_pay_sum_fen: int | None
    other_spending: list[tuple[str, str, int | None]]
    sources: dict[tuple[int, int], Source]

    def origin(self, row: Any) -> str:
        """Name the sheet and row that a ledger row came from."""
        source = self.sources.get((row.load_id, row.source_no))
        return f"《{source.file}》{source.sheet}第{row.row_no}行" if source else ""


def money_of(household: Household, member_count: int | None, on: date) -> Money:
    """Return the ledgers of a household on a day; a constant number of queries."""
    first, last = Month.of(on) - _MONTHS, Month.of(on)
    line_fen, line_source, counted = _policy(household, on)
    by_month, by_item = _entries(household, first, last)
    statements = list(LEDGERS["annual_income"].objects.filter(household=household).order_by("-year")[:5])
    rows = LEDGERS["own_pay_entry"].objects.filter(
        household=household, settled_on__gte=first.first_day, settled_on__lte=on
    )
    own_pay = list(rows.select_related("member").order_by("-settled_on")[:100])
    paid = [each.own_pay_fen for each in own_pay]
    return Money(
        income=_income(household, member_count, on),
        line_fen=line_fen,
        line_source=line_source,
        items=_items(by_item, counted),
        months=[(str(first + step), by_month.get(first + step)) for step in range(_MONTHS)],
        statements=statements,
        own_pay=own_pay,
        own_pay_sum_fen=sum(paid) if paid and None not in paid else None,
        other_spending=_other_spending(household, first.first_day, on),
        sources=_sources([*statements, *own_pay]),
    )


def _policy(household: Household, on: date) -> tuple[int | None, str, frozenset[str] | None]:
    try:
        policy = policy_at(household.division, on)
    except PackError:
        return None, "", None
    parameter = policy.parameters.get("monitoring_line")
    source = parameter.dated.source if parameter is not None and hasattr(parameter, "dated") else ""
    return whole_figure(policy, "monitoring_line"), source, counted_items(policy)


def _income(household: Household, member_count: int | None, on: date) -> IncomeFacts:
    try:
        return incomes_of([household], {household.pk: member_count}, on)[household.pk]
    except PackError:
        return IncomeFacts()


def _entries(household: Household, first: Month, last: Month) -> tuple[dict[Month, int], dict[str, int]]:
    """Sum the window by month and by item: one query."""
    rows = LEDGERS["income_entry"].objects.filter(
        household=household, month__gte=first.first_day, month__lt=last.first_day
    )
    by_month: dict[Month, int] = defaultdict(int)
    by_item: dict[str, int] = defaultdict(int)
    for month, item, amount in rows.values_list("month", "item").annotate(sum=Sum("amount_fen")):
        sign = -1 if item in INCOME_ITEMS and INCOME_ITEMS[item].is_cost else 1
        by_month[Month.of(month)] += sign * (amount or 0)
        by_item[item] += amount or 0
    return by_month, by_item


def _items(by_item: dict[str, int], counted: frozenset[str] | None) -> list[ItemSum]:
    return [
        ItemSum(
            item.label,
            INCOME_SOURCES[item.source],
            by_item[name],
            item.is_cost,
            counted is None or name in counted,
        )
        for name, item in INCOME_ITEMS.items()
        if name in by_item
    ]


def _other_spending(household: Household, since: date, on: date) -> list[tuple[str, str, int | None]]:
    """Return schooling and losses of the window: what, when, how much. Three queries."""
    found = []
    schooling = LEDGERS["enrolment"].objects.filter(household=household, delivered_month__range=(since, on))
    newest: dict[int | None, Any] = {row.member_id: row for row in schooling.order_by("delivered_month")}
    found += [
        (f"教育自付（{row.stage or '学段未知'}）", str(row.delivered_month)[:7], row.year_own_fen)
        for row in newest.values()
    ]
    losses = LEDGERS["farm_loss"].objects.filter(household=household, occurred_on__range=(since, on))
    found += [
        (f"产业损失（{row.product or '项目未知'}）", str(row.occurred_on), row.loss_fen)
        for row in losses[:20]
    ]
    disasters = LEDGERS["disaster"].objects.filter(household=household, occurred_on__range=(since, on))
    found += [
        (f"受灾（{row.kind or '灾种未知'}）", str(row.occurred_on), row.direct_loss_fen)
        for row in disasters[:20]
    ]
    return found


def _sources(rows: list[Any]) -> dict[tuple[int, int], Source]:
    loads = {row.load_id for row in rows}
    return (
        {(each.load_id, each.number): each for each in Source.objects.filter(load_id__in=loads)}
        if loads
        else {}
    )
