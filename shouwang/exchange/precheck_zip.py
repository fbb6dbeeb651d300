"""The pre-check of an .xlsx: its zip directory, its active parts, its XML text and its cell references."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from shouwang.exchange.limits import Limits, ReadError

_CHUNK = 128 * 1024
_UNIX_LINK = 0o120000
_UNIX_TYPE = 0o170000
_SUPPORTED_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_CLEAN = "请用 Excel 或 WPS 新建一个工作簿，只把数据“粘贴为数值”后另存为 .xlsx 再导入"
_DAMAGED = "文件可能在传输中损坏，请重新索取或重新另存为 .xlsx"
_ACTIVE_PARTS = (
    (("vbaproject", "xl/macrosheets/", "xl/dialogsheets/"), "macro", "含有宏，宏可能执行程序"),
    (
        ("xl/externallinks/", "xl/connections.xml", "xl/querytables/"),
        "external_link",
        "含有指向其他文件或数据源的链接",
    ),
    (("xl/embeddings/", "xl/activex/", "xl/ctrlprops/activex"), "embedded_object", "含有嵌入的对象或控件"),
)
_REFERENCE_COLUMNS = re.compile(rb' r="([A-Za-z]+)\d')
_REFERENCE_ROWS = re.compile(rb' r="[A-Za-z]*(\d+)"')
_ODD_REFERENCE_COLUMNS = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+)\d")
_ODD_REFERENCE_ROWS = re.compile(rb"\sr\s*=\s*[\"'][A-Za-z]*(\d+)[\"']")
_ODD_MARKS = (b"'", b"\t", b"\n", b"\r", b" =", b"= ")
_ENCODING = re.compile(rb"^<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)[\"']", re.IGNORECASE)
_RELATIONSHIP_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATIONSHIP_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True)
class SheetPart:
    """Name one sheet of a workbook, the zip entry that holds it, and how many columns its references span."""

    name: str
    part: str
    is_hidden: bool
    columns: int = 0


def check_zip(path: Path, limits: Limits) -> list[SheetPart]:
    """Refuse a hostile or damaged .xlsx; answer its worksheets in workbook order.

    Raises ReadError.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(path, archive.infolist(), limits)
            sheets = _check_workbook(path.name, archive, limits)
            own_parts = {sheet.part for sheet in sheets}
            for entry in archive.infolist():
                if _is_xml(entry.filename) and entry.filename not in own_parts:
                    for _ in _clean_chunks(path.name, "", archive, entry.filename, limits):
                        pass
            return [
                replace(sheet, columns=_check_sheet(path.name, archive, sheet, limits)) for sheet in sheets
            ]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ElementTree.ParseError):
        raise ReadError(
            path.name, "damaged", "压缩结构损坏，或内容与目录所写的大小、校验不符", _DAMAGED
        ) from None


