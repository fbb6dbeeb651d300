"""What a case is: its track, the flags it was opened with, and its events in order.

Everything else is read from the events. Nothing is ever taken away: a send-back leaves in the history what it
undoes. `casework` adds events; nothing else should.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal

from shouwang.domain.procedure import CLOSED, OPENED, Step, Track

EventKind = Literal[
    "open",
    "step",
    "skip",
    "green_channel",
    "objection",
    "answer",
    "send_back",
    "reject",
    "withdraw",
    "feedback",
]
Status = Literal["open", "completed", "rejected", "withdrawn"]
EVENT_KINDS = {
    "open": "受理",
    "step": "办理",
    "skip": "沿用，不重复办理",
    "green_channel": "绿色通道",
    "objection": "提出异议",
    "answer": "答复异议",
    "send_back": "退回",
    "reject": "不予认定",
    "withdraw": "撤回",
    "feedback": "反馈",
}
STATUSES = {"open": "办理中", "completed": "已办结", "rejected": "不予认定", "withdrawn": "已撤回"}


@dataclass(frozen=True)
class Event:
    """One thing that happened: who, in which role, when, with what opinion.

    `by` identifies the person (an account or an opaque key, never a name). `objection` numbers objections
    from 1. `note` (Chinese) is what the program adds: a late step, a day count that is not certain.
    """

    kind: EventKind
    role: str
    by: str
    on: date
    step_id: str = ""
    opinion: str = ""
    note: str = ""
    objection: int = 0
    is_upheld: bool = False


@dataclass(frozen=True)
class Standing:
    """What stands after all events: the steps done and not undone, objections open and upheld."""

    done: Mapping[str, Event]
    open_objections: Mapping[int, Event]
    upheld_objections: tuple[int, ...]


@dataclass(frozen=True)
class CaseState:
    """A case of one household on one track; `traits` are the flags that were true when it was opened."""

    track: Track
    events: tuple[Event, ...]
    traits: frozenset[str] = frozenset()

    def with_event(self, event: Event) -> "CaseState":
        """Return the case with one more event."""
        return replace(self, events=(*self.events, event))

    @cached_property
    def standing(self) -> Standing:
        """What stands after all events."""
        done: dict[str, Event] = {}
        objections: dict[int, Event] = {}
        upheld: list[int] = []
        for event in self.events:
            if event.kind in ("step", "skip"):
                done[event.step_id] = event
            elif event.kind == "objection":
                objections[event.objection] = event
            elif event.kind == "answer":
                objections.pop(event.objection, None)
                upheld.extend([event.objection] if event.is_upheld else [])
            elif event.kind == "send_back":
                fallen = self.track.from_step(event.step_id)
                done = {name: each for name, each in done.items() if name not in fallen}
                # An upheld objection is met only by a new notice.
                if any(step.notice for step in self.track.steps if step.id in fallen):
                    upheld = []
        return Standing(done, objections, tuple(upheld))

    @property
    def done(self) -> Mapping[str, Event]:
        """The steps that stand, by name."""
        return self.standing.done

    @property
    def opened_on(self) -> date:
        """The day the case was opened."""
        return self.events[0].on

    @property
    def status(self) -> Status:
        """Where the case is: open, completed (every step stands), rejected or withdrawn."""
        kinds = {event.kind for event in self.events}
        if "reject" in kinds:
            return "rejected"
        if "withdraw" in kinds:
            return "withdrawn"
        return "completed" if len(self.done) == len(self.track.steps) else "open"

    @property
    def is_decided(self) -> bool:
        """Tell whether the deciding step stands."""
        return self.track.deciding.id in self.done

    @property
    def is_green_channel(self) -> bool:
        """Tell whether help went before the procedure."""
        return any(event.kind == "green_channel" for event in self.events)

    @property
    def closed_on(self) -> date | None:
        """The day of the verdict: the deciding step, the rejection or the withdrawal; None before."""
        if self.is_decided:
            return self.done[self.track.deciding.id].on
        return next((event.on for event in self.events if event.kind in ("reject", "withdraw")), None)

    def day_of(self, name: str) -> date | None:
        """Return the day that a limit counts from: OPENED, CLOSED or a step; None where it has not come."""
        if name == OPENED:
            return self.opened_on
        if name == CLOSED:
            return self.closed_on
        return self.done[name].on if name in self.done else None

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """The steps whose turn it is; a notice that still hangs or an objection may yet hold one back."""
        if self.status != "open":
            return ()
        return tuple(
            step
            for step in self.track.steps
            if step.id not in self.done and all(name in self.done for name in step.after)
        )

    def notices_before(self, step: Step) -> tuple[tuple[Step, Event], ...]:
        """Return the standing notices that a step rests on, with the event that put each up."""
        before = self.track.before(step.id)
        return tuple(
            (each, self.done[each.id])
            for each in self.track.steps
            if each.notice and each.id in before and each.id in self.done
        )
