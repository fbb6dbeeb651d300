"""The folder that keeps monthly roll-ups: files named by what they were made from, committed by a manifest.

A file's name carries a digest of the deliveries behind it, so a file once written never changes. New files
are written beside the old; the manifest, replaced last, says which count. Files of neither the manifest nor
the one before it are removed, so that a reader that has just opened the one before still finds its files.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

FORMAT = 1
MANIFEST = "manifest.json"
LEDGER, MEDICAL = "ledger", "medical"


class RollupError(Exception):
    """The roll-ups cannot be used; the message (Chinese) names the file and the repair."""


@dataclass(frozen=True, order=True)
class DeliveredMonth:
    """The rows of one delivery that belong to one month of a feed, in the shape of its canonical table.

    `digest` stands for the rows: other rows, another digest. `source_id` picks the delivery's rows where
    the Parquet file `path` holds several deliveries; None takes every row of the month.
    """

    feed: str
    month: date
    source: str
    digest: str
    path: Path
    source_id: int | None = None


@dataclass(frozen=True)
class RollupMonth:
    """A manifest row: a feed's month, the deliveries it was made from (name and digest), and its files.

    `sums` holds the month; `totals`, for the ledger only, holds all months up to and with this one.
    """

    feed: str
    month: date
    digest: str
    deliveries: tuple[tuple[str, str], ...]
    sums: str
    totals: str | None = None


def planned_months(delivered: Iterable[DeliveredMonth], version: str) -> list[RollupMonth]:
    """Return the manifest that the deliveries ask for, by feed and month.

    version: of what builds the files; another version makes them all anew.
    """
    by_month: dict[tuple[str, date], set[tuple[str, str]]] = {}
    for part in delivered:
        by_month.setdefault((part.feed, part.month), set()).add((part.source, part.digest))
    planned = []
    before = ""
    for (feed, month), deliveries in sorted(by_month.items()):
        made_from = tuple(sorted(deliveries))
        digest = _digest(version, feed, month.isoformat(), *(part for pair in made_from for part in pair))
        row = RollupMonth(feed, month, digest, made_from, f"{feed}-{month:%Y-%m}-{digest}.parquet")
        if feed == LEDGER:
            before = _digest(before, digest)
            row = replace(row, totals=f"{feed}-to-{month:%Y-%m}-{before}.parquet")
        planned.append(row)
    return planned


def read_manifest(store: Path) -> list[RollupMonth]:
    """Return the months that the store holds, by feed and month; none where nothing was written yet.

    Raises RollupError for a manifest that is damaged or of another format.
    """
    path = store / MANIFEST
    if not path.is_file():
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found, rows = content["format"], [_row(row) for row in content["months"]]
    except (ValueError, KeyError, TypeError) as error:
        raise RollupError(f"月度汇总的清单 {MANIFEST} 已损坏。{remedy(store)}") from error
    if found != FORMAT:
        raise RollupError(f"月度汇总由其他版本生成(格式 {found})。{remedy(store)}")
    return rows


def remedy(store: Path) -> str:
    """Return what to do about roll-ups that cannot be used: they can always be made again."""
    return f"请删除月度汇总文件夹《{store.name}》后重新生成。"


def commit(store: Path, months: list[RollupMonth], previous: list[RollupMonth]) -> None:
    """Make `months` the store's content and remove the files of neither them nor the `previous` ones."""
    rows = [{**asdict(row), "month": row.month.isoformat()} for row in months]
    fresh = store / f".{MANIFEST}"
    fresh.write_text(json.dumps({"format": FORMAT, "months": rows}, indent=1), encoding="utf-8")
    os.replace(fresh, store / MANIFEST)
    kept = {file for row in (*months, *previous) for file in (row.sums, row.totals)}
    for path in store.glob("*.parquet"):
        if path.name not in kept:
            path.unlink()


def _row(row: dict[str, object]) -> RollupMonth:
    month = RollupMonth(**row)  # type: ignore[arg-type]
    deliveries = tuple((source, digest) for source, digest in month.deliveries)
    return replace(month, month=date.fromisoformat(str(row["month"])), deliveries=deliveries)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]
