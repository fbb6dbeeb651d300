"""What the tests of exports share: choices, whole requests, files read back."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings

from shouwang.actions.acting import Actor
from shouwang.actions.export_choice import Choice
from shouwang.actions.export_downloads import download_export
from shouwang.actions.export_making import make_export
from shouwang.actions.export_requests import approve_export, request_export
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Account, ExportRequest, Household
from shouwang.records.sealing import unseal
from shouwang.records.site import KEYS
from tests.world import COUNTY, NOW, TODAY, VILLAGE, account, actor, household

PERIOD = {"from_on": date(2026, 1, 1), "to_on": TODAY}
WHY = "核对本月监测名单"


def choice(profile: str, area: str = COUNTY, **asked: Any) -> Choice:
    return Choice(profile=profile, area=area, **{**PERIOD, **asked})


def asked(who: Actor, wanted: Choice, reason: str = WHY) -> ExportRequest:
    with entered(who.viewer):
        return request_export(actor=who, choice=wanted, purpose="work", reason=reason, on=TODAY, at=NOW)


def approved(by: Account, made: ExportRequest) -> ExportRequest:
    who = actor(by)
    with entered(who.viewer):
        return approve_export(actor=who, export_id=made.pk, version=made.version, opinion="同意", at=NOW)


def file_of(who: Actor, made: ExportRequest, password: str = "") -> bytes:
    with entered(who.viewer):
        ready = download_export(actor=who, export_id=made.pk, password=password, at=NOW)
        return b"".join(ready.blocks)


def made_file(who: Actor, wanted: Choice) -> tuple[ExportRequest, bytes]:
    """Ask, let somebody else approve where that is needed, make the file and take it."""
    made = asked(who, wanted)
    if made.state == "asked":
        with entered_system():
            other = account(Role.COUNTY_OFFICE, made.division[:6])
        approved(other, made)
    with entered(who.viewer):
        made = make_export(actor=who, export_id=made.pk, at=NOW)
    return made, file_of(who, made)


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Return the rows of each sheet as a second reader sees them."""
    book = openpyxl.load_workbook(BytesIO(content))
    with suppress(AttributeError):
        return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}
    raise AssertionError("no workbook")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the files of a test in a folder of its own."""
    for name in KEYS:
        (tmp_path / f"{name}.key").write_bytes(settings.SITE.key(name))
    monkeypatch.setattr(settings, "SITE", replace(settings.SITE, home=tmp_path))
    return tmp_path


@pytest.fixture
def home() -> Household:
    """A monitored household of three."""
    with entered_system():
        return household(
            VILLAGE, members=3, monitoring="monitored", identified_on=NOW.date(), risks=["medical"],
            head_name="王甲某",
        )  # fmt: skip


def who(role: Role = Role.COUNTY_OFFICE, place: str = COUNTY) -> Actor:
    with entered_system():
        return actor(account(role, place))


def number_of(home: Household) -> str:
    with entered_system():
        return unseal(bytes(home.members.get(relation="户主").id_sealed), of="member.id_number")
