"""Generators of hostile, damaged and mislabelled files; each writes one file and answers its path."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import msoffcrypto
import xlsxwriter

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
SMALL = '<row r="1"><c r="A1" t="inlineStr"><is><t>户编号</t></is></c></row>'
MEBIBYTE = 1024 * 1024


def sheet_xml(rows: str, before: str = "") -> str:
    data = f"<worksheet {NAMESPACE}><sheetData>{rows}</sheetData></worksheet>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}{data}'


def book_parts(sheets: list[str]) -> dict[str, str]:
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="表{at}" sheetId="{at}" r:id="rId{at}"/>' for at in numbers)
    related = "".join(
        f'<Relationship Id="rId{at}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in numbers
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    sheet_list = f"<sheets>{listed}</sheets>"
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": f'<Relationships xmlns="{package}">{office}</Relationships>',
        "xl/workbook.xml": f'<workbook {NAMESPACE} xmlns:r="{RELATIONS}">{sheet_list}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">{related}</Relationships>',
    }
    return parts | {f"xl/worksheets/sheet{at}.xml": xml for at, xml in zip(numbers, sheets, strict=True)}


def zip_file(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def book(path: Path, rows: str, **further: str) -> Path:
    return zip_file(path, book_parts([sheet_xml(rows)]) | further)


def good_book(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("成员").write_row(0, 0, ["户编号", "姓名"])
    return path


def sparse(path: Path) -> Path:
    return book(
        path, '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )


def sparse_in_narrow_columns(path: Path) -> Path:
    return book(
        path, '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="IV1048576"><v>1</v></c></row>'
    )


def sparse_in_odd_spelling(path: Path) -> Path:
    return book(path, "<row r='1'><c\tr = 'xfd1048576'><v>1</v></c></row>")


def too_many_rows(path: Path) -> Path:
    return book(path, '<row r="9999999999999999999"><c r="A9999999999999999999"><v>1</v></c></row>')


def wide(path: Path) -> Path:
    return book(path, '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>')


def giant_cell(path: Path) -> Path:
    """One cell of 1 GB, about 4.5 MB packed."""
    return _with_giant_text(path, 1024)


def giant_cell_packed_tight(path: Path) -> Path:
    """One cell of 16 MB in 16 KB."""
    return _with_giant_text(path, 16, level=9)


def giant_cell_under_the_ratio(path: Path) -> Path:
    """One cell of 7 MB: too small for the ratio to be looked at."""
    return _with_giant_text(path, 7)


def _with_giant_text(path: Path, mebibytes: int, level: int = 1) -> Path:
    parts = book_parts([SMALL])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, text in parts.items():
            if "sheet1" not in name:
                archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(
                f'<worksheet {NAMESPACE}><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'.encode()
            )
            block = b"A" * MEBIBYTE
            for _ in range(mebibytes):
                part.write(block)
            part.write(b"</t></is></c></row></sheetData></worksheet>")
    return path


def lying_header(path: Path) -> Path:
    """The directory says the sheet is 100 bytes; it is more."""
    book(path, SMALL * 50)
    content = bytearray(path.read_bytes())
    name = b"xl/worksheets/sheet1.xml"
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(name))
    struct.pack_into("<I", content, entry + 24, 100)
    path.write_bytes(content)
    return path


def overlapping(path: Path) -> Path:
    """The directory says the first part's packed bytes run into the second."""
    book(path, SMALL)
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, entry + 20, struct.unpack_from("<I", content, entry + 20)[0] + 400)
    path.write_bytes(content)
    return path


def dtd(path: Path) -> Path:
    bomb = '<!DOCTYPE x [<!ENTITY a "AAAAAAAAAA"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return zip_file(path, book_parts([sheet_xml(SMALL, bomb)]))


def external_entity(path: Path) -> Path:
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    shared = f"{outside}<sst {NAMESPACE}><si><t>&a;</t></si></sst>"
    return book(path, SMALL, **{"xl/sharedStrings.xml": shared})


def utf16_part(path: Path) -> Path:
    with zipfile.ZipFile(zip_file(path, book_parts([sheet_xml(SMALL)])), "a") as archive:
        archive.writestr("xl/styles.xml", "<!DOCTYPE x []><styleSheet/>".encode("utf-16"))
    return path


def cdata(path: Path) -> Path:
    return book(path, '<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[</row>]]></t></is></c></row>')


