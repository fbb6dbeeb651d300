"""Monthly meetings: each item ends in a verdict, and a closed meeting stays as it is (R102)."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.actions import meeting_keeping as keeping
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import AuditEvent, Clue, Meeting, MeetingItem
from shouwang.reports import meeting_pages
from tests.actions.meeting_world import OCTOBER, call, clue
from tests.world import COUNTY, NEIGHBOUR, NOW, THERE, TODAY, TOWNSHIP, VILLAGE, account, actor, household

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief() -> Any:
    return account(Role.VILLAGE, VILLAGE)


@pytest.fixture
def meeting(chief: Any) -> Any:
    with entered_system():
        clue(household(VILLAGE))
    return call(chief, VILLAGE)


def noted(person: Any, meeting: Any, **given: Any) -> Any:
    usual = {
        "version": meeting.version,
        "held_on": TODAY,
        "chair": "王甲",
        "attendants": "村两委",
        "summary": "逐户研判",
    }
    who = actor(person)
    with entered(who.viewer):
        return keeping.note_meeting(actor=who, meeting_id=meeting.pk, **{**usual, **given}, on=TODAY, at=NOW)


def closed(person: Any, meeting: Any) -> Any:
    who = actor(person)
    with entered(who.viewer):
        return keeping.close_meeting(actor=who, meeting_id=meeting.pk, version=meeting.version, at=NOW)


def decided(person: Any, item: Any, verdict: Any = "本月内再次入户核查") -> Any:
    who = actor(person)
    with entered(who.viewer):
        return keeping.decide_item(actor=who, item_id=item.pk, verdict=verdict, on=TODAY, at=NOW)


def first_item(meeting: Any) -> MeetingItem:
    with entered_system():
        return MeetingItem.objects.filter(meeting=meeting).order_by("pk").first()


@pytest.mark.parametrize(
    ("role", "at_place", "place"),
    [
        (Role.VILLAGE, VILLAGE, NEIGHBOUR),
        (Role.VILLAGE, VILLAGE, TOWNSHIP),
        (Role.TOWNSHIP, TOWNSHIP, VILLAGE),
        (Role.COUNTY_OFFICE, COUNTY, THERE.county),
        (Role.CITY, "3610", COUNTY),
        (Role.HELPER, VILLAGE, VILLAGE),
        (Role.DEPARTMENT, COUNTY, COUNTY),
    ],
)
def test_a_meeting_is_called_in_ones_own_place_only(role: Any, at_place: Any, place: Any) -> None:
    more: Any = {"departments": ["civil_affairs"]} if role is Role.DEPARTMENT else {}

    with pytest.raises(NotAllowed):
        call(account(role, at_place, **more), place)


def test_a_month_has_one_meeting_and_none_before_it_has_come(chief: Any, meeting: Any) -> None:
    with pytest.raises(Unfit, match="已经召开"):
        call(chief, VILLAGE)
    with pytest.raises(Unfit, match="本月及以前"):
        call(chief, VILLAGE, date(2026, 12, 1))
    with pytest.raises(Unfit, match="还没有结束"):
        call(chief, VILLAGE, OCTOBER)


def test_what_was_left_undecided_comes_again_and_what_was_decided_does_not(chief: Any) -> None:
    with entered_system():
        kept, done = household(VILLAGE), household(VILLAGE)
        for home in (kept, done):
            clue(home, received_on=date(2026, 9, 20))
    october = call(chief, VILLAGE, OCTOBER)
    with entered_system():
        item = MeetingItem.objects.get(meeting=october, household=done)
        Clue.objects.update(state="closed")
    decided(chief, item)
    closed(chief, noted(chief, october))
    november = call(chief, VILLAGE)

    with entered_system():
        again = MeetingItem.objects.get(meeting=november)
    assert again.household_id == kept.pk
    assert again.text.startswith("（上次会议未议）")
    closed(chief, noted(chief, november))


def test_an_item_is_decided_and_can_be_put_right_until_the_meeting_is_closed(
    chief: Any, meeting: Any
) -> None:
    item = first_item(meeting)
    decided(chief, item)
    assert decided(chief, item, "同意纳入").verdict == "同意纳入"
    event = AuditEvent.objects.latest("sequence")
    assert (event.before["verdict"], event.after["verdict"]) == ("本月内再次入户核查", "同意纳入")

    closed(chief, noted(chief, meeting))
    with pytest.raises(Unfit, match="已经结束"):
        decided(chief, item, "改主意")
    with pytest.raises(Unfit, match="已经结束"):
        noted(chief, meeting)
    who = actor(chief)
    with entered(who.viewer), pytest.raises(Unfit, match="已经结束"):
        keeping.add_item(actor=who, meeting_id=meeting.pk, text="再加一项", at=NOW)
    with pytest.raises(Unfit, match="已经结束"):
        closed(chief, meeting)


@pytest.mark.parametrize("verdict", ["", "  ", "电话 13800138000", "长" * 2001])
def test_a_verdict_says_something_and_no_number(chief: Any, meeting: Any, verdict: Any) -> None:
    with pytest.raises(Unfit):
        decided(chief, first_item(meeting), verdict)


def test_a_meeting_without_day_chair_and_attendants_is_not_closed(chief: Any, meeting: Any) -> None:
    with pytest.raises(Unfit) as refused:
        closed(chief, meeting)

    assert len(refused.value.reasons) == 3


def test_the_second_of_two_editors_is_told(chief: Any, meeting: Any) -> None:
    noted(chief, meeting)

    with pytest.raises(Stale):
        noted(chief, meeting)
    with pytest.raises(Stale):
        closed(chief, meeting)


@pytest.mark.parametrize("held_on", [TODAY + timedelta(days=1), date(2026, 10, 31)])
def test_a_meeting_was_held_in_its_month_or_since_and_not_tomorrow(
    chief: Any, meeting: Any, held_on: Any
) -> None:
    with pytest.raises(Unfit):
        noted(chief, meeting, held_on=held_on)


def test_something_else_is_put_on_the_agenda_about_a_household_of_the_place(chief: Any, meeting: Any) -> None:
    with entered_system():
        mine, other = household(VILLAGE), household(NEIGHBOUR)
    who = actor(chief)
    with entered(who.viewer):
        made = keeping.add_item(
            actor=who, meeting_id=meeting.pk, text="道路积水影响出行", household_number=mine.number, at=NOW
        )
        for number in (other.number, "HH-none"):
            with pytest.raises(Unfit, match="没有这个户编号"):
                keeping.add_item(
                    actor=who, meeting_id=meeting.pk, text="某事", household_number=number, at=NOW
                )
        with pytest.raises(Unfit):
            keeping.add_item(actor=who, meeting_id=meeting.pk, text=" ", at=NOW)
    assert (made.kind, made.household_id, made.division) == ("other", mine.pk, VILLAGE)


def test_a_neighbour_finds_no_meeting_and_the_township_reads_without_writing(
    chief: Any, meeting: Any
) -> None:
    item = first_item(meeting)
    with pytest.raises(NotThere):
        decided(account(Role.VILLAGE, NEIGHBOUR), item)
    above = account(Role.TOWNSHIP, TOWNSHIP)
    with pytest.raises(NotAllowed):
        decided(above, item)
    with pytest.raises(NotThere):
        closed(account(Role.COUNTY_OFFICE, THERE.county), meeting)

    viewer = actor(above).viewer
    with entered(viewer):
        assert [each.pk for each in meeting_pages.meetings(viewer)] == [meeting.pk]


def test_the_sections_take_one_query(chief: Any, meeting: Any, django_assert_num_queries: Any) -> None:
    with entered_system():
        for _ in range(5):
            home = household(VILLAGE)
            MeetingItem.objects.create(
                meeting=meeting, household=home, division=VILLAGE, kind="other", text="某事"
            )
    viewer = actor(chief).viewer
    with entered(viewer):
        found = Meeting.objects.get(pk=meeting.pk)
        with django_assert_num_queries(1):
            parts = meeting_pages.sections(viewer, found)
            names = [each.household.head_name for part in parts for each in part.items]
    assert len(names) == 6
