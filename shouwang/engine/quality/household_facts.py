"""Facts of a household: its own row, its annual incomes, its members together, and deliveries about it."""

import ibis
import ibis.expr.types as ir

from shouwang.domain.quality_facts import facts
from shouwang.engine.indicators.columns import as_int64, known_part, newest, row_key
from shouwang.engine.quality.member_conditions import MEMBER_CONDITIONS
from shouwang.engine.quality.reading import (
    COUNTY_WIDTH,
    QualityReading,
    any_of,
    if_delivered,
    month_as_number,
    months_between,
)

_MONITORED = ["unstable", "borderline", "sudden"]
_INCOME_OF_MONTH = {
    "identified_year_income_fen": "identified_month",
    "eliminated_year_income_fen": "eliminated_month",
}
# Facts that some member decides; the others of `_counted` are numbers of members.
_ANY = (
    "has_labour", "has_worker", "has_work_record", "has_dropout_member", "has_severely_disabled",
    "has_destitute_member", "has_minimum_living_member",
)  # fmt: skip


def household_facts(reading: QualityReading) -> ir.Table:
    """Return one row per household: household_id, division, `m_<feed>` and the household facts wanted."""
    base = reading["household"]
    feeds = reading.feed_table()
    keyed = base.mutate(feed_county=base.division.substr(0, COUNTY_WIDTH))
    homes = keyed.left_join(feeds, "feed_county").drop("feed_county_right")
    for part in (_incomes, _together, _delivered):
        homes = part(reading, homes)
    own = {**_own(reading, homes), **_registered(homes), **_late(homes)}
    chosen = {name: own[name] for name in facts() if name in own and name in reading.wanted}
    made = {name for name in homes.columns if name in facts() and name in reading.wanted}
    kept = [c for c in homes.columns if c in {"household_id", "division"} or c.startswith("m_")]
    return homes.select(*kept, *sorted(made - set(chosen)), **chosen)


def _own(reading: QualityReading, h: ir.Table) -> dict[str, ir.Value]:
    was = h.monitored_class.isin(_MONITORED)
    stated = {
        fact.name: h[fact.column.partition(".")[2]]
        for fact in facts().values()
        if fact.of == "household" and fact.is_stated
    }
    return {
        **stated,
        "this_month": ibis.literal(reading.on.year * 100 + reading.on.month, type="int64"),
        "is_alleviated": h.household_class == "alleviated",
        "was_monitored": was,
        "is_monitored": ibis.ifelse(was, ~h.is_risk_eliminated, was),
        "is_eliminated": ibis.ifelse(was, h.is_risk_eliminated, was),
        "identified_month": month_as_number(h.identified_month),
        "eliminated_month": month_as_number(h.eliminated_month),
        "months_since_identified": months_between(h.identified_month, reading.day()),
        "months_since_elimination": months_between(h.eliminated_month, reading.day()),
        "months_to_elimination": months_between(h.identified_month, h.eliminated_month),
        "household_minimum_living": h.receives_minimum_living,
        "household_destitute": h.receives_destitute_support,
    }


def _registered(h: ir.Table) -> dict[str, ir.Value]:
    """Return the flags of risks and measures, which stand between bars: |medical|school|."""
    found: dict[str, ir.Value] = {}
    for name in facts():
        for prefix, column in (("has_risk_", h.risks), ("has_measure_", h.measures)):
            if name.startswith(prefix):
                found[name] = column.contains(f"|{name.removeprefix(prefix)}|")
    bars = as_int64(h.measures.length() - h.measures.replace("|", "").length())
    found["measure_count"] = known_part(h.measures.notnull(), ibis.ifelse(bars > 0, bars - 1, 0))
    return found


def _incomes(reading: QualityReading, homes: ir.Table) -> ir.Table:
    incomes = reading["annual_income"].filter(reading["annual_income"].year <= reading.on.year)
    if reading.wants("latest_income_per_capita_fen", "latest_wage_fen", "latest_business_fen"):
        latest = incomes.group_by("household_id").aggregate(
            latest_income_per_capita_fen=newest(incomes.net_per_capita_fen, incomes.year),
            latest_wage_fen=newest(incomes.wage_fen, incomes.year),
            latest_business_fen=newest(incomes.business_fen, incomes.year),
        )
        homes = homes.left_join(latest, "household_id").drop("household_id_right")
    for name, month in _INCOME_OF_MONTH.items():
        if reading.wants(name):
            years = reading["household"].select(
                "household_id", wanted_year=as_int64(reading["household"][month].year())
            )
            joined = incomes.join(years, "household_id")
            joined = joined.filter(joined.year == joined.wanted_year)
            found = joined.group_by("household_id").aggregate(**{name: joined.net_per_capita_fen.max()})
            homes = homes.left_join(found, "household_id").drop("household_id_right")
    return homes