def _check_directory(path: Path, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    name = path.name
    if len(entries) > limits.entries:
        raise ReadError(
            name, "too_many_parts", f"内部部件有 {len(entries)} 个，超过上限 {limits.entries}", _CLEAN
        )
    seen: set[str] = set()
    for entry in entries:
        _check_entry(name, entry, seen, limits)
    if "xl/workbook.xml" not in seen:
        what = "这是压缩包，但里面不是 Excel 工作簿"
        raise ReadError(name, "not_a_spreadsheet", what, "请先解压，只导入其中的表格文件")
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        most = limits.unpacked_bytes // 1_000_000
        raise ReadError(name, "too_large_unpacked", f"解压后超过 {most} MB", "请按乡镇或月份拆成几个文件")
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    for entry, following in pairwise(ordered):
        if entry.header_offset + 30 + len(entry.filename) + entry.compress_size > following.header_offset:
            raise ReadError(name, "overlapping_parts", "内部部件互相重叠，是压缩炸弹的做法", _CLEAN)


def _check_entry(name: str, entry: zipfile.ZipInfo, seen: set[str], limits: Limits) -> None:
    part = entry.filename
    lower = part.lower()
    if lower in seen:
        raise ReadError(name, "duplicate_part", "内部有两个同名部件，不同软件会读出不同内容", _CLEAN)
    seen.add(lower)
    is_outside = (
        part.startswith(("/", "\\")) or ":" in part or "\\" in part or ".." in PurePosixPath(part).parts
    )
    if is_outside or "\0" in part or "\0" in entry.orig_filename:
        raise ReadError(name, "unsafe_path", "内部部件的路径指向文件之外", _CLEAN)
    if (entry.external_attr >> 16) & _UNIX_TYPE == _UNIX_LINK:
        raise ReadError(name, "symlink", "内部含有符号链接", _CLEAN)
    if entry.flag_bits & 0x1:
        raise ReadError(name, "password", "文件已加密", "请向提供单位索取密码，取消密码后另存再导入")
    for marks, code, what in _ACTIVE_PARTS:
        if any(mark in lower for mark in marks):
            raise ReadError(name, code, f"工作簿{what}，系统不接收", _CLEAN)
    if entry.compress_type not in _SUPPORTED_METHODS:
        raise ReadError(name, "damaged", "使用了 Excel 不用的压缩方法", _DAMAGED)
    _check_entry_size(name, entry, limits)


def _check_entry_size(name: str, entry: zipfile.ZipInfo, limits: Limits) -> None:
    is_dense = entry.file_size > entry.compress_size * limits.ratio
    if entry.file_size > limits.ratio_applies_from_bytes and is_dense:
        what = f"内部部件压缩比超过 {limits.ratio} 倍，是压缩炸弹的特征"
        raise ReadError(name, "compression_ratio", what, _CLEAN)
    lower = entry.filename.lower()
    if lower.startswith("xl/worksheets/") or not _is_xml(lower):
        return
    most = limits.shared_strings_bytes if lower == "xl/sharedstrings.xml" else limits.small_part_bytes
    if entry.file_size > most:
        what = f"内部部件解压后有 {entry.file_size // 1_000_000} MB，超过上限 {most // 1_000_000} MB"
        raise ReadError(name, "too_large_unpacked", what, "请按乡镇或月份拆成几个文件")


def _is_xml(part: str) -> bool:
    return part.lower().endswith((".xml", ".rels", ".vml"))


def _check_workbook(name: str, archive: zipfile.ZipFile, limits: Limits) -> list[SheetPart]:
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        if part not in archive.namelist():
            raise ReadError(name, "damaged", "缺少工作簿目录", _DAMAGED)
        for _ in _clean_chunks(name, "", archive, part, limits):
            pass
    if b"macroenabled" in archive.read("[Content_Types].xml").lower():
        raise ReadError(name, "macro", "这是带宏的工作簿，宏可能执行程序，系统不接收", _CLEAN)
    sheets = list(_worksheets(archive))
    if len(sheets) > limits.sheets:
        raise ReadError(
            name, "too_many_sheets", f"有 {len(sheets)} 个工作表，超过上限 {limits.sheets}", _CLEAN
        )
    if not sheets:
        raise ReadError(name, "no_sheet", "工作簿里没有普通工作表", _CLEAN)
    if len({sheet.name for sheet in sheets}) < len(sheets) or len({sheet.part for sheet in sheets}) < len(
        sheets
    ):
        raise ReadError(name, "duplicate_part", "工作表重名，或两个工作表指向同一内容", _CLEAN)
    for sheet in sheets:
        if sheet.part not in archive.namelist() or not _is_xml(sheet.part):
            raise ReadError(name, "damaged", "工作表的内容缺失", _DAMAGED, sheet=sheet.name)
    return sheets


def _worksheets(archive: zipfile.ZipFile) -> Iterator[SheetPart]:
    targets: dict[str, str] = {}
    for element in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        if element.get("Type", "").endswith("/worksheet"):
            target = element.get("Target", "")
            targets[element.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            identity = element.get(_RELATIONSHIP_ID) or element.get(_STRICT_RELATIONSHIP_ID) or ""
            if identity in targets:
                is_hidden = element.get("state", "visible") != "visible"
                yield SheetPart(element.get("name", ""), targets[identity], is_hidden)


def _clean_chunks(
    name: str, sheet: str, archive: zipfile.ZipFile, part: str, limits: Limits
) -> Iterator[bytes]:
    """Yield a part's bytes cut before a "<", refusing DTDs, foreign encodings and endless text."""
    most_text = limits.cell_characters * 6
    carry = b""
    is_first = True
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if is_first:
                _check_declaration(name, sheet, chunk)
                is_first = False
            chunk = carry + chunk
            if b"!" in chunk and b"<!" in chunk:
                _check_marks(name, sheet, chunk)
            cut = max(chunk.rfind(b"<"), 0)
            carry = chunk[cut:]
            if len(carry) > most_text:
                what = f"有一个单元格的文字超过 {limits.cell_characters} 字，Excel 写不出这样的单元格"
                raise ReadError(name, "giant_cell", what, _CLEAN, sheet=sheet)
            yield chunk[:cut]
    yield carry


def _check_declaration(name: str, sheet: str, head: bytes) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _ENCODING.match(text)
    encoding = declared.group(1).lower() if declared else b"utf-8"
    if not text.startswith(b"<") or encoding not in {b"utf-8", b"us-ascii", b"ascii"}:
        raise ReadError(name, "damaged", "内部文本不是 UTF-8 编码的 XML", _DAMAGED, sheet=sheet)


def _check_marks(name: str, sheet: str, chunk: bytes) -> None:
    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk or b"<!doctype" in chunk.lower():
        raise ReadError(name, "dtd", "内部文本含有 DTD 或实体定义，Excel 从不这样写", _CLEAN, sheet=sheet)
    if sheet:
        raise ReadError(
            name, "unusual_xml", "工作表内部含有注释或 CDATA，Excel 从不这样写", _CLEAN, sheet=sheet
        )


def _check_sheet(name: str, archive: zipfile.ZipFile, sheet: SheetPart, limits: Limits) -> int:
    """Refuse references beyond the limits; answer how many columns the references span."""
    column_names: set[bytes] = set()
    last_row = 0
    for chunk in _clean_chunks(name, sheet.name, archive, sheet.part, limits):
        is_odd = any(mark in chunk for mark in _ODD_MARKS)
        columns_of = _ODD_REFERENCE_COLUMNS if is_odd else _REFERENCE_COLUMNS
        rows_of = _ODD_REFERENCE_ROWS if is_odd else _REFERENCE_ROWS
        new_names = set(columns_of.findall(chunk)) - column_names
        if new_names:
            column_names |= new_names
            _check_extent(name, sheet.name, last_row, column_names, limits)
        rows = set(rows_of.findall(chunk))
        if rows:
            last_row = max(last_row, max(map(_row_number, rows)))
            _check_extent(name, sheet.name, last_row, column_names, limits)
    return max((column_number(letters) for letters in column_names), default=0)


def _row_number(digits: bytes) -> int:
    return int(digits) if len(digits) < 10 else 10**9


def _check_extent(name: str, sheet: str, last_row: int, column_names: set[bytes], limits: Limits) -> None:
    last_column = max((column_number(letters) for letters in column_names), default=0)
    if last_column > limits.columns:
        what = f"用到了第 {last_column} 列，超过上限 {limits.columns} 列"
        raise ReadError(name, "too_many_columns", what, "请删除右侧无用的列（整列删除）后另存", sheet=sheet)
    if last_row > limits.rows:
        what = f"用到了第 {last_row} 行，超过上限 {limits.rows} 行"
        raise ReadError(name, "too_many_rows", what, "请拆成几个文件", sheet=sheet)
    if last_row * last_column > limits.cells:
        what = f"所占区域 {last_row} 行 × {last_column} 列过大"
        raise ReadError(
            name, "too_many_cells", what, "请删除下方和右侧的无用行列（整行整列删除）后另存", sheet=sheet
        )


def column_number(letters: bytes) -> int:
    """Answer the 1-based number of a column's letters, for five letters or more one beyond any limit."""
    if len(letters) > 4:
        return 10**6
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
