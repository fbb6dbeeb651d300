"""Procedures: the steps of a track as data, who takes each, what must be present, within how many days.

A pack's `procedure.toml` says them (see `procedure_files`); `casework` walks a case through them. The values
are frozen; a track that contradicts itself cannot be built.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shouwang.domain.workdays import DAY_KINDS, DayKind

FactValue = bool | int | str | date | None
OPENED = "opened"
CLOSED = "closed"
TRACKS = {"identification": "识别认定", "elimination": "风险消除", "rollback": "回退", "removal": "清退"}
# Who acts: the household itself, and roles of `roles`.
ACTORS = {
    "household": "农户",
    "village": "村",
    "resident_team": "驻村工作队",
    "township": "乡镇",
    "department": "行业部门",
    "county_office": "县级",
    "city": "市级",
    "province": "省级",
}
LEVEL_ABOVE = {
    "household": "village",
    "village": "township",
    "resident_team": "township",
    "township": "county_office",
    "department": "county_office",
    "county_office": "city",
    "city": "province",
}
# What a step may ask for. A flag must be true; a count must reach the figure in `least`.
FLAGS = {
    "has_household_check": "入户核查记录",
    "has_two_checkers": "两人以上入户核查",
    "is_within_scope": "初判符合监测范围",
    "has_authorisation": "承诺授权书",
    "has_comparison_result": "信息比对结果",
    "has_appraisal_record": "民主评议记录",
    "has_notice_sheet": "公示内容（已查无不宜公开信息）",
    "has_notice_place": "公示地点",
    "has_plan_proposal": "针对性帮扶计划建议",
    "has_announcement": "公告",
    "has_registration": "监测系统录入",
    "has_contact_person": "监测联系人",
    "has_plan": "帮扶计划",
    "has_measures_done": "帮扶措施落实",
    "has_guarantees": "“三保障”持续巩固",
    "has_safe_water": "饮水安全持续巩固",
    "is_risk_gone": "原有风险稳定消除",
    "is_without_new_risk": "没有新的返贫致贫风险",
    "is_whole_no_labour": "整户无劳动力",
    "is_natural_elimination": "风险自然消除",
    "is_elimination_unsafe": "风险消除不稳定或整户无劳动力",
    "is_wrong_entry": "不符合条件的误纳入",
    "has_request": "书面申请",
    "has_national_record": "国家备案号",
    "is_self_declared": "农户自主申报",
    "is_sudden_hardship": "因灾因意外事故等生活陷入严重困难",
    "is_plainly_true": "事实清楚、群众普遍认可",
    "is_new_minimum_living": "新纳入低保",
    "is_new_destitute": "新纳入特困",
}
# The village held the appraisal and put up the notice, so it does not judge an objection to them.
OBJECTION_ANSWERERS = ("township", "county_office")
COUNTS = {"months_above_line": "收入稳定超过现行监测范围的月数"}
DAYS = {"compared_on": "上次信息比对日期"}


class ProcedureError(ValueError):
    """A procedure contradicts itself; the message (Chinese) names the step and the repair."""


@dataclass(frozen=True)
class TimeLimit:
    """A step's time: at most `days` after `counted_from` (a step, OPENED or CLOSED).

    `only_if` and `unless` name a flag of the case as it was opened: the limit holds where the first is true,
    or the second is not known to be true.
    """

    days: int
    kind: DayKind
    counted_from: str
    source: str
    only_if: str | None = None
    unless: str | None = None

    def holds_for(self, traits: frozenset[str]) -> bool:
        """Tell whether the limit holds for a case opened with these flags true."""
        return (self.only_if is None or self.only_if in traits) and self.unless not in traits

    @property
    def label(self) -> str:
        """Write the length: 15个工作日."""
        return length(self.days, self.kind)


@dataclass(frozen=True)
class Notice:
    """A public notice that must hang for all of its `days`, the first not counted, before the next step."""

    days: int
    kind: DayKind
    place: str

    @property
    def label(self) -> str:
        """Write the length: 5天."""
        return length(self.days, self.kind)


@dataclass(frozen=True)
class Skip:
    """When a step need not be repeated: one of the flags is true and the day at `fact` is recent enough.

    `months` None sets no limit of age.
    """

    flags: tuple[str, ...]
    fact: str
    source: str
    months: int | None = None


@dataclass(frozen=True)
class Step:
    """One step; `stage` is the name of the circular's own step that it belongs to.

    `after` are the steps that must be done before. `least` asks a count to reach a figure, `forbids` asks a
    flag to be known false, `exempt` lifts needs (by name) where its flag is true. A review is taken by nobody
    who took a step it rests on, in whatever role; the deciding step is the verdict.
    """

    id: str
    label: str
    stage: str
    roles: tuple[str, ...]
    source: str
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    least: Mapping[str, int] = field(default_factory=dict)
    forbids: tuple[str, ...] = ()
    exempt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: tuple[TimeLimit, ...] = ()
    notice: Notice | None = None
    skip: Skip | None = None
    is_review: bool = False
    is_deciding: bool = False


@dataclass(frozen=True)
class GreenChannel:
    """Help before the procedure: who may start it and which flags it takes; every step remains due."""

    label: str
    roles: tuple[str, ...]
    needs: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Track:
    """One way through the procedure: its steps in order, each after those it names.

    `feedback` is the time to tell the declaring household the outcome. `is_reference` marks a track taken
    from another place's text until the place has its own; screens must say so. Raises ProcedureError.
    """

    id: str
    label: str
    source: str
    steps: tuple[Step, ...]
    pack_id: str = ""
    green_channel: GreenChannel | None = None
    feedback: TimeLimit | None = None
    is_reference: bool = False

    def __post_init__(self) -> None:
        known: set[str] = set()
        for step in self.steps:
            if step.id in known or step.id in (OPENED, CLOSED):
                raise ProcedureError(f"步骤“{step.id}”出现了两次或用了保留名称，请改名。")
            if missing := [name for name in step.after if name not in known]:
                raise ProcedureError(
                    f"步骤“{step.id}”的 after 指向“{missing[0]}”，但它不在此步之前，请改正。"
                )
            if step.skip and (step.is_review or step.notice):
                raise ProcedureError(f"步骤“{step.id}”是审核或公示，不能跳过，请删去 skip。")
            known.add(step.id)
        deciding = [step for step in self.steps if step.is_deciding]
        if len(deciding) != 1 or not deciding[0].is_review:
            raise ProcedureError("应有且只有一个步骤写 decides = true，且它同时是 review = true。")
        self._check_limits(known)

    def _check_limits(self, known: set[str]) -> None:
        for step in self.steps:
            for limit in step.limits:
                if limit.counted_from != OPENED and limit.counted_from not in known - {step.id}:
                    raise ProcedureError(
                        f"步骤“{step.id}”的时限从“{limit.counted_from}”起算，但没有这个步骤，请改正。"
                    )

    @property
    def stages(self) -> tuple[str, ...]:
        """The circular's own steps, each once, in order."""
        return tuple(dict.fromkeys(step.stage for step in self.steps))

    @property
    def deciding(self) -> Step:
        """The step that is the verdict."""
        return next(step for step in self.steps if step.is_deciding)

    def step(self, step_id: str) -> Step | None:
        """Return the step of that name, None where there is none."""
        return next((step for step in self.steps if step.id == step_id), None)

    def before(self, step_id: str) -> frozenset[str]:
        """Return every step that must be done before this one, near and far."""
        found: set[str] = set()
        for step in reversed(self.steps):
            if step.id == step_id or step.id in found:
                found.update(step.after)
        return frozenset(found)

    def from_step(self, step_id: str) -> frozenset[str]:
        """Return the step and every step that rests on it; these fall when a case is sent back to it."""
        return frozenset(s.id for s in self.steps if s.id == step_id or step_id in self.before(s.id))


@dataclass(frozen=True)
class Procedure:
    """The tracks that hold in a place, by name."""

    tracks: Mapping[str, Track]

    def over(self, wider: "Procedure | None") -> "Procedure":
        """Return this procedure with the wider one's tracks where it has none of its own."""
        return Procedure({**(wider.tracks if wider else {}), **self.tracks})


def length(days: int, kind: DayKind) -> str:
    """Write a number of days: 5天, 20个工作日."""
    return f"{days}天" if kind == "calendar" else f"{days}个{DAY_KINDS[kind]}"
