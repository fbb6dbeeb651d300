"""The indicators in plain Python, one household at a time, written from the catalogue alone.

It shares no code with the Ibis expressions: it exists to disagree with them.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from shouwang.engine.reference_indicators import events, household, income, members, persons, spending
from shouwang.engine.reference_indicators.facts import Facts
from shouwang.engine.snapshot import IncomeRegime

__all__ = ["reference_indicators"]


def reference_indicators(
    rows: Mapping[str, list[dict[str, Any]]],
    household_id: str,
    *,
    regime: IncomeRegime,
    on: date,
    feeds: Collection[str],
) -> dict[str, int | bool | str | None]:
    """Return every indicator of one household, None where unknown.

    rows: canonical table name → rows by column name, of any households.
    """
    own = {
        table: [row for row in found if row["household_id"] == household_id]
        for table, found in rows.items()
        if table != "source"
    }
    facts = Facts(own, regime, on, frozenset(feeds))
    values: dict[str, int | bool | str | None] = {}
    for topic in (household, members, persons, events, spending, income):
        values |= topic.indicators(facts, values)
    return values
