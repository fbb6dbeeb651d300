"""Pages of data quality: counts lead to lists, lists to households, within one's reach."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Household, QualityFinding, QualitySample, SampledHousehold
from shouwang.reports.quality_entry import EntryWarning
from shouwang.web.views import quality
from tests.world import COUNTY, NEIGHBOUR, NOW, THERE, TODAY, TOWNSHIP, VILLAGE, account, household

pytestmark = pytest.mark.django_db


def finding(of: Household, name: str = "q2_01_009", **columns: Any) -> QualityFinding:
    given = {
        "check_name": name, "pack": "cn-2021", "label": "同时登记参加居民医保和职工医保", "severity": "doubt",
        "kind": "registry", "field": "member.has_employee_medical_insurance", "member": of.members.first(),
        "values": {"has_resident_medical_insurance": "true", "has_employee_medical_insurance": "true"},
        "first_seen_on": TODAY, "last_seen_on": TODAY, "due_on": TODAY + timedelta(days=20), **columns,
    }  # fmt: skip
    return QualityFinding.objects.create(household=of, division=of.division, **given)


def signed_in(role: Role = Role.VILLAGE, place: str = VILLAGE, **grant: Any) -> Client:
    client = Client()
    with entered_system():
        made = account(role, place, **grant)
    client.force_login(made)
    return client


@pytest.fixture
def homes() -> list[Household]:
    with entered_system():
        return [
            household(place, household_class="alleviated")
            for place in (VILLAGE, NEIGHBOUR, THERE.villages[0])
        ]


def test_each_place_has_its_counts_and_a_score_whose_formula_is_shown(homes: list[Household]) -> None:
    with entered_system():
        finding(homes[0])
        finding(homes[0], "q3_02_002", severity="error", due_on=TODAY - timedelta(days=1))
        finding(homes[1], "q5_20_030", severity="hint", state="explained")
    page = signed_in(Role.COUNTY_OFFICE, COUNTY).get(reverse("quality"), {"area": TOWNSHIP})
    text = page.content.decode()

    assert "得分＝100" in text
    rows = {each["row"].division: each["row"] for each in page.context["rows"]}
    assert set(rows) == {VILLAGE, NEIGHBOUR}
    assert (rows[VILLAGE].errors, rows[VILLAGE].doubts, rows[VILLAGE].overdue) == (1, 1, 1)
    assert (rows[VILLAGE].score, rows[NEIGHBOUR].score) == (0, 1000)
    assert rows[NEIGHBOUR].explained == 1


def test_the_list_is_held_to_the_reach_and_narrowed_by_its_filter(homes: list[Household]) -> None:
    with entered_system():
        for home in homes:
            finding(home)
        finding(homes[0], "q3_02_002", severity="error")
    client = signed_in()
    found = client.get(reverse("quality_findings"), {"state": "open"}).context["rows"]
    assert {each["finding"].division for each in found} == {VILLAGE}
    assert len(found) == 2
    errors = client.get(reverse("quality_findings"), {"state": "open", "severity": "error"}).context["rows"]
    assert [each["finding"].check_name for each in errors] == ["q3_02_002"]


def test_the_number_of_queries_does_not_grow_with_the_list(
    homes: list[Household], django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        for number in range(12):
            finding(household(VILLAGE), f"check{number}")
    client = signed_in()
    with django_assert_max_num_queries(22):
        client.get(reverse("quality_findings"))
    with django_assert_max_num_queries(22):
        client.get(reverse("quality"))


def test_a_finding_says_how_it_is_mended_and_leads_to_the_field(homes: list[Household]) -> None:
    with entered_system():
        made = finding(homes[0])
    page = signed_in().get(reverse("quality_finding", args=[made.pk]))
    text = page.content.decode()

    assert "与医保部门核对" in text
    assert reverse("member_edit", args=[made.member_id]) in text
    assert "参加职工医保" in text


def test_a_doubt_is_explained_on_its_page_and_an_empty_reason_comes_back(homes: list[Household]) -> None:
    with entered_system():
        made = finding(homes[0])
    client, url = signed_in(), reverse("quality_finding", args=[made.pk])

    assert client.post(url, {"version": 1, "explanation": "好"}).status_code == 422
    assert client.post(url, {"version": 1, "explanation": "年中换了单位，正在转保"}).status_code == 303
    with entered_system():
        made.refresh_from_db()
        assert (made.state, made.explanation) == ("explained", "年中换了单位，正在转保")
    assert client.post(url, {"version": 1, "explanation": "年中换了单位，正在转保"}).status_code == 409


def test_a_neighbours_finding_is_not_there_and_a_supervisor_explains_nothing(homes: list[Household]) -> None:
    with entered_system():
        made = finding(homes[1])
        own = finding(homes[0])
    url = reverse("quality_finding", args=[made.pk])
    assert signed_in().get(url).status_code == 404
    supervisor = signed_in(Role.SUPERVISOR, COUNTY)
    assert supervisor.get(url).status_code == 200
    answer = supervisor.post(url, {"version": 1, "explanation": "已经核实无误"})
    assert answer.status_code == 422
    assert "没有“修改农户信息”的权限" in answer.content.decode()
    assert (
        signed_in(Role.SUPERVISOR, COUNTY)
        .post(reverse("quality_recheck", args=[own.household_id]))
        .status_code
        == 403
    )


def test_who_may_not_see_health_is_not_told_of_it_by_a_label(homes: list[Household]) -> None:
    with entered_system():
        made = finding(
            homes[0], "disabled_without_certificate", label="系统登记残疾，残联名单里没有残疾证",
            field="member.is_disabled", values={"is_disabled": "true", "delivered_disabled": None},
        )  # fmt: skip
    group = signed_in(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组")
    text = group.get(reverse("quality_finding", args=[made.pk])).content.decode()

    assert "残疾" not in text
    assert "无权查看" in text


def test_every_check_is_listed_and_those_not_run_say_why() -> None:
    text = signed_in().get(reverse("quality_checks")).content.decode()

    assert "5_14_007" in text
    assert "没有“与村主干路距离”这一列" in text


def test_the_household_page_shows_what_stands_and_entering_shows_what_is_found_now(
    homes: list[Household],
) -> None:
    with entered_system():
        finding(homes[0])
    client = signed_in()
    page = client.get(reverse("household", args=[homes[0].pk]), {"tab": "findings"}).content.decode()
    assert "同时登记参加居民医保和职工医保" in page
    told = client.get(reverse("quality_entry", args=[homes[0].pk]))
    assert told.status_code == 200
    assert (
        reverse("quality_entry", args=[homes[0].pk])
        in client.get(reverse("household_edit", args=[homes[0].pk])).content.decode()
    )


def test_what_the_police_told_is_not_told_beside_a_form_to_who_may_not_see_it(
    homes: list[Household], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [
        EntryWarning("公安已登记死亡，系统仍在册", "error", "核实", ("security_event.event",)),
        EntryWarning("同时参加两种医保", "doubt", "核对", ("member.has_employee_medical_insurance",)),
    ]
    monkeypatch.setattr(quality, "entry_warnings", lambda *_: told)
    url = reverse("quality_entry", args=[homes[0].pk])
    village = signed_in().get(url).content.decode()
    township = signed_in(Role.TOWNSHIP, TOWNSHIP).get(url).content.decode()

    assert "公安" not in village
    assert "两种医保" in village
    assert "公安已登记死亡" in township


def test_a_sample_is_drawn_compared_and_closed_and_its_sheet_is_filled_in(homes: list[Household]) -> None:
    client = signed_in()
    drawn = client.post(reverse("quality_sample_new"), {"division": VILLAGE, "seed": "甲乙丙"})
    assert drawn.status_code == 303
    with entered_system():
        sample = QualitySample.objects.get()
        row = SampledHousehold.objects.get(sample=sample)
    sheet = client.get(reverse("quality_sample_sheet", args=[sample.pk])).content.decode()
    assert homes[0].number in sheet
    assert "非监测对象" in sheet or "未填" in sheet

    close = reverse("quality_sample_close", args=[sample.pk])
    client.post(close)
    with entered_system():
        assert QualitySample.objects.get().state == "open"
    compare = reverse("quality_compare", args=[row.pk])
    assert client.post(compare, {"version": 1, "income": "household"}).status_code == 422
    answer = client.post(compare, {"version": 1, "income": "household", "water": "same", "note": "多打了工"})
    assert answer.status_code == 303
    assert "50.0%" in client.get(reverse("quality_sample", args=[sample.pk])).content.decode()
    client.post(close)
    with entered_system():
        assert QualitySample.objects.get().state == "closed"


def test_a_village_is_drawn_by_those_who_keep_it_and_once_at_a_time(homes: list[Household]) -> None:
    client = signed_in()
    assert client.post(reverse("quality_sample_new"), {"division": NEIGHBOUR}).status_code == 422
    assert client.post(reverse("quality_sample_new"), {"division": VILLAGE}).status_code == 303
    again = client.post(reverse("quality_sample_new"), {"division": VILLAGE})
    assert again.status_code == 422
    assert "还有一次核对没有完成" in again.content.decode()
    with entered_system():
        sample = QualitySample.objects.create(
            division=NEIGHBOUR, drawn_on=TODAY, seed="s", population=1, size=1, rule="r", drawn_at=NOW,
            drawn_by=account(Role.VILLAGE, NEIGHBOUR),
        )  # fmt: skip
    assert client.get(reverse("quality_sample", args=[sample.pk])).status_code == 404
