"""What became of a delivery, on the web: bad rows given back, several files, what it changes."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Account, AuditEvent, Delivery
from tests import world
from tests.actions.delivery_world import in_force, known_registry, medical_file, read_all
from tests.actions.loading_world import COUNTY
from tests.exchange import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registry() -> None:
    known_registry(households=4)


@pytest.fixture
def signed_in(client: Client) -> Account:
    """Sign in an officer of the county's medical insurance."""
    with entered_system():
        made = world.account(Role.DEPARTMENT, COUNTY, departments=["medical"])
    client.force_login(made)
    return made


def uploaded(client: Client, *files: tuple[str, bytes], **typed: str) -> int:
    given = {
        "county": COUNTY,
        "department": "medical",
        "file": [SimpleUploadedFile(name, content) for name, content in files],
        **typed,
    }
    return client.post(reverse("delivery_new"), given).status_code


def last() -> Delivery:
    with entered_system():
        return Delivery.objects.order_by("-pk")[0]


def test_bad_rows_are_told_and_given_back_as_a_workbook(client: Client, signed_in: Account) -> None:
    content = medical_file(samples.medical(1), samples.medical(2, 结算日期="不知道"))
    assert uploaded(client, ("医保_2026年10月.xlsx", content)) == 303
    read_all()
    page = client.get(reverse("delivery", args=[last().pk])).content.decode()
    assert "第 3 行" in page
    assert "下载错误数据" in page

    response = client.post(reverse("delivery_errors", args=[last().pk]))
    book = openpyxl.load_workbook(BytesIO(response.content))
    assert book.worksheets[0]["C3"].value == "不知道"
    assert response["Cache-Control"] == "no-store"
    with entered_system():
        assert AuditEvent.objects.filter(action="delivery.errors", target_id=str(last().pk)).exists()
        client.force_login(world.account(Role.DEPARTMENT, COUNTY, departments=["health"]))
    assert client.post(reverse("delivery_errors", args=[last().pk])).status_code == 404


def test_several_files_are_several_deliveries_and_a_bad_one_is_told(
    client: Client, signed_in: Account
) -> None:
    good = ("医保_2026年10月.xlsx", medical_file(samples.medical(1)))
    assert uploaded(client, good, ("说明.docx", b"PK")) == 303
    with entered_system():
        assert Delivery.objects.count() == 1
    page = client.get(reverse("deliveries"), {"tab": "running"}).content.decode()
    assert "《说明.docx》没有接收" in page
    assert uploaded(client, good, ("二.xlsx", b"x"), row_count="3") == 422


def test_a_delivery_is_shown_beside_the_one_before(client: Client, signed_in: Account) -> None:
    october = [samples.medical(1, 个人自付="100"), samples.medical(2), samples.medical(1, 证件号码="")]
    uploaded(client, ("医保_2026年8月.xlsx", medical_file(*october)))
    read_all()
    first = last()
    assert (
        "没有可比对的上一批" in client.get(reverse("delivery_comparison", args=[first.pk])).content.decode()
    )
    november = [
        samples.medical(1, 个人自付="250"),
        samples.medical(3),
        samples.medical(4),
    ]
    uploaded(client, ("医保_2026年10月.xlsx", medical_file(*november)))
    read_all()
    second = last()
    assert second.state == "committed", (second.suspicions, second.problems)

    address = reverse("delivery_comparison", args=[second.pk])
    page = client.get(address)
    found = page.context["found"]
    assert found.counts == {"changed": 1, "new": 2, "gone": 2, "same": 0}
    text = page.content.decode()
    assert "两批之间没有推送的月份：2026-09" in text
    assert "100元" in text
    assert "250元" in text
    assert samples.number(1) not in text
    assert [each.label for each in found.sums] == ["医疗总费用", "个人自付"]
    gone = client.get(address, {"kind": "gone"}).content.decode()
    assert "未匹配到户" in gone


def test_what_a_withdrawal_would_take_back_is_what_it_takes_back(client: Client, signed_in: Account) -> None:
    uploaded(client, ("医保_2026年10月.xlsx", medical_file(samples.medical(1), samples.medical(2))))
    read_all()
    page = client.get(reverse("delivery", args=[last().pk]))
    told = page.context["taken_back"]
    assert (told.rows, told.households, told.back) == (2, 2, ())
    form = {"version": last().version, "reason": "数据有误"}
    assert client.post(reverse("delivery_withdraw", args=[last().pk]), form).status_code == 303

    assert in_force() == []
    with entered_system():
        event = AuditEvent.objects.get(action="delivery.withdraw")
    assert (event.after["removed"], event.after["households"]) == (told.rows, told.households)


def test_columns_are_proposed_from_what_their_cells_look_like(client: Client, signed_in: Account) -> None:
    headers = ["甲", "乙", "丙", "丁", "戊", "己"]
    uploaded(client, ("医保_2026年10月.xlsx", medical_file(samples.medical(1), headers=headers)))
    read_all()
    page = client.get(reverse("delivery_columns", args=[last().pk]))

    proposed = {field.label: field.initial for field in page.context["form"].fields.values()}
    number_at = samples.MEDICAL_HEADERS.index("证件号码")
    day_at = samples.MEDICAL_HEADERS.index("结算日期")
    assert proposed[headers[number_at]] == "证件号码"
    assert proposed[headers[day_at]] == "结算日期"
    assert samples.number(1) not in page.content.decode()
    assert samples.number(1) not in str(last().unknown_sheets)
