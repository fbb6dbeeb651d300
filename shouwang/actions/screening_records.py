"""Screen a county as the records have it, and keep the run with every finding and what explains it."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction

from shouwang.actions.acting import Actor, acting
from shouwang.actions.loading import county_code
from shouwang.actions.loading_staging import Brought, content_digest
from shouwang.actions.refusals import Unfit
from shouwang.actions.screening_tables import run_tables
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.engine import duckdb
from shouwang.engine.results import Finding, HouseholdResult, Results
from shouwang.engine.run import Run
from shouwang.records.access import entered_system
from shouwang.records.bulk import expect_whole_tables
from shouwang.records.bulk_screening import FOUND, GRADED, delivered_feeds, export_tables, store_findings
from shouwang.records.models import Load, ScreeningRun

_BATCH = 5_000


def screen_records(
    *,
    actor: Actor,
    county: str,
    on: date,
    at: datetime,
    packs: Path | None = None,
    pack: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> ScreeningRun:
    """Screen a county on a day and return the run, one act; of the same facts and packs it is the same run.

    Raises Unfit for a county without a load, DivisionError, PackError, SnapshotError.
    """
    code = county_code(county=county)
    with entered_system(), _work_folder() as work:
        load = Load.objects.filter(county=code, state="done").order_by("-pk").first()
        if load is None:
            raise Unfit(f"县 {code} 还没有导入数据,请先运行 shouwang load")
        progress("读出记录")
        with _unchanging():
            tables = export_tables(code, on, work)
            feeds = delivered_feeds(code)
        run = run_tables(
            tables=tables, feeds=feeds, library=load_library(packs or default_packs_folder()), pack=pack,
            county=code, on=on, engine=duckdb, work=work, notices=load.notices,
            counts={
                "unmatched": load.counts.get("rows", {}).get("unmatched", 0),
                "row_errors": load.counts.get("rows", {}).get("error", 0),
            },
            step=progress,
        )  # fmt: skip
        digest = content_digest(brought=Brought(tables, None), county=code)
        progress("写入预警")
        return _kept(actor, run, digest, code, at)


@contextmanager
def _unchanging() -> Iterator[None]:
    """Read all tables of one moment."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            expect_whole_tables(cursor)
        yield


@contextmanager
def _work_folder() -> Iterator[Path]:
    home: Path = settings.SITE.home / "screening"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    work = Path(tempfile.mkdtemp(dir=home))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _kept(actor: Actor, run: Run, digest: str, county: str, at: datetime) -> ScreeningRun:
    identifier = sha256(f"{run.header.id}:{digest}".encode()).hexdigest()[:32]
    with acting(actor, "screening.run", at=at) as act:
        kept, is_new = ScreeningRun.objects.get_or_create(
            identifier=identifier,
            defaults={
                "county": county, "on": run.on, "packs": run.header.packs, "counts": run.header.counts,
                "notices": run.header.notices, "ran_at": at,
            },
        )  # fmt: skip
        act.about(kept)
        act.division = county.ljust(12, "0")
        if is_new:
            results = Results(run)
            findings = store_findings(kept.pk, _found(results), _graded(results), county)
            kept.counts = {**kept.counts, "findings": findings}
            kept.save(update_fields=["counts"])
        act.after = {"on": run.on.isoformat(), "findings": kept.counts.get("findings"), "is_new": is_new}
    return kept


def _found(results: Results) -> Iterator[pa.RecordBatch]:
    rows = (_row(household, each) for household in results.households() for each in household.findings)
    while chunk := list(islice(rows, _BATCH)):
        yield pa.RecordBatch.from_pylist(chunk, schema=FOUND)


def _graded(results: Results) -> Iterator[pa.RecordBatch]:
    table = results.run.table("household")
    assert table is not None
    kept = table.select(["household_id", "grade"]).rename_columns(GRADED.names).drop_null()
    yield from kept.cast(GRADED).to_batches()


def _row(household: HouseholdResult, found: Finding) -> dict[str, str]:
    return {
        "number": household.household_id,
        "rule": found.rule,
        "label": found.label,
        "pack": found.pack,
        "kind": found.kind,
        "risk": found.risk or "",
        "grade": found.grade or "",
        "clause": found.clause,
        "reason": found.reason,
        "evidence": json.dumps(_evidence(household, found), ensure_ascii=False, default=str),
    }


def _evidence(household: HouseholdResult, found: Finding) -> dict[str, Any]:
    """Return everything that explains a finding, and the household's index, as the run has them."""
    return {
        "evidence": [asdict(each) for each in found.evidence],
        "values": found.values,
        "parameters": [asdict(each) for each in found.parameters],
        "sources": [asdict(each) for each in found.sources],
        "source_row_count": found.source_row_count,
        "index": household.index,
        "parts": household.parts,
        "suggested_class": household.suggested_class,
    }
