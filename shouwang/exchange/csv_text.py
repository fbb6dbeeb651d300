"""Read a delimited text file in an encoding that is proven, never guessed.

The encoding is UTF-8 (with or without mark) when the whole file is valid UTF-8; UTF-16 when it begins with
its mark; otherwise GB18030 when the whole file is valid GB18030 and no line is plainly UTF-8 Chinese; else
the file is refused with the line and the bytes. GB18030 contains GBK and GB2312.
"""

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from shouwang.exchange.cells import BlockWriter
from shouwang.exchange.limits import DEFAULT_LIMITS, Limits, ReadError

_BATCH_ROWS = 10_000
_MOST_LINE_BYTES = 4 * 1024 * 1024
_HEADER_LINES = 5
_DELIMITERS = ",;\t"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CHINESE_UTF8 = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}")
_CHINESE_UTF8_FIELD = re.compile(
    rb"(?:^|[,;\t\"])[\x20\x30-\x39A-Za-z]*(?:[\xe4-\xe9][\x80-\xbf]{2}){4,}(?=[,;\t\"\r\n]|$)"
)
_SAVE_UTF8 = "请用 Excel 或 WPS 打开核对后，另存为“CSV UTF-8”或 .xlsx 再导入"


def read_csv_text(
    path: Path,
    folder: Path,
    limits: Limits = DEFAULT_LIMITS,
    on_rows: Callable[[str, int], None] | None = None,
) -> tuple[str, list[dict[str, Any]]]:
    """Write the rows as Arrow files in `folder`; answer (encoding, one sheet {name "", is_hidden, blocks}).

    A row's number is the record's, blank records counted. Raises ReadError.
    """
    encoding = detect_encoding(path)
    delimiter = _delimiter(path, encoding)
    writer = BlockWriter(folder, 0, _BATCH_ROWS)
    with path.open(encoding=encoding, errors="strict", newline="") as stream, _field_limit(limits):
        records = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            first_row_no = 1
            while batch := list(islice(records, _BATCH_ROWS)):
                _check_extent(path.name, batch, first_row_no, limits)
                width = max(map(len, batch))
                writer.write(_padded(batch, width), first_row_no, 0)
                first_row_no += len(batch)
                if on_rows is not None:
                    on_rows("", first_row_no - 1)
        except csv.Error as error:
            raise _record_error(path.name, records.line_num, error, limits) from None
    return encoding, [{"name": "", "is_hidden": False, "blocks": writer.blocks}]


