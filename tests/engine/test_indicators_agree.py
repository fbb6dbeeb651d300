"""Ibis on DuckDB and the plain-Python reference must agree on every indicator, whatever the rows."""

from random import Random

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouwang.domain.indicators import indicators
from shouwang.engine.indicators import indicator_table
from shouwang.engine.reference_indicators import reference_indicators
from tests.engine.factories import DAYS, by_household, random_feeds, random_regime, random_rows, snapshot_of

backend = ibis.duckdb.connect(threads=2)


def disagreements(random: Random, households: int) -> dict[str, tuple[object, object]]:
    """Return, for a random snapshot, what the two engines answered differently: (by Ibis, by reference)."""
    on, feeds = random.choice(DAYS), random_feeds(random)
    regime = random_regime(random, on)
    rows = random_rows(random, on, regime, households)
    table = indicator_table(snapshot_of(backend, rows, feeds), regime, on, list(indicators()))
    fast = by_household(backend.to_pyarrow(table))
    found: dict[str, tuple[object, object]] = {}
    for household_id, values in fast.items():
        slow = reference_indicators(rows, household_id, regime=regime, on=on, feeds=feeds)
        for name in indicators():
            if values[name] != slow[name]:
                found[f"{household_id} {name} on {on}"] = (values[name], slow[name])
    assert len(fast) == households
    return found


@settings(max_examples=settings().max_examples // 20)
@given(seed=st.integers(0, 2**32), households=st.integers(1, 6))
def test_both_engines_give_every_indicator_alike(seed: int, households: int) -> None:
    assert disagreements(Random(seed), households) == {}


@pytest.mark.parametrize("seed", range(6))
def test_both_engines_agree_over_two_hundred_random_households(seed: int) -> None:
    assert disagreements(Random(seed), 200) == {}
