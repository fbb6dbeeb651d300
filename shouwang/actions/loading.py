"""Load a county's registry and deliveries into the records: all of it or nothing, and only once."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from shouwang.actions.acting import Act, Actor, acting
from shouwang.actions.loading_rows import write_rows
from shouwang.actions.loading_staging import Brought, content_digest, staged_sealed
from shouwang.domain import divisions
from shouwang.domain.divisions import DivisionError
from shouwang.records.access import entered_system
from shouwang.records.loading_lock import one_load_at_a_time
from shouwang.records.models import Load
from shouwang.records.models.loads import REGISTRY

Step = Callable[[str], None]
Detail = Callable[[str, int, int], None]
Bring = Callable[[Path], Brought]


@dataclass(frozen=True)
class Loaded:
    """What a load did, or would do. `counts` is by table, then by fate; `load_id` None for a preview."""

    load_id: int | None
    is_repeat: bool
    counts: dict[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def load_folder(
    *,
    actor: Actor,
    registry: Path,
    deliveries: Path | None,
    county: str,
    on: date,
    at: datetime,
    mapping: Path | None = None,
    keep_going: bool = False,
    is_preview: bool = False,
    step: Step = lambda _: None,
    detail: Detail | None = None,
) -> Loaded:
    """Stage both folders and load them.

    The same content on the same day, or after no other, is told and nothing is done. With `is_preview` all is
    done and taken back, so that the counts are those of the load. Raises LoadRunning, StagingError,
    DivisionError, SiteError.
    """
    key = settings.SITE.key("blind")

    def bring(work: Path) -> Brought:
        step("读取表格,匹配到户")
        return staged_sealed(
            registry=registry, deliveries=deliveries, county=county, on=on, out=work / "staged",
            key=key, mapping=mapping, keep_going=keep_going, progress=detail,
        )  # fmt: skip

    return load_brought(
        actor=actor, bring=bring, county=county, on=on, at=at, is_preview=is_preview, step=step, detail=detail
    )


def load_brought(
    *,
    actor: Actor,
    bring: Bring,
    county: str,
    on: date,
    at: datetime,
    is_preview: bool = False,
    step: Step = lambda _: None,
    detail: Detail | None = None,
) -> Loaded:
    """Load what `bring` puts into the folder it is given; see `load_folder`."""
    code = county_code(county=county)
    with entered_system(), one_load_at_a_time(code), _work_folder(code) as work:
        # The lock is ours: whatever says that it is running was cut off, and has left nothing else.
        Load.objects.filter(county=code, state="running").delete()
        brought = bring(work)
        step("核对是否已导入过")
        digest = content_digest(brought=brought, county=code)
        earlier = _same_before(code, digest, on)
        if earlier is not None:
            return Loaded(earlier.pk, True, earlier.counts, brought.notices)
        order = _Order(actor, brought, code, on, at, digest, step, detail)
        return _previewed(order) if is_preview else _loaded(order)


def county_code(*, county: str) -> str:
    """Return the six digits of a county. Raises DivisionError for anything else."""
    found = divisions.find(county)
    if found is None or found.level != divisions.COUNTY:
        raise DivisionError(f"“{county}”不是县级行政区划代码,导入以县为单位,请写 6 位代码")
    return found.prefix


@dataclass(frozen=True)
class _Order:
    actor: Actor
    brought: Brought
    county: str
    on: date
    at: datetime
    digest: str
    step: Step
    detail: Detail | None

    def row(self, state: str) -> Load:
        """Return the load as it is recorded."""
        by = self.actor.viewer.account_id or None
        return Load(
            kind=REGISTRY, county=self.county, on=self.on, state=state, content_sha256=self.digest,
            actor_id=by, started_at=self.at, notices=list(self.brought.notices),
        )  # fmt: skip


def _same_before(county: str, digest: str, on: date) -> Load | None:
    """Return the load that brought the same: for this day, or as the last of the county."""
    done = Load.objects.filter(county=county, state="done", kind=REGISTRY)
    same_day = done.filter(content_sha256=digest, on=on).first()
    last = done.order_by("-pk").first()
    return same_day or (last if last is not None and last.content_sha256 == digest else None)


def _loaded(order: _Order) -> Loaded:
    load = order.row("running")
    load.save()
    try:
        with acting(order.actor, "load.apply", at=order.at) as act:
            counts = _write(order, load)
            load.state, load.counts, load.finished_at = "done", counts, order.at
            load.save()
            _tell(act, load)
    except BaseException:
        _forget(load)
        raise
    return Loaded(load.pk, False, counts, tuple(load.notices))


def _previewed(order: _Order) -> Loaded:
    with transaction.atomic():
        load = order.row("running")
        load.save()
        counts = _write(order, load)
        notices = tuple(load.notices)
        transaction.set_rollback(True)
    return Loaded(None, False, counts, notices)


def _write(order: _Order, load: Load) -> dict[str, Any]:
    counts = write_rows(load=load, brought=order.brought, step=order.step, detail=order.detail)
    counts["rows"] = {"error": order.brought.error_count, "unmatched": order.brought.unmatched_count}
    if replaced := sum(each.get("replaced", 0) for each in counts["ledgers"].values()):
        load.notices = [*load.notices, f"同一来源同一月份以本次为准,替换了以前导入的 {replaced} 行。"]
    if held := counts["household"]["held"] + counts["member"]["held"]:
        load.notices = [*load.notices, f"有 {held} 户（人）台账与本系统办理结果不一致,以本系统为准,未改动。"]
    return counts


def _forget(load: Load) -> None:
    """Take away the row that says a load is running; where the database is gone, the next load does."""
    if connection.connection is None or connection.connection.closed or connection.connection.broken:
        return
    Load.objects.filter(pk=load.pk, state="running").delete()


def _tell(act: Act, load: Load) -> None:
    act.about(load)
    act.division = load.county.ljust(12, "0")
    for table in ("household", "member"):
        act.after |= {f"{table}.{fate}": count for fate, count in load.counts[table].items()}
    act.after["ledgers.new"] = sum(each["new"] for each in load.counts["ledgers"].values())


@contextmanager
def _work_folder(county: str) -> Iterator[Path]:
    """Make a private folder of the site, wiped at the end; what a killed load left is wiped first."""
    home: Path = settings.SITE.home / "loading"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in home.glob(f"{county}-*"):
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f"{county}-", dir=home))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
