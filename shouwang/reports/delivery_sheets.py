"""The sheets of what could not be used: 未匹配记录 and 数据问题. They name no person."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from shouwang.domain.tables import FEEDS
from shouwang.exchange.writing import Column, SheetSpec, StyledRow
from shouwang.reports.contents import Contents

_FIRST_ROWS = 10


def unmatched_sheet(contents: Contents) -> SheetSpec:
    """Make 未匹配记录: deliveries' rows that found nobody in the registry; look the person up in the file."""
    columns = (
        Column("来源", 12),
        Column("文件", 34),
        Column("工作表", 16),
        Column("行号", 8, "int"),
        Column("原因", 44),
        Column("怎么办", 50),
    )
    title = f"未匹配记录 {contents.title} 没有参加筛查;姓名和证件号码请按行号到原文件查看"
    return SheetSpec("未匹配记录", columns, _unmatched(contents), title)


def _unmatched(contents: Contents) -> Iterator[StyledRow]:
    for row in _rows_of(contents.unmatched, ["source_id", "row_no", "feed", "reason"]):
        source = contents.sources.get(row["source_id"], {})
        reason, _, advice = (row["reason"] or "").partition("；")
        feed = FEEDS.get(row["feed"], (row["feed"], ""))[0]
        yield StyledRow((feed, source.get("file"), source.get("sheet"), row["row_no"], reason, advice))


def error_sheet(contents: Contents) -> SheetSpec:
    """Make 数据问题: one row per file, column and reason, with the count and the first rows."""
    columns = (
        Column("来源", 12),
        Column("文件", 34),
        Column("工作表", 16),
        Column("列", 18),
        Column("原因", 44),
        Column("条数", 8, "int"),
        Column("其中整行未用", 9, "int"),
        Column("最先出现的行号", 30),
    )
    where = f";改正请用《{contents.correction_file}》" if contents.correction_file else ""
    title = f"数据问题 {contents.title} 表格中读不出的单元格{where}"
    return SheetSpec("数据问题", columns, _errors(contents), title)


def _errors(contents: Contents) -> Iterator[StyledRow]:
    counts: Counter[tuple[int, str, str]] = Counter()
    refused: Counter[tuple[int, str, str]] = Counter()
    first: dict[tuple[int, str, str], list[int]] = {}
    for row in _rows_of(contents.row_errors, ["source_id", "row_no", "column", "reason", "is_row_refused"]):
        key = (row["source_id"], row["column"], row["reason"])
        counts[key] += 1
        refused[key] += bool(row["is_row_refused"])
        rows = first.setdefault(key, [])
        if len(rows) < _FIRST_ROWS:
            rows.append(row["row_no"])
    for key, count in sorted(counts.items(), key=lambda pair: (pair[0][0], -pair[1])):
        source = contents.sources.get(key[0], {})
        shown = "、".join(map(str, first[key])) + ("……" if count > len(first[key]) else "")
        feed = FEEDS.get(source.get("feed", ""), ("", ""))[0]
        yield StyledRow(
            (feed, source.get("file"), source.get("sheet"), key[1], key[2], count, refused[key], shown)
        )


def _rows_of(path: Path | None, columns: list[str]) -> Iterator[dict[str, Any]]:
    """Read rows batch by batch: a bad delivery can have as many errors as rows."""
    if path is None or not path.is_file():
        return
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=columns):
            yield from batch.to_pylist()
