"""Taking an export's file away: by its requester, within its day, each time with a trace."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import F

from shouwang.actions.acting import Actor, acting
from shouwang.actions.export_requests import own_request
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.exchange.locked_zip import FEWEST_SIGNS, write_locked
from shouwang.records.export_files import ExportFileGone, kept_blocks, open_work, sealed_path
from shouwang.records.models import ExportRequest
from shouwang.records.sealing import UnsealError

_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Download:
    """A file on its way out: what it is called, how long it is, and its bytes, to be read once."""

    name: str
    size_bytes: int
    blocks: Iterator[bytes]


def downloadable(*, actor: Actor, export_id: int, at: datetime) -> ExportRequest:
    """Return the actor's own request whose file may be had now. Raises NotThere, whatever the reason."""
    found = own_request(actor=actor, export_id=export_id)
    if found.state != "made" or found.expires_at is None or found.expires_at <= at:
        raise NotThere
    return found


def download_export(*, actor: Actor, export_id: int, password: str, at: datetime) -> Download:
    """Return the file, inside a locked archive where a password is given, which is kept nowhere.

    Raises NotThere, Unfit.
    """
    with acting(actor, "export.download", at=at) as act:
        found = downloadable(actor=actor, export_id=export_id, at=at)
        act.about(found)
        if password and len(password) < FEWEST_SIGNS:
            raise Unfit(f"打开密码至少 {FEWEST_SIGNS} 位", {"password": f"打开密码至少 {FEWEST_SIGNS} 位"})
        try:
            ready = _locked(found, password) if password else _plain(found)
        except (ExportFileGone, UnsealError):
            raise Unfit("文件已不完整，请重新申请导出；多次出现请联系系统管理员") from None
        ExportRequest.objects.filter(pk=found.pk).update(downloads=F("downloads") + 1, last_downloaded_at=at)
        act.after = {"sha256": found.sha256, "made_rows": found.made_rows, "is_locked": bool(password)}
    return ready


def _plain(found: ExportRequest) -> Download:
    if not sealed_path(found.number).exists():
        raise ExportFileGone(found.number)
    return Download(found.file_name, found.size_bytes or 0, kept_blocks(found.number))


def _locked(found: ExportRequest, password: str) -> Download:
    """Write the locked archive into a folder of its own, which is gone when the last byte has been read."""
    work = open_work()
    try:
        archive = work / f"{found.number}.zip"
        write_locked(archive, found.file_name, kept_blocks(found.number), password)
        return Download(f"{Path(found.file_name).stem}.zip", archive.stat().st_size, _Leaving(work, archive))
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


class _Leaving(Iterator[bytes]):
    """The bytes of a file; its folder goes with the last of them, or when the reader goes away."""

    def __init__(self, work: Path, file: Path) -> None:
        self._work, self._stream = work, file.open("rb")

    def __next__(self) -> bytes:
        block = self._stream.read(_BLOCK)
        if not block:
            self.close()
            raise StopIteration
        return block

    def close(self) -> None:
        """Take the folder away."""
        self._stream.close()
        shutil.rmtree(self._work, ignore_errors=True)
