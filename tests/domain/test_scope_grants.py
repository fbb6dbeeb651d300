"""Grants of a scope for a time, and views outside one's area that end and leave a trace."""

from datetime import UTC, datetime, timedelta

import pytest

from shouwang.domain.reasons import ReasonError
from shouwang.domain.scope import (
    NOTHING,
    Grant,
    Reach,
    ScopeError,
    break_glass,
    break_glass_into,
    covers,
    scope_at,
    scope_of,
)

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_grant_holds_from_its_start_until_before_its_end() -> None:
    grants = [Grant(scope_of("530521"), NOON, NOON + HOUR)]
    assert scope_at(grants, NOON - timedelta(microseconds=1)) == NOTHING
    assert scope_at(grants, NOON) == scope_of("530521")
    assert scope_at(grants, NOON + HOUR) == NOTHING


def test_a_grant_without_end_holds_on() -> None:
    assert scope_at([Grant(scope_of("53"), NOON)], NOON + 10_000 * HOUR) == scope_of("53")


def test_a_grant_needs_time_zones_and_an_end_after_its_start() -> None:
    with pytest.raises(ScopeError, match="时区"):
        Grant(scope_of("53"), NOON.replace(tzinfo=None))
    with pytest.raises(ScopeError, match="晚于"):
        Grant(scope_of("53"), NOON, NOON)


def test_break_glass_reads_for_a_while_and_then_reaches_nothing() -> None:
    grant = break_glass(Reach("530522"), " 受灾群众跨县安置 ", from_at=NOON, until_at=NOON + HOUR)
    assert grant.reason == "受灾群众跨县安置"
    scope = scope_at([grant], NOON)
    assert covers(scope, "530522101201")
    assert not covers(scope, "530522101201", is_write=True)
    assert not covers(scope_at([grant], NOON + HOUR), "530522101201")


@pytest.mark.parametrize("reason", ["", "   ", "。。。。。。", "看看看看看看", "123456", "1 1 1 1"])
def test_break_glass_without_a_real_reason_is_refused(reason: str) -> None:
    with pytest.raises(ReasonError, match="理由"):
        break_glass(Reach("530522"), reason, from_at=NOON, until_at=NOON + HOUR)


def test_break_glass_of_a_city_or_longer_than_allowed_is_refused() -> None:
    with pytest.raises(ScopeError, match="最大到一个县"):
        break_glass(Reach("5305"), "受灾群众跨县安置", from_at=NOON, until_at=NOON + HOUR)
    with pytest.raises(ScopeError, match="最长 24 小时"):
        break_glass(Reach("530522"), "受灾群众跨县安置", from_at=NOON, until_at=NOON + 25 * HOUR)


def test_break_glass_is_listed_to_the_area_it_touched_even_after_its_end() -> None:
    early = break_glass(Reach("530522101201"), "受灾群众跨县安置", from_at=NOON, until_at=NOON + HOUR)
    late = break_glass(Reach("530522"), "信访事项跨县核实", from_at=NOON + HOUR, until_at=NOON + 2 * HOUR)
    own = Grant(scope_of("530522"), NOON)
    assert break_glass_into([early, own, late], "530522") == [late, early]
    assert break_glass_into([early, own, late], "530522101202") == [late]
    assert break_glass_into([early, own, late], "530521") == []
