"""What befell the household: housing, water, disasters, failed projects, accidents, petitions."""

from collections.abc import Callable

from shouwang.engine.reference_indicators.facts import Facts, Row, Values, amount


def indicators(facts: Facts, values: Values) -> Values:
    """Return the indicators of 住建, 水利, 应急, 农业, 公安 and 信访."""
    return _housing(facts) | _water(facts) | _losses(facts) | _security(facts)


def _housing(facts: Facts) -> Values:
    grade = facts.household["housing_grade"]
    if "housing" in facts.feeds:
        telling = [
            row
            for row in facts.of("housing_check")
            if row["checked_on"] is not None
            and row["checked_on"] <= facts.on
            and (row["disposal"] == "treated" or row["grade"] is not None)
        ]
        if telling:
            newest = max(telling, key=lambda row: (row["checked_on"], row["source_id"], row["row_no"]))
            grade = "A" if newest["disposal"] == "treated" else newest["grade"]
    unsafe = facts.household["is_dilapidated_housing"] if grade is None else grade in ("C", "D")
    return {"housing_grade": grade, "is_housing_unsafe": unsafe}


def _water(facts: Facts) -> Values:
    if "water" not in facts.feeds:
        safe = facts.household["has_safe_water"]
        return {
            "has_water_problem": None if safe is None else not safe,
            "water_days_without": None,
            "water_problem_kinds": None,
        }
    rows = facts.in_spending("water_problem", "started_on")
    return {
        "has_water_problem": bool(rows),
        "water_days_without": max((amount(row["days_without"]) for row in rows), default=0),
        "water_problem_kinds": len({row["problem"] for row in rows} - {None}),
    }


def _count(facts: Facts, feed: str, rows: list[Row], condition: Callable[[Row], bool]) -> int | None:
    return sum(map(condition, rows)) if feed in facts.feeds else None


def _losses(facts: Facts) -> Values:
    disasters = facts.in_spending("disaster", "occurred_on")
    losses = facts.in_spending("farm_loss", "occurred_on")
    petitions = facts.in_spending("petition", "received_on")
    is_hit = any(row["house_damage"] in ("collapsed", "severe") for row in disasters)
    has_disasters, has_losses = "disaster" in facts.feeds, "agriculture" in facts.feeds
    disaster_loss = sum(
        max(amount(row["direct_loss_fen"]), amount(row["crop_loss_fen"])) for row in disasters
    )
    farm_loss = sum(amount(row["loss_fen"]) for row in losses)
    return {
        "disaster_events": len(disasters) if has_disasters else None,
        "is_house_destroyed": is_hit if has_disasters else None,
        "disaster_loss_fen": disaster_loss if has_disasters else None,
        "farm_loss_fen": farm_loss if has_losses else None,
        "project_stopped_events": _count(
            facts, "agriculture", losses, lambda r: r["event"] == "project_stopped"
        ),
        "epidemic_events": _count(facts, "agriculture", losses, lambda r: r["event"] == "epidemic"),
        "petitions": len(petitions) if "petitions" in facts.feeds else None,
    }


def _security(facts: Facts) -> Values:
    rows = facts.in_spending("security_event", "occurred_on")
    if "security" not in facts.feeds:
        return dict.fromkeys(("accident_events", "has_grave_accident", "labour_deaths"))
    traffic = [row for row in rows if row["event"] == "traffic"]
    dead = {row["person_id"] for row in rows if row["event"] == "death"}
    return {
        "accident_events": len(traffic),
        "has_grave_accident": any(row["consequence"] in ("dead", "disabled") for row in traffic),
        "labour_deaths": sum(
            m["labour"] in ("ordinary", "skilled", "weak") and m["person_id"] in dead for m in facts.members
        ),
    }
