"""What has changed since the last run: households new, still there, gone, or of another grade."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shouwang.domain.policy import GRADES
from shouwang.engine.run import Run

Change = Literal["new", "graver", "lighter", "still", "gone"]
CHANGES: Mapping[Change, str] = {
    "new": "新增", "graver": "等级加重", "lighter": "等级减轻", "still": "仍在", "gone": "不再预警",
}  # fmt: skip


@dataclass(frozen=True)
class HouseholdChange:
    """One household flagged now or before: its grades, and the rules that came and went."""

    household_id: str
    change: Change
    grade_before: str | None
    grade_now: str | None
    rules_come: tuple[str, ...]
    rules_gone: tuple[str, ...]
    is_in_registry: bool


def difference(before: Run, now: Run) -> list[HouseholdChange]:
    """Return every household flagged in either run, in the order of household_id.

    A household that has left the registry is `gone` with `is_in_registry` false.
    """
    old, new = _flagged(before), _flagged(now)
    present = _households(now)
    changes = []
    for household_id in sorted(old.keys() | new.keys()):
        grade_before, rules_before = old.get(household_id, (None, frozenset()))
        grade_now, rules_now = new.get(household_id, (None, frozenset()))
        changes.append(
            HouseholdChange(
                household_id=household_id,
                change=_change(household_id in old, household_id in new, grade_before, grade_now),
                grade_before=grade_before,
                grade_now=grade_now,
                rules_come=tuple(sorted(rules_now - rules_before)),
                rules_gone=tuple(sorted(rules_before - rules_now)),
                is_in_registry=household_id in present,
            )
        )
    return changes


def _change(was_flagged: bool, is_flagged: bool, before: str | None, now: str | None) -> Change:
    if not is_flagged:
        return "gone"
    if not was_flagged:
        return "new"
    order = list(GRADES)
    gravity_before = order.index(before) if before in order else len(order)
    gravity_now = order.index(now) if now in order else len(order)
    if gravity_now == gravity_before:
        return "still"
    return "graver" if gravity_now < gravity_before else "lighter"


def _flagged(run: Run) -> dict[str, tuple[str | None, frozenset[str]]]:
    households, findings = run.table("household"), run.table("finding")
    if households is None or findings is None:
        return {}
    rules: dict[str, set[str]] = defaultdict(set)
    for household_id, rule, kind in zip(
        *(findings[c].to_pylist() for c in ("household_id", "rule", "kind")), strict=True
    ):
        if kind == "warning":
            rules[household_id].add(rule)
    columns = ("household_id", "grade", "is_flagged")
    return {
        household_id: (grade, frozenset(rules[household_id]))
        for household_id, grade, is_flagged in zip(*(households[c].to_pylist() for c in columns), strict=True)
        if is_flagged
    }


def _households(run: Run) -> set[str]:
    households = run.table("household")
    return set() if households is None else set(households["household_id"].to_pylist())
