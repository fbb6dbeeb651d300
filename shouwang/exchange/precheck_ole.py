"""The pre-check of an .xls: its OLE directory, and the records of its workbook stream."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

from shouwang.exchange.limits import Limits, ReadError

_SAVE = "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”再导入"
_DAMAGED = "文件可能在传输中损坏，请重新索取，或打开后另存为 .xlsx"
_UNLOCK = "请向提供单位索取密码，打开后取消密码，另存为 .xlsx 再导入"
_LAST_SECTOR = 0xFFFFFFFA
_SMALLEST_STREAM = 4096
_BOF, _FILEPASS, _DIMENSIONS, _SUPBOOK, _MULRK, _MULBLANK = 0x809, 0x2F, 0x200, 0x1AE, 0xBD, 0xBE
_CELLS = frozenset({0x06, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E, _MULRK, _MULBLANK})
_LOOKED_AT = _CELLS | {_BOF, _FILEPASS, _DIMENSIONS, _SUPBOOK}
_MACRO_SHEET_TYPES = frozenset({0x06, 0x40})
_OWN_BOOK_MARKS = frozenset({0x0401, 0x3A01})


@dataclass
class _Compound:
    """Hold an OLE file in memory with its sector table; `streams` maps names to (first sector, size)."""

    content: bytes
    sector_bytes: int
    table: list[int]
    streams: dict[str, tuple[int, int]] = field(default_factory=dict)

    def chain(self, first: int) -> bytes:
        parts: list[bytes] = []
        sector = first
        while sector < _LAST_SECTOR:
            start = (sector + 1) * self.sector_bytes
            if sector >= len(self.table) or len(parts) > len(self.table) or start >= len(self.content):
                raise ValueError
            parts.append(self.content[start : start + self.sector_bytes])
            sector = self.table[sector]
        return b"".join(parts)


def check_ole(path: Path, limits: Limits, *, is_named_xlsx: bool) -> None:
    """Refuse an OLE file that is locked, active, too wide or not a workbook.

    Raises ReadError.
    """
    name = path.name
    if path.stat().st_size > limits.xls_bytes:
        raise ReadError(name, "too_large", f"文件超过上限 {limits.xls_bytes // 1_000_000} MB", _SAVE)
    try:
        compound = _open_compound(path.read_bytes())
        _check_streams(name, compound, is_named_xlsx=is_named_xlsx)
        first, size = compound.streams.get("workbook") or compound.streams["book"]
        if size < _SMALLEST_STREAM:
            raise ValueError
        _check_records(name, compound.chain(first)[:size], limits)
    except (ValueError, struct.error, IndexError):
        raise ReadError(name, "damaged", "旧版 Excel 文件的结构已损坏", _DAMAGED) from None


def _open_compound(content: bytes) -> _Compound:
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in (9, 12):
        raise ValueError
    sector_bytes = 1 << shift
    (directory,) = struct.unpack_from("<I", content, 48)
    table_sectors = [sector for sector in struct.unpack_from("<109I", content, 76) if sector < _LAST_SECTOR]
    table_sectors += _further_table_sectors(content, sector_bytes)
    table: list[int] = []
    for sector in table_sectors:
        table += struct.unpack_from(f"<{sector_bytes // 4}I", content, (sector + 1) * sector_bytes)
    compound = _Compound(content, sector_bytes, table)
    entries = compound.chain(directory)
    for start in range(0, len(entries), 128):
        (name_bytes,) = struct.unpack_from("<H", entries, start + 64)
        if 2 <= name_bytes <= 64:
            name = entries[start : start + name_bytes - 2].decode("utf-16-le", "replace").lower()
            first, size = struct.unpack_from("<II", entries, start + 116)
            compound.streams.setdefault(name, (first, size))
    return compound


def _further_table_sectors(content: bytes, sector_bytes: int) -> list[int]:
    (sector,) = struct.unpack_from("<I", content, 68)
    per_sector = sector_bytes // 4
    found: list[int] = []
    while sector < _LAST_SECTOR:
        *numbers, sector = struct.unpack_from(f"<{per_sector}I", content, (sector + 1) * sector_bytes)
        found += [number for number in numbers if number < _LAST_SECTOR]
        if len(found) * sector_bytes > len(content):
            raise ValueError
    return found


def _check_streams(name: str, compound: _Compound, *, is_named_xlsx: bool) -> None:
    streams = compound.streams
    if "encryptedpackage" in streams:
        raise ReadError(name, "password", "文件设有打开密码", _UNLOCK)
    if "workbook" not in streams and "book" not in streams:
        raise ReadError(name, "not_a_spreadsheet", "这是 Office 文件，但不是 Excel 表格", "请导入表格文件")
    if any(stream.startswith("_vba_project") or stream == "vba" for stream in streams):
        raise ReadError(name, "macro", "这是带宏的工作簿，宏可能执行程序，系统不接收", _SAVE)
    if any(stream == "objectpool" or stream.startswith("mbd") for stream in streams):
        raise ReadError(name, "embedded_object", "工作簿含有嵌入的对象，系统不接收", _SAVE)
    if is_named_xlsx:
        what = "扩展名是 .xlsx，内容却是旧版 Excel（.xls）"
        raise ReadError(name, "wrong_extension", what, f"请不要直接改扩展名。{_SAVE}")


def _check_records(name: str, stream: bytes, limits: Limits) -> None:
    """Walk the records once; an area is counted from a sheet's corner, as the parser would lay it out."""
    position = 0
    cells_before = rows = columns = 0
    end = len(stream) - 4
    while position <= end:
        record, length = struct.unpack_from("<HH", stream, position)
        if record in _LOOKED_AT:
            if record == _BOF:
                cells_before += rows * columns
                rows = columns = 0
            row_count, column_count = _extent_of(name, record, stream[position + 4 : position + 4 + length])
            rows, columns = max(rows, row_count), max(columns, column_count)
            if cells_before + rows * columns > limits.xls_cells:
                what = f"各工作表所占区域过大（合计超过 {limits.xls_cells} 格）"
                raise ReadError(
                    name, "too_many_cells", what, f"请删除下方和右侧的无用行列，或{_SAVE.removeprefix('请')}"
                )
        position += 4 + length
        if record == 0 and length == 0:
            break


def _extent_of(name: str, record: int, body: bytes) -> tuple[int, int]:
    if record == _FILEPASS:
        raise ReadError(name, "password", "文件设有打开密码", _UNLOCK)
    if record == _BOF:
        if len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] in _MACRO_SHEET_TYPES:
            raise ReadError(name, "macro", "工作簿含有宏表，宏可能执行程序，系统不接收", _SAVE)
        return 0, 0
    if record == _SUPBOOK:
        if len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] not in _OWN_BOOK_MARKS:
            raise ReadError(name, "external_link", "工作簿含有指向其他文件的链接，系统不接收", _SAVE)
        return 0, 0
    if record == _DIMENSIONS:
        _, rows, _, columns = struct.unpack_from("<IIHH", body) if len(body) >= 12 else (0, 0, 0, 0)
        return rows, columns
    row, column = struct.unpack_from("<HH", body)
    if record in (_MULRK, _MULBLANK):
        (column,) = struct.unpack_from("<H", body, len(body) - 2)
    return row + 1, column + 1
