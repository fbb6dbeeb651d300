"""Indicators of what departments say of a household's persons: illness, school, aid, jobs, loans.

Rows without a person are taken as one more, unnamed person of their household.
"""

import ibis
import ibis.expr.types as ir

from shouwang.engine.indicators.columns import (
    bits_set,
    known_part,
    month_mask,
    month_number,
    newest,
    row_key,
    rows_where,
    total,
    within,
)
from shouwang.engine.indicators.members import aged
from shouwang.engine.indicators.reading import Reading
from shouwang.engine.indicators.row import Formula, Row, counted

PERSON = ("household_id", "person_id")
COMPULSORY_STAGES = ["小学", "初中"]
AIDED = ["new", "current"]


def delivered(reading: Reading, table: str) -> ir.Table:
    """Return the rows delivered for the months up to the day's."""
    rows = reading[table]
    return rows.filter(rows.delivered_month <= ibis.literal(reading.on))


def diagnosis_parts(reading: Reading) -> list[ir.Table]:
    """Return how many persons of a household were newly found seriously ill."""
    if not reading.has("health"):
        return []
    rows = reading["diagnosis"]
    rows = rows.filter((rows.severity == "serious") & within(rows.diagnosed_on, reading.spending))
    persons = rows.select(*PERSON).distinct()
    return [persons.group_by("household_id").aggregate(new_serious=persons.count())]


def enrolment_parts(reading: Reading) -> list[ir.Table]:
    """Return the pupils of a household by their newest row."""
    if not reading.has("education"):
        return []
    pupils = newest_enrolments(reading)
    is_enrolled = pupils.status == "enrolled"
    parts = [
        pupils.group_by("household_id").aggregate(
            pupils=rows_where(pupils, is_enrolled),
            paying_pupils=rows_where(pupils, is_enrolled & pupils.stage.notin(COMPULSORY_STAGES)),
            education_own=total(pupils.year_own),
        )
    ]
    if reading.wants("dropout_persons"):
        suspected = pupils.filter(pupils.status == "suspected_dropout")
        members = reading["member"]
        of_age = members.filter(aged(members, reading, 6, 16))
        found = suspected.semi_join(of_age, PERSON)
        parts.append(found.group_by("household_id").aggregate(dropouts=found.count()))
    return parts


def newest_enrolments(reading: Reading) -> ir.Table:
    """Return one row per person from the newest enrolment row: status, stage, year_own (fen)."""
    rows = delivered(reading, "enrolment")
    key = row_key(rows, "delivered_month")
    return rows.group_by(*PERSON).aggregate(
        status=newest(rows.status, key),
        stage=newest(rows.stage, key),
        year_own=newest(rows.year_own_fen, key),
    )


def social_aid_parts(reading: Reading) -> list[ir.Table]:
    """Return the persons of a household whom civil affairs aids, aided or refused."""
    if not reading.has("civil_affairs"):
        return []
    persons = _aided_persons(reading)
    is_recent = within(persons.minimum_living_month, reading.spending)
    return [
        persons.group_by("household_id").aggregate(
            minimum_living=rows_where(persons, persons.minimum_living.isin(AIDED)),
            minimum_living_stopped=rows_where(persons, (persons.minimum_living == "stopped") & is_recent),
            minimum_living_new=rows_where(persons, persons.new_rows > 0),
            minimum_living_refused=rows_where(persons, persons.refused_rows > 0),
            destitute=rows_where(persons, persons.destitute.isin(AIDED)),
            temporary_aid=total(bits_set(persons.temporary_months)),
        )
    ]


def _aided_persons(reading: Reading) -> ir.Table:
    rows = reading["social_aid"]
    is_minimum = rows.kind == "minimum_living"
    is_delivered = rows.delivered_month <= ibis.literal(reading.on)
    key = row_key(rows, "delivered_month")
    begun = within(rows.start_month, reading.two_years)
    told = within(rows.delivered_month, reading.two_years)
    return rows.group_by(*PERSON).aggregate(
        minimum_living=newest(rows.status, key, is_minimum & is_delivered),
        minimum_living_month=newest(rows.delivered_month, key, is_minimum & is_delivered),
        destitute=newest(rows.status, key, (rows.kind == "destitute") & is_delivered),
        new_rows=rows_where(rows, is_minimum & rows.status.isin(AIDED) & begun),
        refused_rows=rows_where(rows, is_minimum & (rows.status == "refused") & told),
        temporary_months=month_mask(rows.start_month, reading.spending, rows.kind == "temporary"),
    )


