"""Medical own pay over S and this year, and what must be spent in all."""

from collections.abc import Iterable

from shouwang.engine.reference_indicators.facts import Facts, Row, Values, amount, month_number


def indicators(facts: Facts, values: Values) -> Values:
    """Return the indicators of 医保 and the rigid spending; reads education_own_fen and disaster_loss_fen."""
    names = (
        "own_pay_person_max_fen", "own_pay_household_fen", "own_pay_year_person_max_fen",
        "compliant_own_pay_person_max_fen", "inpatient_own_pay_year_max_fen",
        "outpatient_own_pay_month_max_fen", "rigid_spending_fen",
    )  # fmt: skip
    if "medical" not in facts.feeds:
        return dict.fromkeys(names)
    settled = facts.in_spending("own_pay_entry", "settled_on")
    this_year = [row for row in settled if row["settled_on"].year == facts.on.year]
    is_compliant_known = all(row["compliant_own_pay_fen"] is not None for row in settled)
    household = sum(amount(row["own_pay_fen"]) for row in settled)
    others = (values["education_own_fen"], values["disaster_loss_fen"])
    return {
        "own_pay_household_fen": household,
        "own_pay_person_max_fen": _largest(settled),
        "own_pay_year_person_max_fen": _largest(this_year),
        "compliant_own_pay_person_max_fen": _largest(settled, "compliant_own_pay_fen")
        if is_compliant_known
        else None,
        "inpatient_own_pay_year_max_fen": _largest(r for r in this_year if r["visit_kind"] == "inpatient"),
        "outpatient_own_pay_month_max_fen": _outpatient(settled),
        "rigid_spending_fen": household + sum(int(other or 0) for other in others),
    }


def _largest(rows: Iterable[Row], column: str = "own_pay_fen") -> int:
    """Return the largest sum of one person, 0 without a row."""
    sums: dict[str | None, int] = {}
    for row in rows:
        sums[row["person_id"]] = sums.get(row["person_id"], 0) + amount(row[column])
    return max(sums.values(), default=0)


def _outpatient(settled: list[Row]) -> int:
    last = max((month_number(row["settled_on"]) for row in settled), default=0)
    in_last = [row for row in settled if month_number(row["settled_on"]) == last]
    return _largest(row for row in in_last if row["visit_kind"] in ("outpatient", "chronic"))
