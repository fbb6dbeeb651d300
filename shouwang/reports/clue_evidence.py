"""Why the screening warned: conditions, figures, parameters and source rows of a finding, for a reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shouwang.domain import wording
from shouwang.domain.field_masks import is_legal
from shouwang.domain.indicators import indicators
from shouwang.records.models import Finding


@dataclass(frozen=True)
class Line:
    """A name with its value in words, and where the value is from."""

    label: str
    value: str
    source: str = ""


@dataclass(frozen=True)
class SourceLine:
    """A row of a sheet that the finding rests on."""

    file: str
    sheet: str
    row_no: int | None
    amount_fen: int | None


@dataclass(frozen=True)
class Evidence:
    """All that explains one finding; `unshown_rows` are source rows beyond those listed.

    `is_legal` says that it rests on what the police or the petitions office delivered.
    """

    rule: str
    label: str
    clause: str
    reason: str
    grade: str
    pack: str
    conditions: tuple[str, ...]
    values: tuple[Line, ...]
    parameters: tuple[Line, ...]
    rows: tuple[SourceLine, ...]
    unshown_rows: int
    is_legal: bool


def evidence_of(finding: Finding) -> Evidence:
    """Put a stored finding into words; `finding.evidence` is the screening's own finding as plain values."""
    held: Mapping[str, Any] = finding.evidence or {}
    rows = tuple(_row(each) for each in held.get("sources", ()))
    return Evidence(
        rule=finding.rule,
        label=finding.label,
        clause=finding.clause,
        reason=finding.reason,
        grade=finding.grade,
        pack=finding.pack,
        conditions=tuple(str(each["text"]) for each in held.get("evidence", ()) if each.get("holds")),
        values=tuple(_value(name, value) for name, value in held.get("values", {}).items()),
        parameters=tuple(_parameter(each) for each in held.get("parameters", ())),
        rows=rows,
        unshown_rows=max(0, int(held.get("source_row_count", len(rows))) - len(rows)),
        is_legal=is_legal(held),
    )


def _value(name: str, value: Any) -> Line:
    indicator = indicators().get(name)
    if indicator is None:
        return Line(name, wording.UNKNOWN if value is None else str(value))
    return Line(indicator.label, wording.value(value, indicator.unit))


def _parameter(held: Mapping[str, Any]) -> Line:
    cautions = [word for word, key in (("参考值", "is_reference"), ("沿用往年", "is_stale")) if held.get(key)]
    words = wording.value(held.get("value"), str(held.get("unit", "")))
    label = str(held.get("label") or held.get("name", ""))
    return Line(
        label, words + (f"（{'、'.join(cautions)}）" if cautions else ""), str(held.get("source", ""))
    )


def _row(held: Mapping[str, Any]) -> SourceLine:
    row_no = held.get("row_no", held.get("row"))
    return SourceLine(str(held.get("file", "")), str(held.get("sheet", "")), row_no, held.get("amount_fen"))
