"""A run's households one by one: findings with their evidence, near misses, and what is unknown."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow.compute as pc

from shouwang.domain import wording
from shouwang.domain.indicators import indicators
from shouwang.engine.explanation import LeafEvidence, ParameterNote, leaf_evidence, reason
from shouwang.engine.expression import parse
from shouwang.engine.indicators import source_sets
from shouwang.engine.reference import value_of
from shouwang.engine.rule_tree import Comparison, Expression, Name
from shouwang.engine.run import Run, RunError

# A finding shows so many of the rows it rests on; all of them stay in the run.
MOST_ROWS = 20


@dataclass(frozen=True)
class SourceRow:
    """A row of a sheet that a finding rests on, as the user sees it in the file."""

    file: str
    sheet: str
    row_no: int
    feed: str
    amount_fen: int | None


@dataclass(frozen=True)
class Finding:
    """One true rule of one household with all that explains it; `clause` cites the document."""

    rule: str
    label: str
    pack: str
    kind: str
    risk: str | None
    grade: str | None
    clause: str
    reason: str
    evidence: list[LeafEvidence]
    values: dict[str, Any]
    parameters: list[ParameterNote]
    sources: list[SourceRow]
    source_row_count: int


@dataclass(frozen=True)
class NearMiss:
    """A warning that one number just failed to meet."""

    rule: str
    label: str
    risk: str | None
    indicator: str
    actual: int
    operator: str
    needed: int
    text: str


@dataclass(frozen=True)
class UnknownRule:
    """A warning that cannot be answered for a household because facts are missing."""

    rule: str
    label: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class HouseholdResult:
    """All that a run says about one household; `parts` are the index's parts by name."""

    household_id: str
    division: str | None
    township: str | None
    village: str | None
    group_name: str | None
    head_name: str | None
    grade: str | None
    index: int
    parts: dict[str, int]
    suggested_class: str | None
    is_flagged: bool
    is_pending: bool
    findings: list[Finding]
    near: list[NearMiss]
    unknown: list[UnknownRule]

    @property
    def warnings(self) -> list[Finding]:
        """The findings that are warnings."""
        return [finding for finding in self.findings if finding.kind == "warning"]

    @property
    def risks(self) -> list[str]:
        """The risks warned of, each once."""
        return list(dict.fromkeys(f.risk for f in self.warnings if f.risk))


