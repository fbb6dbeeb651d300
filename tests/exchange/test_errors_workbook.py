"""The workbook of errors: original columns, red cells, reasons, and the way back."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shouwang.exchange.errors_workbook import OriginalChanged, write_error_workbook
from shouwang.exchange.recognising import REASON_HEADER
from tests.exchange import samples
from tests.exchange.samples import MEDICAL_HEADERS, medical, number


def _staged_with_errors(tmp_path: Path) -> Any:
    samples.registry(tmp_path / "registry")
    headers = ["备注", *MEDICAL_HEADERS]
    rows = [
        ["甲", *medical(1)],
        ["乙", *medical(2, 个人自付="-8")],
        ["丙", *medical(3, 证件号码="999999198001010011")],
    ]
    samples.xlsx(
        tmp_path / "deliveries" / "医保_2026年10月.xlsx", {"S": [["标题", "单位：千元"], headers, *rows]}
    )
    return samples.staged(tmp_path)


def test_rows_with_errors_keep_their_columns_with_red_cells_and_the_reason(tmp_path: Path) -> None:
    result = _staged_with_errors(tmp_path)
    path = tmp_path / "错误数据.xlsx"
    assert write_error_workbook(result, path) == 2
    sheet = openpyxl.load_workbook(path).worksheets[0]
    lines = list(sheet.iter_rows(min_row=2))
    assert [cell.value for cell in lines[0]] == ["备注", *MEDICAL_HEADERS, REASON_HEADER]
    assert [line[0].value for line in lines[1:]] == ["乙", "丙"]
    red = [[cell.column for cell in line if cell.fill.fill_type == "solid"] for line in lines[1:]]
    assert red == [[7], [3]]
    assert "金额不应为负数" in str(lines[1][-1].value)
    assert "占位号" in str(lines[2][-1].value)


def test_every_reason_is_counted_even_when_only_the_first_errors_are_listed(tmp_path: Path) -> None:
    samples.registry(tmp_path / "registry")
    rows = [medical(1, 个人自付="-1") for _ in range(5)] + [medical(1)]
    samples.xlsx(tmp_path / "deliveries" / "医保_2026年10月.xlsx", {"S": [MEDICAL_HEADERS, *rows]})
    path = tmp_path / "错误数据.xlsx"
    assert write_error_workbook(samples.staged(tmp_path), path, most_errors=2) == 2
    book = openpyxl.load_workbook(path)
    assert book.worksheets[0].max_row == 2 + 2
    assert [cell.value for cell in book["错误统计"][2]][-3:] == ["金额不应为负数", 5, 2]


def test_a_corrected_workbook_is_read_again_with_the_originals_unit_and_month(tmp_path: Path) -> None:
    result = _staged_with_errors(tmp_path)
    path = tmp_path / "deliveries" / "改正.xlsx"
    write_error_workbook(result, path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.cell(3, 7).value = "8"
    sheet.cell(4, 3).value = number(3)
    book.save(path)
    again = samples.staged(tmp_path)
    found = samples.rows(again, "own_pay_entry")
    assert sorted((row["person_id"], row["own_pay_fen"]) for row in found) == [
        ("P001", 30_000_000), ("P002", 800_000), ("P003", 30_000_000),
    ]  # fmt: skip
    assert len({row["delivered_month"] for row in found}) == 1
    assert not any("错误统计" in notice for notice in again.notices)


def test_a_corrected_household_takes_the_place_of_the_original(tmp_path: Path) -> None:
    registry = samples.registry(tmp_path / "registry")
    rows = [samples.HOUSEHOLD_HEADERS, samples.household(1, 户类型="大户"), samples.household(2)]
    samples.xlsx(registry / "户信息_2025年.xlsx", {"户信息": rows})
    path = registry / "改正.xlsx"
    write_error_workbook(samples.staged(tmp_path), path)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(3, 1 + samples.HOUSEHOLD_HEADERS.index("户类型")).value = "脱贫户"
    book.save(path)
    again = samples.staged(tmp_path)
    classes = {row["household_id"]: row["household_class"] for row in samples.rows(again, "household")}
    assert (classes["H001"], classes["H002"]) == ("alleviated", "ordinary")
    assert {row["reason_code"] for row in samples.rows(again, "row_errors")} == {"unknown_code"}


def test_an_original_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    result = _staged_with_errors(tmp_path)
    samples.xlsx(tmp_path / "deliveries" / "医保_2026年10月.xlsx", {"S": [MEDICAL_HEADERS]})
    with pytest.raises(OriginalChanged, match="被改动过"):
        write_error_workbook(result, tmp_path / "e.xlsx")
    (tmp_path / "deliveries" / "医保_2026年10月.xlsx").unlink()
    with pytest.raises(OriginalChanged):
        write_error_workbook(result, tmp_path / "e.xlsx")
    assert not (tmp_path / "e.xlsx").exists()
