"""Papers: what each must say, who may add it, and when it is too late."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.actions.case_papers import add_paper
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.notice_scan import problems
from shouwang.records.access import entered_system
from shouwang.records.models import CasePaper, Member
from tests.actions.case_walks import PAPERS, START, at_decision, at_notice, opened
from tests.world import id_number

pytestmark = pytest.mark.django_db


def refusal(made: Any, role: str, kind: str, **content: Any) -> Unfit:
    with pytest.raises(Unfit) as refused:
        made.paper(role, kind, **content)
    return refused.value


@pytest.mark.parametrize(
    ("role", "kind", "content", "field"),
    [
        ("village", "household_check", {"checkers": "测试甲"}, "checkers"),
        ("village", "household_check", {"checkers": "测试甲、测试甲"}, "checkers"),
        ("village", "household_check", {"findings": " "}, "findings"),
        ("village", "household_check", {"findings": f"证件{id_number(5)}"}, "text"),
        ("village", "authorisation", {"signer": ""}, "signer"),
        ("village", "authorisation", {"relation": ""}, "relation"),
        ("comparer", "comparison", {"results": []}, "results"),
        ("comparer", "comparison", {"compared_on": None}, "compared_on"),
        ("comparer", "comparison", {"results": [{"department": "民政", "result": "好"}]}, "results"),
        ("village", "appraisal", {"present_count": None}, "present_count"),
        ("village", "appraisal", {"for_count": 30}, "for_count"),
        ("village", "appraisal", {"for_count": 5, "against_count": 9}, "for_count"),
        ("village", "appraisal", {"chair": ""}, "chair"),
        ("village", "notice", {"place": ""}, "place"),
        ("village", "notice", {"text": "患有尿毒症"}, "text"),
        ("township", "plan_proposal", {"text": ""}, "text"),
        ("county_office", "announcement", {"place": ""}, "place"),
        ("township", "registration", {"registered_on": None, "national_number": ""}, "registered_on"),
    ],
)
def test_a_paper_that_says_too_little_or_too_much_is_refused(
    role: str, kind: str, content: dict[str, Any], field: str
) -> None:
    assert field in refusal(opened(), role, kind, **content).fields


def test_a_notice_does_not_name_a_child_of_the_household() -> None:
    made = opened()
    with entered_system():
        child = Member.objects.filter(household=made.home).exclude(relation="户主").first()
        assert child is not None
        Member.objects.filter(pk=child.pk).update(birth_date=date(2020, 1, 1), name="王小明")

    assert "未成年人" in str(refusal(made, "village", "notice", text="王小明家公示"))


def test_a_paper_is_added_by_those_who_deal_with_it() -> None:
    made = opened()
    for role, kind in (
        ("county_office", "appraisal"),
        ("village", "comparison"),
        ("resident_team", "notice"),
    ):
        with pytest.raises(NotAllowed):
            made.paper(role, kind)


def test_a_paper_comes_before_its_step_and_only_where_the_track_asks_for_it() -> None:
    made = at_notice()
    assert "已经办理" in str(refusal(made, "village", "appraisal"))
    with pytest.raises(Unfit, match="不需要这类材料"):
        made.paper("village", "request")
    with pytest.raises(Unfit, match="请选择材料类别"):
        made.act("village", _add_unknown)


def _add_unknown(**words: Any) -> None:
    add_paper(kind="poem", content={}, **words)


def test_the_notice_counts_from_the_day_its_sheet_says() -> None:
    made = opened()
    made.paper("village", "household_check")
    made.paper("village", "authorisation")
    made.step("village", "household_check")
    made.paper("comparer", "comparison")
    made.step("comparer", "comparison")
    made.paper("village", "appraisal")
    made.step("village", "appraisal")
    with pytest.raises(Unfit, match="不能早于上一环节"):
        made.act("village", _notice_on, day=START - timedelta(1))
    made.paper("village", "notice")
    made.wait(1)
    with pytest.raises(Unfit, match="应填这一天"):
        made.step("village", "public_notice")
    made.step("village", "public_notice", on=START)


def _notice_on(day: date, **words: Any) -> None:
    add_paper(kind="notice", content=PAPERS["notice"], **{**words, "on": day})


def test_a_later_paper_of_a_kind_stands_in_place_of_the_earlier() -> None:
    made = opened()
    made.paper("village", "household_check", is_within_scope=False)
    made.paper("village", "authorisation")
    with pytest.raises(Unfit, match="初判符合监测范围”不具备"):
        made.step("village", "household_check")
    made.paper("village", "household_check", is_within_scope=True)
    made.step("village", "household_check")
    with entered_system():
        assert CasePaper.objects.filter(case=made.open_case, kind="household_check").count() == 2


def test_what_is_kept_of_a_notice_may_hang() -> None:
    made = at_decision()
    with entered_system():
        sheet = CasePaper.objects.get(case=made.open_case, kind="notice")
    assert problems(sheet.content["text"]) == []
