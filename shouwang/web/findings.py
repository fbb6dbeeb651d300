"""Findings as a person reads them: rule, clause, both sides of each condition, the rows of the sheets."""

from collections.abc import Iterable, Mapping
from typing import Any

from shouwang.domain.field_masks import is_legal, may_read_finding, without_numbers
from shouwang.domain.permissions import Permission
from shouwang.domain.tables import RISKS
from shouwang.records.models import Finding

_KINDS = {"warning": "预警", "class": "类别建议", "check": "数据核对", "focus": "重点关注"}


def finding_cards(rows: Iterable[Finding], permissions: Mapping[Permission, bool]) -> list[dict[str, Any]]:
    """Return what of each finding may be shown; without the right to its facts, only that it exists."""
    return [_card(row, permissions) for row in rows]


def _card(row: Finding, permissions: Mapping[Permission, bool]) -> dict[str, Any]:
    evidence = row.evidence if isinstance(row.evidence, dict) else {"evidence": row.evidence}
    sources = [each for each in _listed(evidence, "sources") if isinstance(each, dict)]
    held = {each for each, is_held in permissions.items() if is_held}
    may_read = may_read_finding(held, is_legal=is_legal(evidence))
    card = {
        "kind": _KINDS.get(row.kind, row.kind),
        "grade": row.grade if row.grade in {"red", "yellow", "blue", "green"} else "",
        "risk": RISKS.get(row.risk, row.risk),
        "on": row.run.on,
        "label": row.label if may_read else "系统预警（无权查看具体内容）",
        "may_read": may_read,
    }
    if not may_read:
        return card
    return card | {
        "reason": without_numbers(row.reason),
        "clause": row.clause,
        "pack": row.pack,
        "conditions": [_condition(each) for each in _listed(evidence, "evidence")],
        "parameters": [each for each in _listed(evidence, "parameters") if isinstance(each, dict)],
        "sources": sources,
        "source_row_count": evidence.get("source_row_count") or len(sources),
    }


def _listed(evidence: Mapping[str, Any], name: str) -> list[Any]:
    found = evidence.get(name)
    return found if isinstance(found, list) else []


def _condition(leaf: Any) -> dict[str, Any]:
    if not isinstance(leaf, dict):
        return {"text": without_numbers(str(leaf)), "holds": None, "said": ""}
    text = leaf.get("text") or " ".join(str(leaf.get(part) or "") for part in ("left", "operator", "right"))
    holds = leaf.get("holds")
    said = "未知" if holds is None else "成立" if holds else "不成立"
    return {"text": without_numbers(str(text)), "holds": holds, "said": said}
