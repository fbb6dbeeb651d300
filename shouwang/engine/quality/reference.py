"""The facts of one household in plain Python: asked at entry, and there to disagree with the fast way.

A household is its rows: canonical table name → list of rows (column → value); tables not given have none.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shouwang.domain.quality_facts import (
    EDUCATION_LEVELS,
    FEMALE_RELATIONS,
    MALE_RELATIONS,
    SCHOOL_LEVELS,
    facts,
)
from shouwang.domain.three_valued import all_of, any_of, opposite
from shouwang.engine.quality.reference_delivered import (
    delivered_of_household,
    delivered_of_member,
    level,
    month_as_number,
)

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
Values = dict[str, int | bool | str | None]
_MONITORED = ("unstable", "borderline", "sudden")


def household_values(rows: Rows, on: date, months: Mapping[str, date]) -> Values:
    """Return the household facts; `months` are the newest months of its county's feeds."""
    [home] = rows["household"]
    members = rows.get("member", ())
    return {
        **_stated(home, "household"),
        **_standing(home, on),
        **_registered(home),
        **_incomes(home, rows.get("annual_income", ()), on),
        **_together(members),
        **delivered_of_household(rows, home, on, months),
    }


def member_values(rows: Rows, member: Row, on: date, months: Mapping[str, date]) -> Values:
    """Return the facts of a member, without those of his household."""
    heads = [each for each in rows.get("member", ()) if each.get("relation") == "户主"]
    head: Row = heads[0] if len(heads) == 1 else {}
    relation, stage = member.get("relation"), level(member.get("school_stage"), SCHOOL_LEVELS)
    ill = (member.get("has_chronic_illness"), member.get("has_serious_illness"), member.get("is_disabled"))
    return {
        **_stated(member, "member"),
        "age": _age(member.get("birth_date"), on),
        "relation_sex": "male"
        if relation in MALE_RELATIONS
        else "female"
        if relation in FEMALE_RELATIONS
        else None,
        "head_sex": head.get("sex"),
        "head_age": _age(head.get("birth_date"), on),
        "is_healthy": opposite(any_of(ill)),
        "school_level": stage,
        "is_pupil": stage is not None and stage != "学龄前",
        "education_level": level(member.get("education"), EDUCATION_LEVELS),
        "is_working": _is_working(member),
        "is_on_minimum_living": member.get("receives_minimum_living"),
        **delivered_of_member(rows, member, on, months),
    }


def _stated(row: Row, of: str) -> Values:
    return {
        fact.name: row.get(fact.column.partition(".")[2])
        for fact in facts().values()
        if fact.is_stated and fact.column.partition(".")[0] == of
    }


def _standing(home: Row, on: date) -> Values:
    kind, was = home.get("household_class"), None
    if home.get("monitored_class") is not None:
        was = home["monitored_class"] in _MONITORED
    eliminated = home.get("is_risk_eliminated") if was else was
    return {
        "this_month": on.year * 100 + on.month,
        "is_alleviated": None if kind is None else kind == "alleviated",
        "was_monitored": was,
        "is_monitored": opposite(eliminated) if was else was,
        "is_eliminated": eliminated,
        "identified_month": month_as_number(home.get("identified_month")),
        "eliminated_month": month_as_number(home.get("eliminated_month")),
        "months_since_identified": _months(home.get("identified_month"), on),
        "months_since_elimination": _months(home.get("eliminated_month"), on),
        "months_to_elimination": _months(home.get("identified_month"), home.get("eliminated_month")),
        "household_minimum_living": home.get("receives_minimum_living"),
        "household_destitute": home.get("receives_destitute_support"),
    }


def _registered(home: Row) -> Values:
    risks, measures = _codes(home.get("risks")), _codes(home.get("measures"))
    found: Values = {"measure_count": None if measures is None else len(measures)}
    for name in facts():
        for prefix, held in (("has_risk_", risks), ("has_measure_", measures)):
            if name.startswith(prefix):
                found[name] = None if held is None else name.removeprefix(prefix) in held
    return found


def _incomes(home: Row, incomes: Sequence[Row], on: date) -> Values:
    by_year = {row["year"]: row for row in incomes if (row["year"] or 9999) <= on.year}
    latest: Row = by_year[max(by_year)] if by_year else {}
    return {
        "latest_income_per_capita_fen": latest.get("net_per_capita_fen"),
        "latest_wage_fen": latest.get("wage_fen"),
        "latest_business_fen": latest.get("business_fen"),
        "identified_year_income_fen": _of_year(by_year, home.get("identified_month")),
        "eliminated_year_income_fen": _of_year(by_year, home.get("eliminated_month")),
    }


def _of_year(by_year: Mapping[int, Row], month: date | None) -> int | None:
    income: int | None = (
        by_year[month.year]["net_per_capita_fen"] if month and month.year in by_year else None
    )
    return income


def _together(members: Sequence[Row]) -> Values:
    if not members:
        return {}
    labours = [each.get("labour") for each in members]
    able = [each for each in labours if each in ("ordinary", "skilled")]
    worked = ("migrant_months", "public_post_months", "workplace")
    return {
        "member_count": len(members),
        "labour_count": None if None in labours else len(able),
        "has_labour": any_of(
            None if each is None else each in ("ordinary", "skilled", "weak") for each in labours
        ),
        "has_worker": any_of(_is_working(each) for each in members),
        "has_work_record": any(each.get(name) is not None for each in members for name in worked),
        "has_dropout_member": any_of(each.get("is_dropout") for each in members),
        "has_severely_disabled": any_of(_is_severe(each) for each in members),
        "has_destitute_member": any_of(each.get("is_destitute") for each in members),
        "has_minimum_living_member": any_of(each.get("receives_minimum_living") for each in members),
    }


def _is_working(member: Row) -> bool | None:
    return any_of(_is_more(member.get(name)) for name in ("migrant_months", "public_post_months"))


def _is_more(number: int | None) -> bool | None:
    return None if number is None else number > 0


def _is_severe(member: Row) -> bool | None:
    grade = member.get("disability_grade")
    return all_of((member.get("is_disabled"), None if grade is None else grade <= 2))


def _codes(text: str | None) -> list[str] | None:
    return None if text is None else [code for code in text.split("|") if code]


def _months(earlier: date | None, later: date | None) -> int | None:
    if earlier is None or later is None:
        return None
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _age(born: date | None, on: date) -> int | None:
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
