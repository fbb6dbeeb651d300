"""Plans are drawn up, checked, submitted and decided; measures are carried out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.measure_records import adjust_measure, is_over, record_measure
from shouwang.actions.plan_approval import approve_plan, return_plan
from shouwang.actions.plan_drawing import draw_up_plan, submit_plan
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Account, AuditEvent, Household, Plan
from shouwang.records.plan_drafts import PlanDraft, draft_of, remarks_of
from tests.assistance_world import DRAFT, MEASURE, People, monitored
from tests.world import NEIGHBOUR, NOW, TODAY, TOWNSHIP, VILLAGE, account, actor

pytestmark = pytest.mark.django_db
AT: dict[str, Any] = {"on": TODAY, "at": NOW}


@pytest.fixture
def people() -> People:
    with entered_system():
        found = {
            "village": account(Role.VILLAGE, VILLAGE),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "helper": account(Role.HELPER, VILLAGE),
        }
    return found


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored()


def as_(person: Account) -> Actor:
    """Enter as a person, as a request does, and return the actor."""
    acting = actor(person)
    enter(acting.viewer)
    return acting


def drawn(people: People, home: Household, draft: PlanDraft = DRAFT) -> Plan:
    return draw_up_plan(actor=as_(people["village"]), household_id=home.pk, draft=draft, **AT)


def submitted(people: People, home: Household) -> Plan:
    plan = drawn(people, home)
    return submit_plan(
        actor=as_(people["village"]), plan_id=plan.pk, version=1, answer_to_remarks="逐条核实过", **AT
    )


def approved(people: People, home: Household) -> Plan:
    plan = submitted(people, home)
    return approve_plan(actor=as_(people["township"]), plan_id=plan.pk, version=2, opinion="同意", **AT)


def test_a_plan_keeps_its_measures_with_their_figures_and_answers(people: People, home: Household) -> None:
    plan = drawn(people, home)

    kept = draft_of(Plan.objects.prefetch_related("measures").get(pk=plan.pk))

    assert kept == DRAFT
    assert (plan.state, plan.drawn_up_by_id) == ("draft", people["village"].pk)
    assert plan.due_on == date(2026, 3, 20)
    assert AuditEvent.objects.filter(action="plan.draw_up", result="done").count() == 1


def test_the_remarks_say_what_is_missing(people: People, home: Household) -> None:
    plan = drawn(people, home)

    codes = {row["code"] for row in remarks_of(plan)}

    assert {"no_contact_person", "plan_late"} <= codes
    assert "labour_without_development" not in codes


def test_remarks_must_be_answered_before_a_plan_is_submitted(people: People, home: Household) -> None:
    plan = drawn(people, home)

    with pytest.raises(Unfit) as refused:
        submit_plan(actor=as_(people["village"]), plan_id=plan.pk, version=1, answer_to_remarks="", **AT)

    assert "answer_to_remarks" in refused.value.fields
    assert Plan.objects.get(pk=plan.pk).state == "draft"


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (PlanDraft("空"), "至少要有一项"),
        (PlanDraft("", (replace(MEASURE, amount_fen=-1),)), "不能为负数"),
        (PlanDraft("", (replace(MEASURE, ends_on=date(2026, 1, 1)),)), "早于开始日期"),
        (PlanDraft("", (MEASURE, MEASURE)), "重复列入"),
        (PlanDraft("", (replace(MEASURE, member_id=999_999),)), "不是本户成员"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_with_its_reason(
    people: People, home: Household, draft: PlanDraft, reason: str
) -> None:
    with pytest.raises(Unfit) as refused:
        drawn(people, home, draft)

    assert reason in str(refused.value)
    assert not Plan.objects.exists()


def test_a_household_that_is_not_monitored_gets_no_plan(people: People) -> None:
    with entered_system():
        other = monitored(monitoring="none")

    with pytest.raises(Unfit, match="监测对象"):
        drawn(people, other)


def test_a_household_has_one_plan_under_way(people: People, home: Household) -> None:
    drawn(people, home)

    with pytest.raises(Unfit, match="已有一份未审定的计划"):
        drawn(people, home)


def test_a_draft_changed_by_another_is_told(people: People, home: Household) -> None:
    plan = drawn(people, home)
    changed = draw_up_plan(
        actor=as_(people["village"]), household_id=home.pk, draft=DRAFT, plan_id=plan.pk, version=1, **AT
    )

    assert (changed.pk, changed.version, changed.measures.count()) == (plan.pk, 2, 1)
    with pytest.raises(Stale):
        draw_up_plan(
            actor=as_(people["village"]), household_id=home.pk, draft=DRAFT, plan_id=plan.pk, version=1, **AT
        )


def test_a_neighbour_finds_no_household_and_a_helper_may_not_draw_up(people: People, home: Household) -> None:
    with pytest.raises(NotThere):
        draw_up_plan(actor=as_(people["neighbour"]), household_id=home.pk, draft=DRAFT, **AT)
    with pytest.raises(NotAllowed):
        draw_up_plan(actor=as_(people["township"]), household_id=home.pk, draft=DRAFT, **AT)


def test_who_drew_a_plan_up_does_not_approve_it(people: People, home: Household) -> None:
    plan = submitted(people, home)
    with entered_system():
        Plan.objects.filter(pk=plan.pk).update(drawn_up_by=people["township"])

    with pytest.raises(NotAllowed, match="须由他人审定"):
        approve_plan(actor=as_(people["township"]), plan_id=plan.pk, version=2, opinion="同意", **AT)


def test_a_plan_is_sent_back_with_words_and_submitted_again(people: People, home: Household) -> None:
    plan = submitted(people, home)
    with pytest.raises(Unfit):
        return_plan(actor=as_(people["township"]), plan_id=plan.pk, version=2, opinion="", **AT)

    returned = return_plan(
        actor=as_(people["township"]), plan_id=plan.pk, version=2, opinion="请补上就业措施", **AT
    )
    again = submit_plan(
        actor=as_(people["village"]), plan_id=plan.pk, version=3, answer_to_remarks="已经补充说明", **AT
    )

    assert (returned.state, again.state) == ("returned", "submitted")


def test_a_draft_cannot_be_approved(people: People, home: Household) -> None:
    plan = drawn(people, home)

    with pytest.raises(Unfit, match="不在待审定状态"):
        approve_plan(actor=as_(people["township"]), plan_id=plan.pk, version=1, opinion="", **AT)


def test_a_new_plan_takes_the_place_of_the_one_before(people: People, home: Household) -> None:
    first = approved(people, home)
    second = approved(people, home)

    first.refresh_from_db()
    assert (first.state, second.state) == ("closed", "approved")
    assert first.measures.get().state == "dropped"


def carried_out(person: Account, measure: Any, **columns: Any) -> Any:
    given: dict[str, Any] = {"state": "done", "done_on": TODAY, "paid_fen": 200_000, "result": "", **columns}
    return record_measure(actor=as_(person), measure_id=measure.pk, version=measure.version, **given, **AT)


def test_a_measure_carried_out_is_recorded_with_what_was_paid(people: People, home: Household) -> None:
    measure = approved(people, home).measures.get()

    done = carried_out(people["village"], measure)

    assert (done.state, done.done_on, done.paid_fen, is_over(measure=done)) == ("done", TODAY, 200_000, False)
    with pytest.raises(Unfit, match="不能再改"):
        carried_out(people["village"], done)


def test_more_than_planned_needs_an_explanation_and_is_marked(people: People, home: Household) -> None:
    measure = approved(people, home).measures.get()

    with pytest.raises(Unfit) as refused:
        carried_out(people["village"], measure, paid_fen=300_000)
    assert "result" in refused.value.fields
    assert is_over(
        measure=carried_out(people["village"], measure, paid_fen=300_000, result="成本上涨，经研究增加")
    )


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"done_on": None}, "done_on"),
        ({"done_on": date(2027, 1, 1)}, "done_on"),
        ({"paid_fen": -1}, "paid_fen"),
        ({"state": "dropped"}, "result"),
        ({"state": "planned"}, "state"),
    ],
)
def test_a_record_that_cannot_be_is_refused_at_its_field(
    people: People, home: Household, columns: Any, field: str
) -> None:
    measure = approved(people, home).measures.get()

    with pytest.raises(Unfit) as refused:
        carried_out(people["village"], measure, **columns)

    assert field in refused.value.fields


def test_a_measure_of_a_plan_nobody_approved_is_not_recorded(people: People, home: Household) -> None:
    measure = drawn(people, home).measures.get()

    with pytest.raises(Unfit, match="审定后"):
        carried_out(people["village"], measure)


def test_an_amount_may_be_lowered_but_not_raised(people: People, home: Household) -> None:
    measure = approved(people, home).measures.get()
    usual: dict[str, Any] = {"starts_on": None, "ends_on": None, "reason": "成本低于预期", **AT}

    with pytest.raises(Unfit, match="须制定新计划"):
        adjust_measure(
            actor=as_(people["village"]), measure_id=measure.pk, version=1, amount_fen=300_000, **usual
        )
    lower = adjust_measure(
        actor=as_(people["village"]), measure_id=measure.pk, version=1, amount_fen=100_000, **usual
    )

    assert lower.amount_fen == 100_000
    assert "成本低于预期" in lower.result
