"""A name that nobody has, a wrong password and a lock cost the same to answer (T11)."""

import math
import os
import time
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouwang import settings as shipped
from shouwang.domain.roles import Role
from shouwang.records.models import Account
from tests.world import VILLAGE, account

pytestmark = pytest.mark.django_db
SAMPLES = 200
LEAST_P = 0.01


def fail(client: Client, login: str, **options: Any) -> None:
    answer = client.post("/sign-in/", {"login": login, "password": "not-the-password"}, **options)
    assert answer.status_code == 422


def statements(client: Client, login: str) -> int:
    """Count what a failed attempt asks of the database."""
    with CaptureQueriesContext(connection) as asked:
        fail(client, login)
    return len(asked)


def test_each_attempt_on_a_name_that_nobody_has_asks_as_much_as_on_one_that_is_there(client: Client) -> None:
    account(Role.VILLAGE, VILLAGE, login="wangjia")
    there = [statements(client, "wangjia") for _ in range(8)]
    nobody = [statements(client, "nobody") for _ in range(8)]

    assert nobody == there
    # From the sixth the name is locked; what was counted is taken back, which is a statement more.
    wrong, locked = set(there[1:5]), set(there[5:])
    assert len(wrong) == len(locked) == 1
    assert locked.pop() - wrong.pop() in (0, 1)


def test_a_lock_that_is_tried_does_not_grow(client: Client) -> None:
    account(Role.VILLAGE, VILLAGE, login="wangjia")
    for _ in range(9):
        fail(client, "wangjia")
    with connection.cursor() as cursor:
        cursor.execute("SELECT failures_since_start FROM axes_accessattempt")
        assert cursor.fetchall() == [(5,)]


def mann_whitney_p(first: Sequence[float], second: Sequence[float]) -> float:
    """Return how likely a rank sum is at least as odd if neither is the slower (normal approximation)."""
    both = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    rank_sum = sum(rank for rank, (_, side) in enumerate(both, start=1) if side == 0)
    count, other = len(first), len(second)
    u = rank_sum - count * (count + 1) / 2
    spread = math.sqrt(count * other * (count + other + 1) / 12)
    return math.erfc(abs(u - count * other / 2) / spread / math.sqrt(2))


def test_the_rank_test_tells_a_shift_from_noise() -> None:
    even = [float(number) for number in range(0, 400, 2)]
    assert mann_whitney_p(even, [value + 1 for value in even]) > 0.5
    assert mann_whitney_p(even, [value + 80 for value in even]) < 0.001


@pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") != "soak", reason="600 attempts at the price of a real password hash"
)
def test_no_clock_tells_the_three_apart(client: Client, settings: Any) -> None:
    settings.PASSWORD_HASHERS = shipped.PASSWORD_HASHERS
    kept = make_password("the-password")
    for name in ["locked", *(f"there{number}" for number in range(SAMPLES))]:
        made = account(Role.VILLAGE, VILLAGE, login=name)
        Account.objects.filter(pk=made.pk).update(password=kept)
    for _ in range(6):
        fail(client, "locked")
    took: dict[str, list[float]] = {"there": [], "nobody": [], "locked": []}
    for number in range(SAMPLES):
        for kind in took:
            login = kind if kind == "locked" else f"{kind}{number}"
            begun = time.perf_counter()
            fail(client, login)
            took[kind].append(time.perf_counter() - begun)

    for first, second in combinations(took, 2):
        assert mann_whitney_p(took[first], took[second]) > LEAST_P, (first, second)
