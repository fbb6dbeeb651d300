"""After the identification: elimination, rollback and removal through the levels, and a second episode."""

from datetime import timedelta

import pytest

from shouwang.actions.case_escalation import escalate_overdue_cases
from shouwang.actions.case_opening import open_identification, open_track
from shouwang.actions.refusals import Unfit
from shouwang.domain.roles import Role
from shouwang.records import case_states
from shouwang.records.access import entered_system
from shouwang.records.case_states import TrackLost, case_state_of, is_track_changed
from shouwang.records.models import Case, Household, HouseholdVersion, Notification
from tests.actions.case_walks import Walk, at_notice, identified, opened, walk
from tests.world import TOWNSHIP, account

pytestmark = pytest.mark.django_db


def stored(made: Walk) -> Household:
    with entered_system():
        return Household.objects.get(pk=made.home.pk)


def open_as(made: Walk, track: str, role: str = "village") -> None:
    made.case = made.act(role, open_track, household_id=made.home.pk, track=track, opinion="情况属实")


def monitored(**columns: object) -> Walk:
    return walk(monitoring="monitored", national_number="GB0007", monitored_class="边缘易致贫户", **columns)


def eliminate(made: Walk, **check: object) -> None:
    open_as(made, "elimination")
    made.paper("village", "household_check", **check)
    made.step("village", "household_check")
    made.paper("village", "appraisal")
    made.step("village", "appraisal")
    made.paper("village", "notice")
    made.step("village", "public_notice")
    made.wait(6)
    made.step("township", "township_review")
    made.step("county_office", "county_decision")
    made.paper("county_office", "announcement")
    made.step("county_office", "announcement")
    made.paper("township", "registration")
    made.step("township", "registration")


def test_a_household_is_walked_to_safety() -> None:
    made = monitored()
    eliminate(made)

    home = stored(made)
    assert (home.monitoring, home.eliminated_on, home.national_number) == ("eliminated", made.on, "GB0007")
    with entered_system():
        now = HouseholdVersion.objects.get(household=home, to_on=None)
        assert now.is_risk_eliminated is True
        assert now.change == "elimination"


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ({"months_above_line": 5}, "不少于6，现为5"),
        ({"months_above_line": None}, "现不清楚"),
        ({"has_guarantees": False}, "“三保障”持续巩固"),
        ({"has_safe_water": None}, "饮水安全"),
        ({"is_risk_gone": False}, "原有风险稳定消除"),
        ({"is_without_new_risk": False}, "没有新的返贫致贫风险"),
        ({"is_whole_no_labour": True}, "属于“整户无劳动力”"),
    ],
)
def test_an_elimination_waits_for_its_facts(check: dict[str, object], words: str) -> None:
    made = monitored()
    open_as(made, "elimination")
    made.paper("village", "household_check", **check)

    with pytest.raises(Unfit, match=words):
        made.step("village", "household_check")


def test_a_natural_elimination_need_not_wait() -> None:
    made = monitored()
    open_as(made, "elimination")
    made.paper("village", "household_check", months_above_line=1, is_natural_elimination=True)
    made.step("village", "household_check")


@pytest.mark.parametrize(
    ("track", "before", "ground", "after"),
    [("rollback", "eliminated", "unsafe", "monitored"), ("removal", "monitored", "wrong_entry", "removed")],
)
def test_a_reversal_goes_through_all_five_levels(track: str, before: str, ground: str, after: str) -> None:
    made = walk(monitoring=before, national_number="GB0009", monitored_class="边缘易致贫户")
    open_as(made, track)
    with pytest.raises(Unfit, match=r"不具备|尚不清楚|缺少"):
        made.step("village", "village_request")
    other = "wrong_entry" if ground == "unsafe" else "unsafe"
    made.paper("village", "request", ground=other)
    with pytest.raises(Unfit, match="不具备"):
        made.step("village", "village_request")
    made.paper("village", "request", ground=ground)
    made.step("village", "village_request")
    made.step("township", "township_request")
    made.step("county_office", "county_request")
    made.step("city", "city_review")
    with pytest.raises(Unfit, match="国家备案号"):
        made.step("province", "province_decision")
    made.paper("province", "registration", registered_on=None, national_number="GB0009")
    made.step("province", "province_decision")
    assert stored(made).monitoring == after
    made.paper("province", "registration")
    made.step("province", "operation")

    assert stored(made).national_number == "GB0009"
    with entered_system():
        assert Case.objects.get(pk=made.open_case.pk).status == "completed"


def test_a_second_episode_keeps_the_first() -> None:
    made = identified()
    eliminate(made)
    first = made.open_case.pk
    made.case = made.act(
        "township", open_identification, household_id=made.home.pk, clue_id=None, opinion="又生大病"
    )

    assert made.open_case.episode == 2
    with entered_system():
        assert Case.objects.filter(household=made.home).count() == 3
        assert Case.objects.get(pk=first).status == "completed"


def test_a_case_walks_on_by_the_track_it_was_opened_with(monkeypatch: pytest.MonkeyPatch) -> None:
    made = opened()
    monkeypatch.setattr(case_states, "track_at_opening", lambda *_: None)
    with entered_system():
        case = Case.objects.get(pk=made.open_case.pk)
        assert is_track_changed(case)
        assert len(case_state_of(case).track.steps) == 9
        Case.objects.filter(pk=case.pk).update(pack_digest="0" * 64)
        with pytest.raises(TrackLost, match="已被改动"):
            case_state_of(Case.objects.get(pk=case.pk))
    with pytest.raises(Unfit, match="已被改动"):
        made.step("village", "household_check")


def test_a_case_whose_track_was_not_kept_walks_only_while_the_pack_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = opened()
    monkeypatch.setattr(case_states, "TRACK_PAPER", "not kept")
    with entered_system():
        case = Case.objects.get(pk=made.open_case.pk)
        assert not is_track_changed(case)
        assert case_state_of(case).track.id == "identification"
        monkeypatch.setattr(case_states, "track_at_opening", lambda *_: None)
        with pytest.raises(TrackLost, match="没有留存"):
            case_state_of(case)


def test_an_overdue_case_is_told_to_the_level_above_once() -> None:
    made = at_notice()
    with entered_system():
        above = account(Role.CITY, TOWNSHIP[:4])
    made.wait(7)
    made.paper("township", "plan_proposal")
    made.step("township", "township_review")
    made.wait(14)

    def run() -> int:
        with entered_system():
            return escalate_overdue_cases(actor=made.people["county_office"], on=made.on, at=made.at)

    assert run() == 1
    assert run() == 0
    with entered_system():
        case = Case.objects.get(pk=made.open_case.pk)
        assert case.escalated_to == "city"
        line = Notification.objects.get(account=above, text__contains="超期")
    assert "县级未办理“县级审定”" in line.text
    made.step("county_office", "county_decision")
    with entered_system():
        assert Case.objects.get(pk=made.open_case.pk).escalated_to == ""


def test_those_whose_turn_it_is_are_told_until_when() -> None:
    made = opened()
    with entered_system():
        line = Notification.objects.get(account_id=made.people["village"].viewer.account_id)
    assert "待办理：入户核查初判" in line.text
    assert "期限2026-11-17" in line.text
    assert line.link == f"/cases/{made.open_case.pk}/"
    assert made.home.head_name not in line.text
    assert made.on + timedelta(15) == made.open_case.due_on
