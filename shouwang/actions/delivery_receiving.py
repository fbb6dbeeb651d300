"""A department hands in a file: kept sealed, queued; the same file again is the same delivery (T32)."""

from datetime import date, datetime
from hashlib import sha256

from django.db import IntegrityError

from shouwang.actions.acting import Actor, acting
from shouwang.actions.loading import county_code
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.deliveries import Declared, DeliveryState
from shouwang.domain.departments import DEPARTMENTS, department_label
from shouwang.domain.permissions import Permission
from shouwang.domain.scope import covers
from shouwang.exchange.sources import TABLE_SUFFIXES
from shouwang.records import lake
from shouwang.records.models import Delivery
from shouwang.records.models.deliveries import ALIVE

NOTHING_DECLARED = Declared()
MOST_BYTES = 200 << 20
# Households' own ledgers are kept by townships and the county, not by a department.
LEDGER = "ledger"
SENDERS = {**DEPARTMENTS, LEDGER: "收支台账"}


def receive_delivery(
    *,
    actor: Actor,
    county: str,
    department: str,
    file_name: str,
    content: bytes,
    at: datetime,
    sender: str = "",
    month: date | None = None,
    declared: Declared = NOTHING_DECLARED,
    accepted: tuple[str, ...] = (),
) -> tuple[Delivery, bool]:
    """Take a file in and return its delivery, and whether it is new: one under way or in force is given back.

    `month` is that of sheets which name none; `accepted` is what the sender lets pass already. Raises
    NotAllowed, Unfit, DivisionError.
    """
    place = county_code(county=county).ljust(12, "0")
    check_may_deliver(actor=actor, place=place, department=department)
    _check_file(file_name, content)
    digest = _kept(place[:6], content)
    if (same := _alive(place, digest)) is not None:
        return same, False
    delivery = Delivery(
        division=place, department=department, sender=sender, file_name=file_name[:200], file_sha256=digest,
        size_bytes=len(content), state=DeliveryState.RECEIVED, declared=_said(declared, month),
        accepted=list(accepted), received_by_id=actor.viewer.account_id or None, received_at=at,
    )  # fmt: skip
    try:
        with acting(actor, "delivery.receive", at=at) as act:
            delivery.save(force_insert=True)
            act.about(delivery)
            act.after = {"department": department, "size_bytes": len(content), "state": delivery.state}
        return delivery, True
    except IntegrityError:
        # Somebody was faster; or it is there, and out of reach.
        if (same := _alive(place, digest)) is None:
            raise Unfit("同一个文件已由其他部门推送，请核对文件和部门") from None
        return same, False


def _kept(county: str, content: bytes) -> str:
    """Keep what was handed in, sealed, and return its digest. Raises Unfit where the disk is full."""
    digest = sha256(content).hexdigest()
    try:
        lake.keep_sealed(county, "originals", digest, content)
    except OSError as error:
        why = error.strerror or "写入出错"
        raise Unfit(f"服务器没有存下文件（{why}），请稍后再传，或请管理员检查磁盘空间") from error
    return digest


def _alive(place: str, digest: str) -> Delivery | None:
    return Delivery.objects.filter(division=place, file_sha256=digest, state__in=ALIVE).first()


def _said(declared: Declared, month: date | None) -> dict[str, object]:
    """Return what the sender says of his file, as it is recorded."""
    said = {"row_count": declared.row_count, "amount_fen": declared.amount_fen}
    return {**said, "month": month.isoformat() if month else None}


def check_may_deliver(*, actor: Actor, place: str, department: str) -> None:
    """Refuse who may hand in for neither the department nor the whole place. Raises NotAllowed, Unfit."""
    if department not in SENDERS:
        raise Unfit(f"“{department}”不是推送部门，请从列表中选择")
    viewer = actor.viewer
    scopes = [viewer.scope(Permission.IMPORT_DATA, is_write=True)]
    if department != LEDGER:
        scopes.append(viewer.scope(Permission.DELIVER_DATA, is_write=True))
    if viewer.account_id and not any(
        covers(each, place[:6], feed=department, is_write=True) for each in scopes
    ):
        raise NotAllowed(f"您没有为“{department_label(department)}”在这个县推送数据的权限")


def _check_file(file_name: str, content: bytes) -> None:
    suffix = "." + file_name.rpartition(".")[2].lower()
    if suffix not in TABLE_SUFFIXES:
        raise Unfit(f"只能接收表格文件（.xlsx、.xls、.csv），现为“{suffix[:10]}”")
    if not content:
        raise Unfit("文件是空的（0 字节），请重新导出")
    if len(content) > MOST_BYTES:
        raise Unfit(f"文件超过 {MOST_BYTES >> 20} MB，请按乡镇或月份分成几个文件")
