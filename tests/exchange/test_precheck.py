"""Hostile files are refused before they are parsed, each with its reason (T21, T27)."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from shouwang.exchange.limits import Limits, ReadError
from shouwang.exchange.precheck import precheck
from shouwang.exchange.precheck_zip import column_number
from tests.exchange import hostile, hostile_xls


def refusal(path: Path, limits: Limits | None = None) -> ReadError:
    with pytest.raises(ReadError) as caught:
        precheck(path, limits or Limits())
    return caught.value


@pytest.mark.parametrize("label", hostile.XLSX)
def test_a_hostile_new_workbook_is_refused_with_its_reason(label: str, tmp_path: Path) -> None:
    make, reason = hostile.XLSX[label]
    error = refusal(make(tmp_path / "成员.xlsx"))
    assert error.reason_code == reason
    assert error.file == "成员.xlsx"
    assert str(error).startswith("文件《成员.xlsx》")
    assert str(error).endswith("。")
    assert str(tmp_path) not in str(error)


@pytest.mark.parametrize("label", hostile_xls.XLS)
def test_a_hostile_old_workbook_is_refused_with_its_reason(label: str, tmp_path: Path) -> None:
    make, reason = hostile_xls.XLS[label]
    path = tmp_path / "成员.xlsx"
    make(path)
    path = path.rename(tmp_path / "成员.xls")
    assert refusal(path).reason_code == reason


def test_a_giant_cell_is_refused_in_little_memory(tmp_path: Path) -> None:
    for make in (hostile.giant_cell, hostile.sparse, hostile.giant_cell_under_the_ratio):
        path = make(tmp_path / f"{make.__name__}.xlsx")
        program = (
            "import resource, sys; from pathlib import Path; from shouwang.exchange import precheck as p\n"
            "resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))\n"
            "try: p.precheck(Path(sys.argv[1]))\nexcept p.ReadError as error: print(error.reason_code)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() in {"compression_ratio", "giant_cell", "too_many_columns"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("成员.xlsm", "macro"),
        ("成员.pdf", "unsupported_type"),
        ("成员", "unsupported_type"),
        ("没有.xlsx", "missing"),
    ],
)
def test_a_file_is_refused_by_its_name(name: str, reason: str, tmp_path: Path) -> None:
    if reason != "missing":
        hostile.good_book(tmp_path / "x.xlsx").rename(tmp_path / name)
    assert refusal(tmp_path / name).reason_code == reason


@pytest.mark.parametrize(
    ("name", "head", "reason"),
    [
        ("a.csv", b"PK\x03\x04", "wrong_extension"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "wrong_extension"),
        ("a.csv", b"%PDF-1.7", "wrong_extension"),
        ("a.xlsx", b"\x89PNG", "wrong_extension"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
        ("a.xls", b"1,2,3", "not_a_spreadsheet"),
    ],
)
def test_content_that_is_not_what_the_name_says_is_refused(
    name: str, head: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(head)
    assert refusal(tmp_path / name).reason_code == reason


def test_an_old_workbook_named_as_a_new_one_is_refused(tmp_path: Path) -> None:
    path = hostile_xls.xls(tmp_path / "a.xlsx", hostile_xls.small_xls_records())
    error = refusal(path)
    assert error.reason_code == "wrong_extension"
    assert "不要直接改扩展名" in str(error)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    assert refusal(tmp_path / "a.csv").reason_code == "missing"


def test_a_file_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    path = hostile.good_book(tmp_path / "a.xlsx")
    assert refusal(path, Limits(file_bytes=100)).reason_code == "too_large"
    old = hostile_xls.xls(tmp_path / "a.xls", hostile_xls.small_xls_records())
    assert refusal(old, Limits(xls_bytes=100)).reason_code == "too_large"
    assert refusal(path, Limits(unpacked_bytes=100)).reason_code == "too_large_unpacked"
    assert refusal(path, Limits(small_part_bytes=100)).reason_code == "too_large_unpacked"


def test_the_sheet_of_a_refusal_is_named(tmp_path: Path) -> None:
    error = refusal(hostile.sparse(tmp_path / "a.xlsx"))
    assert error.sheet == "表1"
    assert "工作表“表1”" in str(error)


def test_a_good_workbook_passes_with_its_sheets(tmp_path: Path) -> None:
    checked = precheck(hostile.good_book(tmp_path / "a.xlsx"))
    assert checked.kind == "xlsx"
    assert [(sheet.name, sheet.columns, sheet.is_hidden) for sheet in checked.sheet_parts] == [
        ("成员", 2, False)
    ]
    old = precheck(hostile_xls.xls(tmp_path / "a.xls", hostile_xls.small_xls_records()))
    assert (old.kind, old.sheet_parts) == ("xls", [])


def test_a_full_height_sheet_of_few_columns_passes(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="C1048576"><v>1</v></c></row>'
    assert precheck(hostile.book(tmp_path / "a.xlsx", rows)).sheet_parts[0].columns == 3


def test_a_method_excel_does_not_use_is_refused(tmp_path: Path) -> None:
    path = hostile.good_book(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("docProps/more.xml", "<x/>")
    assert refusal(path).reason_code == "damaged"


@pytest.mark.parametrize(("letters", "number"), [(b"A", 1), (b"z", 26), (b"AA", 27), (b"XFD", 16_384)])
def test_column_letters_are_counted(letters: bytes, number: int) -> None:
    assert column_number(letters) == number


def test_endless_column_letters_are_beyond_any_limit() -> None:
    assert column_number(b"A" * 1000) > 16_384
