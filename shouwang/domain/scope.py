"""Which households a person reaches: the one scope function, and the same thing said for a database.

A scope is a set of reaches; the empty scope reaches nothing. What counts is where a household is now: when it
moves, the rights of both villages change at once, and its history goes with it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shouwang.domain.divisions import LEVELS, find
from shouwang.domain.reasons import checked_reason
from shouwang.domain.roles import level_of

# The digits of each level that are zero in a wider division's code: 530500 is a city's code, not a county.
_OWN_DIGITS = {1: 2, 2: 2, 3: 2, 4: 3, 5: 3}
_DIVISION = re.compile(r"(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})")
LONGEST_BREAK_GLASS = timedelta(hours=24)


class ScopeError(ValueError):
    """A scope cannot be built; the message (Chinese) says what to change."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One stretch of a scope: a division prefix, narrowed by duty where a field is not None.

    `household_ids` are those a helper answers for or a task names, `group_name` the village group, `feeds`
    the departments' facts. An empty set of households or feeds reaches nothing.
    """

    prefix: str
    household_ids: frozenset[str] | None = None
    group_name: str | None = None
    feeds: frozenset[str] | None = None
    is_read_only: bool = False

    def __post_init__(self) -> None:
        checked_prefix(self.prefix)

    def covers(
        self, division: str, household_id: str | None, group_name: str | None, feed: str | None
    ) -> bool:
        """Tell whether the reach holds for a division and, where it is narrowed, for what narrows it."""
        return (
            division.startswith(self.prefix)
            and (self.household_ids is None or household_id in self.household_ids)
            and (self.group_name is None or group_name == self.group_name)
            and (self.feeds is None or feed in self.feeds)
        )

    @property
    def is_nothing(self) -> bool:
        """Tell whether no household can be within."""
        return self.household_ids == frozenset() or self.feeds == frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """All a person reaches at one moment; `|` joins two."""

    reaches: frozenset[Reach] = frozenset()

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(self.reaches | other.reaches)


NOTHING = Scope()


def checked_prefix(prefix: str) -> str:
    """Return a division prefix of 2, 4, 6, 9 or 12 digits; raises ScopeError for anything else.

    The empty prefix is refused, and so is a wider division's code filled up with zeros.
    """
    level = level_of(prefix)
    if level is None:
        raise ScopeError(f"管辖区划应为 2、4、6、9 或 12 位代码，现为“{prefix}”，请核对")
    if not prefix[-_OWN_DIGITS[level] :].strip("0") and find(prefix, level) is None:
        raise ScopeError(
            f"管辖区划“{prefix}”不是{LEVELS[level]}级代码：上级区划请写短代码，如 53、5305、530521、530521101"
        )
    return prefix


def scope_of(*prefixes: str) -> Scope:
    """Return the scope of whole divisions."""
    return Scope(frozenset(Reach(prefix) for prefix in prefixes))


def merged(scopes: Iterable[Scope]) -> Scope:
    """Return what several roles reach together; nothing for none."""
    return Scope(frozenset(reach for scope in scopes for reach in scope.reaches))


def covers(
    scope: Scope,
    division: str,
    household_id: str | None = None,
    *,
    group_name: str | None = None,
    feed: str | None = None,
    is_write: bool = False,
) -> bool:
    """Tell whether a scope reaches a division, or a household or a feed's fact in it.

    `division` is the household's present village, or a wider division by short or 12-digit code. What is not
    given is not reached by a reach that is narrowed by it; a malformed code is never reached.
    """
    if not _DIVISION.fullmatch(division):
        return False
    return any(
        reach.covers(division, household_id, group_name, feed)
        for reach in scope.reaches
        if not (is_write and reach.is_read_only)
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """One alternative of a clause; its parts all hold together, and None means any.

    A 12-digit code is within the prefix when it lies from `first_code` to `last_code`, both included.
    """

    prefix: str
    household_ids: tuple[str, ...] | None = None
    group_name: str | None = None
    feeds: tuple[str, ...] | None = None

    def includes(self, other: "Condition") -> bool:
        """Tell whether every row that `other` lets through passes here too."""
        return (
            other.prefix.startswith(self.prefix)
            and (self.group_name is None or self.group_name == other.group_name)
            and _is_wider(self.household_ids, other.household_ids)
            and _is_wider(self.feeds, other.feeds)
        )

    @property
    def first_code(self) -> str:
        """Give the lowest 12-digit code of the prefix."""
        return self.prefix.ljust(12, "0")

    @property
    def last_code(self) -> str:
        """Give the highest 12-digit code of the prefix."""
        return self.prefix.ljust(12, "9")


@dataclass(frozen=True, slots=True)
class Clause:
    """A scope as alternatives of which one must hold; without any, no row may be returned."""

    conditions: tuple[Condition, ...]

    @property
    def is_nothing(self) -> bool:
        """Tell whether the clause lets nothing through."""
        return not self.conditions


def clause(scope: Scope, *, is_write: bool = False) -> Clause:
    """Say a scope as conditions for a database, by prefix; what another condition includes is left out."""
    said = {
        _condition(reach)
        for reach in scope.reaches
        if not reach.is_nothing and not (is_write and reach.is_read_only)
    }
    kept = [one for one in said if not any(other != one and other.includes(one) for other in said)]
    return Clause(tuple(sorted(kept, key=_order)))


@dataclass(frozen=True, slots=True)
class Grant:
    """A scope held from one instant until before another (None: without end); `reason` for break-glass."""

    scope: Scope
    from_at: datetime
    until_at: datetime | None = None
    reason: str = ""
    is_break_glass: bool = False

    def __post_init__(self) -> None:
        for instant in (self.from_at, self.until_at):
            if instant is not None and instant.tzinfo is None:
                raise ScopeError("授权的起止时间缺少时区，请带时区填写")
        if self.until_at is not None and self.until_at <= self.from_at:
            raise ScopeError("授权的结束时间应晚于开始时间")

    def holds_at(self, at: datetime) -> bool:
        """Tell whether the grant is in force at an instant."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


