"""A case from its opening to its end through every level, and what each level is refused."""

from datetime import timedelta

import pytest

from shouwang.actions.case_endings import give_feedback, reject, send_back, withdraw
from shouwang.actions.case_objections import answer_objection, raise_objection
from shouwang.actions.case_opening import open_identification, open_track
from shouwang.actions.case_steps import skip_step, start_green_channel, take_step
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Account, AuditEvent, Case, Household, HouseholdVersion, RoleGrant
from tests.actions.case_walks import START, at_decision, at_notice, identified, opened, walk
from tests.world import NEIGHBOUR, TOWNSHIP, VILLAGE, account, actor

pytestmark = pytest.mark.django_db


def stored(home: Household) -> Household:
    with entered_system():
        return Household.objects.get(pk=home.pk)


def test_a_household_is_walked_to_being_monitored_by_three_levels() -> None:
    made = identified()

    home = stored(made.home)
    assert (home.monitoring, home.monitored_class) == ("monitored", "边缘易致贫户")
    assert home.identified_on == START + timedelta(6)
    assert home.national_number == "GB0001"
    assert home.risks == ["medical"]
    with entered_system():
        case = Case.objects.get(pk=made.open_case.pk)
        assert (case.status, case.is_decided, case.turn_roles, case.due_on) == ("completed", True, [], None)
        now = HouseholdVersion.objects.get(household=home, to_on=None)
        assert (now.monitored_class, now.change) == ("边缘易致贫户", "identification")
        assert AuditEvent.objects.filter(action="case.step", result="done").count() == 9


def test_a_notice_runs_out_before_the_township_reviews() -> None:
    made = at_notice()
    made.paper("township", "plan_proposal")
    assert made.open_case.is_under_notice
    made.wait(5)

    with pytest.raises(Unfit, match="公示至2026-11-07期满"):
        made.step("township", "township_review")
    made.wait(1)
    made.step("township", "township_review")


def test_the_one_who_compared_does_not_decide() -> None:
    made = at_decision()

    with pytest.raises(Unfit, match="办理人已办理过“数据比对”"):
        made.step("comparer", "county_decision")
    made.step("county_office", "county_decision")


def test_nobody_acts_without_the_role_of_the_step() -> None:
    made = at_decision()

    for role in ("village", "township", "city", "province", "resident_team"):
        with pytest.raises(NotAllowed):
            made.step(role, "county_decision")
    with pytest.raises(Unfit, match="没有这个环节"):
        made.step("county_office", "nothing")
    with pytest.raises(Unfit, match="没有写明"):
        made.step("county_office", "county_decision", opinion=" ")


def test_a_case_out_of_reach_is_not_there() -> None:
    made = opened()
    with entered_system():
        neighbour = account(Role.VILLAGE, NEIGHBOUR)
    made.people["neighbour"] = actor(neighbour)
    who = made.people["neighbour"]

    with entered(who.viewer), pytest.raises(NotThere):
        take_step(
            actor=who,
            case_id=made.open_case.pk,
            version=1,
            step_id="household_check",
            opinion="",
            on=made.on,
            at=made.at,
        )


def test_a_page_that_is_behind_is_told_who_was_first() -> None:
    made = at_decision()
    version = 6

    made.step("county_office", "county_decision")
    with pytest.raises(Stale, match="已由县级于2026-11-08办理（办理“县级审定”）"):
        made.step("comparer", "county_decision", version=version)
    with entered_system():
        assert AuditEvent.objects.filter(action="case.step", result="refused").count() == 1


def test_a_day_to_come_is_refused() -> None:
    made = opened()
    with pytest.raises(Unfit, match="不能晚于今天"):
        made.step("village", "household_check", on=START + timedelta(1), at=made.at)


def test_what_is_entered_later_than_it_happened_says_so() -> None:
    made = opened()
    made.paper("village", "household_check")
    made.paper("village", "authorisation")
    made.wait(3)
    made.step("village", "household_check", on=START)

    with entered_system():
        assert "2026-11-05补录" in made.open_case.events.get(step_id="household_check").note


def test_an_upheld_objection_needs_a_new_appraisal_and_notice() -> None:
    made = at_notice()
    made.wait(1)
    made.act("village", raise_objection, opinion="户内有在编人员")
    with pytest.raises(NotAllowed):
        made.act("village", answer_objection, number=1, opinion="不成立", is_upheld=False)
    made.wait(7)
    with pytest.raises(Unfit, match="第1条异议尚未答复"):
        made.step("township", "township_review")
    made.act("township", answer_objection, number=1, opinion="查明属实", is_upheld=True)
    with pytest.raises(Unfit, match="异议成立"):
        made.step("township", "township_review")
    made.act("township", send_back, to_step="appraisal", reason="重新评议")

    with pytest.raises(Unfit, match="民主评议记录"):
        made.step("village", "appraisal")
    made.paper("village", "appraisal")
    made.step("village", "appraisal")
    made.paper("village", "notice")
    made.step("village", "public_notice")
    with entered_system():
        case = Case.objects.get(pk=made.open_case.pk)
    assert case.is_under_notice
    assert not case.has_open_objection
    assert case.not_before == made.on + timedelta(6)


