"""Put a delivery in force, whole: manifest, lake files, ledger rows and what it takes the place of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from shouwang.actions.acting import Actor, acting
from shouwang.actions.delivery_staging import lost_rows, sheet_rows
from shouwang.domain.deliveries import DeliveryState
from shouwang.exchange.delivering import StagedDelivery
from shouwang.exchange.layouts import layouts
from shouwang.records import lake
from shouwang.records.bulk import expect_whole_tables
from shouwang.records.bulk_deliveries import bring_in, displace, take_out, touched, watch
from shouwang.records.job_lock import COUNTY, held
from shouwang.records.models import Delivery, DeliveryRow, DeliverySheet, Load, Source
from shouwang.records.models.loads import DELIVERY

_LOST_AT_ONCE = 2_000


@dataclass(frozen=True)
class Changed:
    """What a change of what is in force came to: households concerned, and whether all of the county are."""

    households: tuple[int, ...]
    is_first_of_feed: bool = False


def commit(
    *, actor: Actor, delivery: Delivery, staged: StagedDelivery, on: date, at: datetime, said: dict[str, Any]
) -> Delivery:
    """Put a staged delivery in force, one act; until it is done nothing of it is seen."""
    county = delivery.division[:6]
    sheets = sheet_rows(delivery=delivery, staged=staged)
    with held(COUNTY, int(county), is_patient=True):
        for sheet, each in zip(sheets, staged.sheets, strict=True):
            if each.kept is not None:
                lake.put_rows(each.kept, path_of(sheet=sheet))
        with acting(actor, "delivery.commit", at=at) as act, connection.cursor() as cursor:
            expect_whole_tables(cursor)
            watch(cursor)
            load = _recorded(delivery, staged, sheets, on, at)
            is_first = _is_first(delivery, sheets, load)
            counts = _in_force(cursor, delivery, sheets, load)
            changed = Changed(tuple(touched(cursor)), is_first)
            delivery.counts = {**said["counts"], **counts, "households": len(changed.households)}
            delivery.notices, delivery.row_errors = said["notices"], said["row_errors"]
            _finish(delivery, sheets, load, changed, at)
            act.about(delivery)
            act.after = {"state": str(delivery.state), **delivery.counts}
    return delivery


def path_of(*, sheet: DeliverySheet) -> Path:
    """Return where the rows of a sheet lie in the lake."""
    return lake.rows_path(sheet.division[:6], sheet.feed, sheet.month, sheet.delivery_id, sheet.number)


def _recorded(
    delivery: Delivery, staged: StagedDelivery, sheets: list[DeliverySheet], on: date, at: datetime
) -> Load:
    load = Load.objects.create(
        kind=DELIVERY, county=delivery.division[:6], on=on, state="done",
        content_sha256=f"{delivery.pk:064x}", actor=delivery.received_by, started_at=at, finished_at=at,
    )  # fmt: skip
    DeliverySheet.objects.bulk_create(sheets)
    Source.objects.bulk_create(
        Source(
            load=load, number=each.number, feed=each.feed, file=delivery.file_name, sheet=each.sheet,
            month=each.month, sha256=delivery.file_sha256, row_count=each.row_count,
        )
        for each in sheets
    )  # fmt: skip
    DeliveryRow.objects.bulk_create(lost_rows(delivery=delivery, staged=staged), batch_size=_LOST_AT_ONCE)
    return load


def _is_first(delivery: Delivery, sheets: list[DeliverySheet], load: Load) -> bool:
    """Tell whether a feed comes for the first time: what was unknown of every household is then known."""
    feeds = {each.feed for each in sheets}
    known = Source.objects.filter(load__county=delivery.division[:6], load__state="done", feed__in=feeds)
    return bool(feeds - set(known.exclude(load=load).values_list("feed", flat=True)))


def _in_force(
    cursor: CursorWrapper, delivery: Delivery, sheets: list[DeliverySheet], load: Load
) -> dict[str, int]:
    placed = repeated = replaced = 0
    is_whole = delivery.corrects_id is None
    for old in _replaced_by(delivery, sheets) if is_whole else ():
        replaced += take_out(cursor, old.feed, old.delivery.load_id, old.number)
        DeliverySheet.objects.filter(pk=old.pk).update(is_in_force=False)
    for sheet in sheets:
        replaced += displace(cursor, sheet, load.pk) if sheet.month and is_whole else 0
        found = _brought_in(cursor, sheet, load.pk)
        placed, repeated = placed + found[0], repeated + found[1]
    again = bring_back_repeated(cursor=cursor, delivery=delivery, feeds={each.feed for each in sheets})
    return {"placed": placed, "repeated": repeated, "replaced": replaced, "again": again}


def _brought_in(cursor: CursorWrapper, sheet: DeliverySheet, load_id: int) -> tuple[int, int]:
    path, repeated, placed = path_of(sheet=sheet), 0, 0
    if path.is_file():
        found = bring_in(cursor, sheet, path, load_id, is_stock=layouts()[sheet.feed].is_stock)
        placed, repeated = found.placed, found.repeated
    sheet.is_in_force, sheet.repeated_count = True, repeated
    DeliverySheet.objects.filter(pk=sheet.pk).update(is_in_force=True, repeated_count=repeated)
    return placed, repeated


def bring_back(*, cursor: CursorWrapper, sheets: Iterable[DeliverySheet]) -> int:
    """Put sheets of committed deliveries in force again from the lake; return how many rows came."""
    return sum(_brought_in(cursor, sheet, sheet.delivery.load_id)[0] for sheet in sheets)


def bring_back_repeated(*, cursor: CursorWrapper, delivery: Delivery, feeds: set[str]) -> int:
    """Let other deliveries bring in rows that stood in force by one whose rows have gone."""
    others = DeliverySheet.objects.filter(
        division=delivery.division, feed__in=feeds, is_in_force=True, repeated_count__gt=0
    ).exclude(delivery=delivery)
    return bring_back(cursor=cursor, sheets=others.select_related("delivery").order_by("pk"))


def _replaced_by(delivery: Delivery, sheets: list[DeliverySheet]) -> list[DeliverySheet]:
    months = Q()
    for feed, month in {(each.feed, each.month) for each in sheets}:
        months |= Q(feed=feed, month=month)
    rows = DeliverySheet.objects.filter(
        months, division=delivery.division, is_in_force=True, delivery__sender=delivery.sender
    )
    return list(rows.exclude(delivery=delivery).select_related("delivery").order_by("pk"))


def _finish(
    delivery: Delivery, sheets: list[DeliverySheet], load: Load, changed: Changed, at: datetime
) -> None:
    delivery.state, delivery.progress = DeliveryState.COMMITTED, {}
    delivery.feeds = sorted({each.feed for each in sheets})
    delivery.month = max((each.month for each in sheets if each.month), default=None)
    delivery.content_sha256 = sheets[0].content_sha256 if len(sheets) == 1 else ""
    delivery.load, delivery.committed_at = load, at
    delivery.problems, delivery.unknown_sheets = [], []
    note_screening(delivery=delivery, changed=changed)
    delivery.version += 1
    delivery.save()


def note_screening(*, delivery: Delivery, changed: Changed) -> None:
    """Remember whom the screening that must follow is about; saved with the delivery."""
    delivery.screening_due = "full" if changed.is_first_of_feed else "delta" if changed.households else ""
    delivery.touched = [] if changed.is_first_of_feed else list(changed.households)
