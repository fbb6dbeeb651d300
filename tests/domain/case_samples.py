"""Cases walked by hand: the shipped procedures, facts that meet every need, and one person per step."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from shouwang.domain.case_state import CaseState
from shouwang.domain.casework import StepRefused, open_case, take_step
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import PackLibrary
from shouwang.domain.procedure import COUNTS, FLAGS, FactValue, Procedure, Track

START = date(2024, 3, 4)
FACTS: dict[str, FactValue] = {
    **{name: True for name in FLAGS},
    **{name: 99 for name in COUNTS},
    "is_whole_no_labour": False,
    "is_natural_elimination": False,
}


@cache
def library() -> PackLibrary:
    return load_library(default_packs_folder())


def procedure(pack_id: str = "cn-2021") -> Procedure:
    found = library().resolve_named(pack_id, date(2024, 3, 4)).procedure
    assert found is not None
    return found


def shipped_tracks() -> list[tuple[str, Track]]:
    return [
        (f"{pack.id}:{track.id}", track)
        for pack in library().packs.values()
        if pack.procedure
        for track in pack.procedure.tracks.values()
    ]


def opened(track: Track, facts: Iterable[str] = (), on: date = START) -> CaseState:
    traits = {name: True for name in facts}
    procedure = Procedure({track.id: track})
    return open_case(procedure, track.id, role="village", by="opener", on=on, facts=traits)


def walked(state: CaseState, until: str, gap_days: int = 0) -> CaseState:
    """Take every step before `until`, each by another person, waiting out each notice."""
    for step in state.track.steps:
        if step.id == until:
            break
        last = state.events[-1]
        waiting = 0
        if last.kind == "step" and (before := state.track.step(last.step_id)) and before.notice:
            waiting = before.notice.days * 2 + 15
        on = last.on + timedelta(gap_days + waiting)
        state = take_step(state, step.id, role=step.roles[0], by=f"by-{step.id}", on=on, facts=FACTS)
    return state


def refusal(act: Any, *args: Any, **words: Any) -> str:
    with pytest.raises(StepRefused) as refused:
        act(*args, **words)
    assert refused.value.reasons
    return str(refused.value)


def take(
    state: CaseState, step: str, role: str, by: str = "someone", on: date | None = None, **facts: Any
) -> Any:
    return take_step(state, step, role=role, by=by, on=on or state.events[-1].on, facts={**FACTS, **facts})


def at_notice() -> CaseState:
    return walked(opened(procedure().tracks["identification"]), "township_review")


def after_notice() -> date:
    return START + timedelta(6)
