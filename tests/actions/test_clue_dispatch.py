"""Clues sent out one by one and in batches, answered, and shown to the level above when late."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.actions.clue_check import record_check
from shouwang.actions.clue_dispatch import MOST_IN_A_BATCH, dispatch_clue, dispatch_clues
from shouwang.actions.clue_escalation import escalate_overdue
from shouwang.actions.clue_feedback import give_feedback
from shouwang.actions.clue_verdict import return_clue
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Clue, Notification
from tests.actions.clue_world import CHECK, WHEN, World, fresh
from tests.world import (
    FAR_VILLAGE,
    NOW,
    TODAY,
    actor,
    household,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Any:
    return World()


def test_a_sent_clue_is_sent_again_only_to_others_or_for_an_earlier_day(world: Any) -> None:
    world.dispatched()
    with pytest.raises(Unfit, match="已于"):
        world.does("township", dispatch_clue)
    world.does("township", dispatch_clue, to="resident_team", due_on=TODAY + timedelta(days=3))

    assert (world.now().turn, world.now().due_on) == ("resident_team", TODAY + timedelta(days=3))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"to": "moon"}, "由谁核查"),
        ({"due_on": TODAY - timedelta(days=1)}, "早于今天"),
        ({"due_on": TODAY + timedelta(days=90)}, "晚于规定"),
    ],
)
def test_a_dispatch_that_cannot_be_is_refused(world: Any, given: Any, words: Any) -> None:
    with pytest.raises(Unfit, match=words):
        world.does("township", dispatch_clue, **given)


def test_feedback_is_given_once_and_after_the_verdict(world: Any) -> None:
    with entered_system():
        origin = world.clue.origins.get()
    with pytest.raises(Unfit, match="还没有处置结论"):
        world.does("township", give_feedback, origin_ids=[origin.pk], text="已电话答复")
    world.closed()
    for ids in ([], [origin.pk + 1]):
        with pytest.raises(Unfit, match="勾选"):
            world.does("township", give_feedback, origin_ids=ids, text="已电话答复")
    world.does("village", give_feedback, origin_ids=[origin.pk], text="已电话答复")
    with pytest.raises(Unfit, match="勾选"):
        world.does("township", give_feedback, origin_ids=[origin.pk], text="已电话答复")


def test_a_batch_says_of_each_row_how_it_ended(world: Any) -> None:
    second = fresh(world)
    world.dispatched()
    person = actor(world.people["township"])
    with entered(person.viewer):
        results = dispatch_clues(actor=person, clue_ids=[world.clue.pk, second.pk, second.pk], **WHEN)

    assert [bool(each.reason) for each in results] == [True, False]


def test_a_batch_with_a_foreign_row_does_nothing(world: Any) -> None:
    with entered_system():
        far = household(FAR_VILLAGE)
    foreign = world.reported(far)
    person = actor(world.people["township"])
    with entered(person.viewer), pytest.raises(NotThere):
        dispatch_clues(actor=person, clue_ids=[world.clue.pk, foreign.pk], **WHEN)

    assert world.now().state == "received"
    with entered(person.viewer):
        for ids in ([], list(range(MOST_IN_A_BATCH + 1))):
            with pytest.raises(Unfit):
                dispatch_clues(actor=person, clue_ids=ids, **WHEN)


def test_an_overdue_clue_is_shown_to_the_level_above_once(world: Any) -> None:
    system = actor(world.people["county"])
    late = date(2026, 12, 9)
    with entered_system():
        assert escalate_overdue(actor=system, on=date(2026, 12, 8), at=NOW) == 0
        assert [escalate_overdue(actor=system, on=late, at=NOW) for _ in range(3)] == [1, 0, 0]
        assert Clue.objects.get().escalated_to == "county_office"
        told = Notification.objects.filter(kind="overdue").values_list("account_id", flat=True)
        assert sorted(told) == sorted(world.people[each].pk for each in ("county", "township"))


def test_an_escalated_clue_climbs_when_the_next_level_is_late_too(world: Any) -> None:
    world.dispatched()
    system = actor(world.people["county"])
    with entered_system():
        assert escalate_overdue(actor=system, on=date(2026, 12, 9), at=NOW) == 1
        assert world.now().escalated_to == "township"
    world.does("village", record_check, **CHECK)
    with entered_system():
        assert escalate_overdue(actor=system, on=date(2026, 12, 9), at=NOW) == 1
        assert Clue.objects.get().escalated_to == "county_office"
    world.does("township", return_clue, reason="请补充住院票据")
    with entered_system():
        assert escalate_overdue(actor=system, on=date(2026, 12, 10), at=NOW) == 0
