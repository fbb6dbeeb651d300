"""A day's happenings stand in the order of the work, whether or not their hour is known."""

from datetime import timedelta

import pytest

from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Case, CaseEvent, Clue, ClueCheck, Plan
from shouwang.reports.timeline import timeline
from tests.world import COUNTY, NOW, TODAY, VILLAGE, account, household, viewer

pytestmark = pytest.mark.django_db


def test_what_has_no_hour_stands_by_its_place_in_the_work() -> None:
    with entered_system():
        by, home = account(Role.VILLAGE, VILLAGE), household(VILLAGE)
        about = {"household": home, "division": home.division}
        clue = Clue.objects.create(
            number="XS1", state="closed", verdict="identify", received_on=TODAY, closed_on=TODAY, **about
        )
        ClueCheck.objects.create(
            clue=clue, division=home.division, by=by, checked_on=TODAY, findings="看过",
            recorded_at=NOW,
        )  # fmt: skip
        case = Case.objects.create(
            number="GA1", track="identification", pack="p", pack_digest="d", status="open", turn_roles=[],
            opened_on=TODAY, **about,
        )  # fmt: skip
        CaseEvent.objects.create(
            case=case, division=home.division, sequence=1, kind="open", role="village", by=by, on=TODAY,
            recorded_at=NOW + timedelta(hours=1),
        )  # fmt: skip
        Plan.objects.create(state="draft", drawn_up_by=by, drawn_up_on=TODAY, **about)
        Plan.objects.create(state="draft", drawn_up_by=by, drawn_up_on=TODAY - timedelta(days=1), **about)
        county = account(Role.COUNTY_OFFICE, COUNTY)
    reader = viewer(county)
    enter(reader)

    shown = timeline(reader, home, TODAY)

    titles = [each.title.split("：")[0] for each in shown if each.on == TODAY]
    assert titles == ["帮扶计划（草稿）", "识别认定", "线索办结", "入户核查"]
    assert [each.on for each in shown] == sorted((each.on for each in shown), reverse=True)
