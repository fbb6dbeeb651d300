"""Snapshots in a lake: every canonical table of a county on a day, for screenings beside the site.

    snapshot/<day>/county=<code>/<table>-<token>.parquet     snapshot/<day>/county=<code>/manifest.json

The manifest is written last and names the files in force; a file that it does not name does not count, so
that a snapshot is there whole or not at all, and a second one of the day replaces the first in one step.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
_SNAPSHOT = "snapshot"
_FILE = re.compile(r"[a-z_]+-[0-9a-f]+\.parquet")


class LakeError(Exception):
    """The lake cannot be read or written as asked; the message (Chinese) says what and where."""


@dataclass(frozen=True)
class CountySnapshot:
    """What a county's manifest says: file and rows of each table, the feeds delivered, the notices."""

    county: str
    on: date
    taken_at: str
    feeds: tuple[str, ...]
    files: Mapping[str, str]
    rows: Mapping[str, int]
    notices: tuple[str, ...] = ()
    unmatched: int = 0
    row_errors: int = 0
    folder: Path = field(default=Path(), compare=False)

    def path(self, table: str) -> Path:
        """Return where the table's file lies; KeyError for a table the snapshot does not have."""
        return self.folder / self.files[table]


def snapshot_folder(lake: Path, on: date, county: str) -> Path:
    """Return the folder of a county's snapshot of a day."""
    return lake / _SNAPSHOT / on.isoformat() / f"county={county}"


def commit_snapshot(snapshot: CountySnapshot) -> None:
    """Put a snapshot in force, in place of an earlier one of the day, and remove what is no longer named.

    Its files must lie in its folder already. Raises OSError.
    """
    said = {key: value for key, value in asdict(snapshot).items() if key != "folder"}
    text = json.dumps({"format": FORMAT, **said, "on": snapshot.on.isoformat()}, ensure_ascii=False, indent=1)
    fresh = snapshot.folder / f".{MANIFEST}.{os.getpid()}.part"
    try:
        with fresh.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, snapshot.folder / MANIFEST)
    finally:
        fresh.unlink(missing_ok=True)
    named = set(snapshot.files.values())
    for path in snapshot.folder.glob("*.parquet"):
        if path.name not in named:
            path.unlink(missing_ok=True)


def prune_snapshots(lake: Path, county: str, keep: int) -> int:
    """Remove a county's snapshots but the newest `keep`, manifest first; return how many went."""
    folders = sorted((lake / _SNAPSHOT).glob(f"*/county={county}"), reverse=True)
    for folder in folders[max(keep, 1) :]:
        (folder / MANIFEST).unlink(missing_ok=True)
        for path in folder.glob("*"):
            path.unlink(missing_ok=True)
        folder.rmdir()
        if not any(folder.parent.iterdir()):
            folder.parent.rmdir()
    return len(folders[max(keep, 1) :])


def committed_snapshots(lake: Path, on: date, division: str = "") -> list[CountySnapshot]:
    """Return the snapshots of a day of the counties in a division (all where empty), by county.

    Raises LakeError where there is none, or where one is not whole.
    """
    day = lake / _SNAPSHOT / on.isoformat()
    manifests = sorted(day.glob(f"county={division[:6]}*/{MANIFEST}"))
    if not manifests:
        place = f"{division} " if division else ""
        raise LakeError(
            f"数据湖“{lake}”中没有 {place}{on} 的快照。请先在各县运行 shouwang lake snapshot,或换一个 --on。"
        )
    return [_read(path) for path in manifests]


def shared_feeds(snapshots: Iterable[CountySnapshot]) -> list[tuple[tuple[str, ...], list[CountySnapshot]]]:
    """Return the snapshots grouped by the feeds that were delivered, the largest group first.

    What a feed does not tell is unknown where it was never delivered and "none" where it was, so that only
    counties with the same feeds can be read as one.
    """
    groups: dict[tuple[str, ...], list[CountySnapshot]] = {}
    for each in snapshots:
        groups.setdefault(tuple(sorted(each.feeds)), []).append(each)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def common_division(counties: Sequence[str]) -> str:
    """Return the narrowest division (county, city, province) that holds all counties; empty for several."""
    return next((counties[0][:width] for width in (6, 4, 2) if len({c[:width] for c in counties}) == 1), "")


def _read(path: Path) -> CountySnapshot:
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if said.pop("format") != FORMAT:
            raise LakeError(f"快照“{path.parent}”由其他版本写出,请用当前版本重新生成。")
        said |= {"on": date.fromisoformat(said["on"]), "folder": path.parent}
        said |= {name: tuple(said[name]) for name in ("feeds", "notices")}
        found = CountySnapshot(**said)
    except (ValueError, TypeError, KeyError) as error:
        raise LakeError(f"快照“{path.parent}”的清单无法读取,请重新生成。") from error
    for name in found.files.values():
        if not _FILE.fullmatch(name) or not (path.parent / name).is_file():
            raise LakeError(f"快照“{path.parent}”缺少文件 {name},请重新生成。")
    return found
