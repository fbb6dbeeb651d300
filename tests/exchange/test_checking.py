"""Checking: what a file was taken for and what is wrong in it, writing nothing."""

from datetime import date
from pathlib import Path

from shouwang.exchange.checking import check_files
from tests.exchange import samples
from tests.exchange.samples import MEDICAL_HEADERS, medical


def test_check_reports_what_each_file_was_taken_for(tmp_path: Path) -> None:
    rows = [MEDICAL_HEADERS, medical(1, 个人自付="-1"), medical(1, 证件号码=""), ["合计"]]
    file = samples.xlsx(tmp_path / "医保_2026年10月.xlsx", {"S": rows})
    text = samples.csv_file(tmp_path / "a.csv", [["物资"], ["大米"]], "gb18030")
    report, other = check_files([file, text], samples.ON)
    (sheet,) = report.sheets
    assert (sheet.feed, sheet.header_row_no, sheet.row_count, sheet.month) == (
        "medical",
        1,
        2,
        date(2026, 10, 1),
    )
    assert sheet.matched is not None
    assert sheet.matched["个人自付"] == "个人自付"
    assert "病种" in sheet.missing
    assert {(error.column, error.reason_code, error.first_row_no) for error in sheet.errors} == {
        ("个人自付", "negative_amount", 2), ("证件号码", "id_missing", 3),
    }  # fmt: skip
    assert not report.is_fine
    assert other.encoding == "gb18030"
    assert other.sheets[0].problem is not None
