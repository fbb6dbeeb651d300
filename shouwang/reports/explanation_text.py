"""One household explained: what is true and why, what nearly so, what unknown, and why the rest is not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow.compute as pc

from shouwang.domain import wording
from shouwang.domain.citations import numeral
from shouwang.domain.indicators import indicators
from shouwang.domain.policy import GRADES, RULE_KINDS
from shouwang.domain.tables import RISKS
from shouwang.engine.explanation import LeafEvidence, ParameterNote, leaf_evidence
from shouwang.engine.expression import parse
from shouwang.engine.reference import answer
from shouwang.engine.results import Finding, HouseholdResult, Results
from shouwang.engine.run import Run, RunError
from shouwang.reports.json_lines import household_record
from shouwang.reports.pending_rows import missing_words, providers
from shouwang.reports.policy_texts import machine_unit
from shouwang.reports.warning_rows import evidence_line, part_name


@dataclass(frozen=True)
class RuleAnswer:
    """How one rule answered for a household: True, False or None, with every condition's two sides."""

    rule: Mapping[str, Any]
    holds: bool | None
    evidence: list[LeafEvidence]
    parameters: list[ParameterNote]
    missing: list[str]


@dataclass(frozen=True)
class Explained:
    """A household and how each rule of its policy answered, in the order of the packs."""

    household: HouseholdResult
    answers: list[RuleAnswer]


def explain_household(run: Run, household_id: str) -> Explained:
    """Answer every rule of a run again for one household; RunError where the run does not hold it."""
    household = Results(run).household(household_id)
    table = run.table("household")
    if table is None:
        raise RunError("运行记录缺少 household.parquet,请重新筛查。")
    row = table.filter(pc.field("household_id") == household_id).to_pylist()[0]
    scope = row["scope"]
    notes = run.header.parameters(scope)
    asked = [rule for rule in run.header.rules if scope in rule["scopes"]]
    return Explained(household, [_answer(rule, row, notes) for rule in asked])


def _answer(
    rule: Mapping[str, Any], row: Mapping[str, Any], notes: Mapping[str, ParameterNote]
) -> RuleAnswer:
    expression = parse(rule["when"], indicators(), {name: note.unit for name, note in notes.items()})
    values = {name: row.get(name) for name in expression.indicators}
    plain = {name: note.value for name, note in notes.items()}
    return RuleAnswer(
        rule=rule,
        holds=answer(expression.tree, values, plain),
        evidence=leaf_evidence(expression, values, notes),
        parameters=[notes[name] for name in expression.parameters],
        missing=[name for name, value in values.items() if value is None],
    )


def explanation_lines(explained: Explained, run: Run) -> Iterator[tuple[str, str]]:
    """Yield the explanation's lines, each with its part: title, head, true, near, unknown, false, plain."""
    household = explained.household
    place = "".join(part for part in (household.township, household.village, household.group_name) if part)
    yield "title", f"户编号 {household.household_id} {place} 筛查日期 {run.on:%Y-%m-%d}"
    parts = "、".join(f"{part_name(part)}{points}" for part, points in household.parts.items())
    yield "plain", f"{_standing(household)} 家庭指数 {household.index}({parts})"
    parts_shown = 0
    for kind, line in chain(
        _true_lines(household),
        _focus_lines(household),
        _near_lines(household),
        _unknown_lines(explained, run),
        _false_lines(explained),
    ):
        if kind == "head":
            parts_shown += 1
            line = f"{numeral(parts_shown)}、{line}"
        yield kind, line


def _standing(household: HouseholdResult) -> str:
    if household.is_flagged:
        return f"预警等级:{GRADES.get(household.grade or '', '未分级')},预警{len(household.warnings)}条。"
    return "没有预警,但有规则因缺数据无法判断(待核实)。" if household.is_pending else "没有预警。"


def _true_lines(household: HouseholdResult) -> Iterator[tuple[str, str]]:
    yield "head", f"成立的预警({len(household.warnings)}条)"
    for finding in household.warnings:
        risk = f"[{RISKS[finding.risk]}]" if finding.risk else ""
        yield "true", f"✓ {finding.label}{risk} {GRADES.get(finding.grade or '', '')}"
        yield "plain", f"  理由:{finding.reason}"
        for leaf in finding.evidence:
            yield "plain", f"  数据:{evidence_line(leaf)}"
        for note in finding.parameters:
            yield (
                "plain",
                f"  标准:{note.label} {note.text}(自{note.from_date},{note.pack})出处:{note.source}",
            )
        yield "plain", f"  条款:{finding.clause}({finding.pack})"
        yield from (("plain", f"  来源:{line}") for line in _sources(finding))


def _sources(finding: Finding) -> Iterator[str]:
    for source in finding.sources:
        amount = f" {wording.amount(source.amount_fen)}" if source.amount_fen is not None else ""
        yield f"{'/'.join(part for part in (source.file, source.sheet) if part)} 第{source.row_no}行{amount}"
    if finding.source_row_count > len(finding.sources):
        yield f"……共{finding.source_row_count}行,列出金额最大的{len(finding.sources)}行"


def _focus_lines(household: HouseholdResult) -> Iterator[tuple[str, str]]:
    groups = [finding for finding in household.findings if finding.kind == "focus"]
    if groups:
        yield "head", f"属于的重点人群({len(groups)}类)"
        yield from (("plain", f"  {finding.label}(条款:{finding.clause})") for finding in groups)


def _near_lines(household: HouseholdResult) -> Iterator[tuple[str, str]]:
    if household.near:
        yield "head", f"临近预警({len(household.near)}条)"
        yield from (("near", f"≈ {near.label}:{near.text}") for near in household.near)


def _unknown_lines(explained: Explained, run: Run) -> Iterator[tuple[str, str]]:
    unknown = [each for each in explained.answers if each.holds is None and each.rule["kind"] == "warning"]
    if not unknown:
        return
    yield "head", f"因缺数据无法判断({len(unknown)}条)"
    for each in unknown:
        everyone = "(全部农户都缺)" if each.rule["name"] in run.header.unjudged else ""
        yield "unknown", f"? {each.rule['label']}{everyone}"
        yield "plain", f"  缺:{missing_words(each.missing)} 可由谁补充:{providers(each.missing)}"


def _false_lines(explained: Explained) -> Iterator[tuple[str, str]]:
    false = [each for each in explained.answers if each.holds is False and each.rule["kind"] == "warning"]
    yield "head", f"不成立的规则({len(false)}条)以及为什么"
    for each in false:
        yield "false", f"✗ {each.rule['label']}"
        yield from (
            ("plain", f"  {evidence_line(leaf)}")
            for leaf in each.evidence
            if leaf.holds is not True or len(each.evidence) == 1
        )


def explanation_record(explained: Explained) -> dict[str, Any]:
    """Return the explanation for machines: the household's record, and how every rule answered."""
    return household_record(explained.household) | {
        "rules": [
            {
                "rule": each.rule["name"], "label": each.rule["label"], "kind": RULE_KINDS[each.rule["kind"]],
                "pack": each.rule["pack"], "holds": each.holds, "clause": each.rule["source"],
                "missing": each.missing,
                "conditions": [
                    {
                        "text": leaf.text, "left": leaf.left, "operator": leaf.operator, "right": leaf.right,
                        "holds": leaf.holds,
                    }
                    for leaf in each.evidence
                ],
                "parameters": {
                    note.name: {"value": note.value, "unit": machine_unit(note.unit), "source": note.source}
                    for note in each.parameters
                },
            }
            for each in explained.answers
        ]
    }  # fmt: skip
