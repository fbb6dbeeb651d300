"""Facts of a member: his own row, the head beside him, and what departments delivered of him."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shouwang.domain.quality_facts import (
    EDUCATION_LEVELS,
    FEMALE_RELATIONS,
    MALE_RELATIONS,
    SCHOOL_LEVELS,
    facts,
)
from shouwang.engine.indicators.columns import as_int64, known_part, newest, row_key
from shouwang.engine.quality.household_facts import in_newest_month
from shouwang.engine.quality.member_conditions import is_working
from shouwang.engine.quality.reading import PERSON, QualityReading, if_delivered, level, month_as_number

_EARLIEST = date(1900, 1, 1)


def member_facts(reading: QualityReading, homes: ir.Table) -> ir.Table:
    """Return one row per member: ids, the household's columns, and the member facts wanted.

    homes: the table of `household_facts`, with whatever columns it has gained since.
    """
    people = reading["member"]
    joined = people.join(homes, "household_id", rname="h_{name}")
    for part in (_head, _jobs, _aid, _school, _certificates, _events):
        joined = part(reading, joined, homes)
    own = _own(reading, joined, people)
    chosen = {name: own[name] for name in facts() if name in own and name in reading.wanted}
    given = set(homes.columns) - {"household_id"}
    of_home = {name: joined[f"h_{name}" if name in people.columns else name] for name in sorted(given)}
    made = {name: joined[name] for name in joined.columns if name in reading.wanted and _is_made(name)}
    return joined.select("household_id", "person_id", **{**of_home, **made, **chosen})


def _is_made(name: str) -> bool:
    return name in facts() and facts()[name].of == "member" and not facts()[name].is_stated


def _own(reading: QualityReading, m: ir.Table, people: ir.Table) -> dict[str, ir.Value]:
    stated = {
        fact.name: m[fact.column.partition(".")[2]]
        for fact in facts().values()
        if fact.of == "member" and fact.is_stated and fact.column.partition(".")[2] in people.columns
    }
    known_level = level(m.school_stage, SCHOOL_LEVELS)
    return {
        **stated,
        "age": _age(reading, m.birth_date),
        "relation_sex": ibis.cases(
            (m.relation.isin(sorted(MALE_RELATIONS)), ibis.literal("male")),
            (m.relation.isin(sorted(FEMALE_RELATIONS)), ibis.literal("female")),
            else_=ibis.null("string"),
        ),
        "is_healthy": ~(m.has_chronic_illness | m.has_serious_illness | m.is_disabled),
        "school_level": known_level,
        "is_pupil": known_level.notin(["学龄前"]).fill_null(False),
        "education_level": level(m.education, EDUCATION_LEVELS),
        "is_working": is_working(m),
        "is_on_minimum_living": m.receives_minimum_living,
        "head_age": _age(reading, m.head_birth) if "head_birth" in m.columns else ibis.null("int64"),
    }


def _age(reading: QualityReading, born: ir.Value) -> ir.Value:
    today = reading.on.year * 10_000 + reading.on.month * 100 + reading.on.day
    then = as_int64(born.year()) * 10_000 + as_int64(born.month()) * 100 + as_int64(born.day())
    return (ibis.literal(today, type="int64") - then) // 10_000


def _head(reading: QualityReading, joined: ir.Table, homes: ir.Table) -> ir.Table:
    if not reading.wants("head_sex", "head_age"):
        return joined
    people = reading["member"]
    heads = people.filter(people.relation == "户主")
    found = heads.group_by("household_id").aggregate(
        heads=heads.count(), sex_of_head=heads.sex.max(), birth_of_head=heads.birth_date.max()
    )
    found = found.select(
        "household_id",
        head_sex=known_part(found.heads == 1, found.sex_of_head),
        head_birth=known_part(found.heads == 1, found.birth_of_head),
    )
    return joined.left_join(found, "household_id").drop("household_id_right")


def _with(joined: ir.Table, found: ir.Table) -> ir.Table:
    """Join what was found of persons."""
    return joined.left_join(found, list(PERSON)).drop(*(f"{name}_right" for name in PERSON))


def _jobs(reading: QualityReading, joined: ir.Table, homes: ir.Table) -> ir.Table:
    names = ("job_status", "job_wage_fen", "job_employer", "job_start_month", "job_end_month")
    if reading.wants(*names):
        rows = in_newest_month(reading["employment"], homes, "employment")
        rows = rows.mutate(begun=ibis.coalesce(rows.start_month, ibis.literal(_EARLIEST)))
        key = row_key(rows, "begun")
        found = rows.group_by(*PERSON).aggregate(
            job_status=newest(rows.status, key),
            job_wage_fen=newest(rows.monthly_wage_fen, key),
            job_employer=newest(rows.employer, key),
            started=newest(rows.start_month, key),
            ended=newest(rows.end_month, key),
        )
        found = found.mutate(
            job_start_month=month_as_number(found.started), job_end_month=month_as_number(found.ended)
        ).drop("started", "ended")
        joined = _with(joined, found)
    if reading.wants("has_overlapping_jobs"):
        rows = in_newest_month(reading["employment"], homes, "employment")
        first = rows.select(*PERSON, first_start=rows.start_month, first_end=rows.end_month)
        pairs = first.join(rows.select(*PERSON, second_start=rows.start_month), list(PERSON))
        crossing = pairs.filter(
            (pairs.first_start < pairs.second_start) & (pairs.second_start < pairs.first_end)
        )
        found = crossing.select(*PERSON).distinct().mutate(found_crossing=ibis.literal(True))
        joined = _with(joined, found)
        crossed = if_delivered(joined.m_employment, joined.found_crossing, False)
        joined = joined.mutate(has_overlapping_jobs=crossed)
    return joined


def _aid(reading: QualityReading, joined: ir.Table, homes: ir.Table) -> ir.Table:
    if not reading.wants("delivered_minimum_living", "delivered_destitute"):
        return joined
    rows = in_newest_month(reading["social_aid"], homes, "civil_affairs")
    is_current = rows.status.isin(["new", "current"])
    found = rows.group_by(*PERSON).aggregate(
        person_minimum=(is_current & (rows.kind == "minimum_living")).fill_null(False).any(),
        person_destitute=(is_current & (rows.kind == "destitute")).fill_null(False).any(),
    )
    joined = _with(joined, found)
    return joined.mutate(
        delivered_minimum_living=if_delivered(joined.m_civil_affairs, joined.person_minimum, False),
        delivered_destitute=if_delivered(joined.m_civil_affairs, joined.person_destitute, False),
    )


def _school(reading: QualityReading, joined: ir.Table, homes: ir.Table) -> ir.Table:
    if not reading.wants("school_status", "delivered_school_level", "has_vocational_aid"):
        return joined
    rows = in_newest_month(reading["enrolment"], homes, "education")
    key = row_key(rows, "delivered_month")
    found = rows.group_by(*PERSON).aggregate(
        school_status=newest(rows.status, key),
        stage=newest(rows.stage, key),
        found_aid=rows.aid_name.contains("雨露").fill_null(False).any(),
    )
    found = found.mutate(delivered_school_level=level(found.stage, SCHOOL_LEVELS)).drop("stage")
    joined = _with(joined, found)
    return joined.mutate(has_vocational_aid=if_delivered(joined.m_education, joined.found_aid, False))


def _certificates(reading: QualityReading, joined: ir.Table, homes: ir.Table) -> ir.Table:
    if not reading.wants("delivered_disabled", "delivered_disability_grade"):
        return joined
    rows = in_newest_month(reading["disability_certificate"], homes, "disability")
    rows = rows.mutate(dated=ibis.coalesce(rows.issued_on, ibis.literal(_EARLIEST)))
    key = row_key(rows, "dated")
    found = rows.group_by(*PERSON).aggregate(
        found_certificate=rows.count() > 0, delivered_disability_grade=newest(rows.grade, key)
    )
    joined = _with(joined, found)
    has_one = if_delivered(joined.m_disability, joined.found_certificate, False)
    return joined.mutate(delivered_disabled=has_one)


def _events(reading: QualityReading, joined: ir.Table, homes: ir.Table) -> ir.Table:
    joined = _security(reading, joined)
    day = reading.day()
    if reading.wants("delivered_insurance_paid"):
        rows = reading["own_pay_entry"]
        begin = ibis.literal(reading.on - timedelta(days=365))
        is_paid = (rows.basic_paid_fen > 0) & (rows.settled_on > begin) & (rows.settled_on <= day)
        joined = _flagged(joined, rows.filter(is_paid), "found_payment")
        paid = if_delivered(joined.m_medical, joined.found_payment, False)
        joined = joined.mutate(delivered_insurance_paid=paid)
    if reading.wants("delivered_serious_illness"):
        rows = reading["diagnosis"]
        told_on = ibis.coalesce(rows.diagnosed_on, rows.delivered_month)
        joined = _flagged(
            joined, rows.filter((rows.severity == "serious") & (told_on <= day)), "found_illness"
        )
        ill = if_delivered(joined.m_health, joined.found_illness, False)
        joined = joined.mutate(delivered_serious_illness=ill)
    return joined


def _flagged(joined: ir.Table, rows: ir.Table, name: str) -> ir.Table:
    return _with(joined, rows.select(*PERSON).distinct().mutate(**{name: ibis.literal(True)}))


def _security(reading: QualityReading, joined: ir.Table) -> ir.Table:
    if not reading.wants("delivered_death", "delivered_moved_out"):
        return joined
    rows = reading["security_event"]
    rows = rows.mutate(told_on=ibis.coalesce(rows.occurred_on, rows.delivered_month))
    rows = rows.filter(rows.told_on <= reading.day())
    is_death = (rows.event == "death").fill_null(False) | (rows.consequence == "dead").fill_null(False)
    found = rows.group_by(*PERSON).aggregate(
        found_death=is_death.any(),
        left_on=rows.told_on.max(where=rows.event == "moved_out"),
        came_on=rows.told_on.max(where=rows.event == "moved_in"),
    )
    is_out = found.left_on.notnull() & (found.came_on.isnull() | (found.came_on < found.left_on))
    found = found.mutate(found_out=is_out.fill_null(False)).drop("left_on", "came_on")
    joined = _with(joined, found)
    return joined.mutate(
        delivered_death=if_delivered(joined.m_security, joined.found_death, False),
        delivered_moved_out=if_delivered(joined.m_security, joined.found_out, False),
    )
