"""The sheet of villages: 各村统计, whose last row adds up."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from shouwang.domain.policy import GRADES
from shouwang.domain.tables import RISKS
from shouwang.exchange.writing import Column, SheetSpec, Style, StyledRow
from shouwang.reports.contents import Contents

_NOWHERE = "(未写明)"
_TOTAL = "合计"


@dataclass
class _Tally:
    households: int = 0
    flagged: int = 0
    pending: int = 0
    grades: Counter[str] = field(default_factory=Counter)
    risks: Counter[str] = field(default_factory=Counter)

    def add(self, other: "_Tally") -> None:
        self.households += other.households
        self.flagged += other.flagged
        self.pending += other.pending
        self.grades.update(other.grades)
        self.risks.update(other.risks)


def village_sheet(contents: Contents) -> SheetSpec:
    """Make 各村统计: one row a village, in the order of township and village; the totals row last.

    A household may have several risks, so the risks of a row can add up to more than its warned households.
    """
    tallies = _tallies(contents)
    risks = [risk for risk in RISKS if any(tally.risks[risk] for tally in tallies.values())]
    grades = [(grade, GRADES[grade]) for grade in contents.grades]
    columns = (
        Column("乡镇", 12),
        Column("行政村", 22),
        Column("农户", 8, "int"),
        *(Column(label, 7, "int") for _, label in grades),
        Column("预警户", 8, "int"),
        Column("占农户", 8, "percent"),
        Column("待核实户", 8, "int"),
        *(Column(RISKS[risk], 8, "int", note="有此类风险的户;一户可有多类") for risk in risks),
    )
    title = f"各村统计 {contents.title} 一户有多类风险时,各类都计"
    return SheetSpec("各村统计", columns, _rows(tallies, [grade for grade, _ in grades], risks), title)


def _tallies(contents: Contents) -> dict[tuple[str, str], _Tally]:
    risks = _household_risks(contents)
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for household_id, row in contents.households.items():
        tally = tallies[row["township"] or _NOWHERE, row["village"] or _NOWHERE]
        tally.households += 1
        tally.flagged += bool(row["is_flagged"])
        tally.pending += bool(row["is_pending"])
        if row["is_flagged"] and row["grade"]:
            tally.grades[row["grade"]] += 1
        tally.risks.update(risks.get(household_id, ()))
    return dict(sorted(tallies.items()))


def _household_risks(contents: Contents) -> dict[str, set[str]]:
    risks: dict[str, set[str]] = defaultdict(set)
    table = contents.run.table("finding")
    if table is not None:
        columns = (table[name].to_pylist() for name in ("household_id", "kind", "risk"))
        for household_id, kind, risk in zip(*columns, strict=True):
            if kind == "warning" and risk:
                risks[household_id].add(risk)
    return risks


def _rows(tallies: dict[tuple[str, str], _Tally], grades: list[str], risks: list[str]) -> Iterator[StyledRow]:
    total = _Tally()
    for (township, village), tally in tallies.items():
        total.add(tally)
        yield _row(township, village, tally, grades, risks)
    summed = _row(_TOTAL, f"{len(tallies)}个村", total, grades, risks)
    strong: dict[int, Style] = {column: "strong" for column in range(len(summed.values))}
    yield StyledRow(summed.values, strong)


def _row(township: str, village: str, tally: _Tally, grades: list[str], risks: list[str]) -> StyledRow:
    share = tally.flagged / tally.households if tally.households else 0.0
    return StyledRow((
        township, village, tally.households, *(tally.grades[grade] for grade in grades), tally.flagged, share,
        tally.pending, *(tally.risks[risk] for risk in risks),
    ))  # fmt: skip
