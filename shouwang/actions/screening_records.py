"""Screen a county as the records have it, and keep the run with every finding and what explains it."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
from shouwang.actions.screening_tables import ScreeningMemory, run_tables
from shouwang.actions.screening_values import keep_values
from shouwang.domain.pack_files import load_library
from shouwang.domain.policy import PackLibrary
from shouwang.engine import duckdb
from shouwang.engine.results import Finding, HouseholdResult, Results
from shouwang.engine.run import Run
from shouwang.records.access import entered_system
from shouwang.records.bulk import expect_whole_tables
from shouwang.records.bulk_findings import FOUND, GRADED, store_changes, store_findings
from shouwang.records.bulk_screening import delivered_feeds, export_tables
from shouwang.records.last_screenings import last_full_run
from shouwang.records.models import Load, ScreeningRun
from shouwang.records.models.loads import REGISTRY
from shouwang.records.models.runs import DELTA, FULL, NIGHTLY
from shouwang.records.policies import library

_BATCH = 5_000
_MEMORY = ScreeningMemory()
# What a run of the records is read for: near misses and what is missing are of the folders' reports.
_EXPLAINED = frozenset({"household", "finding", "source_row", "source"})


def screen_records(
    *,
    actor: Actor,
    county: str,
    on: date,
    at: datetime,
    packs: Path | None = None,
    pack: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
    is_nightly: bool = False,
) -> ScreeningRun:
    """Screen a county on a day and return the run, one act; of the same facts and packs it is the same run.

    is_nightly: keep what it finds of those households alone of whom it is other than their last run's.
    Raises Unfit for a county without a load, DivisionError, PackError, SnapshotError.
    """
    code = county_code(county=county)
    with entered_system(), _work_folder() as work:
        load = _last_load(code)
        progress("读出记录")
        with _unchanging():
            tables = export_tables(code, on, work)
            feeds = delivered_feeds(code)
        run = run_tables(
            tables=tables, feeds=feeds, library=_library(packs), pack=pack, memory=_MEMORY,
            county=code, on=on, engine=duckdb, work=work, notices=load.notices,
            counts={
                "unmatched": load.counts.get("rows", {}).get("unmatched", 0),
                "row_errors": load.counts.get("rows", {}).get("error", 0),
            },
            step=progress,
        )  # fmt: skip
        digest = content_digest(brought=Brought(tables, None), county=code)
        progress("写入预警")
        has_full = last_full_run(code) is not None
        return _kept(actor, run, digest, code, at, NIGHTLY if is_nightly and has_full else FULL)


def screen_households(
    *, actor: Actor, county: str, households: Sequence[int], on: date, at: datetime, packs: Path | None = None
) -> ScreeningRun:
    """Screen some households of a county, by id, as a full run of the day would; return the run, one act.

    Every indicator is of one household's rows alone, so that the others need not be read. Raises as
    `screen_records`.
    """
    code = county_code(county=county)
    with entered_system(), _work_folder() as work:
        load = _last_load(code)
        with _unchanging(is_whole=False):
            tables = export_tables(code, on, work, households=households)
            feeds = delivered_feeds(code)
            full = last_full_run(code)
        unjudged = full.unjudged if full is not None else None
        run = run_tables(
            tables=tables, feeds=feeds, library=_library(packs), pack=None, memory=_MEMORY,
            county=code, on=on, engine=duckdb, work=work, notices=load.notices, unjudged=unjudged,
            kept=_EXPLAINED,
        )  # fmt: skip
        digest = content_digest(brought=Brought(tables, None), county=code)
        return _kept(actor, run, digest, code, at, DELTA, households)


def _library(packs: Path | None) -> PackLibrary:
    return library() if packs is None else load_library(packs)


def _last_load(county: str) -> Load:
    load = Load.objects.filter(county=county, state="done", kind=REGISTRY).order_by("-pk").first()
    if load is None:
        raise Unfit(f"县 {county} 还没有导入数据,请先运行 shouwang load")
    return load


@contextmanager
def _unchanging(*, is_whole: bool = True) -> Iterator[None]:
    """Read all tables of one moment; is_whole: all their rows."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if is_whole:
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


def _kept(
    actor: Actor,
    run: Run,
    digest: str,
    county: str,
    at: datetime,
    kind: str,
    households: Sequence[int] = (),
) -> ScreeningRun:
    content = sha256(f"{kind}:{run.header.id}:{digest}".encode()).hexdigest()[:32]
    with acting(actor, "screening.run", at=at) as act:
        last = ScreeningRun.objects.filter(county=county).order_by("-pk").first()
        is_new = last is None or not last.identifier.startswith(content)
        kept = _recorded(run, content, last, county, at, kind, households) if is_new or last is None else last
        act.about(kept)
        act.division = county.ljust(12, "0")
        if is_new:
            _store(kept, Results(run))
        act.after = {"on": run.on.isoformat(), "findings": kept.counts.get("findings"), "is_new": is_new}
    return kept


def _store(kept: ScreeningRun, results: Results) -> None:
    found, graded, county = _found(results), _graded(results), kept.county
    if kept.kind == NIGHTLY:
        findings, kept.households = store_changes(kept.pk, found, graded, county)
    else:
        only = kept.households if kept.kind == DELTA else None
        findings = store_findings(kept.pk, found, graded, county, households=only)
    if kept.kind != DELTA:
        keep_values(run=results.run, county=county, run_id=kept.pk)
    kept.counts = {**kept.counts, "findings": findings}
    kept.save(update_fields=["counts", "households"])


def _recorded(
    run: Run,
    content: str,
    last: ScreeningRun | None,
    county: str,
    at: datetime,
    kind: str,
    households: Sequence[int],
) -> ScreeningRun:
    """Record a run; facts that come back after others stood between are a run of their own."""
    is_known = ScreeningRun.objects.filter(identifier=content).exists()
    return ScreeningRun.objects.create(
        identifier=f"{content}-{last.pk}" if is_known and last is not None else content,
        kind=kind, households=list(households), county=county, on=run.on, packs=run.header.packs,
        counts=run.header.counts, notices=run.header.notices, unjudged=run.header.unjudged, ran_at=at,
    )  # fmt: skip


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
        "evidence": [vars(each) for each in found.evidence],
        "values": found.values,
        "parameters": [vars(each) for each in found.parameters],
        "sources": [vars(each) for each in found.sources],
        "source_row_count": found.source_row_count,
        "index": household.index,
        "parts": household.parts,
        "suggested_class": household.suggested_class,
    }
