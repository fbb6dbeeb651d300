"""A delivery's states, and what makes one look wrong before it may count (R22, R110; T55)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

# A file of ten times, or a tenth, of the last is more often the wrong file than the truth.
MOST_GROWTH = 10
FEWEST_TO_COMPARE = 20


class DeliveryState(StrEnum):
    """Where a delivery stands; only a committed one counts."""

    RECEIVED = "received"
    READING = "reading"
    UNMAPPED = "unmapped"
    WAITING = "waiting"
    QUARANTINED = "quarantined"
    COMMITTED = "committed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """Give the Chinese name."""
        return _LABELS[self]


_LABELS = {
    DeliveryState.RECEIVED: "已收到，待读取",
    DeliveryState.READING: "读取中",
    DeliveryState.UNMAPPED: "列名待确认",
    DeliveryState.WAITING: "有错误行，待确认",
    DeliveryState.QUARANTINED: "有疑点，已隔离",
    DeliveryState.COMMITTED: "已入库",
    DeliveryState.REFUSED: "已退回",
    DeliveryState.CANCELLED: "已停止",
    DeliveryState.WITHDRAWN: "已撤回",
}

# What may follow what; everything else is refused.
NEXT: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.RECEIVED: frozenset({DeliveryState.READING, DeliveryState.CANCELLED}),
    DeliveryState.READING: frozenset({
        DeliveryState.RECEIVED, DeliveryState.UNMAPPED, DeliveryState.WAITING, DeliveryState.QUARANTINED,
        DeliveryState.COMMITTED, DeliveryState.REFUSED, DeliveryState.CANCELLED,
    }),
    DeliveryState.UNMAPPED: frozenset({DeliveryState.RECEIVED, DeliveryState.REFUSED}),
    DeliveryState.WAITING: frozenset({DeliveryState.RECEIVED, DeliveryState.REFUSED}),
    DeliveryState.QUARANTINED: frozenset({DeliveryState.RECEIVED, DeliveryState.REFUSED}),
    DeliveryState.COMMITTED: frozenset({DeliveryState.WITHDRAWN}),
    DeliveryState.REFUSED: frozenset(),
    DeliveryState.CANCELLED: frozenset({DeliveryState.RECEIVED}),
    DeliveryState.WITHDRAWN: frozenset(),
}  # fmt: skip


@dataclass(frozen=True)
class SheetProfile:
    """What a sheet amounts to: rows, the standard headers it has, and sums of its amounts in fen by them."""

    feed: str
    month: date | None
    row_count: int
    headers: tuple[str, ...]
    sums: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Declared:
    """What the sender says the file holds, None where nothing is said. Amounts are of the main column."""

    row_count: int | None = None
    amount_fen: int | None = None


def suspicions(
    now: Sequence[SheetProfile],
    last: Mapping[str, SheetProfile],
    *,
    declared: Declared,
    labels: Mapping[str, str],
    newest: Mapping[str, date],
    amounts: Mapping[str, str],
) -> list[str]:
    """Return, in Chinese, why a delivery should be looked at by a person before it counts; none if nothing.

    last: by feed, the profile of the last delivery in force. newest: by feed, the newest month in force.
    labels: of the feeds. amounts: by feed, the standard header of its main amount.
    """
    found = [each for profile in now for each in _of_sheet(profile, last.get(profile.feed), labels, newest)]
    rows = sum(each.row_count for each in now)
    if declared.row_count is not None and declared.row_count != rows:
        found.append(
            f"申报 {declared.row_count} 行，实际读到 {rows} 行，相差 {abs(declared.row_count - rows)} 行"
        )
    if declared.amount_fen is not None:
        total = sum(each.sums.get(amounts.get(each.feed, ""), 0) for each in now)
        if total != declared.amount_fen:
            found.append(f"申报金额合计 {_yuan(declared.amount_fen)} 元，实际合计 {_yuan(total)} 元")
    return found


def _of_sheet(
    now: SheetProfile, last: SheetProfile | None, labels: Mapping[str, str], newest: Mapping[str, date]
) -> Iterable[str]:
    label = labels.get(now.feed, now.feed)
    if not now.row_count:
        yield f"{label}只有表头，没有数据行"
    latest = newest.get(now.feed)
    if now.month and latest and now.month < latest:
        months = f"{_month(now.month)} 的数据，早于已入库的 {_month(latest)}"
        yield f"{label}是 {months}；请确认是补报还是发错了文件"
    if last is None or not now.row_count:
        return
    most, fewest = max(now.row_count, last.row_count), min(now.row_count, last.row_count)
    if most >= FEWEST_TO_COMPARE and most >= MOST_GROWTH * fewest:
        yield f"{label}共 {now.row_count} 行，上一批 {last.row_count} 行，相差 {MOST_GROWTH} 倍以上"
    gone = [each for each in last.headers if each and each not in now.headers]
    if gone:
        yield f"{label}比上一批少了列：{'、'.join(gone[:8])}"


def _month(month: date) -> str:
    return f"{month.year}年{month.month}月"


def _yuan(amount_fen: int) -> str:
    return f"{amount_fen / 100:,.2f}"
