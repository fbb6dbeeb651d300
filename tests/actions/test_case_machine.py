"""Random acts of random people on a case of any track, and on the same in the domain: never apart (T41)."""

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from shouwang.actions.acting import Actor
from shouwang.actions.case_endings import FEEDBACK_ROLES, give_feedback, reject, send_back, withdraw
from shouwang.actions.case_objections import answer_objection, raise_objection
from shouwang.actions.case_papers import add_paper
from shouwang.actions.case_steps import take_step
from shouwang.actions.refusals import Refusal
from shouwang.domain import casework
from shouwang.domain.case_state import CaseState
from shouwang.domain.permissions import Permission, excluded_by
from shouwang.domain.procedure import Step
from shouwang.domain.roles import ROLES, Role
from shouwang.domain.step_permissions import step_permission
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Case, CasePaper
from tests.actions.approval_checks import wrong_in
from tests.actions.case_agreement import (
    COUNTIES,
    EVERY,
    acting_role,
    everybody,
    facts_now,
    held_by,
    known_of,
    stored,
)
from tests.actions.case_driver import begun, homed, ready, state_of, taker_of
from tests.actions.case_walks import PAPERS
from tests.world import place

IS_SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
# Who has a part in some track, one of them in two roles and two of them elsewhere.
PEOPLE = (
    "village", "resident_team", "township", "county_office", "reviewer", "city", "province", "both",
    "neighbour", "other_township", "supervisor", "helper",
)  # fmt: skip
LAST_DAY = 20
people = st.sampled_from(PEOPLE)
which = st.integers(0, 8)
Acting = Callable[..., CaseState] | None