class Results:
    """Reads a run's tables once and answers household by household."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._expressions: dict[tuple[str, str], Expression] = {}
        self._parameters = [run.header.parameters(scope) for scope in range(len(run.header.policies))]
        self._rules = {(rule["name"], rule["pack"]): rule for rule in run.header.rules}

    @cached_property
    def _findings(self) -> dict[str, list[dict[str, Any]]]:
        return self._grouped("finding")

    @cached_property
    def _near(self) -> dict[str, list[dict[str, Any]]]:
        return self._grouped("near")

    @cached_property
    def _unknown(self) -> dict[str, list[dict[str, Any]]]:
        return self._grouped("unknown")

    @cached_property
    def _source_rows(self) -> dict[str, list[dict[str, Any]]]:
        return self._grouped("source_row")

    @cached_property
    def _sources(self) -> dict[int, dict[str, Any]]:
        table = self.run.table("source")
        return {row["source_id"]: row for row in table.to_pylist()} if table is not None else {}

    def _grouped(self, name: str) -> dict[str, list[dict[str, Any]]]:
        grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
        table = self.run.table(name)
        for row in table.to_pylist() if table is not None else ():
            grouped[row["household_id"]].append(row)
        return grouped

    def household(self, household_id: str) -> HouseholdResult:
        """Return one household; RunError where the run does not hold it."""
        for result in self.households(only=[household_id]):
            return result
        raise RunError("这次筛查的台账里没有这个户编号,请核对编号或筛查的地区。")

    def flagged(self) -> Iterator[HouseholdResult]:
        """Yield the households with a warning, in the order of household_id."""
        yield from self.households(where="is_flagged")

    def households(
        self, only: Collection[str] | None = None, where: str | None = None
    ) -> Iterator[HouseholdResult]:
        """Yield households by household_id: all, those of `only`, or those whose flag `where` holds."""
        table = self.run.table("household")
        if table is None:
            raise RunError("运行记录缺少 household.parquet,请重新筛查。")
        if only is not None:
            table = table.filter(pc.field("household_id").isin(list(only)))
        if where is not None:
            table = table.filter(pc.field(where))
        for batch in table.to_batches(max_chunksize=10_000):
            for row in batch.to_pylist():
                yield self._result(row)

    def _result(self, row: Mapping[str, Any]) -> HouseholdResult:
        household_id = row["household_id"]
        parameters = self._parameters[row["scope"]]
        rows = self._source_rows.get(household_id, [])
        return HouseholdResult(
            household_id=household_id,
            division=row["division"],
            township=row["township"],
            village=row["village"],
            group_name=row["group_name"],
            head_name=row["head_name"],
            grade=row["grade"],
            index=row["index"],
            parts={part: row[column] for column, part in self.run.header.parts.items()},
            suggested_class=row["suggested_class"],
            is_flagged=row["is_flagged"],
            is_pending=row["is_pending"],
            findings=[self._finding(f, row, parameters, rows) for f in self._findings.get(household_id, [])],
            near=[self._near_miss(n, row, parameters) for n in self._near.get(household_id, [])],
            unknown=[self._unknown_rule(u, row) for u in self._unknown.get(household_id, [])],
        )

    def _expression(self, name: str, pack: str) -> Expression:
        key = (name, pack)
        if key not in self._expressions:
            units = {n: note.unit for notes in self._parameters for n, note in notes.items()}
            self._expressions[key] = parse(self._rules[key]["when"], indicators(), units)
        return self._expressions[key]

    def _finding(
        self,
        found: Mapping[str, Any],
        row: Mapping[str, Any],
        parameters: Mapping[str, ParameterNote],
        rows: list[dict[str, Any]],
    ) -> Finding:
        rule = self.run.header.rule(found["rule"], found["pack"])
        expression = self._expression(found["rule"], found["pack"])
        values = {name: row[name] for name in expression.indicators}
        evidence = leaf_evidence(expression, values, parameters)
        sets = {row_set for name in expression.indicators for row_set in source_sets(name)}
        sources = self._rows_behind([each for each in rows if each["row_set"] in sets])
        return Finding(
            rule=rule["name"],
            label=rule["label"],
            pack=rule["pack"],
            kind=rule["kind"],
            risk=rule["risk"],
            grade=rule["grade"],
            clause=rule["source"],
            reason=reason(rule["reason"], rule["label"], evidence, row, parameters),
            evidence=evidence,
            values=values,
            parameters=[parameters[name] for name in expression.parameters],
            sources=sources[:MOST_ROWS],
            source_row_count=len(sources),
        )

    def _rows_behind(self, rows: list[dict[str, Any]]) -> list[SourceRow]:
        """Return each source row once, the largest amounts first; a row's items of one set are added up."""
        amounts: dict[tuple[int, int], dict[str, int | None]] = defaultdict(dict)
        for row in rows:
            of_row, amount = amounts[row["source_id"], row["row_no"]], row["amount_fen"]
            before = of_row.get(row["row_set"])
            of_row[row["row_set"]] = amount if before is None else before + (amount or 0)
        found = []
        for (source_id, row_no), of_row in amounts.items():
            source = self._sources.get(source_id, {})
            largest = max((amount for amount in of_row.values() if amount is not None), default=None)
            place = (source.get("file") or "", source.get("sheet") or "", row_no)
            found.append(SourceRow(*place, feed=source.get("feed") or "", amount_fen=largest))
        return sorted(found, key=lambda row: (-(row.amount_fen or 0), row.file, row.sheet, row.row_no))

    def _near_miss(
        self, found: Mapping[str, Any], row: Mapping[str, Any], parameters: Mapping[str, ParameterNote]
    ) -> NearMiss:
        rule = self.run.header.rule(found["rule"], found["pack"])
        leaf = self._expression(found["rule"], found["pack"]).leaves[found["leaf"]]
        assert isinstance(leaf, Comparison)
        assert isinstance(leaf.left, Name)
        plain = {name: note.value for name, note in parameters.items()}
        actual, needed = value_of(leaf.left, row, plain), value_of(leaf.right, row, plain)
        assert isinstance(actual, int)
        assert isinstance(needed, int)
        indicator = indicators()[leaf.left.name]
        shown = (wording.value(actual, indicator.unit), wording.value(needed, indicator.unit))
        return NearMiss(
            rule=rule["name"],
            label=rule["label"],
            risk=rule["risk"],
            indicator=indicator.name,
            actual=actual,
            operator=leaf.operator,
            needed=needed,
            text=f"{indicator.label}{shown[0]},未{wording.OPERATORS[leaf.operator]}{shown[1]}",
        )

    def _unknown_rule(self, found: Mapping[str, Any], row: Mapping[str, Any]) -> UnknownRule:
        rule = self.run.header.rule(found["rule"], found["pack"])
        read = self._expression(found["rule"], found["pack"]).indicators
        return UnknownRule(rule["name"], rule["label"], tuple(name for name in read if row[name] is None))