def _together(reading: QualityReading, homes: ir.Table) -> ir.Table:
    if not reading.wants("member_count", "labour_count", *_ANY):
        return homes
    m = reading["member"]
    counts: dict[str, ir.Value] = {"member_count": m.count(), "labour_unknown": m.labour.isnull().sum()}
    counts["labour_able"] = m.labour.isin(["ordinary", "skilled"]).fill_null(False).sum()
    for name in _ANY:
        holds = MEMBER_CONDITIONS[name](m)
        counts[f"{name}_yes"] = holds.fill_null(False).sum()
        counts[f"{name}_unknown"] = holds.isnull().sum()
    found = m.group_by("household_id").aggregate(**counts)
    answers = {name: any_of(found[f"{name}_yes"], found[f"{name}_unknown"]) for name in _ANY}
    able = known_part(found.labour_unknown == 0, as_int64(found.labour_able))
    together = found.select("household_id", "member_count", labour_count=able, **answers)
    return homes.left_join(together, "household_id").drop("household_id_right")


def _delivered(reading: QualityReading, homes: ir.Table) -> ir.Table:
    aid = ("household_delivered_minimum_living", "household_delivered_destitute")
    if reading.wants(*aid):
        rows = in_newest_month(reading["social_aid"], homes, "civil_affairs")
        is_current = rows.status.isin(["new", "current"])
        found = rows.group_by("household_id").aggregate(
            found_minimum=(is_current & (rows.kind == "minimum_living")).fill_null(False).any(),
            found_destitute=(is_current & (rows.kind == "destitute")).fill_null(False).any(),
        )
        homes = homes.left_join(found, "household_id").drop("household_id_right")
        homes = homes.mutate(
            household_delivered_minimum_living=if_delivered(
                homes.m_civil_affairs, homes.found_minimum, False
            ),
            household_delivered_destitute=if_delivered(homes.m_civil_affairs, homes.found_destitute, False),
        )
    homes = _housing(reading, homes)
    homes = _water(reading, homes)
    if reading.wants("has_loan"):
        rows = in_newest_month(reading["credit"], homes, "credit")
        found = rows.group_by("household_id").aggregate(
            found_loan=(rows.balance_fen > 0).fill_null(False).any()
        )
        homes = homes.left_join(found, "household_id").drop("household_id_right")
        homes = homes.mutate(has_loan=if_delivered(homes.m_credit, homes.found_loan, False))
    if reading.wants("has_job_since_identified"):
        homes = _jobs_since(reading, homes)
    return homes


def _housing(reading: QualityReading, homes: ir.Table) -> ir.Table:
    if not reading.wants("delivered_housing_grade", "is_housing_untreated"):
        return homes
    rows = reading["housing_check"]
    rows = rows.mutate(told_on=ibis.coalesce(rows.checked_on, rows.delivered_month))
    rows = rows.filter(rows.told_on <= reading.day())
    key = row_key(rows, "told_on")
    found = rows.group_by("household_id").aggregate(
        delivered_housing_grade=newest(rows.grade, key), disposal=newest(rows.disposal, key)
    )
    found = found.mutate(is_housing_untreated=found.disposal == "untreated").drop("disposal")
    return homes.left_join(found, "household_id").drop("household_id_right")


def _water(reading: QualityReading, homes: ir.Table) -> ir.Table:
    if reading.wants("has_water_problem"):
        rows = in_newest_month(reading["water_problem"], homes, "water")
        found = rows.group_by("household_id").aggregate(found_problem=rows.count() > 0)
        homes = homes.left_join(found, "household_id").drop("household_id_right")
        homes = homes.mutate(has_water_problem=if_delivered(homes.m_water, homes.found_problem, False))
    if reading.wants("has_later_water_problem"):
        rows = reading["water_problem"]
        rows = rows.filter(rows.started_on <= reading.day())
        found = rows.group_by("household_id").aggregate(problem_month=month_as_number(rows.started_on.max()))
        homes = homes.left_join(found, "household_id").drop("household_id_right")
    return homes


def _late(h: ir.Table) -> dict[str, ir.Value]:
    """Return what compares a delivery with a fact of the household."""
    found: dict[str, ir.Value] = {}
    if "problem_month" in h.columns:
        is_later = ibis.ifelse(
            h.problem_month.notnull(),
            h.problem_month > month_as_number(h.eliminated_month),
            ibis.literal(False),
        )
        is_later = known_part(h.eliminated_month.notnull(), is_later)
        found["has_later_water_problem"] = if_delivered(h.m_water, is_later)
    return found


def _jobs_since(reading: QualityReading, homes: ir.Table) -> ir.Table:
    rows = in_newest_month(reading["employment"], homes, "employment")
    found = rows.group_by("household_id").aggregate(
        is_open_ended=rows.end_month.isnull().any(), last_end=month_as_number(rows.end_month.max())
    )
    homes = homes.left_join(found, "household_id").drop("household_id_right")
    since = ibis.ifelse(
        homes.is_open_ended.fill_null(False),
        ibis.literal(True),
        (homes.last_end >= month_as_number(homes.identified_month)).fill_null(False),
    )
    known = known_part(homes.identified_month.notnull(), since)
    return homes.mutate(has_job_since_identified=if_delivered(homes.m_employment, known))


def in_newest_month(rows: ir.Table, homes: ir.Table, feed: str) -> ir.Table:
    """Return the rows of the newest month that the household's county has been delivered."""
    months = homes.select("household_id", newest_month=homes[f"m_{feed}"])
    joined = rows.join(months, "household_id")
    return joined.filter(joined.delivered_month == joined.newest_month)
