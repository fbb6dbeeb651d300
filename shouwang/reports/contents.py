"""What a warning list is made from: a finished run, what changed, and what could not be read or matched."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Any

from shouwang.domain import wording
from shouwang.domain.policy import GRADES
from shouwang.domain.tables import RISKS
from shouwang.engine.difference import HouseholdChange
from shouwang.engine.results import HouseholdResult, Results, SourceRow
from shouwang.engine.run import Run
from shouwang.exchange.writing import Cell, Column, Style, StyledRow

GRADE_STYLES: Mapping[str, Style] = {"red": "bad", "yellow": "warn", "blue": "strong", "green": "good"}
PLACE_COLUMNS = (
    "household_id",
    "division",
    "scope",
    "township",
    "village",
    "group_name",
    "head_name",
    "grade",
    "is_flagged",
    "is_pending",
)
_LINE_POINTS, _MOST_POINTS = 15.5, 409.0
_QUOTED = re.compile("“[^”]*”")
UNDECIDED = "暂不能判断(缺数据)"


@dataclass(frozen=True)
class Contents:
    """The matter of one workbook. `changes` is None where no earlier run was given.

    `unmatched` and `row_errors` are the Parquet files of the staging, or None where there was none.
    """

    run: Run
    place_names: Sequence[str] = ()
    changes: Sequence[HouseholdChange] | None = None
    previous: Run | None = None
    unmatched: Path | None = None
    row_errors: Path | None = None
    correction_file: str = ""
    extra_notices: Sequence[str] = field(default_factory=tuple)

    @cached_property
    def results(self) -> Results:
        """The run's households, one by one."""
        return Results(self.run)

    @cached_property
    def households(self) -> dict[str, dict[str, Any]]:
        """Where each household lives and how it stands, by household_id (PLACE_COLUMNS)."""
        return place_rows(self.run)

    @cached_property
    def sources(self) -> dict[int, dict[str, Any]]:
        """The sheets read, by source_id."""
        table = self.run.table("source")
        return {row["source_id"]: row for row in table.to_pylist()} if table is not None else {}

    @cached_property
    def rule_labels(self) -> dict[str, str]:
        """Each rule's label by name."""
        return {rule["name"]: rule["label"] for rule in self.run.header.rules}

    @cached_property
    def grades(self) -> list[str]:
        """The grades in use, the gravest first."""
        used = {grade for policy in self.run.header.policies for grade in policy["grade_scale"]}
        used |= {str(row["grade"]) for row in self.households.values() if row["grade"]}
        return [grade for grade in GRADES if grade in used]

    @property
    def title(self) -> str:
        """The place and the day, as each sheet's heading begins."""
        return f"{''.join(self.place_names) or self.run.header.county} {self.run.on:%Y年%m月%d日}"

    def class_name(self, household: HouseholdResult) -> str:
        """Write the class a household would fall into in the words of its policy."""
        code = household.suggested_class
        if not code:
            return ""
        if code == "unknown":
            return UNDECIDED
        scope = self.households[household.household_id]["scope"]
        names = self.run.header.policies[scope]["class_names"]
        return str(names.get(code) or wording.value(code, "code"))


def place_rows(run: Run) -> dict[str, dict[str, Any]]:
    """Return the places and states of a run's households by household_id; empty where the run has none."""
    table = run.table("household")
    if table is None:
        return {}
    rows = table.select([name for name in PLACE_COLUMNS if name in table.column_names]).to_pylist()
    return {row["household_id"]: row for row in rows}


def risk_names(risks: Sequence[str | None]) -> str:
    """Write risk codes in words, each once."""
    return "、".join(dict.fromkeys(RISKS.get(risk, risk) for risk in risks if risk))


def fitted(columns: Sequence[Column], row: Sequence[Cell] | StyledRow) -> StyledRow:
    """Return a row high enough for its wrapped texts: not every program fits heights by itself."""
    styled = row if isinstance(row, StyledRow) else StyledRow(row)
    lines = max(
        (_lines(value, column.width) for value, column in zip(styled.values, columns, strict=True)), default=1
    )
    height = min(lines * _LINE_POINTS + 2, _MOST_POINTS) if lines > 1 else None
    return replace(styled, height=height)


def _lines(value: Cell, width: float) -> int:
    """Count the lines a text takes in a column; a Chinese character is as wide as two digits."""
    if not isinstance(value, str):
        return 1
    room = max(int(width) - 1, 2)
    return sum(max(1, ceil(_width(line) / room)) for line in value.split("\n"))


def _width(text: str) -> int:
    # In GBK, too, a Chinese character takes two places and a digit one.
    return len(text.encode("gbk", "replace"))


def numbered(sentences: Sequence[str]) -> str:
    """Put sentences one a line, numbered where there are several."""
    if len(sentences) < 2:
        return "".join(sentences)
    return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1))


def short_clause(clause: str) -> str:
    """Return a clause's first document without the words quoted; the whole stands in 预警明细."""
    return _QUOTED.sub("", clause).split("；")[0].strip()


def source_lines(sources: Sequence[SourceRow], total: int, *, most_files: int = 8, rest: str = "") -> str:
    """Write where facts came from, one file and sheet a line: 文件/工作表/第3、7行; ledgers last.

    `rest` is said instead of the number of rows where not all are shown.
    """
    rows: dict[tuple[bool, str, str], set[int]] = {}
    for source in sources:
        rows.setdefault((source.feed == "ledger", source.file, source.sheet), set()).add(source.row_no)
    shown = sorted(rows.items())[:most_files]
    lines = [
        "/".join(part for part in (file, sheet, f"第{'、'.join(map(str, sorted(numbers)))}行") if part)
        for (_, file, sheet), numbers in shown
    ]
    if total > sum(len(numbers) for _, numbers in shown):
        lines.append(rest or f"……共{total}行")
    return "\n".join(lines)
