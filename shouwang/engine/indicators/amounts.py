"""The two seams between rows and sums: the income ledger by window, own pay by person and month.

Each answers from the raw rows or, where the snapshot carries them, from monthly roll-ups of the same shape.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import reduce
from operator import add, or_

import ibis
import ibis.expr.types as ir

from shouwang.domain.periods import Period
from shouwang.domain.tables import INCOME_ITEMS
from shouwang.engine.indicators.columns import (
    LONGEST_MASK,
    as_int64,
    bits_set,
    month_mask,
    slice_mask,
    total,
    within,
)
from shouwang.engine.snapshot import IncomeRegime, Snapshot

INCOMES = ("wage", "business", "property", "transfer")
COST = "cost"


def window_sums(snapshot: Snapshot, period: Period) -> ir.Table:
    """Return the ledger's sums over whole months.

    One row per household with an entry in the period: household_id, one fen column per income item (0 where
    none), and months_known, the number of the period's months that have an entry.
    """
    if snapshot.ledger_totals is not None:
        return _difference(snapshot.ledger_totals(period.to_date), snapshot.ledger_totals(period.from_date))
    entries = snapshot["income_entry"]
    entries = entries.filter(within(entries.month, period))
    sums = {item: total(entries.amount_fen, entries.item == item) for item in INCOME_ITEMS}
    return entries.group_by("household_id").aggregate(
        **sums, months_known=bits_set(month_mask(entries.month, period))
    )


def income_sums(
    snapshot: Snapshot, regime: IncomeRegime, periods: Mapping[str, Period], detailed: Collection[str] = ()
) -> list[ir.Table]:
    """Return the counted income of several periods of whole months; business cost is deducted from the net.

    Each table has one row per household with an entry, and for each period it answers `<period>_net`,
    `<period>_months_known` and, for detailed periods, `<period>_wage`, `_business` (gross), `_property`,
    `_transfer` and `_cost`. Raw rows are scanned once, for all periods together.
    """
    if not periods:
        return []
    if snapshot.ledger_totals is not None:
        return [_from_totals(snapshot.ledger_totals, regime, periods, detailed)]
    return [_from_entries(snapshot["income_entry"], regime, periods, detailed)]


def own_pay_months(snapshot: Snapshot) -> ir.Table:
    """Return own pay summed by month.

    One row per household, person, month and kind of visit: household_id, person_id, month, visit_kind,
    own_pay_fen, compliant_own_pay_fen (blanks as 0) and compliant_missing, how many settlements leave
    it blank. Settlements without a date are in no month.
    """
    if snapshot.own_pay_months is not None:
        return snapshot.own_pay_months
    entries = snapshot["own_pay_entry"]
    dated = entries.filter(entries.settled_on.notnull())
    keyed = dated.mutate(month=ibis.date(dated.settled_on.year(), dated.settled_on.month(), 1))
    return keyed.group_by("household_id", "person_id", "month", "visit_kind").aggregate(
        own_pay_fen=total(keyed.own_pay_fen),
        compliant_own_pay_fen=total(keyed.compliant_own_pay_fen),
        compliant_missing=as_int64(keyed.count(where=keyed.compliant_own_pay_fen.isnull())),
    )


def income_groups(regime: IncomeRegime) -> dict[str, frozenset[str]]:
    """Return the items that count, by the income they belong to; cost items are `cost`, whatever counts."""
    groups = {
        source: frozenset(
            i.name
            for i in INCOME_ITEMS.values()
            if i.source == source and not i.is_cost and i.name in regime.counted
        )
        for source in INCOMES
    }
    return {**groups, COST: frozenset(item.name for item in INCOME_ITEMS.values() if item.is_cost)}


def _difference(upto: ir.Table, before: ir.Table) -> ir.Table:
    """Return the sums between two totals; every household of the earlier is in the later."""
    columns = [column for column in upto.columns if column != "household_id"]
    joined = upto.left_join(before, "household_id", rname="before_{name}")
    sums = joined.select(
        "household_id", **{name: joined[name] - joined[f"before_{name}"].fill_null(0) for name in columns}
    )
    return sums.filter(sums.months_known > 0)


def _from_totals(
    totals: Callable[[date], ir.Table],
    regime: IncomeRegime,
    periods: Mapping[str, Period],
    detailed: Collection[str],
) -> ir.Table:
    """Add up what counts before joining: narrow totals are quick to put side by side."""
    days = sorted({day for period in periods.values() for day in (period.from_date, period.to_date)})
    joined = _counted_totals(totals(days[-1]), regime, len(days) - 1)
    for place, day in enumerate(days[:-1]):
        earlier = _counted_totals(totals(day), regime, place).rename({f"key_{place}": "household_id"})
        joined = joined.left_join(earlier, [("household_id", f"key_{place}")])
    columns = {}
    for name, period in periods.items():
        first, last = days.index(period.from_date), days.index(period.to_date)
        parts = ("net", "months_known", *(income_groups(regime) if name in detailed else ()))
        for part in parts:
            upto, before = joined[f"{part}_{last}"], joined[f"{part}_{first}"]
            columns[f"{name}_{part}"] = upto.fill_null(0) - before.fill_null(0)
    return joined.select("household_id", **columns)


def _counted_totals(totals: ir.Table, regime: IncomeRegime, place: int) -> ir.Table:
    """Return a household's totals by income, their net and its months; `_<place>` ends each name."""
    parts = {
        group: _added(totals[item] for item in sorted(items))
        for group, items in income_groups(regime).items()
    }
    parts["net"] = _added(parts[source] for source in INCOMES) - parts[COST]
    parts["months_known"] = totals.months_known
    return totals.select("household_id", **{f"{name}_{place}": value for name, value in parts.items()})


