"""What is due in a case, when, and who above is told of what is late."""

from datetime import date, timedelta
from typing import Any

from shouwang.domain.case_deadlines import due
from shouwang.domain.casework import give_feedback, reject, take_step
from shouwang.domain.workdays import parse_workdays
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
DAY = timedelta(days=1)


def test_steps_fall_due_and_climb_when_late() -> None:
    state = opened(IDENTIFICATION)
    (item,) = due(state, START)
    assert (item.step_id, item.due_on, item.days_left) == ("household_check", START + 15 * DAY, 15)
    assert (item.is_overdue, item.escalate_to) == (False, None)
    assert "15天" in item.source
    (late,) = due(state, START + 16 * DAY)
    assert (late.is_overdue, late.days_left, late.escalate_to) == (True, -1, "township")
    assert due(at_notice(), START)[0].not_before == after_notice()
    plan = next(
        item for item in due(walked(state, "announcement"), START) if item.step_id == "contact_and_plan"
    )
    assert plan.due_on == walked(state, "announcement").events[-1].on + 10 * DAY


def test_a_late_step_is_noted() -> None:
    state = walked(opened(IDENTIFICATION), "county_decision", gap_days=3)
    done = take(state, "county_decision", "county_office")
    assert "逾期办理：应于2024-03-19前办结（15天）" in done.events[-1].note


def test_gansu_counts_working_days_for_a_declared_case_and_owes_an_answer() -> None:
    track = procedure("gansu-2023").tracks["identification"]
    declared = opened(track, ["is_self_declared"])
    assert due(declared, START)[0].due_on == date(2024, 3, 11)
    checked = walked(declared, "comparison")
    assert due(checked, START)[0].due_on == date(2024, 3, 25)
    assert due(opened(track), START)[0].due_on == START + 15 * DAY
    act: dict[str, Any] = {"role": "township", "by": "t", "on": START}
    assert "还没有结论" in refusal(give_feedback, declared, opinion="受理", **act)
    refused = reject(declared, role="village", by="v", on=START, reason="不符合条件")
    (item,) = due(refused, START + 10 * DAY)
    assert (item.what, item.due_on, item.escalate_to) == ("feedback", date(2024, 3, 11), "county_office")
    assert "反馈内容" in refusal(give_feedback, refused, opinion="", **act)
    told = give_feedback(refused, opinion="不符合条件，理由已说明", **act)
    assert due(told, START) == ()
    assert "已经反馈" in refusal(give_feedback, told, opinion="再说一次", **act)


def test_a_deadline_of_an_unknown_year_says_so() -> None:
    track = procedure("hainan-2021").tracks["identification"]
    empty = parse_workdays("")
    state = opened(track)
    (item,) = due(state, START, empty)
    assert not item.is_certain
    assert "2024年的节假日安排尚未录入" in item.note
    state = walked(state, "county_decision")
    on = state.events[-1].on
    done = take_step(state, "county_decision", role="county_office", by="c", on=on, facts=FACTS, table=empty)
    assert "尚未录入" in done.events[-1].note
