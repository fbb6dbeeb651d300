"""A disk that is full or read-only: it is said, nothing is half written, the file can come again (T31)."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from shouwang.actions.delivery_sweeping import sweep_daily
from shouwang.actions.refusals import Unfit
from shouwang.records.access import entered_system
from shouwang.records.models import Delivery
from tests.actions.delivery_world import (
    hand_in,
    handed_in,
    in_force,
    known_registry,
    medical_file,
    officer,
)
from tests.exchange import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registry() -> None:
    known_registry(households=1)


def full(*_: Any, **__: Any) -> None:
    """Fail as a full disk does, when half is written."""
    raise OSError(errno.ENOSPC, "No space left on device")


def files() -> set[Path]:
    return {each for each in settings.SITE.lake_folder.rglob("*") if each.is_file()}


def test_a_full_disk_is_told_at_once_when_a_file_is_handed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    who, before = officer(), files()
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(Unfit, match="磁盘空间"):
        hand_in(who, medical_file(samples.medical(1)))

    assert files() == before
    assert not Delivery.objects.exists()


def test_a_full_disk_under_the_lake_leaves_nothing_half_written_and_the_file_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who, content = officer(), medical_file(samples.medical(1))
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        failed = handed_in(who, content)

    assert failed.state == "cancelled"
    assert "磁盘空间" in failed.problems[0]
    assert in_force() == []
    assert not [each for each in files() if each.name.endswith(".part")]
    again = handed_in(who, content)
    assert (again.state, again.pk != failed.pk) == ("committed", True)
    assert len(in_force()) == 1


def test_what_a_cut_off_job_left_in_the_lake_is_swept_and_the_rest_stays() -> None:
    kept = handed_in(officer(), medical_file(samples.medical(1)))
    before = files()
    (path,) = (each for each in before if each.name.startswith(f"{kept.pk:08}-"))
    left = [path.with_name("99999999-1.parquet"), path.with_name(".00000009-1.parquet.part")]
    for each in left:
        each.write_bytes(b"left")
    with entered_system():
        sweep_daily()

    assert path.is_file()
    assert not [each for each in left if each.exists()]