def detect_encoding(path: Path) -> str:
    """Answer utf-8, utf-8-sig, utf-16 or gb18030, proven over every byte of the file.

    A GB18030 line can by chance be valid UTF-8 (女 is the bytes of Ů), so only a line with Chinese characters
    in UTF-8 counts as evidence of a mix. Raises ReadError naming line and bytes.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    if head.startswith(_UTF16_MARKS):
        _check_utf16(path)
        return "utf-16"
    has_mark = head.startswith(_UTF8_MARK)
    first_utf8: tuple[int, bytes] | None = None
    first_other: tuple[int, bytes] | None = None
    first_neither: tuple[int, bytes] | None = None
    for number, line in _lines(path):
        if line.isascii():
            continue
        bad = _bad_bytes(line, "utf-8")
        if bad is None:
            found = _CHINESE_UTF8.search(line) if first_utf8 is None else None
            first_utf8 = (number, found.group()) if found else first_utf8
            continue
        first_other = first_other or (number, bad)
        bad_too = _bad_bytes(line, "gb18030")
        if bad_too is not None:
            first_neither = first_neither or (number, bad_too)
        elif first_utf8 is None and (found := _CHINESE_UTF8_FIELD.search(line)):
            first_utf8 = (number, found.group().lstrip(b'"\t,; 0123456789')[:3])
    if first_other is None:
        return "utf-8-sig" if has_mark else "utf-8"
    _refuse_unclear(path.name, has_mark, first_utf8, first_other, first_neither)
    return "gb18030"


def _refuse_unclear(
    name: str,
    has_mark: bool,
    utf8: tuple[int, bytes] | None,
    other: tuple[int, bytes],
    neither: tuple[int, bytes] | None,
) -> None:
    if has_mark:
        what = f"文件标明是 UTF-8，但第 {other[0]} 行的字节 {_hex(other[1])} 不是 UTF-8"
        raise ReadError(name, "mixed_encoding", what, _SAVE_UTF8)
    if utf8 is not None:
        what = (
            f"文件混用了两种编码：第 {utf8[0]} 行是 UTF-8（字节 {_hex(utf8[1])}），"
            f"第 {other[0]} 行不是（字节 {_hex(other[1])}）"
        )
        raise ReadError(name, "mixed_encoding", what, f"可能由两个文件拼接而成。{_SAVE_UTF8}")
    if neither is not None:
        what = f"第 {neither[0]} 行的字节 {_hex(neither[1])} 既不是 UTF-8 也不是 GB18030"
        raise ReadError(name, "unknown_encoding", what, _SAVE_UTF8)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(_MOST_LINE_BYTES):
            number += 1
            if len(line) == _MOST_LINE_BYTES:
                what = f"第 {number} 行长达 {_MOST_LINE_BYTES // 1_000_000} MB 以上，不像表格数据"
                raise ReadError(path.name, "giant_cell", what, "请向提供单位重新索取，或重新导出")
            if b"\0" in line:
                raise _nul_error(path.name, number)
            yield number, line


def _nul_error(name: str, number: int) -> ReadError:
    what = f"第 {number} 行含有空字节（00），这不是正常的文本文件"
    return ReadError(name, "nul_bytes", what, "文件可能已损坏，或不是 CSV，请重新导出")


def _check_utf16(path: Path) -> None:
    with path.open(encoding="utf-16", errors="strict", newline="\n") as stream:
        number = 1
        try:
            while line := stream.readline(_MOST_LINE_BYTES):
                if "\0" in line:
                    raise _nul_error(path.name, number)
                if len(line) == _MOST_LINE_BYTES:
                    what = f"第 {number} 行过长，不像表格数据"
                    raise ReadError(path.name, "giant_cell", what, "请向提供单位重新索取，或重新导出")
                number += 1
        except UnicodeDecodeError as error:
            bad = error.object[error.start : error.start + 4]
            what = f"文件标明是 UTF-16，但第 {number} 行起有字节 {_hex(bad)} 无法解读"
            raise ReadError(path.name, "unknown_encoding", what, _SAVE_UTF8) from None


def _bad_bytes(line: bytes, encoding: str) -> bytes | None:
    try:
        line.decode(encoding, "strict")
    except UnicodeDecodeError as error:
        return line[error.start : max(error.end, error.start + 1)][:4]
    return None


def _hex(found: bytes) -> str:
    return found[:4].hex(" ").upper()


def _delimiter(path: Path, encoding: str) -> str:
    """Answer the delimiter found most often, outside quotes, in any one of the first lines."""
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        lines = [stream.readline(_MOST_LINE_BYTES) for _ in range(_HEADER_LINES)]
    unquoted = [re.sub(r'"[^"]*"', "", line) for line in lines]
    counts = {mark: max(line.count(mark) for line in unquoted) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: counts[mark])


@contextmanager
def _field_limit(limits: Limits) -> Iterator[None]:
    before = csv.field_size_limit(limits.cell_characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _padded(batch: list[list[str]], width: int) -> Iterator[list[str]]:
    for record in batch:
        yield record if len(record) == width else record + [""] * (width - len(record))


def _check_extent(name: str, batch: list[list[str]], first_row_no: int, limits: Limits) -> None:
    if first_row_no + len(batch) - 1 > limits.rows:
        raise ReadError(name, "too_many_rows", f"超过 {limits.rows} 行", "请按乡镇或月份拆成几个文件")
    for row_no, record in enumerate(batch, first_row_no):
        if len(record) > limits.columns:
            what = f"第 {row_no} 行有 {len(record)} 列，超过上限 {limits.columns} 列"
            raise ReadError(name, "too_many_columns", what, "请检查分隔符和引号，或另存为 .xlsx 再导入")


def _record_error(name: str, line: int, error: csv.Error, limits: Limits) -> ReadError:
    if "field limit" in str(error):
        what = f"第 {line} 行附近有一个单元格超过 {limits.cell_characters} 字，可能是引号没有成对"
        return ReadError(name, "giant_cell", what, "请检查该行的引号，或另存为 .xlsx 再导入")
    what = f"第 {line} 行附近的引号没有成对，无法确定单元格的边界"
    return ReadError(name, "bad_quotes", what, "请检查该行的引号，或另存为 .xlsx 再导入")
