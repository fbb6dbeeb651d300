"""From dispatch to feedback: who may, in which order, with which reasons, and what happens too late."""

from datetime import timedelta
from typing import Any

import pytest

from shouwang.actions.clue_check import record_check
from shouwang.actions.clue_dispatch import dispatch_clue
from shouwang.actions.clue_feedback import give_feedback
from shouwang.actions.clue_intake import report_clue
from shouwang.actions.clue_verdict import give_verdict, return_clue
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import AuditEvent, ClueCheck, Notification, RoleGrant
from tests.actions.clue_world import CHECK, WHEN, World, fresh
from tests.world import (
    NOW,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    actor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Any:
    return World()


def test_a_clue_is_walked_to_its_verdict_and_its_source_is_told(world: Any) -> None:
    world.closed("identify")

    clue = world.now()
    assert (clue.state, clue.verdict, clue.turn, clue.closed_on) == ("closed", "identify", "", TODAY)
    with entered_system():
        origin = clue.origins.get()
    world.does("township", give_feedback, origin_ids=[origin.pk], text="已电话答复来电人")
    with entered_system():
        assert clue.origins.get().fed_back_on == TODAY
        steps = AuditEvent.objects.filter(target_kind="clue", target_id=str(clue.pk)).order_by("sequence")
        actions = ["clue.report", "clue.dispatch", "clue.check", "clue.verdict", "clue.feedback"]
        assert list(steps.values_list("action", flat=True)) == actions
        assert Notification.objects.filter(account=world.people["village"], text__contains="待核查").exists()


@pytest.mark.parametrize(
    ("act", "given"),
    [
        (dispatch_clue, {}),
        (record_check, CHECK),
        (give_verdict, {"verdict": "no_risk", "reason": "核实没有风险"}),
        (return_clue, {"reason": "请补充证据"}),
        (give_feedback, {"origin_ids": [1], "text": "已经答复"}),
    ],
)
def test_nobody_acts_on_a_clue_of_another_place_or_on_a_stale_page(world: Any, act: Any, given: Any) -> None:
    with pytest.raises(NotThere):
        world.does("other", act, **given)
    person = "village" if act is record_check else "township"
    with pytest.raises(Stale):
        world.does(person, act, **given, version=9)


@pytest.mark.parametrize(
    ("who", "act", "given"),
    [
        ("village", dispatch_clue, {}),
        ("county", record_check, CHECK),
        ("village", give_verdict, {"verdict": "no_risk", "reason": "核实没有风险"}),
        ("team", return_clue, {"reason": "请补充证据"}),
    ],
)
def test_an_act_asks_for_its_permission(world: Any, who: Any, act: Any, given: Any) -> None:
    with pytest.raises(NotAllowed):
        world.does(who, act, **given)


def test_a_clue_is_not_checked_before_it_is_sent_nor_twice(world: Any) -> None:
    with pytest.raises(Unfit, match="还没有派发"):
        world.does("village", record_check, **CHECK)
    world.checked()
    with pytest.raises(Unfit, match="已经核查"):
        world.does("village", record_check, **CHECK)
    with pytest.raises(Unfit, match="已经核查"):
        world.does("township", dispatch_clue)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"checkers": "张村甲"}, "两人"),
        ({"checkers": "张村甲、张村甲"}, "两人"),
        ({"findings": "好"}, "核查情况"),
        ({"opinion": ""}, "核查意见"),
        ({"checked_on": TODAY + timedelta(days=1)}, "晚于今天"),
        ({"risks": []}, "风险类型"),
        ({"is_at_risk": False}, "没有风险"),
        ({"income_per_capita_fen": -1}, "金额"),
        ({"opinion": "联系电话13800138000请核实"}, "手机号码"),
    ],
)
def test_a_check_that_says_too_little_is_refused(world: Any, given: Any, words: Any) -> None:
    world.dispatched()
    with pytest.raises(Unfit, match=words):
        world.does("village", record_check, **{**CHECK, **given})
    with entered_system():
        assert not ClueCheck.objects.exists()


