"""The sheets of warned households: one row a household, one row a warning, and the near misses."""

import re
from collections.abc import Iterator, Sequence

from shouwang.domain.policy import GRADES
from shouwang.domain.tables import RISKS
from shouwang.engine.explanation import LeafEvidence
from shouwang.engine.results import Finding, HouseholdResult
from shouwang.exchange.writing import Column, SheetSpec, Style, StyledRow
from shouwang.reports.contents import GRADE_STYLES, Contents, numbered, risk_names, short_clause, source_lines

HOUSEHOLD = (
    Column("户编号", 15),
    Column("户主", 7),
    Column("乡镇", 8),
    Column("行政村", 10),
    Column("村民小组", 8),
)
_UNGRADED = len(GRADES)
_DENIED = re.compile(r"\bNOT\s*\(?\s*([a-z_]+)")


def warned(contents: Contents) -> list[HouseholdResult]:
    """Return the households with a warning: the gravest grade first, then by index, then by place."""
    order = {grade: number for number, grade in enumerate(GRADES)}
    return sorted(
        contents.results.flagged(),
        key=lambda h: (
            order.get(h.grade or "", _UNGRADED),
            -h.index,
            h.township or "",
            h.village or "",
            h.household_id,
        ),
    )


def place_cells(household: HouseholdResult) -> tuple[str | None, ...]:
    """Return the cells of HOUSEHOLD."""
    return (
        household.household_id,
        household.head_name,
        household.township,
        household.village,
        household.group_name,
    )


def warning_sheet(contents: Contents, households: Sequence[HouseholdResult]) -> SheetSpec:
    """Make 预警名单: one row a household."""
    columns = (
        Column("等级", 6),
        Column("拟归类别", 13, note="按本地政策由数据推算,供核实时参考;是否纳入由人按程序认定。"),
        *HOUSEHOLD,
        Column("风险类型", 11),
        Column("预警条数", 5, "int"),
        Column("家庭指数", 5, "int", note="0至100,只用于安排入户先后,不作认定依据;构成见下一列。"),
        Column("指数构成", 9),
        Column("预警理由", 48),
        Column("依据条款", 32, note="只列文件和条目;原文摘录见“预警明细”。"),
        Column("来源(文件/工作表/行号)", 28),
    )
    title = f"预警名单 {contents.title} 共{len(households)}户 请逐户核实,本表不作为认定结论"
    return SheetSpec("预警名单", columns, (_warned(contents, each) for each in households), title)


def _warned(contents: Contents, household: HouseholdResult) -> StyledRow:
    warnings = by_gravity(household.warnings)
    sources = list(dict.fromkeys(source for finding in warnings for source in finding.sources))
    parts = [f"{part_name(part)}{points}" for part, points in household.parts.items() if points]
    values = (
        GRADES.get(household.grade or "", ""),
        contents.class_name(household),
        *place_cells(household),
        risk_names(household.risks),
        len(warnings),
        household.index,
        "\n".join(parts),
        numbered([finding.reason for finding in warnings]),
        numbered([short_clause(finding.clause) for finding in warnings]),
        source_lines(sources, len(sources), most_files=5, rest="……其余见“预警明细”"),
    )
    return StyledRow(values, _grade_style(household.grade))


def by_gravity(findings: Sequence[Finding]) -> list[Finding]:
    """Put findings of the gravest grade first."""
    order = {grade: number for number, grade in enumerate(GRADES)}
    return sorted(findings, key=lambda finding: order.get(finding.grade or "", _UNGRADED))


def _grade_style(grade: str | None, column: int = 0) -> dict[int, Style]:
    return {column: GRADE_STYLES[grade]} if grade and grade in GRADE_STYLES else {}


def part_name(part: str) -> str:
    """Write a part of the household index in words; a pack may name parts of its own."""
    return {"income": "收入", "spending": "支出", "guarantees": "保障", "vulnerability": "脆弱性"}.get(
        part, part
    )


def detail_sheet(contents: Contents, households: Sequence[HouseholdResult]) -> SheetSpec:
    """Make 预警明细: one row a warning, with the evidence."""
    columns = (
        *HOUSEHOLD,
        Column("等级", 6),
        Column("规则", 18),
        Column("风险类型", 9),
        Column("预警理由", 32),
        Column("条件与数据", 38, note="每个条件两边的数值,以及是否成立。"),
        Column("标准及出处", 38),
        Column("依据条款", 34),
        Column("政策包", 9),
        Column("来源(文件/工作表/行号)", 28),
    )
    rows = (_detail(contents, each, finding) for each in households for finding in by_gravity(each.warnings))
    return SheetSpec("预警明细", columns, rows, f"预警明细 {contents.title} 每条预警一行")


def _detail(contents: Contents, household: HouseholdResult, finding: Finding) -> StyledRow:
    when = contents.run.header.rule(finding.rule, finding.pack)["when"]
    values = (
        *place_cells(household),
        GRADES.get(finding.grade or "", ""),
        finding.label,
        RISKS.get(finding.risk or "", ""),
        finding.reason,
        "\n".join(evidence_line(leaf) for leaf in speaking(finding.evidence, when)),
        "\n".join(f"{note.label} {note.text}:{note.source}" for note in finding.parameters),
        finding.clause,
        finding.pack,
        source_lines(finding.sources, finding.source_row_count),
    )
    return StyledRow(values, _grade_style(finding.grade, len(HOUSEHOLD)))


def speaking(evidence: Sequence[LeafEvidence], when: str) -> list[LeafEvidence]:
    """Return the conditions that speak for a true rule: those that hold, and those that fail under a NOT."""
    denied = set(_DENIED.findall(when))
    return [
        leaf
        for leaf in evidence
        if leaf.holds or (leaf.holds is False and not denied.isdisjoint(leaf.indicators))
    ]


def evidence_line(leaf: LeafEvidence) -> str:
    """Write a condition with both sides: 人均纯收入低于监测范围:5,000元 对 6,900元,成立."""
    if leaf.operator == "为" and leaf.right == "是":
        return f"{leaf.text.removesuffix('为是')}:{leaf.left}"
    holds = {True: "成立", False: "不成立", None: "未知"}[leaf.holds]
    sides = f"{leaf.left} 对 {leaf.right}" if leaf.operator else leaf.left
    # A thousandfold only carries a permille share; the sides' values are shown without it.
    return f"{leaf.text.replace('×1000', '')}:{sides},{holds}"


def near_sheet(contents: Contents) -> SheetSpec:
    """Make 临近预警: what a household just failed to meet, and by how much."""
    columns = (
        *HOUSEHOLD,
        Column("目前等级", 8),
        Column("规则", 30),
        Column("风险类型", 12),
        Column("还差什么", 60),
    )
    return SheetSpec(
        "临近预警", columns, _near(contents), f"临近预警 {contents.title} 其他条件都符合,只差一项且很接近"
    )


def _near(contents: Contents) -> Iterator[StyledRow]:
    table = contents.run.table("near")
    ids = set(table["household_id"].to_pylist()) if table is not None else set()
    for household in contents.results.households(only=ids) if ids else ():
        for near in household.near:
            values = (
                *place_cells(household),
                GRADES.get(household.grade or "", "无预警"),
                near.label,
                RISKS.get(near.risk or "", ""),
                near.text,
            )
            yield StyledRow(values, _grade_style(household.grade, len(HOUSEHOLD)))
