"""Departments get tasks, answer them within a time, and what is overdue goes up."""

from datetime import timedelta
from typing import Any

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.actions.task_escalation import escalate_overdue_tasks
from shouwang.actions.task_sending import answer_task, close_task, return_task, send_task
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Account, Household, Notification, Task
from tests.assistance_world import People, monitored
from tests.world import COUNTY, NOW, TODAY, TOWNSHIP, VILLAGE, account, actor

pytestmark = pytest.mark.django_db
AT: dict[str, Any] = {"on": TODAY, "at": NOW}
LATER = TODAY + timedelta(days=10)


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "village": account(Role.VILLAGE, VILLAGE),
            "county": account(Role.COUNTY_OFFICE, COUNTY),
            "housing": account(Role.DEPARTMENT, COUNTY, departments=["housing"]),
            "water": account(Role.DEPARTMENT, COUNTY, departments=["water"]),
        }


def as_(person: Account) -> Actor:
    acting = actor(person)
    enter(acting.viewer)
    return acting


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored()


def sent(people: People, home: Household, **columns: Any) -> Task:
    given: dict[str, Any] = {
        "department": "housing",
        "kind": "help",
        "text": "请鉴定住房安全",
        "due_on": LATER,
        **columns,
    }
    return send_task(actor=as_(people["township"]), household_id=home.pk, **given, **AT)


def test_a_task_reaches_the_department_it_is_for_and_no_other(people: People, home: Household) -> None:
    task = sent(people, home)

    assert task.number.startswith("361023RW")
    assert Notification.objects.filter(account=people["housing"]).count() == 1
    answered = answer_task(
        actor=as_(people["housing"]), task_id=task.pk, version=1, answer="已鉴定为B级", **AT
    )
    assert answered.state == "answered"
    with pytest.raises(NotThere):
        answer_task(actor=as_(people["water"]), task_id=task.pk, version=2, answer="不归我们管", **AT)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"department": "nobody"}, "department"),
        ({"kind": "?"}, "kind"),
        ({"text": "办"}, "text"),
        ({"due_on": TODAY - timedelta(days=1)}, "due_on"),
    ],
)
def test_a_task_that_cannot_be_is_refused_at_its_field(
    people: People, home: Household, columns: Any, field: str
) -> None:
    with pytest.raises(Unfit) as refused:
        sent(people, home, **columns)

    assert field in refused.value.fields


def test_a_task_for_a_measure_of_another_household_is_not_sent(people: People, home: Household) -> None:
    with pytest.raises(NotThere):
        sent(people, home, measure_id=999_999)


def test_a_village_sends_no_tasks(people: People, home: Household) -> None:
    with pytest.raises(NotAllowed):
        send_task(
            actor=as_(people["village"]), household_id=home.pk, department="housing", kind="help",
            text="请鉴定住房安全", due_on=LATER, **AT,
        )  # fmt: skip


def test_an_answer_is_accepted_or_sent_back(people: People, home: Household) -> None:
    task = sent(people, home)
    with pytest.raises(Unfit, match="尚未反馈"):
        close_task(actor=as_(people["township"]), task_id=task.pk, version=1, **AT)
    answer_task(actor=as_(people["housing"]), task_id=task.pk, version=1, answer="已安排鉴定", **AT)
    again = return_task(
        actor=as_(people["township"]), task_id=task.pk, version=2, reason="没有写鉴定等级", due_on=LATER, **AT
    )
    assert again.state == "returned"
    answer_task(actor=as_(people["housing"]), task_id=task.pk, version=3, answer="鉴定为B级", **AT)
    closed = close_task(actor=as_(people["township"]), task_id=task.pk, version=4, **AT)

    assert closed.state == "closed"
    with pytest.raises(Unfit, match="不在待办理状态"):
        answer_task(actor=as_(people["housing"]), task_id=task.pk, version=5, answer="再次反馈", **AT)


def test_a_stale_page_is_told(people: People, home: Household) -> None:
    task = sent(people, home)

    with pytest.raises(Stale):
        answer_task(actor=as_(people["housing"]), task_id=task.pk, version=7, answer="已鉴定", **AT)


def test_what_is_overdue_goes_up_once(people: People, home: Household) -> None:
    task = sent(people, home)
    later: dict[str, Any] = {"on": LATER + timedelta(days=1), "at": NOW + timedelta(days=11)}
    with entered_system():
        officer = actor(people["county"])
    enter(officer.viewer)

    assert escalate_overdue_tasks(actor=officer, **later) == 1
    assert escalate_overdue_tasks(actor=officer, **later) == 0
    task.refresh_from_db()
    assert task.escalated_to == Role.COUNTY_OFFICE
    assert Notification.objects.filter(account=people["county"], text="部门任务超期未反馈").count() == 1
    much_later: dict[str, Any] = {"on": LATER + timedelta(days=30), "at": NOW + timedelta(days=40)}
    assert escalate_overdue_tasks(actor=officer, **much_later) == 1
    assert escalate_overdue_tasks(actor=officer, **much_later) == 0
