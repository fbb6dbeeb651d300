"""Deliveries come, are mended and are taken back in any order: the rest says what is in force (T33).

In force are, of each sender's month, the last whole delivery that was not taken back and its corrections; of
rows that several repeat the most that one of them has; and what a folder brought where no delivery is.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from django.conf import settings as site_settings
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouwang.actions.acting import Actor
from shouwang.actions.delivery_committing import commit
from shouwang.actions.delivery_reading import counts_of
from shouwang.actions.delivery_staging import known_people
from shouwang.actions.delivery_withdrawing import withdraw_delivery
from shouwang.exchange.delivering import StagedDelivery, stage_delivery
from shouwang.records.access import entered_system
from shouwang.records.models import LEDGERS, Delivery, DeliverySheet, Household, Load, Source
from tests.actions.delivery_world import county_officer, known_registry, medical_file
from tests.actions.loading_world import COUNTY, SYSTEM
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db
EXAMPLES = 300 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 6
LEDGER = LEDGERS["own_pay_entry"]
FOLDER_ROW = 99
# Month, sender, and the amounts by which the rows are told apart.
WHOLES = (
    (9, "", (1,)),
    (10, "", (2, 2)),
    (10, "", (2, 3)),
    (10, "乙", (2, 2, 2, 4)),
    (11, "", (1, 2, 5)),
)
MENDED = ((10, (6, 2)), (9, (7,)))


@dataclass
class Given:
    """One delivery of a history, as the law sees it."""

    pk: int
    month: int
    sender: str
    rows: Counter[int]
    of: int | None
    is_back: bool = False


@cache
def staged(month: int, rows: tuple[int, ...]) -> StagedDelivery:
    """Read a file of a month once for all histories."""
    folder = Path(mkdtemp(prefix="shouwang-tests-history-"))
    path, out = folder / f"医保_2026年{month}月.xlsx", folder / "out"
    path.write_bytes(medical_file(*(samples.medical(1, 个人自付=str(each)) for each in rows)))
    out.mkdir()
    key = site_settings.SITE.key("blind")
    known = known_people(county=COUNTY)
    return stage_delivery(path, known=known, county=COUNTY, on=samples.ON, out=out, key=key)


def given_in(month: int, sender: str, rows: tuple[int, ...], of: Given | None, serial: int) -> Given:
    """Put a delivery in force."""
    made = Delivery.objects.create(
        division=COUNTY.ljust(12, "0"), department="medical", sender=sender, file_name="f.xlsx",
        file_sha256=f"{serial:064x}", size_bytes=1, state="reading", received_at=NOW,
        corrects_id=of.pk if of else None,
    )  # fmt: skip
    read = staged(month, rows)
    said = {"counts": counts_of(staged=read), "notices": [], "row_errors": []}
    commit(actor=SYSTEM, delivery=made, staged=read, on=samples.ON, at=NOW, said=said)
    return Given(made.pk, month, sender, Counter(rows), of.pk if of else None)


def take_back(who: Actor, each: Given) -> None:
    version = Delivery.objects.get(pk=each.pk).version
    withdraw_delivery(actor=who, delivery_id=each.pk, version=version, reason="有误", at=NOW)


def expected(history: list[Given]) -> Counter[int]:
    """Say what is in force after a history."""
    alive = [each for each in history if not each.is_back]
    last = {(each.month, each.sender): each.pk for each in alive if each.of is None}
    found: Counter[int] = Counter()
    for each in alive:
        if (each.of or each.pk) in last.values():
            found |= each.rows
    if not any(month == 10 for month, _ in last):
        found[FOLDER_ROW] += 1
    return found


def in_force() -> Counter[int]:
    return Counter(fen // 100 for fen in LEDGER.objects.values_list("own_pay_fen", flat=True))


def from_folder() -> None:
    """Let a folder have brought a row of October."""
    load = Load.objects.create(
        kind="registry", county=COUNTY, on=samples.ON, state="done", content_sha256="folder", started_at=NOW
    )
    Source.objects.create(
        load=load,
        number=1,
        feed="medical",
        file="f",
        sheet="",
        month=date(2026, 10, 1),
        sha256="s",
        row_count=1,
    )
    home = Household.objects.order_by("pk")[0]
    LEDGER.objects.create(
        household=home, division=home.division, load=load, source_no=1, row_no=2,
        delivered_month=date(2026, 10, 1), settled_on=date(2026, 10, 2), own_pay_fen=FOLDER_ROW * 100,
    )  # fmt: skip


@pytest.fixture
def county() -> Iterator[Actor]:
    """Make a county of two people, with a folder's row, and return its officer."""
    known_registry(2)
    who = county_officer()
    with entered_system():
        from_folder()
        yield who


@settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(st.tuples(st.sampled_from(("whole", "mended", "back")), st.integers(0, 9)), max_size=9))
def test_what_is_in_force_is_a_matter_of_what_was_not_taken_back(
    county: Actor, steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        before, history = in_force(), list[Given]()
        for kind, at in steps:
            step(county, history, kind, at)
            assert in_force() == expected(history)
        for each in history:
            if not each.is_back:
                back(county, history, each)
        assert in_force() == before
        assert not DeliverySheet.objects.filter(is_in_force=True).exists()
        transaction.set_rollback(True)


def step(who: Actor, history: list[Given], kind: str, at: int) -> None:
    """Take one step, if there is anything to take it on."""
    alive = [each for each in history if not each.is_back]
    if kind == "whole":
        month, sender, rows = WHOLES[at % len(WHOLES)]
        history.append(given_in(month, sender, rows, None, len(history)))
    elif kind == "back" and alive:
        back(who, history, alive[at % len(alive)])
    elif kind == "mended":
        month, rows = MENDED[at % len(MENDED)]
        last = {each.sender: each for each in alive if each.of is None and each.month == month}
        if last:
            base = last[sorted(last)[at % len(last)]]
            history.append(given_in(month, base.sender, rows, base, len(history)))


def back(who: Actor, history: list[Given], each: Given) -> None:
    take_back(who, each)
    for other in history:
        if each.pk in (other.pk, other.of):
            other.is_back = True