def test_unknown_stays_unknown_in_a_check(world: Any) -> None:
    world.dispatched()
    check = world.does("team", record_check, **{**CHECK, "is_at_risk": None, "risks": []})

    assert (check.is_at_risk, check.has_guarantees, check.income_per_capita_fen) == (None, None, None)


def test_who_checked_does_not_decide(world: Any) -> None:
    with entered_system():
        both = account(Role.VILLAGE, VILLAGE, name="张村甲")
        RoleGrant.objects.create(account=both, role="township", place=TOWNSHIP, from_at=NOW)
        named = account(Role.TOWNSHIP, TOWNSHIP, name="李队乙")
    world.people |= {"both": both, "named": named}
    world.checked("both")

    for who in ("both", "named"):
        with pytest.raises(NotAllowed, match="另一人"):
            world.does(who, give_verdict, verdict="no_risk", reason="核实没有风险")
        with pytest.raises(NotAllowed, match="另一人"):
            world.does(who, return_clue, reason="请补充票据证据")
    assert world.now().state == "checked"


def test_a_clue_is_sent_back_to_be_checked_again(world: Any) -> None:
    world.checked()
    world.does("township", return_clue, reason="请补充住院票据")

    assert (world.now().state, world.now().turn) == ("dispatched", "village")
    world.does("village", record_check, **CHECK)
    with entered_system():
        assert ClueCheck.objects.count() == 2
    with pytest.raises(Unfit, match="待处置"):
        world.does("township", return_clue, clue=fresh(world), reason="请补充住院票据")


@pytest.mark.parametrize(
    ("verdict", "reason", "words"),
    [
        ("no_risk", "", "处置理由"),
        ("no_risk", "……", "处置理由"),
        ("maybe", "核实没有风险", "处置结论"),
        ("monitored", "核实没有风险", "不是监测"),
    ],
)
def test_a_verdict_needs_its_reason_and_a_household_it_fits(
    world: Any, verdict: Any, reason: Any, words: Any
) -> None:
    world.checked()
    with pytest.raises(Unfit, match=words):
        world.does("township", give_verdict, verdict=verdict, reason=reason)


def test_a_monitored_household_is_not_identified_again(world: Any) -> None:
    with entered_system():
        world.home.monitoring = "monitored"
        world.home.save()
    world.checked()

    with pytest.raises(Unfit, match="已在监测"):
        world.does("township", give_verdict, verdict="identify", reason="核实确有风险")
    world.does("township", give_verdict, verdict="monitored", reason="补充因病风险")


def test_without_a_check_only_a_clue_of_elsewhere_is_closed(world: Any) -> None:
    with pytest.raises(Unfit, match="没有入户核查"):
        world.does("township", give_verdict, verdict="no_risk", reason="核实没有风险")
    world.does("township", give_verdict, verdict="not_ours", reason="户籍在邻县，已转告")

    assert world.now().verdict == "not_ours"


def test_identification_needs_a_household(world: Any) -> None:
    person = actor(world.people["county"])
    with entered(person.viewer):
        world.clue = report_clue(
            actor=person, source="hotline", division=VILLAGE, named="王某", text="来电反映住院花费大", **WHEN
        ).clue
    world.checked()
    with pytest.raises(Unfit, match="关联到农户"):
        world.does("township", give_verdict, verdict="identify", reason="核实确有风险")


def test_a_closed_clue_stays_closed_and_a_new_source_opens_another(world: Any) -> None:
    world.closed()
    for act, given in [
        (dispatch_clue, {}),
        (give_verdict, {"verdict": "no_risk", "reason": "核实没有风险"}),
        (return_clue, {"reason": "请补充证据"}),
    ]:
        with pytest.raises(Unfit, match="已经办结"):
            world.does("township", act, **given)
    with pytest.raises(Unfit, match="已经办结"):
        world.does("village", record_check, **CHECK)
    assert world.reported(world.home).pk != world.clue.pk
