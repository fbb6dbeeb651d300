"""Walk a case through its steps, each by who takes it, on days that follow each other."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shouwang.actions import case_papers, case_steps
from shouwang.actions.refusals import Refusal
from shouwang.actions.sample.papers import content_of
from shouwang.actions.sample.people import People
from shouwang.domain.case_deadlines import due
from shouwang.domain.case_papers import papers_of
from shouwang.domain.procedure import Step
from shouwang.domain.roles import Role
from shouwang.records.case_states import case_state_of
from shouwang.records.models import Case

_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Day:
    """A day of the sample month that moves on; nothing is done after `last`."""

    on: date
    last: date

    @property
    def at(self) -> datetime:
        """An hour of the working day."""
        return datetime.combine(self.on, time(10, 20), _ZONE)

    def pass_to(self, day: date) -> bool:
        """Let days pass until one; False, and no change, where it is after the last."""
        if day > self.last:
            return False
        self.on = max(self.on, day)
        return True

    def later(self, days: int) -> bool:
        """Let some days pass, as `pass_to`."""
        return self.pass_to(self.on + timedelta(days=days))


def walk(*, people: People, case_id: int, until: str, day: Day) -> Case:
    """Take the steps of a case in order, up to `until` (excluded; "" for all), as far as the days reach."""
    while True:
        case = Case.objects.get(pk=case_id)
        state = case_state_of(case)
        step = next(iter(state.open_steps), None)
        if step is None or step.id == until or not day.later(1):
            return case
        waits = [
            item.not_before for item in due(state, day.on) if item.step_id == step.id and item.not_before
        ]
        if waits and not day.pass_to(max(waits)):
            return case
        if not _taken(people, case, step, day):
            return case


def _taken(people: People, case: Case, step: Step, day: Day) -> bool:
    """Add what the step asks for and take it; False where something still stands against it."""
    actor = people.at(Role(step.roles[0]), case.division, is_review=step.is_review).actor(day.at)
    when: dict[str, Any] = {"case_id": case.pk, "version": case.version, "on": day.on, "at": day.at}
    try:
        for kind in papers_of(step):
            case_papers.add_paper(
                actor=actor, kind=kind, content=content_of(kind, case, step, day.on), **when
            )
        case_steps.take_step(actor=actor, step_id=step.id, opinion="情况属实，同意。", **when)
    except Refusal:
        return False
    return True
