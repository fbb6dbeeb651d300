"""Counts of members: illness, insurance, age, disability, labour."""

from collections.abc import Callable

from shouwang.engine.reference_indicators.facts import Facts, Row, Values

_WORKING = (16, 59)


def indicators(facts: Facts, values: Values) -> Values:
    """Return the indicators of 家庭成员信息."""
    members = facts.members
    stated = facts.household["stated_member_count"]
    found: Values = {"member_count": len(members) if members else stated}
    return found | _health(facts) | _disability(facts) | _labour(facts) | _ages(facts)


def _count(rows: list[Row], condition: Callable[[Row], object]) -> int:
    return sum(1 for row in rows if condition(row))


def _knows(rows: list[Row], *columns: str) -> bool:
    return any(row[column] is not None for row in rows for column in columns)


def _health(facts: Facts) -> Values:
    members = facts.members
    diagnosed = set()
    if "health" in facts.feeds:
        for row in facts.of("diagnosis"):
            dated_on = row["diagnosed_on"] or row["delivered_month"]
            if row["severity"] == "serious" and dated_on is not None and dated_on <= facts.on:
                diagnosed.add(row["person_id"])
    serious: int | None = _count(members, lambda m: m["has_serious_illness"] or m["person_id"] in diagnosed)
    blank = any(m["has_serious_illness"] is None for m in members)
    if not members or ("health" not in facts.feeds and blank and serious == 0):
        serious = None
    return {
        "serious_illness_persons": serious,
        "chronic_illness_persons": _count(members, lambda m: m["has_chronic_illness"])
        if _knows(members, "has_chronic_illness")
        else None,
        "uninsured_persons": _uninsured(members),
    }


def _uninsured(members: list[Row]) -> int | None:
    """Count those who joined neither insurance; none is certain only where every answer is known."""
    count, is_certain = 0, bool(members)
    for member in members:
        joined = (member["has_resident_medical_insurance"], member["has_employee_medical_insurance"])
        count += joined == (False, False)
        is_certain = is_certain and (True in joined or None not in joined)
    return count if count or is_certain else None


def _disability(facts: Facts) -> Values:
    members, is_fed = facts.members, "disability" in facts.feeds
    latest = facts.latest("disability_certificate") if is_fed else {}

    def told(member: Row, certified: str, own: str) -> object:
        certificate = latest.get(member["person_id"])
        told = None if certificate is None else certificate[certified]
        return member[own] if told is None else told

    disabled = _count(members, lambda m: m["is_disabled"] or m["person_id"] in latest)
    severe = _count(members, lambda m: told(m, "grade", "disability_grade") in (1, 2))
    # `told` gives the column's own type, a date here.
    new = _count(members, lambda m: facts.is_in_last_months(told(m, "issued_on", "disability_issued_on"), 24))  # type: ignore[arg-type]
    return {
        "disabled_persons": disabled if members and (is_fed or _knows(members, "is_disabled")) else None,
        "severe_disabled_persons": severe if members else None,
        "new_disabled_persons": new if is_fed or _knows(members, "disability_issued_on") else None,
    }


def _labour(facts: Facts) -> Values:
    members = facts.members
    blank = any(facts.is_aged(m, *_WORKING) and m["labour"] is None for m in members)
    is_known = bool(members) and not blank
    able = _count(members, lambda m: m["labour"] in ("ordinary", "skilled", "weak"))
    months = [m["migrant_months"] for m in members if m["migrant_months"] is not None]
    return {
        "labour_persons": able if is_known else None,
        "full_labour_persons": _count(members, lambda m: m["labour"] in ("ordinary", "skilled"))
        if is_known
        else None,
        "is_without_labour": able == 0 if is_known else None,
        "migrant_persons": sum(each > 0 for each in months) if months else None,
        "migrant_months_max": max(months, default=None),
    }


def _ages(facts: Facts) -> Values:
    members = facts.members
    names = ("compulsory_age_persons", "elderly_persons", "children_persons", "is_elderly_only")
    if not members:
        return dict.fromkeys((*names, "has_left_behind_children"))
    elderly = _count(members, lambda m: facts.is_aged(m, 60))
    has_younger = any(facts.is_aged(m, -999, 59) for m in members)
    is_elderly_only: bool | None = elderly == len(members)
    if not is_elderly_only and not has_younger:
        is_elderly_only = None
    return {
        "compulsory_age_persons": _count(members, lambda m: facts.is_aged(m, 6, 15)),
        "elderly_persons": elderly,
        "children_persons": _count(members, lambda m: facts.is_aged(m, -999, 15)),
        "is_elderly_only": is_elderly_only,
        "has_left_behind_children": _left_behind(facts),
    }


def _left_behind(facts: Facts) -> bool | None:
    children = [m for m in facts.members if facts.is_aged(m, -999, 15)]
    away = [m["migrant_months"] for m in facts.members if facts.is_aged(m, *_WORKING)]
    if not children or not away or any(months is not None and months < 6 for months in away):
        return False
    return None if None in away else True
