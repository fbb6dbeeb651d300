"""Writing a county to a folder: the registry, the deliveries, and the truth beside them."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shouwang.domain.tables import FEEDS
from shouwang.synthetic.county import County
from shouwang.synthetic.delivery_files import DirtyRow, write_feed_month
from shouwang.synthetic.dirt import DirtPlan, plan_dirt
from shouwang.synthetic.frames import length, month_text
from shouwang.synthetic.registry_files import write_households, write_ledger_month, write_members
from shouwang.synthetic.thresholds import Thresholds
from shouwang.synthetic.truth import FAMILIES, Truth, find_truths

# Called with what is being written, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class WrittenCounty:
    """What was written where; `truths` and `dirty_rows` are the contents of the two files under truth/."""

    folder: Path
    registry: Path
    deliveries: Path
    truth: Path
    files: tuple[Path, ...]
    truths: tuple[Truth, ...]
    dirty_rows: tuple[DirtyRow, ...]


def write_county(
    county: County, out: Path, progress: Progress | None = None, *, thresholds: Thresholds | None = None
) -> WrittenCounty:
    """Write the county's spreadsheets, dirt and truth under `out`; the same county gives the same bytes."""
    plan = plan_dirt(county)
    for name in ("registry", "deliveries", "truth"):
        (out / name).mkdir(parents=True, exist_ok=True)
    steps = list(_steps(county, plan, out))
    dirty: list[DirtyRow] = []
    for done, (what, step) in enumerate(steps):
        if progress:
            progress(what, done, len(steps) + 1)
        dirty += step()
    lines = thresholds or Thresholds()
    truths = tuple(find_truths(county, plan, lines))
    _write_truths(out / "truth" / "真实风险.csv", truths)
    _write_dirt(out / "truth" / "错误行.csv", dirty)
    _write_summary(county, out / "truth" / "county.json", truths, dirty, lines)
    if progress:
        progress("完成", len(steps) + 1, len(steps) + 1)
    files = tuple(sorted(path for path in out.rglob("*") if path.is_file()))
    return WrittenCounty(
        out, out / "registry", out / "deliveries", out / "truth", files, truths, tuple(dirty)
    )


def _steps(county: County, plan: DirtPlan, out: Path) -> Iterator[tuple[str, Callable[[], list[DirtyRow]]]]:
    yield "家庭成员信息", lambda: list(write_members(county, plan, out))
    for year in range(county.on.year - 3, county.on.year):
        # mypy cannot infer a lambda with a bound default.
        yield f"户信息 {year} 年", lambda year=year: list(write_households(county, plan, year, out))  # type: ignore[misc]
    for month in county.window:
        text = month_text(month)
        # mypy cannot infer a lambda with a bound default.
        yield f"收支台账 {text}", lambda month=month: list(write_ledger_month(county, plan, month, out))  # type: ignore[misc]
        for feed in county.feeds:
            yield (
                f"{FEEDS[feed][0]} {text}",
                # mypy cannot infer a lambda with a bound default.
                lambda feed=feed, month=month: list(write_feed_month(county, plan, feed, month, out)),  # type: ignore[misc]
            )


def _write_truths(path: Path, truths: tuple[Truth, ...]) -> None:
    labels = {family.code: family.label for family in FAMILIES}
    header = ("户编号", "风险代码", "风险", "植入原因", "应由规则族发现", "能否发现", "不能发现的原因")
    rows = (
        (each.household_id, each.code, labels[each.code], each.reason, each.code,
         "是" if each.is_findable else "否", each.hidden_by)
        for each in truths
    )  # fmt: skip
    _write_rows(path, header, rows)


def _write_dirt(path: Path, dirty: list[DirtyRow]) -> None:
    header = ("文件", "工作表", "行号", "列", "问题", "能否修复")
    rows = (
        (each.file, each.sheet, each.row_no, each.column, each.kind, "否" if each.is_lost else "是")
        for each in dirty
    )
    _write_rows(path, header, rows)


def _write_rows(path: Path, header: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_summary(
    county: County, path: Path, truths: tuple[Truth, ...], dirty: list[DirtyRow], lines: Thresholds
) -> None:
    findable = Counter(each.code for each in truths if each.is_findable)
    summary = {
        "county": county.code, "on": county.on.isoformat(), "seed": county.seed, "months": len(county.window),
        "households": county.household_count, "persons": county.member_count,
        "rows": {feed: length(rows) for feed, rows in county.feeds.items()},
        "thresholds": vars(lines),
        "truths": {code: {"planted": count, "findable": findable[code]}
                   for code, count in sorted(Counter(each.code for each in truths).items())},
        "dirt": dict(sorted(Counter(each.kind for each in dirty).items())),
    }  # fmt: skip
    path.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
