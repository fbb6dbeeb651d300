"""The frame of every act on a case: lock it, read its state, act by the domain, write the event."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from shouwang.actions.acting import Act, Actor, acting
from shouwang.actions.case_standing import stand, tell_next
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.case_state import EVENT_KINDS, CaseState, Event
from shouwang.domain.casework import StepRefused
from shouwang.domain.masking import mask_text
from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import ACTORS, FactValue
from shouwang.records.access import visible
from shouwang.records.acting_roles import acting_roles
from shouwang.records.case_facts import facts_of
from shouwang.records.case_states import TrackLost, case_state_of
from shouwang.records.elimination_facts import elimination_facts
from shouwang.records.models import Case, CaseEvent


@dataclass
class Hand:
    """A locked case in the hands of an actor, with the state it is in."""

    actor: Actor
    act: Act
    case: Case
    state: CaseState
    on: date
    at: datetime

    @property
    def by(self) -> str:
        """Who acts, as the domain names a person."""
        return str(self.actor.viewer.account_id)

    def facts(self) -> dict[str, FactValue]:
        """Gather what is known of the case on the day."""
        return facts_of(self.case, self.state, elimination_facts(self.case.household, self.on))

    def roles_among(self, roles: Iterable[str]) -> list[str]:
        """Return those of the roles that the actor may act in here."""
        return acting_roles(self.actor.viewer, self.case.household, self.case.track, roles)

    def role_among(self, roles: Iterable[str]) -> str:
        """Return the first of the roles that the actor may act in here, or raise NotAllowed."""
        wanted = list(roles)
        mine = self.roles_among(wanted)
        if not mine:
            may = "、".join(ACTORS[each] for each in wanted)
            raise NotAllowed(f"这一步由{may}办理，您在本辖区没有相应权限")
        self.act.role = mine[0]
        return mine[0]

    def role_with(self, permission: Permission) -> str:
        """Return the role by which a permission is held here; raises NotAllowed."""
        household = self.case.household
        roles = self.actor.viewer.roles_at(permission, household.division, household.pk, household.group_name)
        if not roles:
            raise NotAllowed(f"您在这里没有“{permission.label}”的权限，请由有权限的人员办理")
        self.act.role = str(roles[0])
        return str(roles[0])

    def does(self, change: Callable[[CaseState], CaseState]) -> Event:
        """Take the state on by the domain, write its new event and what now stands. Raises Unfit."""
        try:
            state = change(self.state)
        except StepRefused as refused:
            raise Unfit(refused.reasons) from refused
        self.state, event = state, state.events[-1]
        write_event(hand=self, event=event)
        return event


@contextmanager
def holding(
    *, actor: Actor, action: str, case_id: int, version: int, on: date, at: datetime
) -> Iterator[Hand]:
    """Run a block as one act on one case. Raises NotThere, NotAllowed, Stale, Unfit.

    Whoever comes second waits for the lock, then finds that the case has one event more than his page showed.
    """
    with acting(actor, action, at=at) as act:
        case = visible(Case.objects.filter(pk=case_id), actor.viewer).select_for_update(of=("self",)).first()
        if case is None:
            raise NotThere
        act.about(case)
        if case.version != version:
            raise Stale(_said_of_last(case))
        if on > at.date():
            raise Unfit("办理日期不能晚于今天", {"on": "办理日期不能晚于今天"})
        try:
            state = case_state_of(case)
        except TrackLost as lost:
            raise Unfit(str(lost)) from lost
        act.before = {"status": case.status, "turn_label": case.turn_label, "version": case.version}
        yield Hand(actor, act, case, state, on, at)
        act.after = {"status": case.status, "turn_label": case.turn_label, "version": case.version}


def _said_of_last(case: Case) -> str:
    """Say who was first, by role and act and never by name."""
    last = case.events.order_by("-sequence").first()
    if last is None:
        return "这件个案刚被他人更新，请刷新页面，核对后再办理"
    state = case_state_of(case)
    step = state.track.step(last.step_id)
    what = f"“{step.label}”" if step else ""
    role = ACTORS.get(last.role, last.role)
    done = f"已由{role}于{last.on}办理（{EVENT_KINDS[last.kind]}{what}）"
    return f"这件个案刚被他人更新：{done}，请刷新页面，核对后再办理"


def write_event(*, hand: Hand, event: Event) -> None:
    """Write the newest event and what now stands, and tell those whose turn it is."""
    case = hand.case
    case.version = len(hand.state.events)
    CaseEvent.objects.create(
        case=case,
        division=case.division,
        sequence=case.version,
        kind=event.kind,
        role=event.role,
        by_id=hand.actor.viewer.account_id,
        on=event.on,
        step_id=event.step_id,
        opinion=event.opinion,
        note=_note(event, hand.at),
        objection=event.objection,
        is_upheld=event.is_upheld,
        recorded_at=hand.at,
    )
    stand(case=case, state=hand.state, today=hand.on)
    case.save()
    hand.act.reason = mask_text(event.opinion)
    tell_next(case=case, at=hand.at, but=hand.actor.viewer.account_id)


def _note(event: Event, at: datetime) -> str:
    """Add to the note of an event that it was entered later than it happened."""
    late = f"{at.date():%Y-%m-%d}补录" if event.on < at.date() else ""
    return "；".join(part for part in (event.note, late) if part)
