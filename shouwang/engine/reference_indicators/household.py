"""The registry's own row, from the catalogue's first part."""

from datetime import date

from shouwang.engine.reference_indicators.facts import Facts, Values, month_number

_AS_STATED = (
    "alleviated_year", "is_relocated", "is_no_labour_guaranteed", "has_contact_person",
    "has_uninsured_member", "has_dropout",
)  # fmt: skip
_MEASURES = {
    "has_measure_health": {"health"},
    "has_measure_education": {"education", "compulsory_education"},
    "has_measure_security": {"security"},
    "has_measure_housing": {"housing", "relocation"},
    "has_measure_water": {"water"},
}
_RISKS = ("medical", "school", "disability", "labour", "employment", "housing", "water")


def indicators(facts: Facts, values: Values) -> Values:
    """Return the indicators of 户信息."""
    row = facts.household
    found: Values = {name: row[name] for name in _AS_STATED}
    kind = row["household_class"]
    found["is_alleviated"] = None if kind is None else kind == "alleviated"
    found["is_ordinary"] = None if kind is None else kind == "ordinary"
    found["stated_own_pay_fen"] = row["compliant_own_pay_fen"]
    return found | _monitoring(facts) | _codes(facts)


def _monitoring(facts: Facts) -> Values:
    row = facts.household
    kind = row["monitored_class"]
    was = None if kind is None else kind in ("unstable", "borderline", "sudden")
    gone = row["is_risk_eliminated"]
    is_eliminated = gone if was else was
    natural = is_eliminated
    if is_eliminated:
        natural = None if row["elimination_mode"] is None else row["elimination_mode"] == "natural"
    start, end = row["identified_month"], row["eliminated_month"]
    return {
        "was_monitored": was,
        "is_monitored": (None if gone is None else not gone) if was else was,
        "is_eliminated": is_eliminated,
        "is_naturally_eliminated": natural,
        "months_since_identified": facts.months_ago(start),
        "months_to_elimination": _months_between(start, end),
        "months_since_elimination": facts.months_ago(end),
    }


def _months_between(start: date | None, end: date | None) -> int | None:
    return None if start is None or end is None else month_number(end) - month_number(start)


def _codes(facts: Facts) -> Values:
    risks, measures = (_split(facts.household[column]) for column in ("risks", "measures"))
    found: Values = {"risk_count": _length(risks), "measure_count": _length(measures)}
    for risk in _RISKS:
        found[f"has_risk_{risk}"] = None if risks is None else risk in risks
    for name, wanted in _MEASURES.items():
        found[name] = None if measures is None else not wanted.isdisjoint(measures)
    stated = facts.household["has_development_measure"]
    if stated is None and measures is not None:
        stated = not {"industry", "employment", "finance", "public_post"}.isdisjoint(measures)
    found["has_development_measure"] = stated
    return found


def _split(text: str | None) -> list[str] | None:
    return None if text is None else [code for code in text.split("|") if code]


def _length(codes: list[str] | None) -> int | None:
    return None if codes is None else len(codes)