def employment_parts(reading: Reading) -> list[ir.Table]:
    """Return the persons of a household with and without a job in their newest month, and changes of job."""
    if not reading.has("employment"):
        return []
    persons = _workers(reading)
    is_unemployed = persons.newest_not_unemployed % 2 == 0
    return [
        persons.group_by("household_id").aggregate(
            employed=rows_where(persons, persons.newest_employed % 2 == 1),
            unemployed=rows_where(persons, is_unemployed),
            lost_wage=total(persons.wage_max, is_unemployed),
            job_changes=total(bits_set(persons.start_months)),
        )
    ]


def _workers(reading: Reading) -> ir.Table:
    """Put a row's state into the last bit of its month, so that the greatest tells the newest state."""
    rows = reading["employment"]
    is_delivered = rows.delivered_month <= ibis.literal(reading.on)
    month = month_number(rows.delivered_month) * 2
    employed = ibis.cases((rows.status == "employed", 1), else_=0)
    not_unemployed = ibis.cases((rows.status == "unemployed", 0), else_=1)
    return rows.group_by(*PERSON).aggregate(
        newest_employed=(month + employed).max(where=is_delivered),
        newest_not_unemployed=(month + not_unemployed).max(where=is_delivered),
        wage_max=rows.monthly_wage_fen.max(where=within(rows.delivered_month, reading.spending)),
        start_months=month_mask(rows.start_month, reading.spending),
    )


def credit_parts(reading: Reading) -> list[ir.Table]:
    """Return the loans of a household in each person's newest month of delivery."""
    if not reading.has("credit"):
        return []
    rows = delivered(reading, "credit")
    months = rows.group_by(*PERSON, "delivered_month").aggregate(
        overdue=rows.overdue_days.max().fill_null(0), balance=total(rows.balance_fen)
    )
    persons = months.group_by(*PERSON).aggregate(
        overdue=months.overdue.argmax(months.delivered_month),
        balance=months.balance.argmax(months.delivered_month),
    )
    return [
        persons.group_by("household_id").aggregate(
            overdue=persons.overdue.max(), balance=total(persons.balance)
        )
    ]


def _fed_or_stated(feed: str, part: str, stated_part: str, known: str) -> Formula:
    """Return the formula of a count of the feed's; without the feed, of the members' own statements."""

    def formula(row: Row) -> ir.Value:
        if row.reading.has(feed):
            return row.zero(part)
        return known_part(row.zero(known) > 0, row[stated_part])

    return formula


def _is_single_destitute(row: Row) -> ir.Value:
    return (row.indicator("member_count") == 1) & (row.indicator("destitute_persons") == 1)


FORMULAS: dict[str, Formula] = {
    "new_serious_illness_persons": counted("health", "new_serious"),
    "pupils": counted("education", "pupils"),
    "noncompulsory_pupils": _fed_or_stated("education", "paying_pupils", "paying_stage", "members"),
    "dropout_persons": _fed_or_stated("education", "dropouts", "stated_dropout", "dropout_known"),
    "minimum_living_persons": _fed_or_stated(
        "civil_affairs", "minimum_living", "minimum_living_stated", "minimum_living_known"
    ),
    "destitute_persons": _fed_or_stated("civil_affairs", "destitute", "destitute_stated", "destitute_known"),
    "new_minimum_living_persons": counted("civil_affairs", "minimum_living_new"),
    "refused_minimum_living_persons": counted("civil_affairs", "minimum_living_refused"),
    "stopped_minimum_living_persons": counted("civil_affairs", "minimum_living_stopped"),
    "temporary_aid_times": counted("civil_affairs", "temporary_aid"),
    "employed_persons": counted("employment", "employed"),
    "unemployed_persons": counted("employment", "unemployed"),
    "job_changes": counted("employment", "job_changes"),
    "lost_monthly_wage_fen": counted("employment", "lost_wage"),
    "is_single_destitute": _is_single_destitute,
    "overdue_days_max": counted("credit", "overdue"),
    "loan_balance_fen": counted("credit", "balance"),
}
