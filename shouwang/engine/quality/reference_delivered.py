"""What departments delivered of one household and its members, in plain Python."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from shouwang.domain.quality_facts import SCHOOL_LEVELS

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
Values = dict[str, int | bool | str | None]
_EARLIEST = date(1900, 1, 1)
_CURRENT = ("new", "current")


def month_as_number(day: date | None) -> int | None:
    """Write the month of a date as a number: 202304."""
    return None if day is None else day.year * 100 + day.month


def level(word: str | None, levels: tuple[tuple[str, str], ...]) -> str | None:
    """Return the level that a word means by how it begins; None for another word or a blank."""
    return next((name for beginning, name in levels if word is not None and word.startswith(beginning)), None)


def delivered_of_household(rows: Rows, home: Row, on: date, months: Mapping[str, date]) -> Values:
    """Return the facts of a household that deliveries give."""
    aid = _newest_rows(rows, "social_aid", months.get("civil_affairs"))
    checks = [row for row in rows.get("housing_check", ()) if (_told(row, "checked_on") or date.max) <= on]
    appraisal = _newest(checks, lambda row: _told(row, "checked_on"))
    disposal = appraisal.get("disposal")
    problems = _newest_rows(rows, "water_problem", months.get("water"))
    loans = _newest_rows(rows, "credit", months.get("credit"))
    return {
        "household_delivered_minimum_living": _any_aid(aid, "minimum_living", months),
        "household_delivered_destitute": _any_aid(aid, "destitute", months),
        "delivered_housing_grade": appraisal.get("grade") or None,
        "is_housing_untreated": disposal == "untreated" if disposal else None,
        "has_water_problem": None if "water" not in months else bool(problems),
        "has_later_water_problem": _later_problem(rows, home, on, months),
        "has_loan": None if "credit" not in months else any((row["balance_fen"] or 0) > 0 for row in loans),
        "has_job_since_identified": _job_since(rows, home, months),
    }


def delivered_of_member(rows: Rows, member: Row, on: date, months: Mapping[str, date]) -> Values:
    """Return the facts of a member that deliveries give."""
    own = {
        table: [row for row in found if row.get("person_id") == member["person_id"]]
        for table, found in rows.items()
    }
    aid = _newest_rows(own, "social_aid", months.get("civil_affairs"))
    certificates = _newest_rows(own, "disability_certificate", months.get("disability"))
    certificate = _newest(certificates, lambda row: row["issued_on"] or _EARLIEST)
    return {
        **_jobs(own, months),
        "delivered_minimum_living": _any_aid(aid, "minimum_living", months),
        "delivered_destitute": _any_aid(aid, "destitute", months),
        **_school(own, months),
        "delivered_disabled": None if "disability" not in months else bool(certificates),
        "delivered_disability_grade": certificate.get("grade"),
        **_security(own, on, months),
        "delivered_insurance_paid": _insurance(own, on, months),
        "delivered_serious_illness": _illness(own, on, months),
    }


def _newest_rows(rows: Rows, table: str, month: date | None) -> list[Row]:
    return [row for row in rows.get(table, ()) if month is not None and row["delivered_month"] == month]


def _newest(rows: Sequence[Row], day: Any) -> Row:
    """Return the newest row by a day, then by source and row number; empty where there is none."""
    return max(rows, key=lambda row: (day(row), row["source_id"] or 0, row["row_no"] or 0), default={})


def _told(row: Row, column: str) -> date | None:
    found: date | None = row[column] or row["delivered_month"]
    return found


def _any_aid(aid: Sequence[Row], kind: str, months: Mapping[str, date]) -> bool | None:
    if "civil_affairs" not in months:
        return None
    return any(row["kind"] == kind and row["status"] in _CURRENT for row in aid)


def _later_problem(rows: Rows, home: Row, on: date, months: Mapping[str, date]) -> bool | None:
    eliminated = month_as_number(home.get("eliminated_month"))
    if "water" not in months or eliminated is None:
        return None
    begun = [row["started_on"] for row in rows.get("water_problem", ()) if row["started_on"]]
    return any((month_as_number(day) or 0) > eliminated for day in begun if day <= on)


def _job_since(rows: Rows, home: Row, months: Mapping[str, date]) -> bool | None:
    since = month_as_number(home.get("identified_month"))
    if "employment" not in months or since is None:
        return None
    ends = [row["end_month"] for row in _newest_rows(rows, "employment", months["employment"])]
    return any(end is None or (month_as_number(end) or 0) >= since for end in ends)


def _jobs(own: Rows, months: Mapping[str, date]) -> Values:
    jobs = _newest_rows(own, "employment", months.get("employment"))
    job = _newest(jobs, lambda row: row["start_month"] or _EARLIEST)
    crossing = any(
        one["start_month"] < other["start_month"] < one["end_month"]
        for one in jobs
        for other in jobs
        if one["start_month"] and other["start_month"] and one["end_month"]
    )
    return {
        "job_status": job.get("status") or None,
        "job_wage_fen": job.get("monthly_wage_fen"),
        "job_employer": job.get("employer") or None,
        "job_start_month": month_as_number(job.get("start_month")),
        "job_end_month": month_as_number(job.get("end_month")),
        "has_overlapping_jobs": None if "employment" not in months else crossing,
    }


def _school(own: Rows, months: Mapping[str, date]) -> Values:
    rows = _newest_rows(own, "enrolment", months.get("education"))
    newest = _newest(rows, lambda row: row["delivered_month"])
    aid = any("雨露" in (row["aid_name"] or "") for row in rows)
    return {
        "school_status": newest.get("status") or None,
        "delivered_school_level": level(newest.get("stage"), SCHOOL_LEVELS),
        "has_vocational_aid": None if "education" not in months else aid,
    }


def _security(own: Rows, on: date, months: Mapping[str, date]) -> Values:
    if "security" not in months:
        return {}
    rows = [row for row in own.get("security_event", ()) if (_told(row, "occurred_on") or date.max) <= on]
    days = {
        event: max(
            (_told(row, "occurred_on") or _EARLIEST for row in rows if row["event"] == event), default=None
        )
        for event in ("moved_out", "moved_in")
    }
    left, came = days["moved_out"], days["moved_in"]
    return {
        "delivered_death": any(row["event"] == "death" or row["consequence"] == "dead" for row in rows),
        "delivered_moved_out": left is not None and (came is None or came < left),
    }


def _insurance(own: Rows, on: date, months: Mapping[str, date]) -> bool | None:
    if "medical" not in months:
        return None
    begin = on - timedelta(days=365)
    return any(
        (row["basic_paid_fen"] or 0) > 0 and row["settled_on"] is not None and begin < row["settled_on"] <= on
        for row in own.get("own_pay_entry", ())
    )


def _illness(own: Rows, on: date, months: Mapping[str, date]) -> bool | None:
    if "health" not in months:
        return None
    told = [row for row in own.get("diagnosis", ()) if row["severity"] == "serious"]
    return any((_told(row, "diagnosed_on") or date.max) <= on for row in told)
