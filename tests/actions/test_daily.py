"""The day's work: done once however often it is asked for; rows find whom the registry now knows."""

from datetime import timedelta

import pytest

from shouwang.actions.daily import daily_work
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, DeliveryRow
from tests import world
from tests.actions.delivery_world import (
    ON,
    VILLAGE,
    handed_in,
    in_force,
    known_registry,
    medical_file,
    officer,
)
from tests.actions.loading_world import SYSTEM
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db


def test_a_row_waits_for_its_person_and_is_placed_when_the_registry_knows_him() -> None:
    known_registry()
    handed_in(officer(), medical_file(samples.medical(1), samples.medical(9)))
    assert len(in_force()) == 1
    with entered_system():
        home = world.household(VILLAGE, members=0)
        world.member(home, relation="户主", identity=samples.number(9))
    daily_work(actor=SYSTEM, on=ON, at=NOW)

    assert len(in_force()) == 2
    with entered_system():
        assert DeliveryRow.objects.get().placed_how == "registry"


def test_the_night_is_done_once_a_day() -> None:
    known_registry()
    for _ in range(2):
        daily_work(actor=SYSTEM, on=ON, at=NOW)
    daily_work(actor=SYSTEM, on=ON + timedelta(days=1), at=NOW + timedelta(days=1))

    with entered_system():
        assert AuditEvent.objects.filter(action="daily.night").count() == 2
        assert AuditEvent.objects.filter(action="screening.run").count() == 2
