"""Indicators of a household's members (家庭成员信息), with the diagnoses and certificates of each."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from shouwang.engine.indicators.columns import is_true, known_part, newest, row_key, rows_where, within
from shouwang.engine.indicators.reading import Reading, birthday
from shouwang.engine.indicators.row import Formula, Row, unknown

_LABOUR = ["ordinary", "skilled", "weak"]
_FULL_LABOUR = ["ordinary", "skilled"]
_UNPAID_STAGES = ["小学", "七年级", "八年级", "九年级", "学龄前儿童"]
_LONG_AWAY_MONTHS = 6

Predicate = Callable[[ir.Table, Reading], ir.Value]


def aged(m: ir.Table, reading: Reading, youngest: int, below: int | None = None) -> ir.Value:
    """Return whether a member is `youngest` or older, and younger than `below`, on the day."""
    old_enough = m.birth_date <= ibis.literal(birthday(reading.on, youngest))
    if below is None:
        return old_enough
    return old_enough & (m.birth_date > ibis.literal(birthday(reading.on, below)))


def younger(m: ir.Table, reading: Reading, years: int) -> ir.Value:
    """Return whether a member is younger than `years` on the day."""
    return m.birth_date > ibis.literal(birthday(reading.on, years))


def is_labour(m: ir.Table, reading: Reading) -> ir.Value:
    """Return whether a member can work."""
    return m.labour.isin(_LABOUR)


def _is_uninsured(m: ir.Table, reading: Reading) -> ir.Value:
    return ~m.has_resident_medical_insurance & ~m.has_employee_medical_insurance


def _is_insurance_blank(m: ir.Table, reading: Reading) -> ir.Value:
    """Return whether a member is neither known to be insured nor known not to be."""
    is_insured = is_true(m.has_resident_medical_insurance) | is_true(m.has_employee_medical_insurance)
    return ~is_insured & ~is_true(_is_uninsured(m, reading))


def _is_seriously_ill(m: ir.Table, reading: Reading) -> ir.Value:
    if "is_diagnosed" in m.columns:
        return is_true(m.has_serious_illness) | is_true(m.is_diagnosed)
    return m.has_serious_illness


def _is_disabled(m: ir.Table, reading: Reading) -> ir.Value:
    if "is_certified" in m.columns:
        return is_true(m.is_disabled) | is_true(m.is_certified)
    return m.is_disabled


def _is_severely_disabled(m: ir.Table, reading: Reading) -> ir.Value:
    grade = m.disability_grade
    if "certified_grade" in m.columns:
        grade = ibis.coalesce(m.certified_grade, grade)
    return grade.isin([1, 2])


def _is_newly_disabled(m: ir.Table, reading: Reading) -> ir.Value:
    issued_on = m.disability_issued_on
    if "certified_on" in m.columns:
        issued_on = ibis.coalesce(m.certified_on, issued_on)
    return within(issued_on, reading.two_years)


def _is_working_age(m: ir.Table, reading: Reading) -> ir.Value:
    return aged(m, reading, 16, 60)


# Counted parts, and the rows that a warning names; a NULL condition counts as false.
COUNTED: dict[str, Predicate] = {
    "members": lambda m, reading: ibis.literal(True),
    "chronic": lambda m, reading: m.has_chronic_illness,
    "chronic_known": lambda m, reading: m.has_chronic_illness.notnull(),
    "serious": _is_seriously_ill,
    "serious_blank": lambda m, reading: m.has_serious_illness.isnull(),
    "uninsured": _is_uninsured,
    "insurance_blank": _is_insurance_blank,
    "compulsory_age": lambda m, reading: aged(m, reading, 6, 16),
    "paying_stage": lambda m, reading: (m.school_stage != "") & m.school_stage.notin(_UNPAID_STAGES),
    "stated_dropout": lambda m, reading: m.is_dropout,
    "dropout_known": lambda m, reading: m.is_dropout.notnull(),
    "disabled": _is_disabled,
    "disabled_known": lambda m, reading: m.is_disabled.notnull(),
    "severe": _is_severely_disabled,
    "newly_disabled": _is_newly_disabled,
    "issue_known": lambda m, reading: m.disability_issued_on.notnull(),
    "minimum_living_stated": lambda m, reading: m.receives_minimum_living,
    "minimum_living_known": lambda m, reading: m.receives_minimum_living.notnull(),
    "destitute_stated": lambda m, reading: m.is_destitute,
    "destitute_known": lambda m, reading: m.is_destitute.notnull(),
    "labour": is_labour,
    "full_labour": lambda m, reading: m.labour.isin(_FULL_LABOUR),
    "labour_blank": lambda m, reading: _is_working_age(m, reading) & m.labour.isnull(),
    "migrants": lambda m, reading: m.migrant_months > 0,
    "migrant_known": lambda m, reading: m.migrant_months.notnull(),
    "elderly": lambda m, reading: aged(m, reading, 60),
    "under_60": lambda m, reading: younger(m, reading, 60),
    "children": lambda m, reading: younger(m, reading, 16),
    "working_age": _is_working_age,
    "staying": lambda m, reading: _is_working_age(m, reading) & (m.migrant_months < _LONG_AWAY_MONTHS),
    "away_blank": lambda m, reading: _is_working_age(m, reading) & m.migrant_months.isnull(),
}


def member_parts(reading: Reading) -> list[ir.Table]:
    """Return the counts of a household's members."""
    members = described_members(reading)
    counts = {name: rows_where(members, condition(members, reading)) for name, condition in COUNTED.items()}
    longest = members.migrant_months.max()
    return [members.group_by("household_id").aggregate(**counts, migrant_months_max=longest)]


