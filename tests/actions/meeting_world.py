"""What monthly meetings talk about, made up for their tests."""

from datetime import date, timedelta
from typing import Any

from shouwang.actions import meeting_keeping as keeping
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Case, Clue, MeetingItem
from tests.world import NOW, TODAY, actor

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


def clue(home: Any, **columns: Any) -> Clue:
    usual = {
        "number": f"XS-{home.pk}",
        "household": home,
        "division": home.division,
        "state": "dispatched",
        "received_on": TODAY - timedelta(days=3),
        "risks": ["illness"],
        "grade": "red",
    }
    return Clue.objects.create(**{**usual, **columns})


def case(home: Any, **columns: Any) -> Case:
    usual = {
        "number": f"GA-{home.pk}",
        "household": home,
        "division": home.division,
        "track": "identification",
        "pack": "cn-2021",
        "pack_digest": "0" * 64,
        "status": "open",
        "opened_on": TODAY,
        "turn_roles": ["township"],
        "turn_label": "乡镇审核",
    }
    return Case.objects.create(**{**usual, **columns})


def call(person: Any, place: Any, month: Any = NOVEMBER) -> Any:
    who = actor(person)
    with entered(who.viewer):
        return keeping.call_meeting(actor=who, place=place, month=month, on=TODAY, at=NOW)


def kinds(meeting: Any) -> dict[str, set[str]]:
    with entered_system():
        found: dict[str, set[str]] = {}
        for each in MeetingItem.objects.filter(meeting=meeting):
            found.setdefault(each.kind, set()).add(each.division)
        return found
