"""Policy packs: what a circular says, dated and by place, and which of it holds for a division on a day.

A pack is one circular in one folder of TOML files (see `pack_files`). The values here are frozen and check
themselves; a pack that contradicts itself cannot be built.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from shouwang.domain.feed_duties import Duty
from shouwang.domain.measures import Measure
from shouwang.domain.procedure import Procedure
from shouwang.domain.quality import Check, CheckCase

Value = int | bool | str
ParameterUnit = Literal[
    "yuan",
    "persons",
    "months",
    "days",
    "year",
    "years",
    "times",
    "items",
    "points",
    "permille",
    "flag",
    "text",
    "day_of_month",
]
RuleKind = Literal["warning", "focus", "class", "grade"]
RULE_KINDS = {"warning": "预警", "focus": "重点人群", "class": "拟归类别", "grade": "分级"}
GRADES = {"red": "红色", "yellow": "黄色", "blue": "蓝色", "green": "绿色"}


class PackError(Exception):
    """A pack cannot be used; the message (Chinese) names the pack, the file, the key and the repair."""


class NoPolicyError(PackError):
    """No pack holds for this division on this day."""


@dataclass(frozen=True)
class DatedValue:
    """A parameter's value from one day on, with its citation.

    `value` of unit yuan is integer fen. `is_reference` marks a figure that the place has not published itself
    and that stands in until it does; screens must say so.
    """

    from_date: date
    value: Value
    source: str
    url: str = ""
    to_date: date | None = None
    is_reference: bool = False
    note: str = ""

    def holds_on(self, day: date) -> bool:
        """Tell whether the value is in force on `day` (`to_date` is the last day)."""
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)


@dataclass(frozen=True)
class Parameter:
    """A named figure of a pack; `is_yearly` says a new value is due each calendar year (R10)."""

    name: str
    label: str
    unit: ParameterUnit
    values: tuple[DatedValue, ...]
    is_yearly: bool = False

    def on(self, day: date) -> DatedValue | None:
        """Return the latest value in force on `day`, or None."""
        holding = [value for value in self.values if value.holds_on(day)]
        return max(holding, key=lambda value: value.from_date, default=None)


@dataclass(frozen=True)
class Rule:
    """One rule: `when` is a boolean expression over indicators and `:parameters` (see engine.expression).

    `part` and `points` add to the household index; `family` groups rules that answer the same risk question;
    `reason` is an optional sentence with `{indicator}` and `{:parameter}` places.
    """

    name: str
    label: str
    kind: RuleKind
    when: str
    source: str
    risk: str | None = None
    grade: str | None = None
    part: str | None = None
    points: int = 0
    family: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Case:
    """A worked case: with `given` indicator values, `rule` must answer `expect` (None is unknown)."""

    title: str
    rule: str
    given: Mapping[str, Value | date | None]
    expect: bool | None
    on: date
    division: str | None = None


@dataclass(frozen=True)
class Pack:
    """One circular: `place` is a division prefix ("" the whole country, None an example by name only)."""

    id: str
    title: str
    issuer: str
    place: str | None
    in_force_from: date
    source: str
    url: str = ""
    in_force_to: date | None = None
    extends: str | None = None
    is_hidden_place: bool = False
    grade_scale: tuple[str, ...] = ()
    class_names: Mapping[str, str] = field(default_factory=dict)
    index_parts: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)
    procedure: Procedure | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    check_cases: tuple[CheckCase, ...] = ()
    calendar: Mapping[str, Duty] = field(default_factory=dict)
    digest: str = ""

    def holds_on(self, day: date) -> bool:
        """Tell whether the pack is in force on `day`."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


@dataclass(frozen=True)
class ResolvedParameter:
    """The value that holds for a division on a day, and the pack that gave it.

    `is_stale` says a yearly figure is of an earlier calendar year than the day asked for.
    """

    parameter: Parameter
    dated: DatedValue
    pack: Pack
    is_stale: bool

    @property
    def value(self) -> Value:
        """The value; integer fen for unit yuan."""
        return self.dated.value


