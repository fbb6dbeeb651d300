"""Cut one huge worksheet into small workbooks, so that a parser that holds a whole sheet holds only a block.

Each block is a workbook of the same styles and shared strings, whose one sheet has the next rows. The
pre-check has already refused comments, CDATA, DTDs and encodings other than UTF-8 in worksheets, so a row's
end tag in the bytes is a row's end.
"""

import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

BLOCK_BYTES = 8 * 1024 * 1024
BLOCK_CELLS = 4_000_000
_READ_BYTES = 1024 * 1024
_MOST_HEAD_BYTES = 8 * 1024 * 1024
_SHEET_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?:\s[^<>]*)?/?>")
_DIMENSION = re.compile(rb"<(?:[\w.-]+:)?dimension\b[^<>]*/>")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d+)[\"']")
_ERROR_CELL = re.compile(rb"(<(?:[\w.-]+:)?c\s[^<>]*\bt=[\"'])e(?=[\"'])")


class OddSheetError(Exception):
    """The sheet's XML has no rows where a worksheet has them."""


def sheet_blocks(
    archive: zipfile.ZipFile, part: str, columns: int, block_bytes: int = BLOCK_BYTES
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield worksheet XML texts as (head, rows, tail), each with the next rows; none for a blank sheet.

    A block spans at most BLOCK_CELLS cells of `columns` columns, blank ones too: a parser lays all out.

    A row without a number gets the one it has by position, and an error cell (#N/A) becomes text, which the
    parser would otherwise lose.
    """
    with archive.open(part) as stream:
        rest = b""
        while not (start := _SHEET_DATA.search(rest)):
            chunk = stream.read(_READ_BYTES)
            if not chunk or len(rest) > _MOST_HEAD_BYTES:
                raise OddSheetError
            rest += chunk
        if start.group().endswith(b"/>"):
            return
        head = _DIMENSION.sub(b"", rest[: start.end()])
        prefix = start.group(1)
        tail = b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
        row_end = b"</" + prefix + b"row>"
        row_tag = re.compile(b"<" + re.escape(prefix) + rb"row(?=[\s/>])[^<>]*>")
        most_rows = max(BLOCK_CELLS // max(columns, 1), 1_000)
        last_row = 0
        for rows in _row_runs(stream, rest[start.end() :], prefix, row_end, block_bytes):
            for piece, end_row in _split_by_span(rows, row_tag, last_row, most_rows):
                last_row = end_row
                if b't="e"' in piece or b"t='e'" in piece:
                    piece = _ERROR_CELL.sub(rb"\1str", piece)
                yield head, piece, tail


def _row_runs(
    stream: IO[bytes], rest: bytes, prefix: bytes, row_end: bytes, block_bytes: int
) -> Iterator[bytes]:
    """Yield runs of whole rows of about `block_bytes` bytes, up to the end of the sheet's data."""
    data_end = b"</" + prefix + b"sheetData"
    buffer = bytearray(rest)
    searched = 0
    while True:
        end = buffer.find(data_end, max(searched - len(data_end), 0))
        if end >= 0:
            yield bytes(memoryview(buffer)[:end])
            return
        searched = len(buffer)
        if searched >= block_bytes:
            cut = buffer.rfind(row_end)
            if cut >= 0:
                cut += len(row_end)
                yield bytes(memoryview(buffer)[:cut])
                del buffer[:cut]
                searched = 0
        chunk = stream.read(min(_READ_BYTES, block_bytes))
        if not chunk:
            raise OddSheetError
        buffer += chunk


def _split_by_span(
    rows: bytes, row_tag: re.Pattern[bytes], last_row: int, most_rows: int
) -> Iterator[tuple[bytes, int]]:
    """Yield (bytes, last row number), each piece spanning at most `most_rows` rows."""
    begin = first_row = 0
    first_tag: re.Match[bytes] | None = None
    is_numbered = True
    for tag in row_tag.finditer(rows):
        given = _ROW_NUMBER.search(tag.group())
        number = int(given.group(1)) if given else last_row + 1
        if number <= last_row:
            raise OddSheetError
        if first_tag is not None and number >= first_row + most_rows:
            yield _numbered(rows, begin, tag.start(), first_tag, 0 if is_numbered else first_row), last_row
            begin, first_tag = tag.start(), None
        if first_tag is None:
            first_tag, first_row, is_numbered = tag, number, given is not None
        last_row = number
    if first_tag is not None:
        yield _numbered(rows, begin, len(rows), first_tag, 0 if is_numbered else first_row), last_row


def _numbered(rows: bytes, begin: int, end: int, tag: re.Match[bytes], missing_number: int) -> bytes:
    """Answer rows[begin:end], with a number given to the first row when it has none."""
    if not missing_number:
        return rows[begin:end]
    name_end = tag.start() + 1 + len(re.split(rb"[\s/>]", tag.group()[1:], maxsplit=1)[0])
    return rows[begin:name_end] + b' r="%d"' % missing_number + rows[name_end:end]


def write_block(
    source: zipfile.ZipFile, left_out: set[str], written: Mapping[str, Iterable[bytes]], target: Path
) -> None:
    """Write a workbook at `target`: the source's parts but those left out, and those written as given."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for entry in source.infolist():
            name = entry.filename
            if not name.endswith((".xml", ".rels")) or name in left_out or name in written:
                continue
            with source.open(entry) as old, archive.open(name, "w") as new:
                shutil.copyfileobj(old, new)
        for name, texts in written.items():
            with archive.open(name, "w") as new:
                for text in texts:
                    new.write(text)