def _added(values: Iterable[ir.Value]) -> ir.Value:
    return reduce(add, values, ibis.literal(0, type="int64"))


def _from_entries(
    entries: ir.Table, regime: IncomeRegime, periods: Mapping[str, Period], detailed: Collection[str]
) -> ir.Table:
    groups = income_groups(regime)
    coded = _coded(entries, groups, periods)
    sums: dict[str, ir.Value] = {}
    for name in periods:
        if name in detailed:
            code = coded[f"{name}_code"]
            sums |= {f"{name}_{g}": total(coded.amount, code == n) for n, g in enumerate(groups, start=1)}
        else:
            sums[f"{name}_net"] = total(coded.signed, coded[f"{name}_code"] > 0)
    grouped = coded.group_by("household_id").aggregate(**sums, **_masks(coded, periods))
    nets = {
        f"{name}_net": _added(grouped[f"{name}_{s}"] for s in INCOMES) - grouped[f"{name}_{COST}"]
        for name in periods
        if name in detailed
    }
    return grouped.mutate(**nets, **_months_known(grouped, periods))


def _coded(
    entries: ir.Table, groups: Mapping[str, frozenset[str]], periods: Mapping[str, Period]
) -> ir.Table:
    """Number each row by group, 0 outside a period: sums over conditions on text cost three times as much."""
    codes = {item: code for code, items in enumerate(groups.values(), start=1) for item in sorted(items)}
    chosen = entries.filter(_in_any(entries.month, periods)).select(
        "household_id",
        "month",
        amount=entries.amount_fen.fill_null(0),
        code=entries.item.cases(*codes.items(), else_=0),
    )
    cost = list(groups).index(COST) + 1
    inside = {
        f"{name}_code": ibis.ifelse(within(chosen.month, period), chosen.code, 0)
        for name, period in periods.items()
    }
    return chosen.mutate(signed=ibis.ifelse(chosen.code == cost, -chosen.amount, chosen.amount), **inside)


def _in_any(column: ir.Value, periods: Mapping[str, Period]) -> ir.BooleanValue:
    """Return whether a month lies in one of the periods: as one range, if they leave no gap."""
    joined: list[Period] = []
    for period in sorted(periods.values(), key=lambda each: each.from_date):
        if joined and period.from_date <= joined[-1].to_date:
            joined[-1] = Period(joined[-1].from_date, max(joined[-1].to_date, period.to_date))
        else:
            joined.append(period)
    return reduce(or_, (within(column, period) for period in joined))


def _masks(coded: ir.Table, periods: Mapping[str, Period]) -> dict[str, ir.Value]:
    """Collect the months that occur as bits: in one mask if it can hold all periods, else in one for each."""
    span = _span(periods)
    if len(span.months) <= LONGEST_MASK:
        return {"mask": month_mask(coded.month, span)}
    return {f"{name}_mask": month_mask(coded.month, period) for name, period in periods.items()}


def _months_known(grouped: ir.Table, periods: Mapping[str, Period]) -> dict[str, ir.Value]:
    if "mask" not in grouped.columns:
        return {f"{name}_months_known": bits_set(grouped[f"{name}_mask"]) for name in periods}
    first = _span(periods).months[0]
    return {
        f"{name}_months_known": bits_set(
            slice_mask(grouped.mask, period.months[0] - first, len(period.months))
        )
        for name, period in periods.items()
    }


def _span(periods: Mapping[str, Period]) -> Period:
    return Period(
        min(period.from_date for period in periods.values()),
        max(period.to_date for period in periods.values()),
    )
