"""Look at a file before any parser does, and refuse what could harm or mislead.

Only bounded, streaming looks: a file that would fill the memory of a parser is refused from its directory,
its compression ratio or its cell references. What passes is still parsed in a limited child process.
"""

from dataclasses import dataclass, field
from pathlib import Path

from shouwang.exchange.limits import DEFAULT_LIMITS, Limits, ReadError
from shouwang.exchange.precheck_ole import check_ole
from shouwang.exchange.precheck_zip import SheetPart, check_zip

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVE_AS_XLSX = "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”再导入"
_KIND_BY_SUFFIX = {".xlsx": "xlsx", ".xls": "xls", ".csv": "csv", ".txt": "csv"}
_MACRO_SUFFIXES = {".xlsm", ".xltm", ".xlam", ".xla"}
_FOREIGN_MAGICS = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
)


@dataclass(frozen=True)
class Checked:
    """Say what a passed file is: `kind` is xlsx, xls or csv, `sheet_parts` an xlsx's sheets in order."""

    kind: str
    sheet_parts: list[SheetPart] = field(default_factory=list)


def precheck(path: Path, limits: Limits = DEFAULT_LIMITS) -> Checked:
    """Refuse a hostile, damaged or mislabelled file before it is parsed.

    Raises ReadError.
    """
    name = path.name
    suffix = path.suffix.lower()
    if suffix in _MACRO_SUFFIXES:
        raise ReadError(name, "macro", "这是带宏的工作簿，宏可能执行程序，系统不接收", SAVE_AS_XLSX)
    kind = _KIND_BY_SUFFIX.get(suffix)
    if kind is None:
        what = f"扩展名“{suffix or '（无）'}”不是支持的表格格式（.xlsx、.xls、.csv）"
        raise ReadError(name, "unsupported_type", what, SAVE_AS_XLSX)
    _check_size(path, kind, limits)
    with path.open("rb") as stream:
        head = stream.read(512)
    _check_magic(name, kind, head)
    if kind == "xlsx" and head.startswith(OLE_MAGIC):
        check_ole(path, limits, is_named_xlsx=True)
    if kind == "xls":
        check_ole(path, limits, is_named_xlsx=False)
    if kind == "xlsx":
        return Checked(kind, check_zip(path, limits))
    return Checked(kind)


def _check_size(path: Path, kind: str, limits: Limits) -> None:
    try:
        size = path.stat().st_size
    except OSError:
        raise ReadError(
            path.name, "missing", "文件不存在或无法访问", "请检查文件是否在原处、是否有读取权限"
        ) from None
    if not path.is_file():
        raise ReadError(path.name, "missing", "这不是一个文件", "请指定具体的表格文件")
    if size == 0:
        raise ReadError(path.name, "empty_file", "文件是空的（0 字节）", "请向提供单位重新索取，或重新导出")
    most = limits.xls_bytes if kind == "xls" else limits.file_bytes
    if size > most:
        what = f"文件有 {size // 1_000_000} MB，超过上限 {most // 1_000_000} MB"
        raise ReadError(path.name, "too_large", what, "请按乡镇或月份拆成几个文件")


def _check_magic(name: str, kind: str, head: bytes) -> None:
    found = _name_of_content(head)
    expected = {"xlsx": {"xlsx", "ole"}, "xls": {"ole"}, "csv": {""}}[kind]
    if found in expected:
        return
    if found == "":
        raise ReadError(
            name,
            "not_a_spreadsheet",
            "文件内容不是 Excel 表格",
            f"文件可能已损坏或改过扩展名。{SAVE_AS_XLSX}",
        )
    label = {"xlsx": "新版 Excel（.xlsx）或压缩包", "ole": "旧版 Office 文件（.xls 等）"}.get(found, found)
    what = f"扩展名是 .{kind}，内容却是{label}"
    raise ReadError(name, "wrong_extension", what, f"请不要直接改扩展名。{SAVE_AS_XLSX}")


def _name_of_content(head: bytes) -> str:
    if head.startswith(ZIP_MAGIC):
        return "xlsx"
    if head.startswith(OLE_MAGIC):
        return "ole"
    for magic, label in _FOREIGN_MAGICS:
        if head.startswith(magic):
            return label
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<?xml", b"<style")):
        return "网页或 XML 文本"
    return ""
