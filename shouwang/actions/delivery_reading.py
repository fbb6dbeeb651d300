"""The work on a delivery: read it, judge it, and put it in force or before a person (T30–T32, T55).

A job cut off at any moment leaves the delivery as it was; the next worker reads it again from the start.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Max

from shouwang.actions.acting import Act, Actor, acting
from shouwang.actions.delivery_committing import commit
from shouwang.actions.delivery_corrections import correcting
from shouwang.actions.delivery_errors import keep_errors
from shouwang.actions.delivery_receiving import LEDGER
from shouwang.actions.delivery_staging import profile_of, staged_delivery, work_folder
from shouwang.domain.deliveries import Declared, DeliveryState, SheetProfile, suspicions
from shouwang.domain.departments import department_label
from shouwang.domain.tables import FEEDS
from shouwang.exchange.delivering import StagedDelivery
from shouwang.exchange.delivery_errors import row_reasons
from shouwang.exchange.reading import ReadError
from shouwang.exchange.staging import StagingError
from shouwang.exchange.writing import WriteError
from shouwang.records.access import entered_system
from shouwang.records.job_lock import COUNTY, READING, held
from shouwang.records.models import Delivery, DeliverySheet

ERRORS, SUSPICIONS = "errors", "suspicions"
# The amount by which a sender says what his file holds.
MAIN_AMOUNTS = {
    "medical": "个人自付", "education": "学年自付费用", "civil_affairs": "月金额", "employment": "月工资",
    "agriculture": "损失金额", "disaster": "直接经济损失", "credit": "余额",
}  # fmt: skip
_WAITING = (DeliveryState.RECEIVED, DeliveryState.READING)


class _Stopped(Exception):
    """Somebody asked for the reading to stop."""


def read_next(*, actor: Actor, on: date, at: datetime) -> Delivery | None:
    """Read the oldest delivery that waits and nobody is at; None where there is none."""
    with entered_system():
        for pk in (
            Delivery.objects.filter(state__in=_WAITING).order_by("received_at").values_list("pk", flat=True)
        ):
            with held(READING, pk) as is_ours:
                if is_ours and Delivery.objects.filter(pk=pk, state__in=_WAITING).exists():
                    return _read(actor, pk, on, at)
    return None


def _read(actor: Actor, pk: int, on: date, at: datetime) -> Delivery:
    delivery = Delivery.objects.get(pk=pk)
    delivery.state, delivery.started_at, delivery.progress = DeliveryState.READING, at, {}
    delivery.save(update_fields=["state", "started_at", "progress"])
    try:
        with work_folder(kind="delivering") as work:
            return _staged_and_judged(actor, delivery, on, at, work)
    except (OSError, WriteError) as error:
        why = getattr(error, "strerror", None) or "写入出错"
        text = f"服务器写入失败（{why}），没有数据入库；请管理员检查磁盘空间后重新上传"
        return _settled(actor, delivery, DeliveryState.CANCELLED, at, problems=[text])


def _staged_and_judged(actor: Actor, delivery: Delivery, on: date, at: datetime, work: Path) -> Delivery:
    try:
        staged = staged_delivery(delivery=delivery, on=on, work=work, progress=_teller(delivery.pk))
    except _Stopped:
        text = "读取被停止，没有数据入库"
        return _settled(actor, delivery, DeliveryState.CANCELLED, at, problems=[text])
    except ReadError as error:
        return _settled(actor, delivery, DeliveryState.REFUSED, at, problems=[str(error)])
    except StagingError as error:
        return _settled(actor, delivery, DeliveryState.REFUSED, at, problems=list(error.problems))
    return _judged(actor, delivery, staged, on, at)


def _teller(pk: int) -> Callable[[str, int, int], None]:
    def tell(text: str, done: int, total: int) -> None:
        row = Delivery.objects.filter(pk=pk)
        if row.filter(is_cancel_asked=True).exists():
            raise _Stopped
        row.update(progress={"text": text, "done": done, "total": total})

    return tell


def _judged(actor: Actor, delivery: Delivery, staged: StagedDelivery, on: date, at: datetime) -> Delivery:
    if staged.unknown:
        unknown = [asdict(each) for each in staged.unknown]
        return _settled(actor, delivery, DeliveryState.UNMAPPED, at, unknown_sheets=unknown)
    if problems := _not_theirs(delivery, staged):
        return _settled(actor, delivery, DeliveryState.REFUSED, at, problems=problems)
    if problems := list(staged.problems) or _undated(staged):
        if staged.is_correction:
            delivery.corrects = correcting(delivery=delivery, staged=staged).of
        said = _said(delivery, staged, on)
        return _settled(actor, delivery, DeliveryState.REFUSED, at, problems=problems, **said)
    if twin := _same_in_force(delivery, staged):
        text = f"内容与已入库的第 {twin} 批完全相同（行的顺序可能不同），不重复入库"
        return _settled(actor, delivery, DeliveryState.REFUSED, at, problems=[text])
    if not staged.is_correction:
        return _decided(actor, delivery, staged, on, at)
    # What is added to may not go while it is added to.
    with held(COUNTY, int(delivery.division[:6]), is_patient=True):
        found = correcting(delivery=delivery, staged=staged)
        delivery.corrects = found.of
        if found.problem:
            return _settled(actor, delivery, DeliveryState.REFUSED, at, problems=[found.problem])
        return _decided(actor, delivery, staged, on, at, doubt=found.doubt)


def _decided(
    actor: Actor, delivery: Delivery, staged: StagedDelivery, on: date, at: datetime, doubt: str = ""
) -> Delivery:
    """Put a delivery that can be read in force, or before a person."""
    said = _said(delivery, staged, on)
    found = [*_suspicions(delivery, staged), *([doubt] if doubt else [])]
    if found and SUSPICIONS not in delivery.accepted:
        return _settled(actor, delivery, DeliveryState.QUARANTINED, at, suspicions=found, **said)
    if said["counts"]["refused"] and ERRORS not in delivery.accepted:
        return _settled(actor, delivery, DeliveryState.WAITING, at, suspicions=found, **said)
    return commit(actor=actor, delivery=delivery, staged=staged, on=on, at=at, said=said)


def _said(delivery: Delivery, staged: StagedDelivery, on: date) -> dict[str, Any]:
    """Return what is told of a reading, its bad rows kept as a workbook for the department."""
    listed = keep_errors(delivery=delivery, staged=staged, on=on)
    return {
        "counts": {**counts_of(staged=staged), "listed": listed},
        "notices": list(staged.notices),
        "row_errors": row_reasons(staged),
    }


def counts_of(*, staged: StagedDelivery) -> dict[str, int]:
    """Return the counts of a staging: rows, refused, unmatched, and row errors."""
    sources = [each.source for each in staged.sheets]
    return {
        "rows": sum(each.row_count for each in sources),
        "refused": sum(each.refused_count for each in sources),
        "unmatched": sum(each.unmatched_count for each in sources),
        "errors": staged.error_count,
    }


def _settled(actor: Actor, delivery: Delivery, state: DeliveryState, at: datetime, **said: Any) -> Delivery:
    """Record where the reading ended, one act."""
    with acting(actor, "delivery.read", at=at) as act:
        delivery.state, delivery.progress = state, {}
        delivery.problems, delivery.unknown_sheets, delivery.suspicions = [], [], []
        delivery.row_errors = []
        for name, value in said.items():
            setattr(delivery, name, value)
        delivery.version += 1
        delivery.save()
        _tell(act, delivery)
    return delivery


def _tell(act: Act, delivery: Delivery) -> None:
    act.about(delivery)
    act.after = {"state": str(delivery.state), **delivery.counts}


def _not_theirs(delivery: Delivery, staged: StagedDelivery) -> list[str]:
    """Refuse feeds of another department: whoever hands in for one cannot speak for another."""
    own = {delivery.department}
    foreign = sorted({each.profile.feed for each in staged.sheets} - own)
    named = "、".join(FEEDS[feed][0] for feed in foreign)
    whose = "收支台账" if delivery.department == LEDGER else department_label(delivery.department)
    return [f"文件里是{named}的数据，推送时选的是“{whose}”；请核对部门后重新上传"] if foreign else []


def _undated(staged: StagedDelivery) -> list[str]:
    undated = [each for each in staged.sheets if each.profile.month is None and each.kept]
    names = "、".join(each.source.sheet or "文件" for each in undated)
    return [f"{names}看不出是哪个月的数据；请在上传时选择月份，或在文件名中写明"] if undated else []


def _same_in_force(delivery: Delivery, staged: StagedDelivery) -> int | None:
    """Return the delivery in force that says the same of the same months, None where there is none."""
    wanted = {(each.profile.feed, each.profile.month, each.content_sha256) for each in staged.sheets}
    rows = DeliverySheet.objects.filter(
        division=delivery.division, is_in_force=True, delivery__sender=delivery.sender
    ).values_list("delivery_id", "feed", "month", "content_sha256")
    by_delivery: dict[int, set[tuple[str, date | None, str]]] = {}
    for pk, *content in rows:
        by_delivery.setdefault(pk, set()).add((content[0], content[1], content[2]))
    return next((pk for pk, held_by in by_delivery.items() if wanted <= held_by), None)


def _suspicions(delivery: Delivery, staged: StagedDelivery) -> list[str]:
    in_force = DeliverySheet.objects.filter(
        division=delivery.division,
        is_in_force=True,
        delivery__sender=delivery.sender,
        delivery__corrects=None,
    )
    if delivery.corrects_id:
        # A few mended rows are neither the month nor like the last.
        in_force = in_force.none()
    last: dict[str, SheetProfile] = {}
    for sheet in in_force.order_by("month", "pk"):
        last[sheet.feed] = profile_of(sheet=sheet)
    newest = dict(in_force.values_list("feed").annotate(newest=Max("month")).values_list("feed", "newest"))
    return suspicions(
        [each.profile for each in staged.sheets],
        last,
        declared=Declared(delivery.declared.get("row_count"), delivery.declared.get("amount_fen")),
        labels={feed: label for feed, (label, _) in FEEDS.items()},
        newest={feed: month for feed, month in newest.items() if month},
        amounts=MAIN_AMOUNTS,
    )
