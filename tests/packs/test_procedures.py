"""The shipped procedures: sourced, in agreement with the parameters, never walked into an illegal state."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouwang.domain.case_deadlines import due
from shouwang.domain.case_state import CaseState, Event
from shouwang.domain.casework import (
    StepRefused,
    answer_objection,
    give_feedback,
    raise_objection,
    reject,
    send_back,
    skip_step,
    start_green_channel,
    take_step,
    withdraw,
)
from shouwang.domain.pack_files import default_packs_folder, load_pack
from shouwang.domain.procedure import ACTORS, LEVEL_ABOVE, Track
from shouwang.domain.workdays import workdays
from tests.domain.case_samples import FACTS, START, library, opened, procedure, shipped_tracks
from tests.packs.test_quotations import QUOTE, SEED, SHARED, plain, plain_marks, seeds

TRACKS = [pytest.param(track, id=name) for name, track in shipped_tracks()]
PACKS = sorted(pack.id for pack in library().packs.values() if pack.procedure)
FIVE = ("入户核查初判", "数据比对", "村级评议公示", "乡镇审核", "县级公告确定")
SEVEN = ("入户核实", "信息比对", "村级初选", "乡级审核", "县级审批", "结果公告", "录入建档")
AFTER = "落实帮扶"


def sources(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from [each] if key == "source" else sources(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from sources(each)


def stages(pack_id: str) -> tuple[str, ...]:
    return tuple(each for each in procedure(pack_id).tracks["identification"].stages if each != AFTER)


def notice_days(track: Track) -> list[int]:
    return [step.notice.days for step in track.steps if step.notice]


def test_the_places_have_their_own_numbers_of_steps() -> None:
    for pack_id in ("cn-2021", "hubei-2022", "jiangxi-2022", "gansu-2023", "hainan-2021", "pingjiang-2021"):
        assert stages(pack_id) == FIVE
    assert stages("henan-2023") == SEVEN
    assert len(stages("example-s3-13")) == 4


def test_a_place_without_its_own_has_the_general_procedure() -> None:
    found = library().resolve("340000", date(2024, 1, 1)).procedure
    assert found is not None
    assert set(found.tracks) == {"identification", "elimination", "rollback", "removal"}
    assert all(track.is_reference for track in found.tracks.values())
    assert not procedure("jiangxi-2022").tracks["removal"].is_reference


def test_the_circulars_of_2020_knew_no_such_procedure() -> None:
    assert library().resolve("340000", date(2020, 6, 1)).procedure is None
    assert set(procedure("example-s3-13").tracks) == {"identification"}


@pytest.mark.parametrize("pack_id", PACKS)
def test_notices_and_time_limits_agree_with_the_parameters(pack_id: str) -> None:
    policy = library().resolve_named(pack_id, date(2024, 3, 4))
    track = procedure(pack_id).tracks["identification"]
    if pack_id == "example-s3-10":  # the plan names no notice and limits only a declared case
        assert notice_days(track) == []
        (limit,) = track.steps[1].limits
        assert (limit.days, limit.kind) == (policy.parameters["self_declaration_days"].value, "working")
        return
    assert bool(notice_days(track)) == policy.parameters["has_public_notice"].value
    if not notice_days(track):
        return
    assert notice_days(track) == [policy.parameters["notice_days"].value]
    limit = track.deciding.limits[0]
    assert limit.days == policy.parameters["identification_days"].value
    assert limit.kind == policy.parameters["identification_day_kind"].value
    (plan,) = track.steps[-1].limits
    assert plan.days == policy.parameters["plan_days"].value


@pytest.mark.parametrize("track", TRACKS)
def test_every_step_limit_and_exception_has_its_source_written_out(track: Track) -> None:
    found = list(sources(asdict(track)))
    assert len(found) > len(track.steps)
    assert all(source.strip() and not re.search(r"S\d§", source) for source in found)


@pytest.mark.skipif(not SHARED.exists(), reason="reference data are not beside this checkout")
def test_every_quotation_from_a_seed_stands_in_it() -> None:
    quoted = 0
    for pack_id in PACKS:
        found = load_pack(default_packs_folder() / pack_id).procedure
        assert found
        for source in sources([asdict(track) for track in found.tracks.values()]):
            for clause in re.split(";", plain_marks(source)):
                for quote in QUOTE.findall(clause) if SEED.search(clause) else ():
                    quoted += 1
                    assert plain(quote) in seeds(), f"{pack_id}: {quote}"
    assert quoted > 50


@pytest.mark.parametrize("track", TRACKS)
def test_over_every_state_step_and_role_only_the_step_whose_turn_it_is_is_taken(track: Track) -> None:
    seen: set[frozenset[str]] = set()
    waiting = [opened(track)]
    while waiting:
        state = waiting.pop()
        done = frozenset(state.done)
        if done in seen:
            continue
        seen.add(done)
        on = state.events[-1].on + timedelta(20)
        for step in track.steps:
            is_turn = step.id not in done and set(step.after) <= done
            for role in ACTORS:
                try:
                    taken = take_step(state, step.id, role=role, by=f"by-{step.id}", on=on, facts=FACTS)
                except StepRefused:
                    assert not (is_turn and role in step.roles), (done, step.id, role)
                else:
                    assert is_turn, (done, step.id, role)
                    assert role in step.roles, (done, step.id, role)
                    assert set(taken.done) == done | {step.id}
                    waiting.append(taken)
    assert frozenset(step.id for step in track.steps) in seen


# Rare acts and repeated turns are weighted so that cases grow long enough to be decided.
OTHER_ACTS = ["skip", "green_channel", *["objection", "answer", "send_back"] * 4, "upheld", "feedback"]
acts = st.tuples(
    st.sampled_from(["step"] * 60 + OTHER_ACTS * 2 + ["reject", "withdraw"]),
    st.sampled_from([0] * 8 + list(range(1, 9))),  # which step, counted from the first whose turn it is
    st.sampled_from(["right"] * 20 + sorted(ACTORS)),
    st.sampled_from(["甲", "乙", "丙", "丁", "戊", "己"]),
    st.sampled_from([0, 0, 1, 5, 6, 9]),
    st.sampled_from(["", "理由", "理由", "理由"]),
)


def attempt(state: CaseState, act: tuple[str, int, str, str, int, str]) -> CaseState:
    kind, index, role, by, gap, words = act
    steps = (*state.open_steps, *state.track.steps)
    step = steps[index % len(steps)]
    role = step.roles[0] if role == "right" else role
    who: dict[str, Any] = {"role": role, "by": by, "on": state.events[-1].on + timedelta(gap)}
    if kind == "step":
        return take_step(state, step.id, facts=FACTS, **who)
    if kind == "skip":
        return skip_step(state, step.id, facts={**FACTS, "compared_on": START}, **who)
    if kind == "green_channel":
        return start_green_channel(state, facts=FACTS, opinion=words, **who)
    if kind == "objection":
        return raise_objection(state, opinion=words, **who)
    if kind in ("answer", "upheld"):
        number = next(iter(state.standing.open_objections), 1)
        return answer_objection(state, number, opinion=words, is_upheld=kind == "upheld", **who)
    if kind == "send_back":
        return send_back(state, step.id, reason=words, **who)
    if kind == "feedback":
        return give_feedback(state, opinion=words, **who)
    return (reject if kind == "reject" else withdraw)(state, reason=words, **who)


def check_legal(track: Track, events: tuple[Event, ...]) -> None:
    """Replay the history by hand and assert that nothing in it was unlawful."""
    standing: dict[str, Event] = {}
    objections: set[int] = set()
    is_ended = False
    for before, event in zip((events[0], *events), events, strict=False):
        assert event.on >= before.on
        assert event.by
        assert event.kind == "feedback" or not is_ended
        if event.kind in ("step", "skip"):
            step = track.step(event.step_id)
            assert step
            assert event.step_id not in standing
            assert set(step.after) <= set(standing)
            assert event.role in step.roles
            if step.is_review:
                check_review(track, step.id, event, standing, objections)
            standing[event.step_id] = event
        elif event.kind == "objection":
            objections.add(event.objection)
        elif event.kind == "answer":
            objections.remove(event.objection)
        elif event.kind == "send_back":
            assert event.opinion
            fallen = {event.step_id}
            for step in track.steps:
                if fallen & set(step.after):
                    fallen.add(step.id)
            standing = {name: each for name, each in standing.items() if name not in fallen}
        elif event.kind in ("reject", "withdraw"):
            assert event.opinion
            is_ended = True


def check_review(
    track: Track, step_id: str, event: Event, standing: dict[str, Event], objections: set[int]
) -> None:
    reviews = {step.id for step in track.steps if step.is_review}
    assert event.by not in {each.by for name, each in standing.items() if name in reviews}
    step = track.step(step_id)
    assert step
    assert event.by not in {standing[name].by for name in step.after}
    for each in track.steps:
        if each.notice and each.id in track.before(step_id):
            assert not objections
            posted = standing[each.id].on
            assert workdays().days_between(posted, event.on, each.notice.kind).days > each.notice.days


@pytest.mark.parametrize("track", TRACKS)
@settings(max_examples=60, deadline=None)
@given(tried=st.lists(acts, min_size=20, max_size=45), traits=st.sampled_from([[], ["is_self_declared"]]))
def test_no_order_of_events_leads_to_an_illegal_state(
    track: Track, tried: list[tuple[str, int, str, str, int, str]], traits: list[str]
) -> None:
    state = opened(track, traits)
    for act in tried:
        try:
            following = attempt(state, act)
        except StepRefused:
            continue
        assert following.events[:-1] == state.events
        state = following
        check_legal(track, state.events)
        if state.is_decided:
            assert all(step.id in state.done for step in track.steps if step.notice)
        for item in due(state, state.events[-1].on + timedelta(30)):
            assert item.is_overdue or item.escalate_to is None
            assert item.escalate_to in (None, *LEVEL_ABOVE.values())
            assert (item.days_left is None) == (item.due_on is None)
