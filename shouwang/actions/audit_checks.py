"""Checking the audit chain, and the daily anchors that are kept outside the database (R101, T58)."""

import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from shouwang.actions.acting import Act, Actor, acting, as_row
from shouwang.actions.refusals import NotAllowed
from shouwang.domain.audit_chain import Anchor, Break, Row, verify
from shouwang.domain.permissions import Permission
from shouwang.records.models import AuditEvent
from shouwang.records.viewers import Viewer

_ROWS_AT_ONCE = 5000


class AnchorError(Exception):
    """The anchors cannot be read or written; the message (Chinese) says which file and what to do."""


@dataclass(frozen=True)
class Check:
    """What a check of the chain found: how many rows, against how many anchors, and the first broken row."""

    rows: int
    anchors: int
    broken: Break | None

    @property
    def message(self) -> str:
        """Say it in Chinese."""
        if self.broken:
            return self.broken.message
        return f"审计日志完整：共校验 {self.rows} 条，与 {self.anchors} 个锚点相符"


@dataclass
class _Counted:
    rows: Iterable[Row]
    count: int = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.count += 1
            yield row


def check_chain(*, using: str = "default") -> Check:
    """Read the whole chain once, row by row, and hold it against the anchors. Raises AnchorError."""
    anchors = read_anchors()
    events = AuditEvent.objects.using(using).order_by("sequence").iterator(chunk_size=_ROWS_AT_ONCE)
    rows = _Counted(as_row(event) for event in events)
    broken = verify(rows, settings.SITE.key("audit"), anchors)
    return Check(rows.count, len(anchors), broken)


def record_check(*, actor: Actor, at: datetime) -> Check:
    """Check the chain and say so in it, which is where the last check is read from."""
    with acting(actor, "audit.verify", at=at) as act:
        if Permission.VERIFY_AUDIT not in actor.viewer.permissions:
            raise NotAllowed("您的角色不能校验审计日志，请由审计管理员办理")
        return _recorded(act)


def record_system_check(*, at: datetime) -> Check:
    """Check the chain from the command line or the daily work."""
    with acting(Actor(Viewer(0, "", ())), "audit.verify", at=at) as act:
        return _recorded(act)


def _recorded(act: Act) -> Check:
    check = check_chain()
    act.target_kind = "audit"
    act.after = {
        "rows": check.rows,
        "anchors": check.anchors,
        "is_whole": check.broken is None,
        "first_broken": check.broken.sequence if check.broken else None,
    }
    return check


def write_anchor(*, on: date) -> Anchor | None:
    """Write the head of the chain as the anchor of a day; the day's first stays. None without any event."""
    path = anchors_folder() / f"{on.isoformat()}.txt"
    if path.exists():
        return _read(path)
    last = AuditEvent.objects.order_by("-sequence").values("sequence", "digest").first()
    if last is None:
        return None
    anchor = Anchor(on, last["sequence"], last["digest"])
    try:
        _write(path, f"{anchor}\n")
    except OSError as error:
        raise AnchorError(f"审计锚点“{path.name}”写不下去（{error.strerror}），请检查磁盘和权限") from None
    return _read(path)


def read_anchors() -> list[Anchor]:
    """Return the anchors by day. Raises AnchorError."""
    folder = anchors_folder()
    return [_read(path) for path in sorted(folder.glob("*.txt"))] if folder.is_dir() else []


def anchors_folder() -> Path:
    """Return where the anchors are; copy them elsewhere, out of reach of who runs the database."""
    return settings.SITE.home / "anchors"


def _read(path: Path) -> Anchor:
    try:
        return Anchor.parse(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise AnchorError(f"审计锚点“{path.name}”读不出来，请从备份或抄件恢复这个文件") from None


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all; of two at once, the first stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    fresh.write_text(text, encoding="ascii")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
