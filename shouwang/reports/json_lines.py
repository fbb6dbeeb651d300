"""A run as JSON Lines: one household a line, for platforms that take the answers further.

Money is integer fen, under names that end in _fen or beside `"unit": "fen"`; dates are ISO; unknown is null.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from shouwang.domain.indicators import indicators
from shouwang.engine.explanation import ParameterNote
from shouwang.engine.results import Finding, HouseholdResult, NearMiss, Results, SourceRow
from shouwang.reports.policy_texts import machine_unit


def household_records(results: Results) -> Iterator[dict[str, Any]]:
    """Yield a record for every household with a warning, a near miss or an unknown rule, by household_id."""
    for household in results.households():
        if household.warnings or household.near or household.unknown:
            yield household_record(household)


def household_record(household: HouseholdResult) -> dict[str, Any]:
    """Return one household; `findings` are its warnings."""
    return {
        "household": household.household_id,
        "village": household.village,
        "grade": household.grade,
        "index": household.index,
        "findings": [_finding(finding) for finding in household.warnings],
        "near": [_near(near) for near in household.near],
        "unknown": [{"rule": rule.rule, "missing": list(rule.missing)} for rule in household.unknown],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "pack": finding.pack,
        "risk": finding.risk,
        "clause": finding.clause,
        "values": {name: _plain(value) for name, value in finding.values.items()},
        "parameters": {note.name: _parameter(note) for note in finding.parameters},
        "sources": [_source(source) for source in finding.sources],
    }


def _parameter(note: ParameterNote) -> dict[str, Any]:
    return {"value": note.value, "unit": machine_unit(note.unit), "source": note.source}


def _source(source: SourceRow) -> dict[str, Any]:
    return {
        "feed": source.feed, "file": source.file, "sheet": source.sheet, "row": source.row_no,
        "amount_fen": source.amount_fen,
    }  # fmt: skip


def _near(near: NearMiss) -> dict[str, Any]:
    return {
        "rule": near.rule,
        "risk": near.risk,
        "indicator": near.indicator,
        "unit": indicators()[near.indicator].unit,
        "actual": near.actual,
        "operator": near.operator,
        "needed": near.needed,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
