"""How long a clue may wait: the pack's days, else cited ones that say they are only a reference."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.clue_limits import Limit, feedback_limit, level_above, verdict_limit
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import Policy

TODAY = date(2026, 11, 23)
SOURCES = st.sets(st.sampled_from(["screening", "self_declaration", "hotline", "disaster"]), min_size=1)


def policy(division: str) -> Policy:
    return load_library(default_packs_folder()).resolve(division, TODAY)


@pytest.mark.parametrize(
    ("division", "source", "days", "kind", "is_reference"),
    [
        ("620102000000", "self_declaration", 5, "working", False),
        ("361023000000", "self_declaration", 5, "working", True),
        ("361023000000", "screening", 15, "calendar", False),
        ("420000000000", "hotline", 15, "calendar", False),
    ],
)
def test_a_limit_is_the_packs_or_a_cited_reference(
    division: str, source: str, days: int, kind: str, is_reference: bool
) -> None:
    limit = verdict_limit(policy(division), {source})

    assert (limit.days, limit.kind, limit.is_reference) == (days, kind, is_reference)
    assert limit.source
    assert ("参考值" in limit.words) is is_reference


def test_without_any_pack_the_cited_limits_hold() -> None:
    assert verdict_limit(None, {"media"}).last_day(TODAY) == date(2026, 12, 8)
    assert verdict_limit(None, {"self_declaration"}).last_day(TODAY) == date(2026, 11, 30)
    assert feedback_limit(None) == Limit(5, "working", feedback_limit(None).source, is_reference=True)
    assert feedback_limit(policy("620102000000")).is_reference is False


@given(sources=SOURCES, more=SOURCES)
def test_another_source_never_gives_more_time(sources: set[str], more: set[str]) -> None:
    alone, together = verdict_limit(None, sources), verdict_limit(None, sources | more)

    assert together.last_day(TODAY) <= alone.last_day(TODAY)


@pytest.mark.parametrize(
    ("turn", "told", "above"),
    [
        ("village", "", "township"),
        ("village", "township", None),
        ("village", "county_office", None),
        ("resident_team", "", "township"),
        ("township", "township", "county_office"),
        ("county_office", "county_office", "city"),
        ("province", "", None),
        ("", "", None),
    ],
)
def test_the_level_above_is_told_once_and_never_a_lower_one(turn: str, told: str, above: str | None) -> None:
    assert level_above(turn, told) == above
