"""What anybody may upload: hostile files are refused, strange text stays text (T21, T24, T27)."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Delivery
from tests import world
from tests.actions.delivery_world import in_force, known_registry, medical_file, read_all
from tests.actions.loading_world import COUNTY
from tests.exchange import hostile, samples

pytestmark = pytest.mark.django_db
HOSTILE = (
    hostile.external_entity, hostile.parent_path, hostile.absolute_path, hostile.lying_header,
    hostile.password, hostile.macros, hostile.text_named_xlsx, hostile.truncated,
    hostile.zip_without_workbook, hostile.duplicate_names, hostile.symlink,
)  # fmt: skip
STRANGE = (
    "<script>alert(1)</script>", "'; DROP TABLE records_delivery;--", "{{ 7*7 }}{% now %}",
    "../../etc/passwd", "＝HYPERLINK(1)", "+cmd|' /C calc'!A0",
    "\u202e倒着\u202c", "👩‍🌾", "零\u200b宽", "１２３", "长" * 3000,
)  # fmt: skip


@pytest.fixture(autouse=True)
def officer(client: Client) -> None:
    """Sign in an officer of the county's medical insurance."""
    known_registry(households=2)
    with entered_system():
        client.force_login(world.account(Role.DEPARTMENT, COUNTY, departments=["medical"]))


def upload(client: Client, *files: tuple[str, bytes]) -> int:
    given = [SimpleUploadedFile(name, content) for name, content in files]
    typed = {"county": COUNTY, "department": "medical", "file": given}
    return client.post(reverse("delivery_new"), typed).status_code


def deliveries() -> list[Delivery]:
    with entered_system():
        return list(Delivery.objects.order_by("pk"))


def test_hostile_files_are_refused_each_with_its_reason_and_the_worker_lives(
    client: Client, tmp_path: Path
) -> None:
    files = [
        (f"{each.__name__}.xlsx", each(tmp_path / f"{each.__name__}.xlsx").read_bytes()) for each in HOSTILE
    ]
    assert upload(client, *files) == 303
    read_all()

    found = deliveries()
    assert [each.file_name for each in found if each.state != "refused"] == []
    assert len(found) == len(HOSTILE)
    assert all(f"《{each.file_name}》" in each.problems[0] for each in found)
    assert client.get(reverse("delivery", args=[found[0].pk])).status_code == 200
    assert upload(client, ("医保_2026年10月.xlsx", medical_file(samples.medical(1)))) == 303
    read_all()
    assert len(in_force()) == 1


@pytest.mark.parametrize("name", ["a.zip", "a.rar", "a.svg", "a.docx", "a", "a.xlsx.exe"])
def test_archives_and_what_is_no_table_are_refused_on_the_form(client: Client, name: str) -> None:
    assert upload(client, (name, b"PK\x03\x04")) == 422
    assert deliveries() == []


def test_strange_text_goes_through_every_page_and_the_workbook_as_text(client: Client) -> None:
    rows = [samples.medical(1, 姓名=each[:2000], 结算日期=each) for each in STRANGE]
    noted = [[*row, each] for row, each in zip(rows, STRANGE, strict=True)]
    content = medical_file(*noted, headers=[*samples.MEDICAL_HEADERS, "<b>备注</b>"])
    headers = [*STRANGE[:5], "甲"]
    unknown = medical_file(samples.medical(1), headers=headers)
    name = "<img src=x onerror=alert(1)>_2026年10月.xlsx"
    assert upload(client, (name, content), ("{{ 7*7 }}.xlsx", unknown)) == 303
    read_all()
    bad, unmapped = deliveries()
    assert (bad.state, unmapped.state) == ("refused", "unmapped")

    addresses = [
        reverse("deliveries") + "?tab=all",
        *(reverse("delivery", args=[each.pk]) for each in (bad, unmapped)),
        reverse("delivery_columns", args=[unmapped.pk]),
    ]
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200
        text = page.content.decode()
        assert [each for each in ("<script>alert", "<img src=x", "<b>备注") if each in text] == []
    response = client.post(reverse("delivery_errors", args=[bad.pk]))
    sheet = openpyxl.load_workbook(BytesIO(response.content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    said = {str(cell.value) for cell in cells}
    assert [each for each in STRANGE if each not in said] == []
