"""How well a screening of a synthetic county found what was planted: recall per family, precision per rule.

The truth is judged by lines of its own, not by the packs: a rule that asks another question than its
family's truth (another window, another line) is not precise in this sense, and the scores say so.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shouwang.domain.pack_files import FAMILIES
from shouwang.engine.run import Run, RunError

TRUTH_FILE = "真实风险.csv"


@dataclass(frozen=True)
class FamilyScore:
    """One family: planted, findable despite the dirt, found among the findable, found though hidden.

    `warned` of the found are found by a warning, the others only as a focus group or class. `hidden_by`
    counts the truths that cannot be found by what hides them.
    """

    code: str
    label: str
    planted: int
    findable: int
    found: int
    warned: int
    found_hidden: int
    hidden_by: dict[str, int]
    has_rule: bool

    @property
    def recall(self) -> float | None:
        """The share found of what could be found; None where nothing could."""
        return self.found / self.findable if self.findable else None


@dataclass(frozen=True)
class RuleScore:
    """One warning rule: households it is true for, and how many of them are in its family's truth."""

    rule: str
    label: str
    family: str
    flagged: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share of the households flagged that are rightly so; None where none is."""
        return self.right / self.flagged if self.flagged else None


@dataclass(frozen=True)
class Scores:
    """All scores of a screening; the counts are of households planted, findable, and of those warned of."""

    families: list[FamilyScore]
    rules: list[RuleScore]
    households_planted: int
    households_findable: int
    households_warned: int


def score(run: Run, truth_folder: Path) -> Scores:
    """Score a run against the truth of the county it screened; RunError where the truth is not there."""
    truths = _truths(truth_folder / TRUTH_FILE)
    rules = {(rule["name"], rule["pack"]): rule for rule in run.header.rules}
    by_rule = _households_by_rule(run)
    right: dict[str, set[str]] = defaultdict(set)
    for truth in truths:
        right[truth["应由规则族发现"]].add(truth["户编号"])
    families = [_family(code, truths, rules, by_rule) for code in FAMILIES]
    rule_scores = [
        RuleScore(rule["name"], rule["label"], rule["family"], len(found), len(found & right[rule["family"]]))
        for key, rule in rules.items()
        if rule["kind"] == "warning" and rule["family"] in FAMILIES and (found := by_rule.get(key, set()))
    ]
    planted = {truth["户编号"] for truth in truths}
    findable = {truth["户编号"] for truth in truths if truth["能否发现"] == "是"} & _present(run)
    warned = {h for key, found in by_rule.items() if rules[key]["kind"] == "warning" for h in found}
    return Scores(families, rule_scores, len(planted), len(findable), len(findable & warned))


def _family(
    code: str,
    truths: list[dict[str, str]],
    rules: Mapping[tuple[str, str], Mapping[str, Any]],
    by_rule: Mapping[tuple[str, str], set[str]],
) -> FamilyScore:
    mine = [truth for truth in truths if truth["应由规则族发现"] == code]
    findable = {truth["户编号"] for truth in mine if truth["能否发现"] == "是"}
    hidden = [truth for truth in mine if truth["能否发现"] != "是"]
    asked = [key for key, rule in rules.items() if rule["family"] == code]
    found = {h for key in asked for h in by_rule.get(key, ())}
    warned = {h for key in asked if rules[key]["kind"] == "warning" for h in by_rule.get(key, ())}
    return FamilyScore(
        code=code,
        label=FAMILIES[code],
        planted=len(mine),
        findable=len(findable),
        found=len(findable & found),
        warned=len(findable & warned),
        found_hidden=sum(1 for truth in hidden if truth["户编号"] in found),
        hidden_by=dict(Counter(truth["不能发现的原因"] for truth in hidden).most_common()),
        has_rule=bool(asked),
    )


def _truths(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise RunError(f"没有找到已知答案 {path.name},无法评分。请用 synthesise 生成的数据。")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _households_by_rule(run: Run) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    table = run.table("finding")
    if table is not None:
        columns: Iterable[list[str]] = (table[name].to_pylist() for name in ("household_id", "rule", "pack"))
        for household_id, rule, pack in zip(*columns, strict=True):
            found[rule, pack].add(household_id)
    return found


def _present(run: Run) -> set[str]:
    table = run.table("household")
    return set(table["household_id"].to_pylist()) if table is not None else set()
