"""Old workbooks made by hand: OLE files of 512-byte sectors with one directory and one stream."""

import struct
from collections.abc import Callable
from pathlib import Path

from tests.exchange.hostile import empty, good_book, page_named_xls

Record = tuple[int, bytes]


def biff(records: list[Record]) -> bytes:
    return b"".join(struct.pack("<HH", code, len(body)) + body for code, body in records)


def small_xls_records() -> list[Record]:
    """A workbook of one sheet with 户编号 in A1 and 12.5 in B2."""
    name = "成员"
    sheet_head = struct.pack("<IBBBB", 0, 0, 0, len(name), 1) + name.encode("utf-16-le")
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    sheet_begin = struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)
    before: list[Record] = [(0x809, begin), (0x42, struct.pack("<H", 1200))]
    at = len(biff(before)) + 4 + len(sheet_head) + 4
    bound = (0x85, struct.pack("<I", at) + sheet_head[4:])
    label = "户编号"
    text = struct.pack("<HHHHB", 0, 0, 0, len(label), 1) + label.encode("utf-16-le")
    return [
        *before,
        bound,
        (0x0A, b""),
        (0x809, sheet_begin),
        (0x200, struct.pack("<IIHHH", 0, 2, 0, 2, 0)),
        (0x204, text),
        (0x203, struct.pack("<HHHd", 1, 1, 0, 12.5)),
        (0x0A, b""),
    ]


def xls(path: Path, records: list[Record], stream_name: str = "Workbook", *others: str) -> Path:
    stream = biff(records)
    stream += bytes(max(4096 - len(stream), -len(stream) % 512))
    sectors = -(-len(stream) // 512)
    table = [0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *range(4, 3 + sectors), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))
    directory = _ole_entry("Root Entry", 5, 0xFFFFFFFE, 0) + _ole_entry(stream_name, 2, 3, len(stream))
    directory += b"".join(_ole_entry(other, 1, 0, 0) for other in others)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    content = head + struct.pack("<128I", *table) + directory.ljust(1024, b"\0") + stream
    path.write_bytes(content)
    return path


def _ole_entry(name: str, kind: int, first: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<H", len(raw))
        + links
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )


def _xls_with(record: Record) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        records = small_xls_records()
        return xls(path, [*records[:5], record, *records[5:]])

    return make


def _xls_beside(other: str) -> Callable[[Path], Path]:
    return lambda path: xls(path, small_xls_records(), "Workbook", other)


FAR_ROW = struct.pack("<HH", 65_535, 0) + bytes(6) + struct.pack("<H", 255)
XLS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a password": (_xls_with((0x2F, bytes(6))), "password"),
    "a password in a package": (lambda path: xls(path, [], "EncryptedPackage"), "password"),
    "macros": (_xls_beside("_VBA_PROJECT_CUR"), "macro"),
    "a macro sheet": (_xls_with((0x809, struct.pack("<HHHH", 0x600, 0x40, 0, 0))), "macro"),
    "an embedded object": (_xls_beside("MBD0018D4CE"), "embedded_object"),
    "an external link": (_xls_with((0x1AE, struct.pack("<HH", 1, 8) + b"x" * 8)), "external_link"),
    "a wide size record": (_xls_with((0x200, struct.pack("<IIHHH", 0, 65_536, 0, 256, 0))), "too_many_cells"),
    "a far cell": (_xls_with((0x203, struct.pack("<HHHd", 65_535, 255, 0, 1.0))), "too_many_cells"),
    "a far row of cells": (_xls_with((0xBD, FAR_ROW)), "too_many_cells"),
    "a text document": (lambda path: xls(path, [], "WordDocument"), "not_a_spreadsheet"),
    "a new workbook's content": (good_book, "wrong_extension"),
    "a web page": (page_named_xls, "wrong_extension"),
    "no bytes": (empty, "empty_file"),
}  # fmt: skip


def looping_sector_table(path: Path) -> Path:
    """The directory's chain of sectors never ends."""
    content = bytearray(xls(path, small_xls_records()).read_bytes())
    struct.pack_into("<I", content, 512 + 4, 1)
    path.write_bytes(content)
    return path


XLS["an endless chain"] = (looping_sector_table, "damaged")
