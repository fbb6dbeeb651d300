"""Indicators of what befell a household: housing, water, disasters, failed projects, accidents, petitions."""

import ibis
import ibis.expr.types as ir

from shouwang.engine.indicators.columns import newest, row_key, rows_where, total, within
from shouwang.engine.indicators.members import is_labour
from shouwang.engine.indicators.reading import Reading
from shouwang.engine.indicators.row import Formula, Row, counted, occurred

DESTROYED = ["collapsed", "severe"]
GRAVE = ["dead", "disabled"]
_UNSAFE = ["C", "D"]


def recent(reading: Reading, table: str, day: str) -> ir.Table:
    """Return the rows of a table whose day lies in S."""
    rows = reading[table]
    return rows.filter(within(rows[day], reading.spending))


def housing_parts(reading: Reading) -> list[ir.Table]:
    """Return the grade of a household's newest appraisal; a house since treated counts as A."""
    if not reading.has("housing"):
        return []
    checks = graded_checks(reading)
    grade = newest(checks.effective_grade, row_key(checks, "checked_on"))
    return [checks.group_by("household_id").aggregate(checked_grade=grade)]


def graded_checks(reading: Reading) -> ir.Table:
    """Return the appraisals up to the day that say something, with `effective_grade`."""
    rows = reading["housing_check"]
    grade = ibis.cases((rows.disposal == "treated", "A"), else_=rows.grade)
    graded = rows.mutate(effective_grade=grade)
    return graded.filter(graded.effective_grade.notnull() & (graded.checked_on <= ibis.literal(reading.on)))


def water_parts(reading: Reading) -> list[ir.Table]:
    """Return a household's water problems that began in S."""
    if not reading.has("water"):
        return []
    rows = recent(reading, "water_problem", "started_on")
    return [
        rows.group_by("household_id").aggregate(
            water_problems=rows.count(),
            days_without=rows.days_without.max(),
            water_kinds=rows.problem.nunique(),
        )
    ]


def disaster_parts(reading: Reading) -> list[ir.Table]:
    """Return a household's disasters of S."""
    if not reading.has("disaster"):
        return []
    rows = recent(reading, "disaster", "occurred_on")
    return [
        rows.group_by("household_id").aggregate(
            disasters=rows.count(),
            disaster_loss=total(disaster_loss(rows)),
            destroyed=rows_where(rows, rows.house_damage.isin(DESTROYED)),
        )
    ]


def disaster_loss(rows: ir.Table) -> ir.Value:
    """Return the greater of a disaster's direct and crop loss: the direct loss usually includes the crops."""
    return ibis.greatest(rows.direct_loss_fen.fill_null(0), rows.crop_loss_fen.fill_null(0))


def farm_loss_parts(reading: Reading) -> list[ir.Table]:
    """Return a household's farm losses of S."""
    if not reading.has("agriculture"):
        return []
    rows = recent(reading, "farm_loss", "occurred_on")
    return [
        rows.group_by("household_id").aggregate(
            farm_loss=total(rows.loss_fen),
            stopped_projects=rows_where(rows, rows.event == "project_stopped"),
            epidemics=rows_where(rows, rows.event == "epidemic"),
        )
    ]


def security_parts(reading: Reading) -> list[ir.Table]:
    """Return a household's accidents and deaths of S."""
    if not reading.has("security"):
        return []
    rows = recent(reading, "security_event", "occurred_on")
    is_traffic = rows.event == "traffic"
    parts = [
        rows.group_by("household_id").aggregate(
            accidents=rows_where(rows, is_traffic),
            grave_accidents=rows_where(rows, is_traffic & rows.consequence.isin(GRAVE)),
        )
    ]
    if reading.wants("labour_deaths"):
        members = reading["member"]
        dead = rows.filter(rows.event == "death").select("household_id", "person_id").distinct()
        found = dead.semi_join(members.filter(is_labour(members, reading)), ("household_id", "person_id"))
        parts.append(found.group_by("household_id").aggregate(labour_deaths=found.count()))
    return parts


def petition_parts(reading: Reading) -> list[ir.Table]:
    """Return how many petitions of S name a household."""
    if not reading.has("petitions"):
        return []
    rows = recent(reading, "petition", "received_on")
    return [rows.group_by("household_id").aggregate(petitions=rows.count())]


def _housing_grade(row: Row) -> ir.Value:
    if not row.reading.has("housing"):
        return row["housing_grade"]
    return ibis.coalesce(row["checked_grade"], row["housing_grade"])


def _is_housing_unsafe(row: Row) -> ir.Value:
    return ibis.coalesce(row.indicator("housing_grade").isin(_UNSAFE), row["is_dilapidated_housing"])


def _has_water_problem(row: Row) -> ir.Value:
    return row.zero("water_problems") > 0 if row.reading.has("water") else ~row["has_safe_water"]


FORMULAS: dict[str, Formula] = {
    "housing_grade": _housing_grade,
    "is_housing_unsafe": _is_housing_unsafe,
    "has_water_problem": _has_water_problem,
    "water_days_without": counted("water", "days_without"),
    "water_problem_kinds": counted("water", "water_kinds"),
    "disaster_events": counted("disaster", "disasters"),
    "is_house_destroyed": occurred("disaster", "destroyed"),
    "project_stopped_events": counted("agriculture", "stopped_projects"),
    "epidemic_events": counted("agriculture", "epidemics"),
    "accident_events": counted("security", "accidents"),
    "has_grave_accident": occurred("security", "grave_accidents"),
    "labour_deaths": counted("security", "labour_deaths"),
    "petitions": counted("petitions", "petitions"),
}
