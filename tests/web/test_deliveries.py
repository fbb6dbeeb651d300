"""Deliveries on the web: handed in, explained, decided and taken back by those whose part it is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Account, Delivery
from tests import world
from tests.actions.delivery_world import in_force, known_registry, medical_file, read_all
from tests.actions.loading_world import COUNTY
from tests.exchange import samples

pytestmark = pytest.mark.django_db
HEADERS = ["名字", "身份号", "日子", "类", "一共", "自己出"]


@pytest.fixture(autouse=True)
def registry() -> None:
    known_registry()


@pytest.fixture
def officer(client: Client) -> Account:
    """Sign in an officer of the county's medical insurance."""
    with entered_system():
        made = world.account(Role.DEPARTMENT, COUNTY, departments=["medical"])
    client.force_login(made)
    return made


def upload(client: Client, content: bytes, name: str = "医保_2026年10月.xlsx", **typed: str) -> Delivery:
    given = {"county": COUNTY, "department": "medical", "file": SimpleUploadedFile(name, content), **typed}
    response = client.post(reverse("delivery_new"), given)
    assert response.status_code == 303, response.content.decode()
    with entered_system():
        return Delivery.objects.get(pk=int(response["Location"].rstrip("/").rpartition("/")[2]))


def test_a_file_is_handed_in_followed_and_in_force(client: Client, officer: Account) -> None:
    made = upload(client, medical_file(samples.medical(1)))
    page = client.get(reverse("delivery", args=[made.pk])).content.decode()
    assert "排队等候读取" in page
    read_all()

    assert client.get(reverse("delivery_progress", args=[made.pk]))["HX-Refresh"] == "true"
    page = client.get(reverse("delivery", args=[made.pk])).content.decode()
    assert "已入库" in page
    assert "撤回这一批" in page
    assert len(in_force()) == 1


def test_an_officer_is_offered_his_own_department_alone(client: Client, officer: Account) -> None:
    page = client.get(reverse("delivery_new")).content.decode()

    assert 'value="medical"' in page
    assert 'value="education"' not in page


def test_columns_are_chosen_on_a_page_and_the_file_is_then_read(client: Client, officer: Account) -> None:
    made = upload(client, medical_file(samples.medical(1), headers=HEADERS))
    read_all()
    address = reverse("delivery_columns", args=[made.pk])
    assert "身份号" in client.get(address).content.decode()
    with entered_system():
        made.refresh_from_db()
    chosen = {f"column_{at}": name for at, name in enumerate(samples.MEDICAL_HEADERS)}
    kept = {"version": made.version, "headers_key": made.unknown_sheets[0]["headers_key"]}

    twice = client.post(address, {**kept, **chosen, "column_0": "证件号码"})
    assert twice.status_code == 422
    assert "只留一列" in twice.content.decode()
    assert client.post(address, {**kept, **chosen}).status_code == 303
    read_all()
    assert len(in_force()) == 1


def test_a_delivery_is_withdrawn_with_a_reason(client: Client, officer: Account) -> None:
    made = upload(client, medical_file(samples.medical(1)))
    read_all()
    with entered_system():
        made.refresh_from_db()
    address = reverse("delivery_withdraw", args=[made.pk])

    assert client.post(address, {"version": made.version, "reason": ""}).status_code == 422
    assert client.post(address, {"version": made.version, "reason": "数据有误"}).status_code == 303
    assert in_force() == []


def test_a_file_that_is_no_table_is_refused_on_the_form(client: Client, officer: Account) -> None:
    given = {"county": COUNTY, "department": "medical", "file": SimpleUploadedFile("a.exe", b"MZ")}

    assert client.post(reverse("delivery_new"), given).status_code == 422


def test_a_village_does_not_see_deliveries(client: Client) -> None:
    with entered_system():
        client.force_login(world.account(Role.VILLAGE, "530521100001"))

    assert client.get(reverse("deliveries")).status_code == 403


def now_as(made: Delivery) -> Delivery:
    with entered_system():
        made.refresh_from_db()
    return made


def test_the_rows_that_are_sound_are_let_in_without_the_others(client: Client, officer: Account) -> None:
    made = upload(client, medical_file(samples.medical(1), samples.medical(2, 结算日期="不详")))
    read_all()
    assert now_as(made).state == "waiting"

    done = client.post(reverse("delivery_accept", args=[made.pk]), {"version": made.version})
    read_all()

    assert done.status_code == 303
    assert now_as(made).state == "committed"
    assert len(in_force()) == 1


def test_a_doubtful_file_is_released_by_another_than_who_handed_it_in(
    client: Client, officer: Account
) -> None:
    made = upload(client, medical_file())
    read_all()
    assert now_as(made).state == "quarantined"
    with entered_system():
        client.force_login(world.account(Role.COUNTY_OFFICE, COUNTY))
    address = reverse("delivery_release", args=[made.pk])

    assert client.post(address, {"version": made.version, "reason": ""}).status_code == 422
    given = {"version": made.version, "reason": "已向医保局核实，本月无结算"}
    assert client.post(address, given).status_code == 303
    read_all()
    assert now_as(made).state == "committed"


def test_a_reading_is_stopped_before_anything_counts(client: Client, officer: Account) -> None:
    made = upload(client, medical_file(samples.medical(1)))
    address = reverse("delivery_stop", args=[made.pk])

    assert client.post(address).status_code == 303
    read_all()
    assert now_as(made).state == "cancelled"
    assert in_force() == []
    refused = client.post(address)
    assert refused.status_code == 422
    assert "已经读取完毕" in refused.content.decode()
