"""Write a county's facts of a day into the lake, where a screening beside the site reads them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from shouwang.actions.acting import Actor, acting
from shouwang.actions.loading import county_code
from shouwang.actions.refusals import Unfit
from shouwang.domain.lake_snapshots import (
    CountySnapshot,
    LakeError,
    commit_snapshot,
    prune_snapshots,
)
from shouwang.records.access import entered_system
from shouwang.records.bulk import expect_whole_tables
from shouwang.records.bulk_screening import delivered_feeds, export_tables
from shouwang.records.lake_snapshots import put_files
from shouwang.records.models import Load
from shouwang.records.models.loads import REGISTRY

KEPT_DAYS = 3


def snapshot_county(
    *, actor: Actor, county: str, on: date, at: datetime, lake: Path | None = None, keep: int = KEPT_DAYS
) -> CountySnapshot:
    """Write every canonical table of a county as it stands on a day into the lake; one act.

    lake: the site's own where None. keep: how many days of the county stay. Raises Unfit for a county without
    a load, DivisionError, LakeError.
    """
    code = county_code(county=county)
    home: Path = lake or settings.SITE.lake_folder
    with entered_system(), _work_folder(home) as work:
        with _one_moment():
            load = Load.objects.filter(county=code, state="done", kind=REGISTRY).order_by("-pk").first()
            if load is None:
                raise Unfit(f"县 {code} 还没有导入数据,请先运行 shouwang load")
            tables, feeds = export_tables(code, on, Path(work)), delivered_feeds(code)
        rows = load.counts.get("rows", {})
        made = put_files(
            lake=home, county=code, on=on, tables=tables, feeds=feeds, notices=tuple(load.notices),
            unmatched=rows.get("unmatched", 0), row_errors=rows.get("error", 0),
            taken_at=at.isoformat(timespec="seconds"),
        )  # fmt: skip
        with acting(actor, "lake.snapshot", at=at) as act:
            act.target_kind, act.target_id, act.division = "division", code, code.ljust(12, "0")
            act.after = {"on": on.isoformat(), "rows": sum(made.rows.values())}
        # What the audit does not know of does not count.
        commit_snapshot(made)
        prune_snapshots(home, code, keep)
    return made


def loaded_counties() -> list[str]:
    """Return the counties of which a registry has been loaded."""
    with entered_system():
        done = Load.objects.filter(state="done", kind=REGISTRY)
        return sorted(done.values_list("county", flat=True).distinct().order_by())


def _work_folder(home: Path) -> "tempfile.TemporaryDirectory[str]":
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return tempfile.TemporaryDirectory(dir=home, prefix=".snapshot-")
    except OSError as error:
        raise LakeError(f"数据湖“{home}”不能写入({error.strerror}),请检查权限。") from None


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read all tables as they are at one moment."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            expect_whole_tables(cursor)
        yield
