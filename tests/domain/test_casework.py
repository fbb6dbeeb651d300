"""A case step by step: what it takes, what stops it, what it leaves behind."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.domain.case_checks import months_before
from shouwang.domain.case_deadlines import due
from shouwang.domain.case_state import CaseState
from shouwang.domain.casework import (
    answer_objection,
    open_case,
    raise_objection,
    reject,
    send_back,
    skip_step,
    start_green_channel,
    take_step,
    withdraw,
)
from tests.domain.case_samples import (
    FACTS,
    START,
    after_notice,
    at_notice,
    opened,
    procedure,
    refusal,
    take,
    walked,
)

IDENTIFICATION = procedure().tracks["identification"]
ELIMINATION = procedure().tracks["elimination"]
REMOVAL = procedure().tracks["removal"]
DAY = timedelta(days=1)


def test_a_case_walks_the_whole_way_and_keeps_its_history() -> None:
    state = walked(opened(IDENTIFICATION), "")
    assert state.status == "completed"
    assert state.is_decided
    assert state.closed_on == state.done["county_decision"].on
    assert [event.step_id for event in state.events[1:]] == [step.id for step in IDENTIFICATION.steps]
    assert state.open_steps == ()
    assert due(state, START) == ()
    assert "已办结" in refusal(take, state, "registration", "township")


def test_every_missing_thing_is_named_at_once() -> None:
    words = refusal(
        take_step, opened(IDENTIFICATION), "county_decision", role="village", by=" ", on=START - DAY, facts={}
    )
    for part in ("没有写明办理人", "早于上一环节", "由县级办理", "“民主评议”尚未办理", "“乡镇审核”尚未办理"):
        assert part in words


def test_what_is_missing_false_or_unknown_is_told_apart() -> None:
    state = opened(IDENTIFICATION)
    facts = {"is_within_scope": False, "has_authorisation": None}
    words = refusal(take_step, state, "household_check", role="village", by="a", on=START, facts=facts)
    assert "缺少“入户核查记录”" in words
    assert "“初判符合监测范围”不具备" in words
    assert "“承诺授权书”尚不清楚，须先核实" in words


def test_a_track_a_step_or_a_role_that_does_not_exist_is_refused() -> None:
    words: dict[str, Any] = {"by": "a", "on": START, "facts": {}}
    assert "没有“回退”" in refusal(open_case, procedure("example-s3-13"), "rollback", role="village", **words)
    assert "不认识的角色" in refusal(open_case, procedure(), "removal", role="emperor", **words)
    assert "没有写明办理人" in refusal(
        open_case, procedure(), "removal", role="village", by="", on=START, facts={}
    )
    assert "没有“nothing”这个环节" in refusal(take, opened(REMOVAL), "nothing", "village")
    assert "不认识的角色" in refusal(take, opened(REMOVAL), "village_request", "emperor")


def test_no_step_is_repeated() -> None:
    state = walked(opened(IDENTIFICATION), "comparison")
    assert "不能重复" in refusal(take, state, "household_check", "village")


def test_a_notice_runs_its_full_days() -> None:
    state = at_notice()
    for days in range(6):
        words = refusal(take, state, "township_review", "township", on=START + days * DAY)
        assert "公示至2024-03-09期满" in words
    assert take(state, "township_review", "township", on=after_notice()).done["township_review"]


def test_an_objection_is_answered_before_review() -> None:
    state = raise_objection(at_notice(), by="neighbour", on=START + DAY, opinion="不符合条件")
    assert "第1条异议尚未答复" in refusal(take, state, "township_review", "township", on=after_notice())
    assert "还有异议" in refusal(reject, state, role="township", by="t", on=START + DAY, reason="不符")
    assert due(state, START + DAY)[-1].what == "objection"
    answer: dict[str, Any] = {"on": START + 2 * DAY, "opinion": "经核查属实", "is_upheld": False}
    assert "不能答复自己" in refusal(answer_objection, state, 1, role="village", by="neighbour", **answer)
    assert "由乡镇或县级核查答复" in refusal(answer_objection, state, 1, role="city", by="c", **answer)
    assert "村不能答复" in refusal(answer_objection, state, 1, role="village", by="v", **answer)
    assert "没有待答复的第2条" in refusal(answer_objection, state, 2, role="township", by="t", **answer)
    answered = answer_objection(state, 1, role="county_office", by="c", **answer)
    assert take(answered, "township_review", "township", on=after_notice()).done["township_review"]


def test_an_upheld_objection_asks_for_a_new_notice_or_a_rejection() -> None:
    state = raise_objection(at_notice(), by="neighbour", on=START + DAY, opinion="不符合条件")
    state = answer_objection(
        state, 1, role="township", by="t", on=START + DAY, opinion="属实", is_upheld=True
    )
    assert "异议成立" in refusal(take, state, "township_review", "township", on=after_notice())
    assert reject(state, role="township", by="t", on=START + DAY, reason="异议属实").status == "rejected"
    back = send_back(state, "appraisal", role="township", by="t", on=START + DAY, reason="重新评议")
    again = walked_on(back, "appraisal", "public_notice")
    assert "期满" in refusal(take, again, "township_review", "township", on=after_notice())
    assert take(again, "township_review", "township", on=after_notice() + DAY).done["township_review"]


def walked_on(state: CaseState, *steps: str) -> CaseState:
    for name in steps:
        step = state.track.step(name)
        assert step
        state = take(state, name, step.roles[0], by=f"by-{name}")
    return state


def test_an_objection_needs_a_notice_and_an_undecided_case() -> None:
    words: dict[str, Any] = {"by": "neighbour", "opinion": "有异议"}
    assert "还没有公示" in refusal(raise_objection, opened(IDENTIFICATION), on=START, **words)
    decided = walked(opened(IDENTIFICATION), "announcement")
    assert "已经审定" in refusal(raise_objection, decided, on=decided.events[-1].on, **words)


def test_nobody_reviews_what_he_did_even_in_another_role() -> None:
    state = at_notice()
    words = refusal(take, state, "township_review", "township", by="by-appraisal", on=after_notice())
    assert "已办理过“民主评议”" in words
    state = take(state, "township_review", "township", by="two-hats", on=after_notice())
    assert "须由他人办理" in refusal(take, state, "county_decision", "county_office", by="two-hats")
    assert "须由他人办理" in refusal(
        reject, state, role="county_office", by="two-hats", on=after_notice(), reason="不符"
    )


def test_a_send_back_undoes_what_rests_on_the_step_and_forgets_nothing() -> None:
    state = take(at_notice(), "township_review", "township", on=after_notice())
    back = send_back(
        state, "public_notice", role="county_office", by="c", on=after_notice(), reason="公示内容有误"
    )
    assert set(back.done) == {"household_check", "comparison", "appraisal"}
    assert back.events[:-1] == state.events
    assert [step.id for step in back.open_steps] == ["public_notice"]


def test_a_send_back_needs_a_reason_a_step_done_and_a_turn() -> None:
    words: dict[str, Any] = {"by": "t", "on": START}
    state = at_notice()
    assert "没有写明退回理由" in refusal(send_back, state, "appraisal", role="township", reason="", **words)
    assert "尚未办理" in refusal(send_back, state, "county_decision", role="township", reason="错", **words)
    assert "轮不到市级" in refusal(send_back, state, "appraisal", role="city", reason="错", **words)


def test_a_rejection_has_a_reason_and_comes_from_whose_turn_it_is() -> None:
    state = opened(IDENTIFICATION)
    assert "没有写明不予认定的理由" in refusal(reject, state, role="village", by="v", on=START, reason=" ")
    assert "轮不到县级" in refusal(reject, state, role="county_office", by="c", on=START, reason="不符")
    rejected = reject(state, role="village", by="v", on=START, reason="收入高于监测范围且无风险")
    assert rejected.status == "rejected"
    assert rejected.closed_on == START
    assert "不予认定" in refusal(take, rejected, "household_check", "village")
    assert "不予认定" in refusal(withdraw, rejected, role="village", by="v", on=START, reason="不办了")


def test_a_withdrawal_has_a_reason_and_comes_before_the_verdict() -> None:
    words: dict[str, Any] = {"by": "h", "on": START}
    state = opened(IDENTIFICATION)
    assert "撤回理由" in refusal(withdraw, state, role="household", reason="", **words)
    assert "不能撤回" in refusal(withdraw, state, role="county_office", reason="不办了", **words)
    assert withdraw(state, role="household", reason="不再申请", **words).status == "withdrawn"
    decided = walked(state, "announcement")
    late: dict[str, Any] = {"by": "h", "on": decided.events[-1].on}
    assert "已经审定" in refusal(withdraw, decided, role="household", reason="不办了", **late)


def test_a_green_channel_helps_first_and_every_step_remains_due() -> None:
    state = opened(IDENTIFICATION)
    words: dict[str, Any] = {"by": "t", "on": START, "opinion": "临时救助并安排住处"}
    helped = start_green_channel(state, role="township", facts=FACTS, **words)
    assert helped.is_green_channel
    assert helped.done == {}
    assert due(helped, START)[0].step_id == "household_check"
    assert "不必重复" in refusal(start_green_channel, helped, role="township", facts=FACTS, **words)
    unclear = {**FACTS, "is_plainly_true": None}
    assert "尚不清楚" in refusal(start_green_channel, state, role="township", facts=unclear, **words)
    assert "不由市级启动" in refusal(start_green_channel, state, role="city", facts=FACTS, **words)
    assert "没有绿色通道" in refusal(
        start_green_channel, opened(REMOVAL), role="township", facts=FACTS, **words
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"is_new_minimum_living": False, "is_new_destitute": False}, "不属于新纳入低保、新纳入特困"),
        ({"compared_on": None}, "没有“上次信息比对日期”"),
        ({"compared_on": date(2024, 3, 5)}, "晚于办理日期"),
        ({"compared_on": date(2023, 9, 3)}, "已超过6个月"),
    ],
)
def test_a_comparison_is_left_out_only_where_it_was_done_lately(facts: dict[str, Any], words: str) -> None:
    state = walked(opened(IDENTIFICATION), "comparison")
    act: dict[str, Any] = {"role": "county_office", "by": "c", "on": START}
    lately = {**FACTS, "compared_on": date(2023, 9, 4)}
    assert skip_step(state, "comparison", facts=lately, **act).done["comparison"].kind == "skip"
    assert words in refusal(skip_step, state, "comparison", facts={**lately, **facts}, **act)


def test_other_steps_are_never_left_out() -> None:
    words = refusal(
        skip_step, opened(IDENTIFICATION), "household_check", role="village", by="v", on=START, facts=FACTS
    )
    assert "不能省略" in words


def test_jiangxi_sets_no_age_for_a_comparison_of_new_minimum_living() -> None:
    track = procedure("jiangxi-2022").tracks["identification"]
    state = walked(opened(track), "comparison")
    facts = {**FACTS, "compared_on": date(2020, 1, 1)}
    assert skip_step(state, "comparison", role="county_office", by="c", on=START, facts=facts).done


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"is_whole_no_labour": True}, "属于“整户无劳动力”"),
        ({"is_whole_no_labour": None}, "是否“整户无劳动力”尚不清楚"),
        ({"months_above_line": 5}, "不少于6，现为5"),
        ({"months_above_line": None}, "不少于6，现不清楚"),
        ({"months_above_line": True}, "不少于6，现不清楚"),
        ({"has_guarantees": False}, "“三保障”持续巩固"),
        ({"is_without_new_risk": None}, "没有新的返贫致贫风险"),
        ({"has_two_checkers": False}, "两人以上"),
    ],
)
def test_an_elimination_needs_its_facts(facts: dict[str, Any], words: str) -> None:
    assert words in refusal(take, opened(ELIMINATION), "household_check", "village", **facts)


def test_a_natural_elimination_need_not_wait() -> None:
    facts: dict[str, Any] = {"months_above_line": None, "is_natural_elimination": True}
    assert take(opened(ELIMINATION), "household_check", "village", **facts).done
    still = {**facts, "is_whole_no_labour": True}
    assert "整户无劳动力" in refusal(take, opened(ELIMINATION), "household_check", "village", **still)


def test_the_county_looks_at_the_facts_of_an_elimination_again() -> None:
    state = walked(opened(ELIMINATION), "county_decision")
    assert "现为3" in refusal(take, state, "county_decision", "county_office", months_above_line=3)


def test_a_removal_goes_through_all_five_levels_and_keeps_the_national_record() -> None:
    state = walked(opened(REMOVAL), "province_decision")
    assert [event.role for event in state.events[1:]] == ["village", "township", "county_office", "city"]
    assert "国家备案号" in refusal(take, state, "province_decision", "province", has_national_record=False)
    assert take(state, "province_decision", "province").is_decided


def test_months_before_end_with_a_shorter_month() -> None:
    assert months_before(date(2024, 8, 31), 6) == date(2024, 2, 29)
    assert months_before(date(2024, 3, 4), 6) == date(2023, 9, 4)
