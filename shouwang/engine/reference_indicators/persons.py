"""What departments say of persons: diagnoses, school, aid, jobs, loans."""

from collections.abc import Callable

from shouwang.engine.reference_indicators.facts import Facts, Row, Values, amount, month_number

_AIDED = ("new", "current")
_NOT_PAID_FOR = ("小学", "七年级", "八年级", "九年级", "学龄前儿童", "")


def indicators(facts: Facts, values: Values) -> Values:
    """Return the indicators of 卫健, 教育, 民政, 人社 and 银行; reads member_count."""
    found = _education(facts) | _aid(facts) | _work(facts) | _credit(facts)
    serious = [row for row in facts.in_spending("diagnosis", "diagnosed_on") if row["severity"] == "serious"]
    found["new_serious_illness_persons"] = _persons(serious) if "health" in facts.feeds else None
    sides = (values["member_count"], found["destitute_persons"])
    if all(side == 1 for side in sides):
        found["is_single_destitute"] = True
    else:
        found["is_single_destitute"] = False if any(side not in (1, None) for side in sides) else None
    return found


def _persons(rows: list[Row], condition: Callable[[Row], object] = lambda row: True) -> int:
    return len({row["person_id"] for row in rows if condition(row)})


def _stated(facts: Facts, column: str) -> int | None:
    stated = [member[column] for member in facts.members if member[column] is not None]
    return sum(stated) if stated else None


def _education(facts: Facts) -> Values:
    if "education" not in facts.feeds:
        stages = [m["school_stage"] for m in facts.members]
        paying = sum(stage is not None and stage not in _NOT_PAID_FOR for stage in stages)
        return {
            "pupils": None,
            "education_own_fen": None,
            "noncompulsory_pupils": paying if stages else None,
            "dropout_persons": _stated(facts, "is_dropout"),
        }
    latest = facts.latest("enrolment")
    enrolled = [row for row in latest.values() if row["status"] == "enrolled"]
    of_age = {m["person_id"] for m in facts.members if facts.is_aged(m, 6, 15)}
    return {
        "pupils": len(enrolled),
        "noncompulsory_pupils": sum(row["stage"] not in (None, "小学", "初中") for row in enrolled),
        "education_own_fen": sum(amount(row["year_own_fen"]) for row in latest.values()),
        "dropout_persons": sum(
            person in of_age and row["status"] == "suspected_dropout" for person, row in latest.items()
        ),
    }


def _aid(facts: Facts) -> Values:
    if "civil_affairs" not in facts.feeds:
        return {
            "minimum_living_persons": _stated(facts, "receives_minimum_living"),
            "destitute_persons": _stated(facts, "is_destitute"),
            "new_minimum_living_persons": None,
            "refused_minimum_living_persons": None,
            "stopped_minimum_living_persons": None,
            "temporary_aid_times": None,
        }
    minimum = [row for row in facts.of("social_aid") if row["kind"] == "minimum_living"]
    latest = list(facts.latest("social_aid", "minimum_living").values())
    temporary = [row for row in facts.in_spending("social_aid", "start_month") if row["kind"] == "temporary"]
    return {
        "minimum_living_persons": sum(row["status"] in _AIDED for row in latest),
        "destitute_persons": sum(
            row["status"] in _AIDED for row in facts.latest("social_aid", "destitute").values()
        ),
        "new_minimum_living_persons": _persons(
            minimum, lambda r: r["status"] in _AIDED and facts.is_in_last_months(r["start_month"], 24)
        ),
        "refused_minimum_living_persons": _persons(
            minimum, lambda r: r["status"] == "refused" and facts.is_in_last_months(r["delivered_month"], 24)
        ),
        "stopped_minimum_living_persons": sum(
            row["status"] == "stopped" and facts.is_in_last_months(row["delivered_month"], 12)
            for row in latest
        ),
        "temporary_aid_times": _starts(temporary),
    }


def _starts(rows: list[Row]) -> int:
    return len({(row["person_id"], month_number(row["start_month"])) for row in rows})


def _work(facts: Facts) -> Values:
    names = ("employed_persons", "unemployed_persons", "job_changes", "lost_monthly_wage_fen")
    if "employment" not in facts.feeds:
        return dict.fromkeys(names)
    latest = facts.latest_month("employment")
    unemployed = {p for p, rows in latest.items() if all(r["status"] == "unemployed" for r in rows)}
    wages: dict[str | None, int] = {}
    for row in facts.in_spending("employment", "delivered_month"):
        if row["person_id"] in unemployed and row["monthly_wage_fen"] is not None:
            earned = wages.get(row["person_id"], row["monthly_wage_fen"])
            wages[row["person_id"]] = max(earned, row["monthly_wage_fen"])
    return {
        "employed_persons": sum(any(r["status"] == "employed" for r in rows) for rows in latest.values()),
        "unemployed_persons": len(unemployed),
        "job_changes": _starts(facts.in_spending("employment", "start_month")),
        "lost_monthly_wage_fen": sum(wages.values()),
    }


def _credit(facts: Facts) -> Values:
    if "credit" not in facts.feeds:
        return {"overdue_days_max": None, "loan_balance_fen": None}
    loans = [row for rows in facts.latest_month("credit").values() for row in rows]
    return {
        "overdue_days_max": max((amount(row["overdue_days"]) for row in loans), default=0),
        "loan_balance_fen": sum(amount(row["balance_fen"]) for row in loans),
    }
