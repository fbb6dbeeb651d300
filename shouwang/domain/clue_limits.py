"""Until when a clue must have its verdict, and its source an answer: the pack's days, else cited ones."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast

from shouwang.domain.policy import Policy
from shouwang.domain.procedure import LEVEL_ABOVE
from shouwang.domain.workdays import DAY_KINDS, DayKind, Workdays, workdays

# Who declares is answered sooner than who is found.
DECLARED = frozenset({"self_declaration"})
_REFERENCE = {
    "self_declaration": (5, "working", "某镇监测预警工作方案（S3§10）（三）1“5个工作日内”"),
    "identification": (15, "calendar", "S3§15、S3§5“一般不超过15天”"),
    "feedback": (5, "working", "甘肃省“一键报贫”：5个工作日内反馈"),
}


@dataclass(frozen=True)
class Limit:
    """A number of days with the document it is from; `is_reference` where the place has not set its own."""

    days: int
    kind: DayKind
    source: str
    is_reference: bool

    @property
    def words(self) -> str:
        """Say the limit: 5 个工作日（参考值）."""
        caution = "（参考值，本地未规定）" if self.is_reference else ""
        return f"{self.days} 个{DAY_KINDS[self.kind]}{caution}"

    def last_day(self, start: date, table: Workdays | None = None) -> date:
        """Return the last day, counted from the day after `start`."""
        return (table or workdays()).add_days(start, self.days, self.kind).due_on


def verdict_limit(policy: Policy | None, sources: Collection[str]) -> Limit:
    """Return how long a clue of these sources may wait for its verdict: the shortest of them."""
    declared = [_limit(policy, "self_declaration")] if DECLARED & set(sources) else []
    found = [_limit(policy, "identification")] if set(sources) - DECLARED or not sources else []
    return min(declared + found, key=lambda limit: limit.days)


def feedback_limit(policy: Policy | None) -> Limit:
    """Return how long the source may wait to be told, counted from the verdict."""
    return _limit(policy, "feedback")


def level_above(turn: str, told: str = "") -> str | None:
    """Return the level to tell when whose turn it is has let a limit pass; None where it knows already."""
    above = LEVEL_ABOVE.get(turn)
    return None if above is None or _rank(told) >= _rank(above) else above


def _rank(level: str) -> int:
    order = ("village", "township", "county_office", "city", "province")
    return order.index(level) if level in order else -1


def _limit(policy: Policy | None, name: str) -> Limit:
    days, kind, source = _REFERENCE[name]
    parameters = policy.parameters if policy else {}
    if f"{name}_days" not in parameters:
        return Limit(days, cast(DayKind, kind), source, is_reference=True)
    found = parameters[f"{name}_days"]
    counted = parameters.get(f"{name}_day_kind")
    if counted is None or counted.pack.id != found.pack.id:
        # A circular that counts plain days says 天; only one that says 工作日 sets the kind.
        given = kind if name == "feedback" else "calendar"
    else:
        given = str(counted.value)
    return Limit(int(found.value), cast(DayKind, given), found.dated.source, found.dated.is_reference)
