"""Pages of cases: seen, entered and refused as people in the villages and offices would."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Case
from tests.actions.case_walks import PAPERS, at_decision, at_notice, opened
from tests.web.case_windows import signed_in, url, version
from tests.world import NEIGHBOUR, account

pytestmark = pytest.mark.django_db
FAR = "2026-11-23"


def test_the_page_says_whose_turn_it_is_and_what_is_missing() -> None:
    made = opened()

    seen = signed_in(made, "village").get(url("case", made)).content.decode()

    assert "轮到村、驻村工作队办理“入户核查初判”" in seen
    assert escape("缺少“入户核查记录”") in seen or "“入户核查记录”不具备" in seen
    assert reverse("case_paper", args=[made.open_case.pk, "household_check"]) in seen
    assert "程序和时限" in seen


def test_a_village_enters_a_paper_and_takes_its_step() -> None:
    made = opened()
    client = signed_in(made, "village")
    check = {
        "version": 1, "on": "2026-11-02", "checkers": "测试甲、测试乙", "findings": "看了房看了水",
        "is_within_scope": "yes",         "risks": ["medical"],
    }  # fmt: skip
    assert client.post(url("case_paper", made, "household_check"), check).status_code == 303
    letter = {"version": 1, "on": "2026-11-02", "signer": "户主", "relation": "户主"}
    assert client.post(url("case_paper", made, "authorisation"), letter).status_code == 303

    answer = client.post(
        url("case_step", made, "household_check"), {"version": 1, "on": "2026-11-02"}, follow=True
    )

    assert "轮到县级办理“数据比对”" in answer.content.decode()
    assert version(made) == 2


def test_what_is_wrong_is_shown_on_the_form() -> None:
    made = opened()
    client = signed_in(made, "village")
    check = {"version": 1, "on": "2026-11-02", "checkers": "测试甲", "findings": "看了"}

    answer = client.post(url("case_paper", made, "household_check"), check)

    assert answer.status_code == 422
    assert "两人以上" in answer.content.decode()


def test_a_stale_page_is_told_who_was_first_without_a_name() -> None:
    made = at_decision()
    client = signed_in(made, "county_office")
    old = {"version": version(made), "on": FAR, "opinion": "同意"}
    assert client.post(url("case_step", made, "county_decision"), old).status_code == 303

    answer = client.post(url("case_step", made, "county_decision"), old)

    assert answer.status_code == 409
    assert "已由县级" in answer.content.decode()
    assert "测试县级" not in re.sub(r"(?s)<header.*?</header>", "", answer.content.decode()).split("<main")[1]


def test_a_neighbour_village_does_not_know_the_case() -> None:
    made = opened()
    with entered_system():
        other = account(Role.VILLAGE, NEIGHBOUR)
    client = Client()
    client.force_login(other)

    for name, more in (
        ("case", ()),
        ("case_step", ("household_check",)),
        ("case_paper", ("notice",)),
        ("notice_print", ()),
    ):
        assert client.get(url(name, made, *more)).status_code == 404
    assert (
        client.post(url("case_withdraw", made), {"version": 1, "on": FAR, "opinion": "不办"}).status_code
        == 404
    )


def test_a_helper_may_look_at_nothing_he_may_not_do() -> None:
    made = opened()
    with entered_system():
        team = account(Role.DEPARTMENT, "361023", departments=["medical"])
    client = Client()
    client.force_login(team)

    assert client.get(url("case_withdraw", made)).status_code in (403, 404)
    assert client.get(url("case_green_channel", made)).status_code == 403


def test_the_village_cannot_take_the_step_of_the_county() -> None:
    made = at_decision()
    client = signed_in(made, "village")

    given = {"version": version(made), "on": FAR, "opinion": "同意"}
    assert client.post(url("case_step", made, "county_decision"), given).status_code == 403


def test_an_objection_is_recorded_answered_and_the_notice_goes_on() -> None:
    made = at_notice()
    village, township = signed_in(made, "village"), signed_in(made, "township")
    said = {"version": version(made), "on": "2026-11-03", "opinion": "该户有商铺"}
    assert village.post(url("case_objection", made), said).status_code == 303
    answer = {"version": version(made), "on": "2026-11-04", "opinion": "核实商铺已转让", "is_upheld": "no"}
    assert village.post(url("case_objection_answer", made, 1), answer).status_code == 403

    assert township.post(url("case_objection_answer", made, 1), answer).status_code == 303
    seen = township.get(url("case", made)).content.decode()
    assert "核实商铺已转让" in seen
    assert "不成立" in seen


def test_the_notice_and_the_letter_are_printed_without_numbers_of_people() -> None:
    made = at_notice()
    client = signed_in(made, "village")

    sheet = client.get(url("notice_print", made)).content.decode()
    letter = client.get(url("authorisation_print", made)).content.decode()

    assert "公　示" in sheet
    assert PAPERS["notice"]["text"] in sheet
    assert "承诺授权书" in letter
    assert "999999" not in letter


def test_the_notice_is_written_from_the_facts() -> None:
    made = opened()
    seen = signed_in(made, "village").get(url("case_paper", made, "notice")).content.decode()

    assert "拟识别为防止返贫致贫监测对象" in seen
    assert made.home.head_name in seen


def test_running_notices_are_listed_with_the_days_left() -> None:
    made = at_notice()
    seen = signed_in(made, "village").get(reverse("notices")).content.decode()

    assert made.home.head_name in seen
    assert "村务公开栏" in seen


@pytest.mark.parametrize("tab", ["mine", "level", "overdue", "notice", "closed"])
def test_each_tab_answers(tab: str) -> None:
    made = at_notice()
    answer = signed_in(made, "township").get(reverse("cases"), {"tab": tab})
    assert answer.status_code == 200
    has_row = reverse("case", args=[made.open_case.pk]) in answer.content.decode()
    assert has_row == (tab != "closed")


def test_lists_ask_the_same_number_of_queries_however_long(django_assert_max_num_queries: Any) -> None:
    made = at_notice()
    for _ in range(2):
        at_notice()
    client = signed_in(made, "township")
    client.get(reverse("cases"), {"tab": "level"})

    with django_assert_max_num_queries(22):
        client.get(reverse("cases"), {"tab": "level"})
    with django_assert_max_num_queries(20):
        client.get(reverse("notices"))
    with django_assert_max_num_queries(60):
        client.get(url("case", made))


def test_the_county_confirms_many_with_a_result_for_each() -> None:
    ready, early = at_decision(), at_notice()
    client = signed_in(ready, "county_office")
    rows = [f"{each.open_case.pk}:{version(each)}" for each in (ready, early)]

    asked = client.post(reverse("cases_confirm"), {"row": rows})
    assert "涉及" in asked.content.decode()
    done = client.post(
        reverse("cases_confirm"), {"row": rows, "is_confirmed": "1", "opinion": "同意"}
    ).content.decode()

    assert "已审定" in done
    assert "不是审定" in done
    with entered_system():
        assert Case.objects.get(pk=ready.open_case.pk).is_decided
        assert not Case.objects.get(pk=early.open_case.pk).is_decided


def test_a_batch_with_a_foreign_case_is_refused_whole() -> None:
    ready = at_decision()
    client = signed_in(ready, "county_office")
    rows = [f"{ready.open_case.pk}:{version(ready)}", "999999999:1"]

    answer = client.post(reverse("cases_confirm"), {"row": rows, "is_confirmed": "1", "opinion": "同意"})

    assert answer.status_code == 404
    with entered_system():
        assert not Case.objects.get(pk=ready.open_case.pk).is_decided
