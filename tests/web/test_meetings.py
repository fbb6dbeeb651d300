"""The pages of monthly meetings: called, talked through, closed and printed."""

from typing import Any

import pytest
from django.test import Client

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Clue, Meeting, MeetingItem
from shouwang.web.clock import today
from tests.audit_coverage import audited
from tests.world import NEIGHBOUR, THERE, TOWNSHIP, VILLAGE, account, household

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    with entered_system():
        home = household(VILLAGE, head_name="王甲某")
        Clue.objects.create(
            number="XS-1",
            household=home,
            division=VILLAGE,
            state="dispatched",
            received_on=today(),
            grade="red",
        )
    made = Client()
    made.force_login(account(Role.VILLAGE, VILLAGE))
    return made


@pytest.fixture
def meeting(client: Any) -> Meeting:
    with audited("meeting.call"):
        response = client.post("/meetings/new/", {"place": VILLAGE, "month": f"{today():%Y-%m}"})
    assert response.status_code == 303
    with entered_system():
        return Meeting.objects.get()


def item_of(meeting: Any) -> int:
    with entered_system():
        return MeetingItem.objects.filter(meeting=meeting).first().pk


def test_a_meeting_is_held_from_the_call_to_the_minutes(client: Any, meeting: Any) -> None:
    page = client.get(f"/meetings/{meeting.pk}/").content.decode()
    assert "王甲某" in page
    assert "XS-1" in page
    with audited("meeting.decide"):
        done = client.post(f"/meetings/items/{item_of(meeting)}/", {"verdict": "本月内入户核查"})
    assert done.status_code == 303
    with audited("meeting.add_item"):
        client.post(f"/meetings/{meeting.pk}/items/new/", {"text": "道路积水", "household_number": ""})
    note = {
        "version": 1,
        "held_on": today().isoformat(),
        "chair": "王乙",
        "attendants": "村两委",
        "summary": "逐户研判",
    }
    with audited("meeting.note"):
        assert client.post(f"/meetings/{meeting.pk}/note/", note).status_code == 303
    assert client.post(f"/meetings/{meeting.pk}/note/", note).status_code == 409
    asked = client.post(f"/meetings/{meeting.pk}/close/", {"version": "2"})
    assert "is_confirmed" in asked.content.decode()
    with audited("meeting.close"):
        assert (
            client.post(f"/meetings/{meeting.pk}/close/", {"version": "2", "is_confirmed": "1"}).status_code
            == 303
        )

    minutes = client.get(f"/meetings/{meeting.pk}/minutes/").content.decode()
    for said in ("本月内入户核查", "道路积水", "项，转入下次会议", "王乙", "逐户研判"):
        assert said in minutes
    assert client.post(f"/meetings/items/{item_of(meeting)}/", {"verdict": "改"}).status_code == 422


def test_what_stands_against_a_meeting_is_said_on_its_form(client: Any, meeting: Any) -> None:
    again = client.post("/meetings/new/", {"place": VILLAGE, "month": f"{today():%Y-%m}"})

    assert again.status_code == 422
    assert "已经召开" in again.content.decode()
    early = client.post(f"/meetings/{meeting.pk}/close/", {"version": "1", "is_confirmed": "1"})
    assert early.status_code == 422


@pytest.mark.parametrize(("role", "place"), [(Role.VILLAGE, NEIGHBOUR), (Role.COUNTY_OFFICE, THERE.county)])
def test_another_place_finds_nothing(client: Any, meeting: Any, role: Any, place: Any) -> None:
    stranger, item = Client(), item_of(meeting)
    stranger.force_login(account(role, place))

    for path in (
        f"/meetings/{meeting.pk}/",
        f"/meetings/{meeting.pk}/minutes/",
        f"/meetings/{meeting.pk}/note/",
        f"/meetings/{meeting.pk}/items/new/",
        f"/meetings/items/{item}/",
    ):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/meetings/items/{item}/", {"verdict": "本月内核查"}).status_code == 404
    assert "王甲某" not in stranger.get("/meetings/").content.decode()


def test_the_level_above_reads_and_does_not_write(client: Any, meeting: Any) -> None:
    above = Client()
    above.force_login(account(Role.TOWNSHIP, TOWNSHIP))

    page = above.get(f"/meetings/{meeting.pk}/").content.decode()
    assert "结束会议" not in page
    assert above.post(f"/meetings/items/{item_of(meeting)}/", {"verdict": "本月内核查"}).status_code == 403


@pytest.mark.parametrize("role", [Role.HELPER, Role.AUDIT_ADMINISTRATOR])
def test_who_holds_no_meetings_is_refused(role: Any) -> None:
    person = Client()
    person.force_login(account(role, VILLAGE if role is Role.HELPER else VILLAGE[:6]))

    assert person.get("/meetings/").status_code == 403


def test_the_list_takes_the_same_queries_for_one_meeting_and_for_many(
    client: Any, meeting: Any, django_assert_max_num_queries: Any
) -> None:
    boss = account(Role.VILLAGE, VILLAGE)
    with entered_system():
        for month in range(1, 10):
            Meeting.objects.create(
                division=VILLAGE,
                level=5,
                month=today().replace(year=2025, month=month, day=1),
                called_by=boss,
            )
    client.get("/meetings/")

    with django_assert_max_num_queries(10):
        assert client.get("/meetings/", {"level": "5"}).status_code == 200