class Office(RuleBasedStateMachine):
    """A case in the records and the same case in the domain; every act is tried on both."""

    @initialize(given=st.sampled_from(EVERY))
    def open(self, given: tuple[str, str]) -> None:
        """Open a case on one of the tracks."""
        pack, track = given
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        here = place(COUNTIES[pack])
        self.made = begun(homed(everybody(here), track, here), track)
        self.village = here.villages[0]
        self.state = state_of(self.made)
        # A notice counts from the day its sheet says.
        self.sheets: dict[str, Any] = {}

    def teardown(self) -> None:
        """Take everything back."""
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    @rule(days=st.integers(1, 6))
    def wait(self, days: int) -> None:
        """Let days pass, up to the end of the year."""
        if self.made.on.month < 12 or self.made.on.day < LAST_DAY:
            self.made.wait(days)

    @rule(name=people, kind=st.sampled_from(sorted(PAPERS)))
    def bring(self, name: str, kind: str) -> None:
        """Add a paper, or be refused; either leaves the events as they are."""
        self.tried(name, add_paper, None, kind=kind, content=PAPERS[kind])

    @rule(number=which)
    def go_on(self, number: int) -> None:
        """Take an open step as the one whose turn it is, with everything that it asks for."""
        if self.state.open_steps:
            step = self.state.open_steps[number % len(self.state.open_steps)]
            ready(self.made, self.state, step)
            self.step(taker_of(step), step)

    @rule(name=people, number=which)
    def try_step(self, name: str, number: int) -> None:
        """Try any step as anybody."""
        self.step(name, self.state.track.steps[number % len(self.state.track.steps)])

    @rule(name=people)
    def object(self, name: str) -> None:
        """Object to a notice."""
        held = self.held(name, Permission.RECORD_OBJECTION) or self.held(name, Permission.ANSWER_OBJECTION)
        act = partial(casework.raise_objection, opinion="有异议") if held else None
        self.tried(name, raise_objection, act, opinion="有异议")

    @rule(name=people, number=st.integers(1, 3), is_upheld=st.booleans())
    def answer(self, name: str, number: int, is_upheld: bool) -> None:
        """Answer an objection; who made what it is against does not."""
        held = self.held(name, Permission.ANSWER_OBJECTION)
        said: dict[str, Any] = {"opinion": "已核查", "is_upheld": is_upheld}
        by = str(self.made.people[name].viewer.account_id)
        events = (each for each in self.state.events if each.by == by and each.kind in ("step", "skip"))
        done = [each for event in events if (each := step_permission(self.state.track.id, event.role))]
        is_maker = excluded_by(done, Permission.ANSWER_OBJECTION) is not None
        act = partial(casework.answer_objection, number=number, role=held[0], **said) if held else None
        self.tried(name, answer_objection, None if is_maker else act, number=number, **said)

    @rule(name=people, number=which)
    def back(self, name: str, number: int) -> None:
        """Send the case back to a step."""
        step, role = self.state.track.steps[number % len(self.state.track.steps)], self.turn_role(name)
        act = partial(casework.send_back, to_step=step.id, role=role, reason="重办") if role else None
        self.tried(name, send_back, act, to_step=step.id, reason="重办")

    @rule(name=people, luck=st.integers(0, 7))
    def end(self, name: str, luck: int) -> None:
        """Reject the case, or withdraw it; rarely, or few would come to their end."""
        if luck == 0:
            role = self.turn_role(name)
            act = partial(casework.reject, role=role, reason="不符") if role else None
            self.tried(name, reject, act, reason="不符")
        elif luck == 1:
            role = self.role(name, ["village"])
            act = partial(casework.withdraw, role=role, reason="不办") if role else None
            self.tried(name, withdraw, act, reason="不办")

    @rule(name=people)
    def tell(self, name: str) -> None:
        """Tell the household the outcome."""
        role = self.role(name, FEEDBACK_ROLES)
        act = partial(casework.give_feedback, role=role, opinion="已说明") if role else None
        self.tried(name, give_feedback, act, opinion="已说明")

    @invariant()
    def is_sound(self) -> None:
        """The records say what the domain says, and the audit, the papers and the household agree with it."""
        if hasattr(self, "state"):
            assert known_of(state_of(self.made)) == known_of(self.state)
            with entered_system():
                assert list(wrong_in(Case.objects.get(pk=self.made.open_case.pk))) == []

    def step(self, name: str, step: Step) -> None:
        """Try a step on both."""
        role, act = self.role(name, step.roles), None
        if role and self.is_from_its_sheet(step):
            facts = facts_now(self.made, self.state)
            act = partial(casework.take_step, step_id=step.id, role=role, facts=facts, opinion="同意")
        self.tried(name, take_step, act, step_id=step.id, opinion="同意")

    def is_from_its_sheet(self, step: Step) -> bool:
        """Tell whether a notice is put up on the day that its sheet says."""
        with entered_system():
            sheets = CasePaper.objects.filter(case=self.made.open_case, kind="notice", step_id=step.id)
            last = sheets.order_by("pk").last()
        return step.notice is None or last is None or last.on == self.made.on

    def tried(self, name: str, action: Callable[..., Any], act: Acting, **words: Any) -> None:
        """Let somebody act; `act` is the same in the domain, None where he may not or it is no event."""
        who, before = self.made.people[name], stored(self.made)
        following = self.following(who, act)
        said = {"case_id": self.made.open_case.pk, "version": len(self.state.events), **words}
        refusal = None
        with entered(who.viewer):
            try:
                action(actor=who, on=self.made.on, at=self.made.at, **said)
            except Refusal as refused:
                refusal = refused
        after = stored(self.made)
        if refusal is not None:
            assert after == before._replace(refused=before.refused + 1)
        if action is not add_paper:
            assert (refusal is None) == (following is not None), refusal
            self.state = following or self.state

    def following(self, who: Actor, act: Acting) -> CaseState | None:
        """Return what the domain makes of an act; None where it refuses."""
        if act is None:
            return None
        try:
            return act(self.state, by=str(who.viewer.account_id), on=self.made.on)
        except casework.StepRefused:
            return None

    def role(self, name: str, roles: Iterable[str]) -> str | None:
        """Return in which of some roles somebody acts here."""
        return acting_role(self.state, self.made.people[name], self.village, roles)

    def turn_role(self, name: str) -> str | None:
        """Return the role in which somebody has a turn."""
        return self.role(name, [role for step in self.state.open_steps for role in step.roles])

    def held(self, name: str, permission: Permission) -> list[str]:
        """Return the roles by which somebody holds a permission here."""
        roles = held_by(self.made.people[name], self.village)
        return [role for role in roles if permission in ROLES[Role(role)].permissions]


@pytest.mark.django_db
def test_no_order_of_acts_parts_the_records_from_the_domain() -> None:
    tries = settings(
        max_examples=60 if IS_SOAK else 5,
        stateful_step_count=40 if IS_SOAK else 25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(Office, settings=tries)
