"""The file of an export: sealed, for a day, for the one who asked, under a password if wished (T35)."""

import os
from datetime import timedelta
from io import BytesIO

import pytest
import pyzipper

from shouwang.actions import export_making
from shouwang.actions.acting import Actor
from shouwang.actions.export_downloads import download_export
from shouwang.actions.export_making import exports_daily, make_due_exports, make_export
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.roles import Role
from shouwang.exchange.writing import WriteError
from shouwang.records.access import entered, entered_system
from shouwang.records.export_files import kept_numbers, open_work, sealed_path
from shouwang.records.models import (
    AuditEvent,
    ExportRequest,
    Household,
    RoleGrant,
)
from shouwang.records.viewers import Viewer
from tests.actions.export_world import asked, choice, file_of, home, made_file, own_folder, sheets, who
from tests.world import (
    COUNTY,
    NOW,
    THERE,
    TOWNSHIP,
    VILLAGE,
    account,
    actor,
    household,
    viewer,
)

__all__ = ["home", "own_folder"]
pytestmark = pytest.mark.django_db
SYSTEM = Actor(Viewer(0, "系统", ()))


def test_only_the_one_who_asked_gets_the_file(home: Household) -> None:
    clerk, colleague = who(), who()
    made, _ = made_file(clerk, choice("roster"))
    with entered(colleague.viewer), pytest.raises(NotThere):
        download_export(actor=colleague, export_id=made.pk, password="", at=NOW)


def test_the_file_is_gone_after_a_day_for_everybody(home: Household) -> None:
    clerk = who()
    made, _ = made_file(clerk, choice("roster"))
    later = NOW + timedelta(hours=24)
    with entered(clerk.viewer), pytest.raises(NotThere):
        download_export(actor=clerk, export_id=made.pk, password="", at=later)
    assert sealed_path(made.number).exists()
    with entered_system():
        assert exports_daily(actor=SYSTEM, on=later.date(), at=later) == 1
        assert exports_daily(actor=SYSTEM, on=later.date(), at=later) == 0
        assert ExportRequest.objects.get(pk=made.pk).state == "expired"
    assert not kept_numbers()


def test_what_waits_too_long_is_closed_and_stray_files_go(home: Household) -> None:
    made = asked(who(), choice("roster", id_format="18"))
    stray = sealed_path("stray")
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    later = NOW + timedelta(days=8)
    left, busy = open_work(), open_work()
    os.utime(left, (NOW.timestamp(), NOW.timestamp()))
    os.utime(busy, (later.timestamp(), later.timestamp()))
    with entered_system():
        exports_daily(actor=SYSTEM, on=later.date(), at=later)
        assert ExportRequest.objects.get(pk=made.pk).state == "expired"
    assert not stray.exists()
    assert not left.exists()
    assert busy.exists()


@pytest.mark.parametrize("then", ["ended", "narrower", "other_role"])
def test_who_has_moved_on_no_longer_gets_the_file(home: Household, then: str) -> None:
    with entered_system():
        clerk = account(Role.COUNTY_OFFICE, COUNTY)
    made, _ = made_file(actor(clerk), choice("roster"))
    with entered_system():
        grants = RoleGrant.objects.filter(account=clerk)
        if then == "ended":
            grants.update(until_at=NOW)
        elif then == "narrower":
            grants.update(role=Role.TOWNSHIP, place=TOWNSHIP)
        else:
            grants.update(role=Role.CITY, place=COUNTY[:4])
    now = Actor(viewer(clerk, NOW + timedelta(minutes=1)))
    with entered(now.viewer), pytest.raises(NotThere):
        download_export(actor=now, export_id=made.pk, password="", at=NOW)


def test_a_password_opens_the_archive_and_is_kept_nowhere(home: Household) -> None:
    clerk = who()
    made, plain = made_file(clerk, choice("roster"))
    with pytest.raises(Unfit, match="至少 12 位"):
        file_of(clerk, made, "short")
    content = file_of(clerk, made, "Kaifeng-2026-hao")

    archive = pyzipper.AESZipFile(BytesIO(content))
    with pytest.raises(RuntimeError):
        archive.read(archive.namelist()[0])
    archive.setpassword(b"Kaifeng-2026-hao")
    assert archive.read(archive.namelist()[0]) == plain
    with entered_system():
        stored = str(list(ExportRequest.objects.values())) + str(list(AuditEvent.objects.values()))
    assert "Kaifeng" not in stored
    assert [path.name for path in sealed_path(made.number).parent.iterdir()] == [f"{made.number}.sealed"]


def test_the_file_lies_sealed_and_a_changed_one_is_refused(home: Household) -> None:
    clerk = who()
    made, plain = made_file(clerk, choice("roster"))
    path = sealed_path(made.number)
    sealed = path.read_bytes()
    assert plain[:2] == b"PK"
    assert b"PK\x03\x04" not in sealed
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(Unfit, match="不完整"):
        file_of(clerk, made, "Kaifeng-2026-hao")
    path.unlink()
    with pytest.raises(Unfit, match="不完整"):
        file_of(clerk, made)


def test_a_full_disk_leaves_the_request_as_it_was(home: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = who()
    made = asked(clerk, choice("roster"))

    def full(*args: object, **kwargs: object) -> None:
        raise WriteError("磁盘空间不足")

    monkeypatch.setattr(export_making, "write_export", full)
    with entered(clerk.viewer), pytest.raises(Unfit, match="没有生成"):
        make_export(actor=clerk, export_id=made.pk, at=NOW)
    with entered_system():
        assert ExportRequest.objects.get(pk=made.pk).state == "approved"
    assert list(sealed_path(made.number).parent.iterdir()) == []


def test_the_worker_makes_what_is_allowed_with_the_eyes_of_who_asked(home: Household) -> None:
    clerk = who(Role.VILLAGE, VILLAGE)
    with entered_system():
        household(THERE.villages[0], head_name="鹳甲金丝")
    made, waiting = (
        asked(clerk, choice("roster", VILLAGE)),
        asked(clerk, choice("roster", VILLAGE, id_format="18")),
    )

    assert make_due_exports(at=NOW) == 1
    with entered_system():
        assert ExportRequest.objects.get(pk=made.pk).state == "made"
        assert ExportRequest.objects.get(pk=waiting.pk).state == "asked"
    assert "鹳甲金丝" not in str(sheets(file_of(clerk, made)))