def described_members(reading: Reading) -> ir.Table:
    """Return the members with what serious diagnoses and disability certificates, if wanted, say of each."""
    members = reading["member"]
    if reading.has("health") and reading.wants("serious_illness_persons"):
        members = _with_person_facts(members, diagnosed_persons(reading))
    disability = ("disabled_persons", "severe_disabled_persons", "new_disabled_persons")
    if reading.has("disability") and reading.wants(*disability):
        members = _with_person_facts(members, _certified_persons(reading))
    return members


def diagnosed_persons(reading: Reading) -> ir.Table:
    """Return the persons with a serious diagnosis up to the day: household_id, person_id, is_diagnosed."""
    rows = serious_diagnoses(reading)
    return rows.group_by("household_id", "person_id").aggregate(is_diagnosed=rows.count() > 0)


def serious_diagnoses(reading: Reading) -> ir.Table:
    """Return the serious diagnoses up to the day; one without a date counts by its month of delivery."""
    rows = reading["diagnosis"]
    dated_on = ibis.coalesce(rows.diagnosed_on, rows.delivered_month)
    return rows.filter((rows.severity == "serious") & (dated_on <= ibis.literal(reading.on)))


def _certified_persons(reading: Reading) -> ir.Table:
    rows = reading["disability_certificate"]
    rows = rows.filter(rows.delivered_month <= ibis.literal(reading.on))
    key = row_key(rows, "delivered_month")
    return rows.group_by("household_id", "person_id").aggregate(
        is_certified=rows.count() > 0,
        certified_grade=newest(rows.grade, key),
        certified_on=newest(rows.issued_on, key),
    )


def _with_person_facts(members: ir.Table, facts: ir.Table) -> ir.Table:
    keyed = facts.rename(fact_household="household_id", fact_person="person_id")
    same = (members.household_id == keyed.fact_household) & (members.person_id == keyed.fact_person)
    return members.left_join(keyed, same).drop("fact_household", "fact_person")


def _of_members(part: str, known_by: str | None = None) -> Formula:
    """Return the formula of a count of members: unknown without members, or where `known_by` is 0."""
    return lambda row: known_part(row.zero(known_by or "members") > 0, row[part])


def _member_count(row: Row) -> ir.Value:
    return row["members"].fill_null(row["stated_member_count"])


def _serious_illness(row: Row) -> ir.Value:
    known = row.zero("members") > 0
    if not row.reading.has("health"):
        known = known & ((row["serious"] > 0) | (row["serious_blank"] == 0))
    return known_part(known, row["serious"])


def _uninsured(row: Row) -> ir.Value:
    known = (row.zero("members") > 0) & ((row["uninsured"] > 0) | (row["insurance_blank"] == 0))
    return known_part(known, row["uninsured"])


def _disabled(row: Row) -> ir.Value:
    return _of_members("disabled", None if row.reading.has("disability") else "disabled_known")(row)


def _newly_disabled(row: Row) -> ir.Value:
    if row.reading.has("disability"):
        return row.zero("newly_disabled")
    return _of_members("newly_disabled", "issue_known")(row)


def _of_labour(part: str) -> Formula:
    return lambda row: known_part((row.zero("members") > 0) & (row["labour_blank"] == 0), row[part])


def _is_without_labour(row: Row) -> ir.Value:
    return row.indicator("labour_persons") == 0


def _is_elderly_only(row: Row) -> ir.Value:
    known = (row.zero("members") > 0) & ((row["under_60"] > 0) | (row["elderly"] == row["members"]))
    return known_part(known, row["elderly"] == row["members"])


def _has_left_behind_children(row: Row) -> ir.Value:
    """Settle what is certain first: nobody to leave behind, nobody to leave, somebody who stays."""
    settled = (row["children"] == 0) | (row["working_age"] == 0) | (row["staying"] > 0)
    return ibis.cases(
        (row.zero("members") == 0, unknown("boolean")),
        (settled, False),
        (row["away_blank"] > 0, unknown("boolean")),
        else_=True,
    )


FORMULAS: dict[str, Formula] = {
    "member_count": _member_count,
    "serious_illness_persons": _serious_illness,
    "chronic_illness_persons": _of_members("chronic", "chronic_known"),
    "uninsured_persons": _uninsured,
    "compulsory_age_persons": _of_members("compulsory_age"),
    "disabled_persons": _disabled,
    "severe_disabled_persons": _of_members("severe"),
    "new_disabled_persons": _newly_disabled,
    "labour_persons": _of_labour("labour"),
    "full_labour_persons": _of_labour("full_labour"),
    "is_without_labour": _is_without_labour,
    "migrant_persons": _of_members("migrants", "migrant_known"),
    "migrant_months_max": lambda row: row["migrant_months_max"],
    "elderly_persons": _of_members("elderly"),
    "is_elderly_only": _is_elderly_only,
    "children_persons": _of_members("children"),
    "has_left_behind_children": _has_left_behind_children,
}
