"""A mended workbook of errors: it adds the rows that were bad to the delivery it names, and replaces nothing.

What is in force of a sender's month is its last whole delivery and the corrections of that one. A correction
goes when its delivery is withdrawn, and rests while another whole delivery stands in its place.
"""

from dataclasses import dataclass

from shouwang.domain.deliveries import DeliveryState
from shouwang.exchange.delivering import StagedDelivery
from shouwang.exchange.delivery_errors import corrected_number
from shouwang.records.models import Delivery, DeliverySheet

_OPEN = ("received", "reading", "unmapped", "waiting", "quarantined")


@dataclass(frozen=True)
class Correcting:
    """Which delivery in force a mended file adds to, None where it stands for itself.

    `problem` says why it cannot be taken, `doubt` why a person should look first.
    """

    of: Delivery | None = None
    problem: str = ""
    doubt: str = ""


def correcting(*, delivery: Delivery, staged: StagedDelivery) -> Correcting:
    """Find what a mended file is about."""
    base = _named(delivery, staged)
    if base is None:
        return Correcting(problem="看不出改正的是哪一批：请保留错误数据文件第一行的标题后重新上传")
    if base.state in _OPEN:
        return Correcting(problem=f"第 {base.pk} 批还没有入库；请先确认它其余的行入库，再上传改正的行")
    if base.state == DeliveryState.REFUSED:
        return Correcting(doubt=_missing_rows(base, staged))
    if base.state != DeliveryState.COMMITTED:
        return Correcting(problem=f"第 {base.pk} 批已撤回或停止，不能再补充；请重新上传整个文件")
    if not _is_in_force(base, staged):
        return Correcting(problem=f"第 {base.pk} 批已被同月后来的推送取代；请按最新的一批改正后上传")
    return Correcting(of=base)


def _named(delivery: Delivery, staged: StagedDelivery) -> Delivery | None:
    """Return the delivery that a file's title names; that of a correction is the one it corrects."""
    own = Delivery.objects.filter(
        division=delivery.division, department=delivery.department, sender=delivery.sender
    ).exclude(pk=delivery.pk)
    number = corrected_number(staged.titles)
    if number is None:
        sheets = _wholes_in_force(delivery, staged)
        return sheets[0].delivery if len({each.delivery_id for each in sheets}) == 1 else None
    found = own.filter(pk=number).select_related("corrects").first()
    return found.corrects or found if found is not None else None


def _wholes_in_force(delivery: Delivery, staged: StagedDelivery) -> list[DeliverySheet]:
    months = {(each.profile.feed, each.profile.month) for each in staged.sheets}
    rows = DeliverySheet.objects.filter(
        division=delivery.division, is_in_force=True, delivery__department=delivery.department,
        delivery__sender=delivery.sender, delivery__corrects=None,
    ).select_related("delivery")  # fmt: skip
    return [each for each in rows if (each.feed, each.month) in months]


def _is_in_force(base: Delivery, staged: StagedDelivery) -> bool:
    """Tell whether all that a file adds to is in force."""
    wanted = {(each.profile.feed, each.profile.month) for each in staged.sheets}
    return wanted <= set(base.sheets.filter(is_in_force=True).values_list("feed", "month"))


def _missing_rows(base: Delivery, staged: StagedDelivery) -> str:
    """Say that a mended file holds less than the delivery that was refused whole."""
    had, has = base.counts.get("rows", 0), sum(each.source.row_count for each in staged.sheets)
    if has >= had:
        return ""
    return f"第 {base.pk} 批共 {had} 行，改正的文件只有 {has} 行；请确认其余 {had - has} 行不再需要"
