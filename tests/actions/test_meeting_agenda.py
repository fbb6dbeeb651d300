"""The agenda of a monthly meeting: each level talks about what waits for it, read off the data (R102)."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, MeetingItem, Plan, Task
from tests.actions.meeting_world import call, case, clue, kinds
from tests.world import COUNTY, NEIGHBOUR, THERE, TODAY, TOWNSHIP, VILLAGE, account, household

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief() -> Any:
    return account(Role.VILLAGE, VILLAGE)


def test_a_villages_agenda_holds_everything_of_the_village_and_nothing_else(chief: Any) -> None:
    with entered_system():
        boss = account(Role.TOWNSHIP, TOWNSHIP)
        for village in (VILLAGE, NEIGHBOUR, THERE.villages[0]):
            clue(household(village))
            clue(household(village), received_on=date(2026, 8, 1), due_on=date(2026, 8, 16))
            case(household(village))
            case(household(village), track="elimination")
            home = household(village)
            Plan.objects.create(
                household=home, division=village, state="draft", drawn_up_by=boss, drawn_up_on=TODAY
            )
            Task.objects.create(
                number=f"RW-{village}",
                household=home,
                division=village,
                department="medical_insurance",
                kind="check",
                text="核实",
                state="sent",
                sent_by=boss,
                sent_on=TODAY,
                due_on=TODAY - timedelta(days=2),
            )
            clue(household(village), state="closed")
    meeting = call(chief, VILLAGE)

    assert kinds(meeting) == {
        kind: {VILLAGE} for kind in ("flagged", "clue", "identification", "elimination", "overdue", "plan")
    }
    with entered_system():
        assert MeetingItem.objects.filter(meeting=meeting).count() == 7
        texts = list(MeetingItem.objects.filter(meeting=meeting).values_list("text", flat=True))
    assert any("超期 2 天" in each for each in texts)
    assert AuditEvent.objects.latest("sequence").after["items"] == 7


def test_a_township_talks_of_what_waits_for_it_in_its_villages(chief: Any) -> None:
    with entered_system():
        for village in (VILLAGE, NEIGHBOUR):
            clue(household(village))
            clue(household(village), grade="blue")
            clue(household(village), grade="blue", state="checked")
            case(household(village))
            case(household(village), turn_roles=["village"])
    meeting = call(account(Role.TOWNSHIP, TOWNSHIP), TOWNSHIP)

    assert kinds(meeting) == {kind: {VILLAGE, NEIGHBOUR} for kind in ("flagged", "clue", "identification")}
    with entered_system():
        assert MeetingItem.objects.filter(meeting=meeting).count() == 6


def test_a_county_talks_of_red_warnings_its_own_turns_and_what_was_brought_before_it() -> None:
    with entered_system():
        clue(household(VILLAGE))
        clue(household(VILLAGE), grade="yellow")
        clue(household(VILLAGE), grade="", due_on=TODAY - timedelta(days=9), escalated_to="county_office")
        case(household(VILLAGE), turn_roles=["county_office"])
        case(household(VILLAGE))
    meeting = call(account(Role.COUNTY_OFFICE, COUNTY), COUNTY)

    with entered_system():
        found = list(
            MeetingItem.objects.filter(meeting=meeting).order_by("kind").values_list("kind", flat=True)
        )
    assert found == ["flagged", "identification", "overdue"]
