"""Read a received file in a private folder, against whom the county knows now."""

import fcntl
import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
from django.conf import settings

from shouwang.domain.deliveries import SheetProfile
from shouwang.domain.identity import parse_identity
from shouwang.domain.masking import mask_name
from shouwang.exchange.delivering import StagedDelivery, stage_delivery
from shouwang.exchange.mapping import HeaderMapping, Section, section_of
from shouwang.exchange.matching import KnownPeople
from shouwang.exchange.persons import PersonIndex
from shouwang.exchange.staging import Progress, StagingError
from shouwang.records import lake
from shouwang.records.known_people import known_households, known_members
from shouwang.records.models import ColumnMapping, Delivery, DeliveryRow, DeliverySheet
from shouwang.records.sealing import sealer

SOUGHT = "deliveryrow.sought"
REMEMBERED = "已确认的列名对应"


@contextmanager
def work_folder(*, kind: str) -> Iterator[Path]:
    """Make a private folder of the site for a block, and wipe it, with those that killed workers left."""
    home: Path = settings.SITE.home / kind
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(home, fcntl.LOCK_EX):
        for left in home.iterdir():
            _wipe_left(left)
        work = Path(tempfile.mkdtemp(dir=home))
        at_work = os.open(work, os.O_RDONLY)
        fcntl.flock(at_work, fcntl.LOCK_EX)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(at_work)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, how)
        yield
    finally:
        os.close(opened)


def _wipe_left(folder: Path) -> None:
    """Wipe a folder whose worker is no more: its lock fell with it."""
    try:
        with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return


def staged_delivery(
    *, delivery: Delivery, on: date, work: Path, progress: Progress | None = None
) -> StagedDelivery:
    """Read a delivery's file. Raises ReadError, StagingError."""
    county = delivery.division[:6]
    content = lake.read_sealed(county, "originals", delivery.file_sha256)
    if content is None:
        raise StagingError("收到的文件已不在服务器上，请重新上传")
    file = work / Path(delivery.file_name).name
    file.write_bytes(content)
    out = work / "staged"
    out.mkdir()
    said = delivery.declared.get("month")
    return stage_delivery(
        file, known=known_people(county=county), county=county, on=on, out=out,
        key=settings.SITE.key("blind"), month=date.fromisoformat(said) if said else None,
        mappings=_mappings(delivery), progress=progress,
    )  # fmt: skip


def known_people(*, county: str) -> KnownPeople:
    """Return the index of a county's present members; a head is found as the member he is."""
    members = known_members(county)
    return KnownPeople(PersonIndex.of(members.to_batches(), []), known_households(county))


def _mappings(delivery: Delivery) -> dict[str, HeaderMapping]:
    """Return the mappings that were confirmed for the department's layouts."""
    rows = ColumnMapping.objects.filter(division=delivery.division, department=delivery.department)
    return {each.headers_key: HeaderMapping((_section(each),)) for each in rows}


def _section(mapping: ColumnMapping) -> Section:
    """Return a remembered mapping as the section of a file; it is for any sheet of its layout."""
    body = {name: getattr(mapping, name) for name in ("columns", "constants", "units", "values")}
    return section_of(REMEMBERED, "*", {"feed": mapping.feed, **body})


def sheet_rows(*, delivery: Delivery, staged: StagedDelivery) -> list[DeliverySheet]:
    """Return the sheets of a staging as they are recorded, not saved yet."""
    return [
        DeliverySheet(
            delivery=delivery, division=delivery.division, department=delivery.department,
            number=each.source.source_id, feed=each.profile.feed, month=each.profile.month,
            sheet=each.source.sheet, header_row_no=each.source.header_row_no,
            number_header=each.source.number_header or "", row_count=each.source.row_count,
            refused_count=each.source.refused_count, unmatched_count=each.source.unmatched_count,
            content_sha256=each.content_sha256, profile=_profile(each.profile),
        )
        for each in staged.sheets
    ]  # fmt: skip


def _profile(profile: SheetProfile) -> dict[str, object]:
    return {"headers": list(profile.headers), "sums": dict(profile.sums), "row_count": profile.row_count}


def profile_of(*, sheet: DeliverySheet) -> SheetProfile:
    """Return the profile of a recorded sheet."""
    said = sheet.profile
    return SheetProfile(sheet.feed, sheet.month, sheet.row_count, tuple(said["headers"]), said["sums"])


def lost_rows(*, delivery: Delivery, staged: StagedDelivery) -> Iterator[DeliveryRow]:
    """Yield the rows that found nobody, as they are recorded; what they say of a person is sealed."""
    said, seal = _sought(staged.folder / "sought.parquet"), sealer(of=SOUGHT)
    for source_no, row_no, reason, key in staged.lost:
        says = said.get((source_no, row_no), {})
        text = json.dumps(says, ensure_ascii=False) if says else ""
        name = says.get("name") or says.get("head_name") or ""
        yield DeliveryRow(
            delivery=delivery, division=delivery.division, department=delivery.department,
            source_no=source_no, row_no=row_no, reason_code=reason, id_key=key or "",
            masked_name=mask_name(name) if name else "", village=(says.get("village") or "")[:100],
            sought_sealed=seal(text.encode()) if text else None,
        )  # fmt: skip


def _sought(path: Path) -> Mapping[tuple[int, int], dict[str, str]]:
    found: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for row in pq.read_table(path).to_pylist():
        place = (row.pop("source_id"), row.pop("row_no"))
        known = parse_identity(row["number"])
        says = {name: value for name, value in row.items() if value}
        if known.birth_date:
            says["birth_date"] = known.birth_date.isoformat()
        found[place] = says
    return found
