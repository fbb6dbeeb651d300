"""Income from the ledger where it is complete, else from annual statements."""

from datetime import date

from shouwang.domain.tables import INCOME_ITEMS
from shouwang.engine.reference_indicators.facts import Facts, Row, Values, month_number

_PARTS = {
    "wage": "wage_income_fen",
    "business": "business_income_fen",
    "cost": "business_cost_fen",
    "property": "property_income_fen",
    "transfer": "transfer_income_fen",
}


def indicators(facts: Facts, values: Values) -> Values:
    """Return the indicators of income; reads member_count and own_pay_household_fen."""
    start, end = facts.regime.window.from_date, facts.regime.window.to_date
    current = _ledger(facts, month_number(start), month_number(end))
    before = _ledger(facts, month_number(_year_before(start)), month_number(start))
    half = _ledger(facts, month_number(facts.on) - 6, month_number(facts.on))
    last = _statement(facts, facts.on.year - 1)
    parts = _stated_parts(last) if current is None else current
    net = _stated_net(last) if current is None else _net(current)
    previous = _stated_net(_statement(facts, facts.on.year - 2)) if before is None else _net(before)
    found: Values = {name: parts[part] for part, name in _PARTS.items()}
    found["income_months_known"] = len(_known(facts, month_number(start), month_number(end)))
    found["is_income_from_ledger"] = None if net is None else current is not None
    found["net_income_fen"] = net
    found["previous_net_income_fen"] = previous
    found["income_fall_fen"] = None if net is None or previous is None else previous - net
    found["half_year_net_income_fen"] = None if half is None else _net(half)
    own_pay = values["own_pay_household_fen"]
    claims = facts.household["claims_income_fen"] or 0
    found["reference_income_fen"] = None if net is None or own_pay is None else net + claims - int(own_pay)
    found["falling_years"] = _falling_years(facts)
    found["stated_income_per_capita_fen"] = _stated_per_capita(facts)
    for name in ("net_income", "reference_income", "half_year_income"):
        total = found["half_year_net_income_fen" if name == "half_year_income" else f"{name}_fen"]
        count = values["member_count"]
        found[f"{name}_per_capita_fen"] = None if total is None or not count else int(total) // int(count)
    return found


def _stated_per_capita(facts: Facts) -> int | None:
    stated = {row["year"]: row["net_per_capita_fen"] for row in facts.of("annual_income")}
    years = [year for year in stated if year is not None and year <= facts.on.year]
    return stated[max(years)] if years else None


def _year_before(day: date) -> date:
    return date(day.year - 1, day.month, 1)


def _known(facts: Facts, first: int, after: int) -> set[int]:
    months = {month_number(row["month"]) for row in facts.of("income_entry") if row["month"] is not None}
    return {month for month in months if first <= month < after}


def _ledger(facts: Facts, first: int, after: int) -> dict[str, int] | None:
    """Return the counted sums of the months from `first` to before `after`; None if one is unknown."""
    if after <= first or len(_known(facts, first, after)) < after - first:
        return None
    sums = dict.fromkeys(_PARTS, 0)
    for row in facts.of("income_entry"):
        item = INCOME_ITEMS.get(row["item"])
        if item is None or row["month"] is None or not first <= month_number(row["month"]) < after:
            continue
        if item.is_cost:
            sums["cost"] += row["amount_fen"] or 0
        elif item.name in facts.regime.counted:
            sums[item.source] += row["amount_fen"] or 0
    return sums


def _net(sums: dict[str, int]) -> int:
    return sums["wage"] + sums["business"] + sums["property"] + sums["transfer"] - sums["cost"]


def _statement(facts: Facts, year: int) -> Row | None:
    return next((row for row in facts.of("annual_income") if row["year"] == year), None)


def _stated_parts(statement: Row | None) -> dict[str, int | None]:
    if statement is None:
        return dict.fromkeys(_PARTS)
    return {part: statement["business_cost_fen" if part == "cost" else f"{part}_fen"] for part in _PARTS}


def _stated_net(statement: Row | None) -> int | None:
    if statement is None or statement["net_fen"] is not None:
        return None if statement is None else statement["net_fen"]
    parts = {part: value for part, value in _stated_parts(statement).items() if value is not None}
    return _net(parts) if len(parts) == len(_PARTS) else None


def _falling_years(facts: Facts) -> int | None:
    nets = {}
    for row in facts.of("annual_income"):
        net = _stated_net(row)
        if net is not None and row["year"] is not None and facts.on.year - 5 <= row["year"] <= facts.on.year:
            nets[row["year"]] = net
    if not nets or max(nets) - 1 not in nets:
        return None
    year, falls = max(nets), 0
    while year - 1 in nets and nets[year] < nets[year - 1]:
        year, falls = year - 1, falls + 1
    return falls
