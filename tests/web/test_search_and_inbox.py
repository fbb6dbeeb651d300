"""Search, inbox and notifications: what each role finds and has to do, and nothing of others."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.actions.notifying import notify
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Clue, Contact, Household, Notification, Plan
from shouwang.records.sealing import unseal
from shouwang.reports.inbox import inbox, inbox_count
from shouwang.web.present import village_name
from tests.web.household_world import SignIn, _clock, a_case, a_clue, a_task, as_
from tests.world import (
    COUNTY,
    FAR_VILLAGE,
    NEIGHBOUR,
    NOW,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    household,
    viewer,
)

pytestmark = pytest.mark.django_db
__all__ = ["_clock", "as_"]


@pytest.fixture
def home() -> Household:
    with entered_system():
        return household(VILLAGE, members=2, head_name="欧阳甲子", head_pinyin="oyjz")


def find(client: Client, words: str) -> Any:
    return client.post(reverse("search"), {"q": words})


def found(response: Any) -> set[str]:
    return {row["by"] for row in response.context["rows"]}


def test_a_household_is_found_by_each_of_its_signs(client: Client, as_: SignIn, home: Household) -> None:
    with entered_system():
        head = home.members.get(relation="户主")
        number = unseal(bytes(head.id_sealed), of="member.id_number")
        phone = unseal(bytes(home.phone_sealed), of="household.phone")
    as_(Role.VILLAGE, VILLAGE)
    for words, by in (
        ("欧阳甲子", "户主姓名"),
        ("欧阳", "户主姓名"),
        (" OYJ ", "拼音"),
        (number[-4:], "证件尾号"),
        (phone, "电话"),
        (home.number, "户编号"),
        ("王乙", "成员姓名"),
    ):
        response = find(client, words)
        assert by in found(response), words
        said = response.content.decode()
        assert number not in said
        assert phone not in said or words == phone


def test_a_village_is_found_by_its_name(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.COUNTY_OFFICE, COUNTY)
    response = find(client, village_name(VILLAGE))

    assert any(place["url"].endswith(VILLAGE) for place in response.context["places"])


def test_nobody_finds_beyond_his_reach(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.VILLAGE, NEIGHBOUR)
    for words in ("欧阳甲子", "oyjz", home.number):
        response = find(client, words)
        assert response.context["rows"] == []
        assert "没有找到" in response.content.decode()


def test_who_sees_masks_only_does_not_find_by_name(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.PROVINCE, "36")
    assert found(find(client, "欧阳甲子")) == set()
    assert found(find(client, "oyjz")) == set()
    by_number = find(client, home.number)
    assert found(by_number) == {"户编号"}
    assert "欧阳甲子" not in by_number.content.decode()


def test_words_in_an_address_are_not_searched_for(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.VILLAGE, VILLAGE)
    response = client.get(reverse("search"), {"q": "欧阳甲子"})

    assert response.context["found"] is None
    assert "欧阳" not in response.content.decode()


@pytest.mark.parametrize("words", ["", " ", "%", "'; drop table", "<script>", "𠮷" * 90, "\x00", "9" * 500])
def test_odd_words_find_nothing_and_break_nothing(
    client: Client, as_: SignIn, home: Household, words: str
) -> None:
    as_(Role.VILLAGE, VILLAGE)
    response = find(client, words)

    assert response.status_code == 200
    assert response.context["rows"] == []


def work_of(home: Household, due_on: date | None, number: int) -> None:
    by = account(Role.TOWNSHIP, TOWNSHIP)
    a_clue(home, f"XS{number}", due_on=due_on)
    a_case(home, f"GA{number}", due_on=due_on)
    Plan.objects.create(
        household=home,
        division=home.division,
        state="submitted",
        drawn_up_by=by,
        drawn_up_on=TODAY,
        due_on=due_on,
    )
    a_task(home, f"RW{number}", by, due_on=due_on or TODAY)


def test_to_dos_stand_under_their_deadline(client: Client, as_: SignIn) -> None:
    with entered_system():
        for number, days in enumerate((-2, 0, 5, 30, None)):
            home = household(VILLAGE)
            work_of(home, None if days is None else TODAY + timedelta(days=days), number)
    as_(Role.VILLAGE, VILLAGE)
    response = client.get(reverse("inbox"))

    assert response.context["found"].by_group == {"overdue": 2, "today": 2, "week": 2, "later": 4}
    assert response.context["found"].by_kind == {"clue": 5, "case": 5}
    said = response.content.decode()
    assert "超期 2 天" in said
    assert "今天到期" in said
    narrowed = client.get(reverse("inbox"), {"kind": "clue", "group": "overdue"})
    assert [len(each["rows"]) for each in narrowed.context["groups"]] == [1]


@pytest.mark.parametrize(
    ("role", "place", "kinds"),
    [
        (Role.VILLAGE, VILLAGE, {"clue", "case", "visit"}),
        (Role.TOWNSHIP, TOWNSHIP, {"plan", "contact"}),
        (Role.TOWNSHIP, FAR_VILLAGE[:9], set()),
        (Role.VILLAGE, NEIGHBOUR, set()),
        (Role.SUPERVISOR, COUNTY, set()),
    ],
)
def test_each_role_has_its_own_work_where_it_is(
    client: Client, as_: SignIn, role: Role, place: str, kinds: set[str]
) -> None:
    with entered_system():
        work_of(household(VILLAGE, monitoring="monitored"), TODAY, 1)
    as_(role, place)
    response = client.get(reverse("inbox"))

    assert set(response.context["found"].by_kind) == kinds
    if not kinds:
        assert "没有待办事项" in response.content.decode()


def test_each_kind_of_work_leads_to_its_whole_list(client: Client, as_: SignIn) -> None:
    with entered_system():
        a_clue(household(VILLAGE), "XS9")
    as_(Role.VILLAGE, VILLAGE)
    said = client.get(reverse("inbox")).content.decode()
    assert f'href="{reverse("clues")}?tab=mine"' in said
    assert "线索（1）" in said
    assert "紧急" not in said

    with entered_system():
        Clue.objects.update(is_urgent=True)
    assert "紧急" in client.get(reverse("inbox")).content.decode()


def test_who_has_nothing_to_do_is_shown_the_ways_on(client: Client, as_: SignIn) -> None:
    as_(Role.PROVINCE, "36")
    said = client.get(reverse("inbox")).content.decode()

    assert "没有待办事项" in said
    assert f'<a class="btn" href="{reverse("hit_rates")}">' in said


def test_a_department_has_the_tasks_sent_to_it(client: Client, as_: SignIn) -> None:
    with entered_system():
        work_of(household(VILLAGE), TODAY, 1)
    as_(Role.DEPARTMENT, COUNTY, departments=["education"])
    assert client.get(reverse("inbox")).context["found"].by_kind == {"task": 1}
    as_(Role.DEPARTMENT, COUNTY, departments=["medical"])
    assert client.get(reverse("inbox")).context["found"].by_kind == {}


def test_a_helper_visits_those_he_answers_for() -> None:
    with entered_system():
        mine = account(Role.HELPER, VILLAGE)
        due = household(
            VILLAGE, monitoring="monitored", contact=mine, last_visit_on=TODAY.replace(day=1) - timedelta(1)
        )
        done = household(VILLAGE, monitoring="monitored", contact=mine, last_visit_on=TODAY)
        household(VILLAGE, monitoring="monitored")
        for each in (due, done):
            Contact.objects.create(
                household=each, division=VILLAGE, account=mine, from_on=TODAY, assigned_by=mine
            )
    person = viewer(mine)
    with entered(person):
        todos = inbox(person, TODAY).todos

    assert [(todo.page_id, todo.due_on) for todo in todos] == [(due.pk, date(2026, 11, 30))]


def test_what_was_escalated_is_seen_by_the_level_above(client: Client, as_: SignIn) -> None:
    with entered_system():
        work_of(household(VILLAGE), TODAY - timedelta(days=9), 1)
        Clue.objects.update(escalated_to="township")
    as_(Role.TOWNSHIP, TOWNSHIP)
    response = client.get(reverse("inbox"))

    assert "已提级" in response.content.decode()


def test_the_inbox_asks_no_more_for_more_work(as_: SignIn, django_assert_max_num_queries: Any) -> None:
    with entered_system():
        for number in range(8):
            work_of(household(VILLAGE, monitoring="monitored"), TODAY, number)
        who = account(Role.VILLAGE, VILLAGE)
    person = viewer(who)
    with entered_system():
        with django_assert_max_num_queries(14):
            assert inbox(person, TODAY).total == 24
        assert inbox_count(person, TODAY) == 24


def test_notifications_are_read_by_their_owner(client: Client, as_: SignIn) -> None:
    other = as_(Role.VILLAGE, NEIGHBOUR)
    mine = as_(Role.VILLAGE, VILLAGE)
    notify(accounts=[mine.pk, other.pk], kind="clue", text="有新线索待核查", link="/clues/", at=NOW)
    notify(accounts=[mine.pk], kind="clue", text="个案已退回", link="/cases/", at=NOW)
    said = client.get(reverse("notifications")).content.decode()
    assert "有新线索待核查" in said
    assert "未读" in said
    first = Notification.objects.filter(account=mine).first()
    theirs = Notification.objects.get(account=other)
    client.post(reverse("notifications_read"), {"row": [first.pk, theirs.pk, "x"]})
    assert Notification.objects.filter(is_read=True).count() == 1
    client.post(f"{reverse('notifications_read')}?all=1")
    assert Notification.objects.filter(is_read=False).count() == 1
    assert client.get(reverse("notifications_read")).status_code == 405
