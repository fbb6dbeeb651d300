"""Making the file of an export, and taking it away again when its day is over."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db.models import Q

from shouwang.actions.acting import Actor, acting
from shouwang.actions.export_book import write_export
from shouwang.actions.export_requests import own_request
from shouwang.actions.notifying import notify
from shouwang.actions.refusals import Refusal, Unfit
from shouwang.domain.roles import Role
from shouwang.exchange.writing import WriteError
from shouwang.records.access import entered, entered_system
from shouwang.records.export_files import drop_file, drop_work, keep_file, kept_numbers, work_folder
from shouwang.records.models import Account, ExportRequest
from shouwang.records.viewers import viewer_of

FILE_LIVES = timedelta(hours=24)
WAITS = timedelta(days=7)
# A longer file is made in the background.
MOST_WHILE_WAITING = 5_000
# So many more rows than were asked for may have come meanwhile; beyond that the approval was for less.
_MOST_GROWTH = 1.1


def make_export(*, actor: Actor, export_id: int, at: datetime) -> ExportRequest:
    """Make the file of the actor's own approved request, sealed, for a day. Raises NotThere, Unfit."""
    with acting(actor, "export.make", at=at) as act:
        made = own_request(actor=actor, export_id=export_id, is_locked=True)
        act.about(made)
        if made.state != "approved":
            raise Unfit("只有已批准而未生成的申请可以生成文件，请刷新页面查看")
        if at - (made.decided_at or made.requested_at) > WAITS:
            raise Unfit("批准已超过 7 天，请重新申请")
        try:
            _make(actor, made, at)
        except (WriteError, OSError) as error:
            raise Unfit(f"文件没有生成：{_said(error)}") from None
        act.after = {"made_rows": made.made_rows, "sha256": made.sha256, "size_bytes": made.size_bytes}
        text = f"导出文件 {made.number} 已生成，24 小时内可下载"
        notify(accounts=[made.requested_by_id], kind="export", text=text, link=f"/exports/{made.pk}/", at=at)
    return made


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, WriteError) else "磁盘空间不足或无法写入，请联系系统管理员"


def _make(actor: Actor, made: ExportRequest, at: datetime) -> None:
    with work_folder() as work:
        file, rows = write_export(
            viewer=actor.viewer,
            request=made,
            roles=tuple(Role(each) for each in made.chosen["roles"]),
            folder=work,
            at=at,
        )
        if rows > max(made.row_count * _MOST_GROWTH, made.row_count + 20):
            raise Unfit("申请以后符合条件的内容增加较多，请重新申请")
        made.sha256, made.size_bytes = _digest(file)
        keep_file(made.number, file)
    made.file_name, made.made_rows = file.name, rows
    made.state, made.made_at, made.expires_at = "made", at, at + FILE_LIVES
    made.version += 1
    made.save()


def _digest(file: Path) -> tuple[str, int]:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), file.stat().st_size


def make_due_exports(*, at: datetime) -> int:
    """Make the files that wait for it, each as its requester; return how many. For the background worker.

    One that cannot be made is left with its refusal in the audit, and expires with its approval.
    """
    with entered_system():
        waiting = list(_waiting(at))
    done = 0
    for export_id, account in waiting:
        with entered_system():
            viewer = viewer_of(account, at)
        with entered(viewer), suppress(Refusal):
            make_export(actor=Actor(viewer), export_id=export_id, at=at)
            done += 1
    return done


def _waiting(at: datetime) -> Iterator[tuple[int, Account]]:
    since = at - WAITS
    rows = ExportRequest.objects.filter(state="approved").filter(
        Q(decided_at__gt=since) | Q(decided_at=None, requested_at__gt=since)
    )
    for row in rows.select_related("requested_by").order_by("pk"):
        yield row.pk, row.requested_by


def exports_daily(*, actor: Actor, on: date, at: datetime) -> int:
    """Remove the files whose day is over, and close what waited too long; return how many requests.

    Call it inside `entered_system()`; other work of the day follows in the same transaction or not.
    """
    over = list(
        ExportRequest.objects.filter(
            Q(state="made", expires_at__lte=at)
            | Q(state="asked", requested_at__lte=at - WAITS)
            | Q(state="approved", requested_at__lte=at - 2 * WAITS)
        )
    )
    for row in over:
        with acting(actor, "export.expire", at=at) as act:
            act.about(row)
            act.before, act.after = {"state": row.state}, {"state": "expired"}
            row.state, row.version = "expired", row.version + 1
            row.save(update_fields=["state", "version"])
        drop_file(row.number)
    _drop_strays(row.number for row in over)
    drop_work(at - FILE_LIVES)
    return len(over)


def _drop_strays(gone: Iterable[str]) -> None:
    """Remove files that no request knows of any more: a crash may have left them."""
    numbers = kept_numbers() - set(gone)
    known = ExportRequest.objects.filter(number__in=numbers, state__in=("approved", "made"))
    for number in numbers - set(known.values_list("number", flat=True)):
        drop_file(number)