def macros(path: Path) -> Path:
    return book(path, SMALL, **{"xl/vbaProject.bin": "x"})


def external_link(path: Path) -> Path:
    return book(path, SMALL, **{"xl/externalLinks/externalLink1.xml": "<externalLink/>"})


def embedded_object(path: Path) -> Path:
    return book(path, SMALL, **{"xl/embeddings/oleObject1.bin": "x"})


def parent_path(path: Path) -> Path:
    return book(path, SMALL, **{"xl/../../outside.xml": "<x/>"})


def absolute_path(path: Path) -> Path:
    return book(path, SMALL, **{"/etc/outside.xml": "<x/>"})


def symlink(path: Path) -> Path:
    book(path, SMALL)
    link = zipfile.ZipInfo("xl/media/link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/hostname")
    return path


def duplicate_names(path: Path) -> Path:
    return book(path, SMALL, **{"xl/worksheets/SHEET1.xml": sheet_xml(SMALL)})


def many_sheets(path: Path) -> Path:
    return zip_file(path, book_parts([sheet_xml("")] * 10_000))


def sheets_past_the_limit(path: Path) -> Path:
    return zip_file(path, book_parts([sheet_xml("")] * 300))


def locked_zip(path: Path) -> Path:
    book(path, SMALL)
    content = bytearray(path.read_bytes())
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 8] |= 1
    path.write_bytes(content)
    return path


def password(path: Path) -> Path:
    plain = io.BytesIO(good_book(path).read_bytes())
    with path.open("wb") as stream:
        msoffcrypto.OfficeFile(plain).encrypt("secret", stream)
    return path


def truncated(path: Path) -> Path:
    content = good_book(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def zip_without_workbook(path: Path) -> Path:
    return zip_file(path, {"readme.txt": "x"})


def no_worksheets(path: Path) -> Path:
    return zip_file(path, book_parts([]))


def missing_sheet_part(path: Path) -> Path:
    parts = book_parts([sheet_xml(SMALL)])
    del parts["xl/worksheets/sheet1.xml"]
    return zip_file(path, parts)


def text_named_xlsx(path: Path) -> Path:
    path.write_text("户编号,姓名\n", encoding="utf-8")
    return path


def page_named_xls(path: Path) -> Path:
    path.write_text("<html><table><tr><td>户编号</td></tr></table></html>", encoding="utf-8")
    return path


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


XLSX: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a sparse rectangle": (sparse, "too_many_columns"),
    "a sparse rectangle of few columns": (sparse_in_narrow_columns, "too_many_cells"),
    "a sparse rectangle in odd spelling": (sparse_in_odd_spelling, "too_many_columns"),
    "a row number of twenty digits": (too_many_rows, "too_many_rows"),
    "16,384 columns": (wide, "too_many_columns"),
    "a cell of 1 GB": (giant_cell, "giant_cell"),
    "a cell packed a thousand times": (giant_cell_packed_tight, "compression_ratio"),
    "a cell of 7 MB": (giant_cell_under_the_ratio, "giant_cell"),
    "a lying header": (lying_header, "damaged"),
    "overlapping parts": (overlapping, "overlapping_parts"),
    "a DTD": (dtd, "dtd"),
    "an external entity": (external_entity, "dtd"),
    "a part in UTF-16": (utf16_part, "damaged"),
    "CDATA in a sheet": (cdata, "unusual_xml"),
    "macros": (macros, "macro"),
    "an external link": (external_link, "external_link"),
    "an embedded object": (embedded_object, "embedded_object"),
    "a path to the parent": (parent_path, "unsafe_path"),
    "an absolute path": (absolute_path, "unsafe_path"),
    "a symbolic link": (symlink, "symlink"),
    "two parts of one name": (duplicate_names, "duplicate_part"),
    "10,000 sheets": (many_sheets, "too_many_parts"),
    "300 sheets": (sheets_past_the_limit, "too_many_sheets"),
    "a locked zip": (locked_zip, "password"),
    "a password": (password, "password"),
    "half a file": (truncated, "damaged"),
    "a zip without a workbook": (zip_without_workbook, "not_a_spreadsheet"),
    "no worksheets": (no_worksheets, "no_sheet"),
    "a sheet that is not there": (missing_sheet_part, "damaged"),
    "text named xlsx": (text_named_xlsx, "not_a_spreadsheet"),
    "no bytes": (empty, "empty_file"),
}