def break_glass(
    reach: Reach,
    reason: str,
    *,
    from_at: datetime,
    until_at: datetime,
    longest: timedelta = LONGEST_BREAK_GLASS,
) -> Grant:
    """Return a view outside one's area for a while: read-only, with a reason, of one county at the widest.

    Raises ReasonError or ScopeError. That the person has the permission is for the caller to ask.
    """
    if len(reach.prefix) < 6:
        raise ScopeError("紧急越界查看最大到一个县，请改选县、乡镇或村")
    if until_at - from_at > longest:
        hours = int(longest.total_seconds() // 3600)
        raise ScopeError(f"紧急越界查看最长 {hours} 小时，请缩短时间")
    seen = Reach(reach.prefix, reach.household_ids, reach.group_name, reach.feeds, is_read_only=True)
    return Grant(Scope(frozenset({seen})), from_at, until_at, checked_reason(reason), is_break_glass=True)


def scope_at(grants: Iterable[Grant], at: datetime) -> Scope:
    """Return what a person's grants reach together at an instant; expired and coming ones reach nothing."""
    return merged(grant.scope for grant in grants if grant.holds_at(at))


def break_glass_into(grants: Iterable[Grant], prefix: str) -> list[Grant]:
    """Return the break-glass grants, past ones too, that touched an area, latest first."""
    touching = [
        grant
        for grant in grants
        if grant.is_break_glass
        and any(r.prefix.startswith(prefix) or prefix.startswith(r.prefix) for r in grant.scope.reaches)
    ]
    return sorted(touching, key=lambda grant: grant.from_at, reverse=True)


def _is_wider(wide: tuple[str, ...] | None, narrow: tuple[str, ...] | None) -> bool:
    return wide is None or (narrow is not None and set(narrow) <= set(wide))


def _condition(reach: Reach) -> Condition:
    return Condition(reach.prefix, _listed(reach.household_ids), reach.group_name, _listed(reach.feeds))


def _listed(names: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(sorted(names))


def _order(condition: Condition) -> tuple[str, tuple[str, ...], str, tuple[str, ...]]:
    return condition.prefix, condition.household_ids or (), condition.group_name or "", condition.feeds or ()
