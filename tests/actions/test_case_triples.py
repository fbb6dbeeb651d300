"""No step by a role out of turn, over every state, step and role of a track; and no illegal state ever."""

import os
from contextlib import suppress
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouwang.actions.case_endings import reject, send_back, withdraw
from shouwang.actions.case_objections import answer_objection, raise_objection
from shouwang.actions.case_steps import take_step
from shouwang.actions.refusals import NotAllowed, Refusal, Unfit
from shouwang.domain.case_state import CaseState
from shouwang.records.access import entered_system
from shouwang.records.case_states import case_state_of
from shouwang.records.models import Case
from tests.actions.case_walks import PLACES, Walk, at_decision, at_notice, opened

pytestmark = pytest.mark.django_db
STATES = {"opened": opened, "at_notice": at_notice, "at_decision": at_decision}


def state_of(made: Walk) -> CaseState:
    with entered_system():
        return case_state_of(Case.objects.get(pk=made.open_case.pk))


def check(state: CaseState, case: Case) -> None:
    """What holds in every state a case may be in."""
    for step in state.track.steps:
        if step.id in state.done:
            assert all(before in state.done for before in state.track.before(step.id))
            assert state.done[step.id].role in step.roles
            assert not step.is_review or state.done[step.id].by not in {
                event.by for name, event in state.done.items() if name in state.track.before(step.id)
            }
    days = [event.on for event in state.events]
    assert days == sorted(days)
    assert case.status == state.status
    assert case.version == len(state.events)
    assert case.is_decided == state.is_decided
    assert case.has_open_objection == bool(state.standing.open_objections)
    assert (case.turn_steps == []) == (state.status != "open")


@pytest.mark.parametrize("name", STATES)
def test_of_all_steps_and_roles_only_the_open_step_is_taken_by_its_role(name: str) -> None:
    made = STATES[name]()
    made.wait(6 if name == "at_notice" else 0)
    if name == "at_notice":
        made.paper("township", "plan_proposal")
    state = state_of(made)
    open_steps = {step.id: step.roles for step in state.open_steps}
    for step, role in product(state.track.steps, PLACES):
        acting_as = "county_office" if role == "comparer" else role
        may = acting_as in open_steps.get(step.id, ()) and name != "opened"
        may = may and not (role == "comparer" and step.id == "county_decision")
        if may:
            continue
        with pytest.raises((NotAllowed, Unfit)):
            made.step(role, step.id)
        assert len(state_of(made).events) == len(state.events)
    if name != "opened":
        taken = next(iter(open_steps))
        made.step(open_steps[taken][0], taken)
        assert taken in state_of(made).done


ROLES = ("village", "township", "county_office", "comparer")
ACTS = st.one_of(
    st.tuples(
        st.just("step"), st.sampled_from(["household_check", "appraisal", "public_notice", "township_review"])
    ),
    st.tuples(
        st.just("step"),
        st.sampled_from(["county_decision", "announcement", "registration", "contact_and_plan"]),
    ),
    st.tuples(
        st.just("paper"),
        st.sampled_from(["appraisal", "notice", "plan_proposal", "announcement", "registration"]),
    ),
    st.tuples(st.just("object"), st.just("")),
    st.tuples(st.just("answer"), st.booleans()),
    st.tuples(st.just("back"), st.sampled_from(["appraisal", "public_notice", "household_check"])),
    st.tuples(st.just("wait"), st.integers(1, 6)),
    st.tuples(st.just("reject"), st.just("")),
    st.tuples(st.just("withdraw"), st.just("")),
)


EXAMPLES = 60 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 6


@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=st.lists(st.tuples(st.sampled_from(ROLES), ACTS), max_size=14))
def test_no_order_of_acts_leads_to_an_illegal_state(acts: list[tuple[str, tuple[str, object]]]) -> None:
    made = at_notice()
    for role, (kind, word) in acts:
        if kind == "wait" and made.on.day + int(str(word)) <= 28:
            made.wait(int(str(word)))
        with suppress(Refusal):
            act(made, role, kind, word)
        with entered_system():
            case = Case.objects.get(pk=made.open_case.pk)
            check(case_state_of(case), case)


def act(made: Walk, role: str, kind: str, word: object) -> None:
    if kind == "step":
        made.act(role, take_step, step_id=word, opinion="同意")
    elif kind == "paper":
        made.paper(role, str(word))
    elif kind == "object":
        made.act(role, raise_objection, opinion="有异议")
    elif kind == "answer":
        made.act(role, answer_objection, number=1, opinion="已核查", is_upheld=word)
    elif kind == "back":
        made.act(role, send_back, to_step=word, reason="重办")
    elif kind in ("reject", "withdraw"):
        made.act(role, reject if kind == "reject" else withdraw, reason="不符")
