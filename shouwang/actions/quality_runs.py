"""Run the data-quality checks over a county as the records have it, and bring its findings in line (R80)."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction

from shouwang.actions.acting import Actor, acting, require
from shouwang.actions.loading import county_code
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.engine import duckdb
from shouwang.engine.quality.answering import QualityAnswers, answer_checks
from shouwang.engine.quality.book import Book, book
from shouwang.engine.quality.months import newest_months
from shouwang.engine.snapshot import open_snapshot
from shouwang.records.access import elevated
from shouwang.records.bulk import expect_whole_tables
from shouwang.records.bulk_quality import (
    FOUND_CHECKS,
    UNKNOWN_CHECKS,
    AskedCheck,
    standing_households,
    store_checks,
)
from shouwang.records.bulk_screening import delivered_feeds, delivered_sheets, export_tables
from shouwang.records.models import Household, Load, QualityRun
from shouwang.records.policies import library

MOST_AT_ONCE = 30_000
_LOCK = 0x5348_5155


def run_quality(*, actor: Actor, county: str, on: date, at: datetime) -> QualityRun:
    """Check a county on a day, one act; a second run of a day takes the place of the first.

    An actor without an account is the site itself. Raises Unfit for a county without a load, NotAllowed.
    """
    code = county_code(county=county)
    with acting(actor, "quality.run", at=at) as act:
        if actor.viewer.account_id:
            act.role = str(require(actor, Permission.RUN_SCREENING, code))
        with elevated(), _work_folder() as work:
            if not Load.objects.filter(county=code, state="done").exists():
                raise Unfit(f"县 {code} 还没有导入数据，请先导入再核查")
            _wait_for_turn(code)
            answers = _answers(code, on, work)
            # Asked before the rows are copied in: the connection is busy then.
            standing = standing_households(code)
            unknown = _unknown(answers, standing)
            stored = store_checks(on, code, _asked(answers), _found(answers), unknown)
            run, _ = QualityRun.objects.update_or_create(
                county=code,
                on=on,
                defaults={"ran_at": at, "judged": _judged(answers), "counts": vars(stored)},
            )
        act.about(run)
        act.division = code.ljust(12, "0")
        act.after = {"on": on, **{name: int(count) for name, count in vars(stored).items()}}
    return run


def quality_daily(*, actor: Actor, on: date, at: datetime) -> int:
    """Check every county that has been loaded; return how many. Twice on a day is the same as once."""
    with elevated():
        counties = sorted(set(Load.objects.filter(state="done").values_list("county", flat=True)))
    for county in counties:
        run_quality(actor=actor, county=county, on=on, at=at)
    return len(counties)


def refuse_a_large_county(*, county: str) -> None:
    """Refuse what a page should not wait for; the night's run does it. Raises Unfit."""
    with elevated():
        low, high = county.ljust(12, "0"), county.ljust(12, "9")
        count = Household.objects.filter(division__range=(low, high), is_present=True).count()
    if count > MOST_AT_ONCE:
        raise Unfit(f"全县有 {count} 户，核查需要较长时间，系统将在今晚自动核查；单户可在农户页面随时复核")


def _answers(county: str, on: date, work: Path) -> QualityAnswers:
    with transaction.atomic():
        with connection.cursor() as cursor:
            expect_whole_tables(cursor)
        paths = export_tables(county, on, work)
    backend = duckdb.connect(temp_folder=work)
    snapshot = open_snapshot(backend, paths, delivered_feeds(county), duckdb.read_parquet)
    months = {county: newest_months(delivered_sheets(county), on)}
    low, high = county.ljust(12, "0"), county.ljust(12, "9")
    places = Household.objects.filter(division__range=(low, high)).values_list("division", flat=True)
    asked: Book = book(library(), places.distinct(), county, on)
    keep = partial(duckdb.materialise, backend=backend)
    return answer_checks(snapshot, asked, months, materialise=keep)


def _asked(answers: QualityAnswers) -> list[AskedCheck]:
    return [
        AskedCheck(
            check_name=each.asked.check.name,
            pack=each.asked.pack.id,
            label=each.asked.check.label,
            severity=each.asked.check.severity,
            kind=each.asked.check.kind,
            feed=each.asked.check.feed,
            field=each.asked.check.field,
            days=each.asked.check.days,
            is_judged=each.is_judged,
        )
        for each in answers.judged
    ]


def _judged(answers: QualityAnswers) -> dict[str, dict[str, int | str]]:
    return {
        each.asked.check.name: {
            "hits": each.hits, "clean": each.clean, "unknown": each.unknown, "why_not": each.why_not,
        }
        for each in answers.judged
    }  # fmt: skip


def _found(answers: QualityAnswers) -> Iterator[pa.RecordBatch]:
    reads = {each.asked.check.name: each.asked.reads for each in answers.judged}
    for batch in answers.findings():
        rows = batch.to_pylist()
        shown = [dict(zip(reads[row["check"]], row["shown"], strict=True)) for row in rows]
        columns = [[row[name] for row in rows] for name in ("check", "household_id", "person_id")]
        columns.append([json.dumps(each, ensure_ascii=False) for each in shown])
        yield pa.record_batch([pa.array(each, pa.string()) for each in columns], schema=FOUND_CHECKS)


def _unknown(answers: QualityAnswers, households: list[str]) -> Iterator[pa.RecordBatch]:
    for batch in answers.unknown_among(households):
        yield batch.rename_columns(UNKNOWN_CHECKS.names)


def _wait_for_turn(county: str) -> None:
    """Let one run of a county follow another; the lock falls with the act."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, int(county)])


@contextmanager
def _work_folder() -> Iterator[Path]:
    home: Path = settings.SITE.home / "quality"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    work = Path(tempfile.mkdtemp(dir=home))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