@dataclass(frozen=True)
class Policy:
    """What holds for a division on a day: packs from the narrowest to the widest, and what they add up to."""

    chain: tuple[Pack, ...]
    on: date

    @property
    def key(self) -> tuple[str, ...]:
        """Identify the policy: two divisions with one key share every parameter and rule."""
        return tuple(pack.id for pack in self.chain)

    @property
    def answered_by(self) -> Pack:
        """The narrowest pack that answered."""
        return self.chain[0]

    @cached_property
    def parameters(self) -> dict[str, ResolvedParameter]:
        """Resolve each parameter: the narrowest pack with a value on the day wins, then the latest value.

        In the order of the chain, so that what the place itself has set comes first.
        """
        resolved: dict[str, ResolvedParameter] = {}
        for pack in self.chain:
            for name, parameter in sorted(pack.parameters.items()):
                dated = parameter.on(self.on)
                if name not in resolved and dated is not None:
                    is_stale = parameter.is_yearly and dated.from_date.year < self.on.year
                    resolved[name] = ResolvedParameter(parameter, dated, pack, is_stale)
        return resolved

    @cached_property
    def rules(self) -> dict[str, tuple[Rule, Pack]]:
        """Return the rules by name, the widest pack's first; a narrower pack's rule replaces its namesake."""
        resolved: dict[str, tuple[Rule, Pack]] = {}
        for pack in reversed(self.chain):
            for name, rule in pack.rules.items():
                resolved[name] = (rule, pack)
        return resolved

    @cached_property
    def measures(self) -> dict[str, tuple[Measure, Pack]]:
        """Return the measures by name, the widest pack's first; a narrower pack's replaces its namesake."""
        return {name: (each, pack) for pack in reversed(self.chain) for name, each in pack.measures.items()}

    @property
    def grade_scale(self) -> tuple[str, ...]:
        """The grades from the gravest to the lightest, from the narrowest pack that names any."""
        return next((pack.grade_scale for pack in self.chain if pack.grade_scale), ())

    @property
    def class_names(self) -> dict[str, str]:
        """The names of the classes of monitored households; the narrowest pack's name wins."""
        names: dict[str, str] = {}
        for pack in reversed(self.chain):
            names.update(pack.class_names)
        return names

    @cached_property
    def procedure(self) -> Procedure | None:
        """The tracks by name, the narrowest pack's first; None where no pack has any."""
        resolved: Procedure | None = None
        for pack in reversed(self.chain):
            resolved = pack.procedure.over(resolved) if pack.procedure else resolved
        return resolved

    @property
    def index_parts(self) -> dict[str, int]:
        """The household index's parts and the most points each can give."""
        return dict(next((pack.index_parts for pack in self.chain if pack.index_parts), {}))


class PackLibrary:
    """All packs at hand, and the question which of them hold where and when."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs: dict[str, Pack] = {}
        for pack in packs:
            if pack.id in self.packs:
                raise PackError(f"政策包“{pack.id}”出现了两次,请删去一个或改名。")
            self.packs[pack.id] = pack
        self._check_extends()
        self._policies: dict[tuple[tuple[str, ...], date], Policy] = {}

    def _check_extends(self) -> None:
        for pack in self.packs.values():
            seen = {pack.id}
            while pack.extends:
                if pack.extends not in self.packs:
                    raise PackError(f"政策包“{pack.id}”的 extends 指向不存在的政策包“{pack.extends}”。")
                pack = self.packs[pack.extends]
                if pack.id in seen:
                    raise PackError(f"政策包“{pack.id}”的 extends 绕成了一圈,请断开其中一处。")
                seen.add(pack.id)

    def resolve(self, division: str, on: date) -> Policy:
        """Return the policy of a division (any length of code) on a day: longest prefix, then latest date.

        Raises NoPolicyError where no pack holds, saying from which day on there is one.
        """
        holding = [
            pack
            for pack in self.packs.values()
            if pack.place is not None and division.startswith(pack.place) and pack.holds_on(on)
        ]
        if not holding:
            first = min((p.in_force_from for p in self.packs.values() if p.place is not None), default=None)
            since = f"最早的政策包自{first:%Y-%m-%d}起施行" if first else "没有装入任何政策包"
            raise NoPolicyError(
                f"{on:%Y-%m-%d}在{division}没有施行中的政策包:{since}。请核对日期或补充政策包。"
            )
        holding.sort(key=lambda pack: (len(pack.place or ""), pack.in_force_from, pack.id), reverse=True)
        return self._policy(tuple(holding), on)

    def resolve_named(self, pack_id: str, on: date) -> Policy:
        """Return the policy of one pack and the packs it extends; for examples whose place is hidden."""
        if pack_id not in self.packs:
            known = "、".join(sorted(self.packs))
            raise NoPolicyError(f"没有名为“{pack_id}”的政策包。现有:{known}。")
        chain = [self.packs[pack_id]]
        while chain[-1].extends:
            chain.append(self.packs[chain[-1].extends])
        if not chain[0].holds_on(on):
            raise NoPolicyError(
                f"政策包“{pack_id}”自{chain[0].in_force_from:%Y-%m-%d}起施行,{on:%Y-%m-%d}不在施行期内。"
            )
        return self._policy(tuple(chain), on)

    def _policy(self, chain: tuple[Pack, ...], on: date) -> Policy:
        key = (tuple(pack.id for pack in chain), on)
        return self._policies.setdefault(key, Policy(chain, on))