def test_whoever_recorded_the_objection_does_not_answer_it() -> None:
    made = at_notice()
    made.act("township", raise_objection, opinion="收入不实")
    with pytest.raises(Unfit, match="不能答复自己"):
        made.act("township", answer_objection, number=1, opinion="不成立", is_upheld=False)
    made.act("county_office", answer_objection, number=1, opinion="不成立", is_upheld=False)


def test_who_held_the_appraisal_does_not_answer_even_as_the_township() -> None:
    made = at_notice()
    made.act("comparer", raise_objection, opinion="收入不实")
    with entered_system():
        both = Account.objects.get(pk=made.people["village"].viewer.account_id)
        RoleGrant.objects.create(
            account=both, role="township", place=TOWNSHIP, from_at=made.at.replace(month=1)
        )
    made.people["both"] = actor(both)

    with pytest.raises(NotAllowed, match="异议须由他人核查答复"):
        made.act("both", answer_objection, number=1, opinion="不成立", is_upheld=False)
    made.act("township", answer_objection, number=1, opinion="不成立", is_upheld=False)


def test_a_rejection_ends_the_case_with_its_reason_and_changes_no_household() -> None:
    made = at_decision()
    made.act("county_office", reject, reason="有注册公司并正常经营")

    assert stored(made.home).monitoring == "none"
    with entered_system():
        case = Case.objects.get(pk=made.open_case.pk)
    assert (case.status, case.turn_roles, case.closed_on) == ("rejected", [], made.on)
    with pytest.raises(Unfit, match=r"不予认定，不能再办理|没有待办理"):
        made.act("county_office", reject, reason="再次")
    with pytest.raises(Unfit, match="已经结束"):
        made.paper("village", "appraisal")
    made.act("township", give_feedback, opinion="已入户说明理由")
    with pytest.raises(Unfit, match="已经反馈"):
        made.act("township", give_feedback, opinion="再次")


def test_a_withdrawal_is_the_villages() -> None:
    made = opened()
    with pytest.raises(NotAllowed):
        made.act("township", withdraw, reason="农户不愿意")
    made.act("village", withdraw, reason="农户不愿意")
    with entered_system():
        assert Case.objects.get(pk=made.open_case.pk).status == "withdrawn"


def test_a_green_channel_helps_first() -> None:
    made = opened()
    said = {"opinion": "安排临时住所", "is_sudden_hardship": True}
    with pytest.raises(Unfit, match="事实清楚、群众普遍认可"):
        made.act("village", start_green_channel, is_plainly_true=None, **said)
    made.act("village", start_green_channel, is_plainly_true=True, **said)
    with pytest.raises(Unfit, match="已启动绿色通道"):
        made.act("village", start_green_channel, is_plainly_true=True, **said)
    with entered_system():
        case = Case.objects.get(pk=made.open_case.pk)
    assert case.is_green_channel
    assert case.turn_label == "入户核查初判"


def test_a_comparison_done_lately_is_kept_for_new_minimum_living() -> None:
    made = opened()
    made.paper("village", "household_check")
    made.paper("village", "authorisation")
    made.step("village", "household_check")
    with pytest.raises(Unfit, match="没有“上次信息比对日期”"):
        made.act("comparer", skip_step, step_id="comparison", opinion="沿用")
    lately = {"results": [], "is_new_minimum_living": True, "compared_on": START - timedelta(60)}
    made.paper("comparer", "comparison", **lately)
    with pytest.raises(Unfit, match="信息比对结果"):
        made.step("comparer", "comparison")
    made.act("comparer", skip_step, step_id="comparison", opinion="九月已比对")
    with entered_system():
        assert Case.objects.get(pk=made.open_case.pk).turn_label == "民主评议"


def test_a_household_has_one_open_case_and_is_not_identified_twice() -> None:
    made = opened()
    with pytest.raises(Unfit, match="已有办理中的个案"):
        made.act("township", open_identification, household_id=made.home.pk, clue_id=None, opinion="再报")
    done = identified()
    with pytest.raises(Unfit, match="已在监测中"):
        done.act("township", open_identification, household_id=done.home.pk, clue_id=None, opinion="再报")
    with pytest.raises(NotThere):
        done.act("township", open_identification, household_id=done.home.pk, clue_id=10**9, opinion="再报")
    with pytest.raises(NotAllowed):
        done.act("township", open_track, household_id=done.home.pk, track="elimination", opinion="收入稳定")
    with pytest.raises(Unfit, match="没有标注风险消除"):
        done.act("village", open_track, household_id=done.home.pk, track="rollback", opinion="不稳定")
    with pytest.raises(Unfit, match="没有写明立案理由"):
        done.act("village", open_track, household_id=done.home.pk, track="elimination", opinion=" ")
    with pytest.raises(Unfit, match="请选择要办理的程序"):
        done.act("village", open_track, household_id=done.home.pk, track="nothing", opinion="？")


def test_no_village_opens_an_identification_by_itself_but_a_green_channel_may() -> None:
    made = walk()
    with pytest.raises(NotAllowed):
        made.act("city", open_identification, household_id=made.home.pk, clue_id=None, opinion="报")
    case = made.act(
        "village", open_identification, household_id=made.home.pk, clue_id=None, opinion="火灾",
        traits={"is_sudden_hardship": True},
    )  # fmt: skip
    assert case.traits == ["is_sudden_hardship"]
    assert case.division == VILLAGE
