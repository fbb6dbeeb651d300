import datetime as dt
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouwang.exchange import writing
from shouwang.exchange.reading import ReaderWorker, open_book
from shouwang.exchange.safe_text import CUT_MARK, clean_text, csv_plain, csv_safe, sheet_name
from shouwang.exchange.writing import (
    NOT_A_NUMBER,
    BookProperties,
    Cell,
    Column,
    SheetSpec,
    StyledRow,
    WriteError,
    write_workbook,
)

PROPERTIES = BookProperties("预警名单", dt.datetime(2026, 11, 23, 8, 0))
RUNNABLE = [
    "=1+1",
    "+1+cmd",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "{=1}",
    '=HYPERLINK("x")',
    "http://example.test",
]


def written(path: Path, rows: list[list[Cell]], *columns: Column) -> openpyxl.Workbook:
    write_workbook(path, [SheetSpec("名单", columns or (Column("原因"),), rows)], properties=PROPERTIES)
    return openpyxl.load_workbook(path)


def parts_of(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(st.one_of(st.text(), st.sampled_from(RUNNABLE)), min_size=1, max_size=6))
def test_no_text_becomes_a_formula_and_every_text_is_read_back(texts: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = written(path, [[text] for text in texts])
    assert "<f>" not in parts_of(path)
    for at, text in enumerate(texts, 2):
        cell = book["名单"].cell(at, 1)
        assert cell.data_type != "f"
        assert cell.hyperlink is None
        if "_x" not in text:
            assert (cell.value or "") == clean_text(text)


def test_texts_are_read_back_by_our_own_reader_unchanged(tmp_path: Path) -> None:
    texts = [*RUNNABLE, "_x0041_", "两\n行", " 前后 ", "😀", "0012", "1e5"]
    written(tmp_path / "a.xlsx", [[text] for text in texts])
    with ReaderWorker() as worker:
        (batch,) = open_book(tmp_path / "a.xlsx", worker=worker).batches("名单")
        assert batch.table.column("c0").to_pylist()[1:] == texts


def test_each_kind_of_column_is_written_as_its_kind(tmp_path: Path) -> None:
    columns = [Column("文"), Column("数", kind="int"), Column("元", kind="yuan")]
    columns += [Column("日", kind="date"), Column("率", kind="percent")]
    rows: list[list[Cell]] = [
        ["a", 3, 123_456, dt.date(2026, 11, 23), 0.5],
        [None, None, None, None, None],
        [7, "不详", "不详", "不详", "不详"],
        [True, 10**17, math.nan, dt.date(1899, 1, 1), math.inf],
        [dt.date(2026, 1, 2), False, 0, dt.datetime(2026, 1, 2, 3, 4), 1],
        [dt.datetime(2026, 1, 2, 3, 4), 1, 1, None, 0],
    ]
    sheet = written(tmp_path / "a.xlsx", rows, *columns)["名单"]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert found[0] == ["a", 3, 1234.56, dt.datetime(2026, 11, 23), 0.5]
    assert found[1] == [None] * 5
    assert found[2] == ["7", "不详", "不详", "不详", "不详"]
    assert found[3] == ["是", "100000000000000000", NOT_A_NUMBER, "1899-01-01", NOT_A_NUMBER]
    assert found[4][:3] == ["2026-01-02", "否", 0]
    assert found[4][3] == dt.datetime(2026, 1, 2, 3, 4)
    assert found[5][0] == "2026-01-02 03:04:00"
    assert [sheet.cell(2, at).number_format for at in range(1, 6)] == [
        "@",
        "0",
        "#,##0.00",
        "yyyy-mm-dd",
        "0.0%",
    ]


def test_the_sheet_is_set_up_for_reading_and_printing(tmp_path: Path) -> None:
    spec = SheetSpec(
        "名单",
        [Column("户编号", 20, note="由系统编"), Column("原因", 40)],
        [StyledRow(["1", "重复"], {1: "bad"}), ["2", ""]],
        title="预警名单",
    )
    write_workbook(tmp_path / "a.xlsx", [spec], properties=PROPERTIES)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["名单"]
    assert sheet["A1"].value == "预警名单"
    assert [cell.value for cell in sheet[2]] == ["户编号", "原因"]
    assert sheet["A2"].comment.text == "由系统编"
    assert sheet["B3"].fill.start_color.rgb == "FFF8B4B4"
    assert sheet["A3"].fill.fill_type is None
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:B4")
    assert [round(sheet.column_dimensions[name].width) for name in "AB"] == [21, 41]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert sheet.print_title_rows == "$2:$2"
    assert sheet.oddFooter.center.text == "第 &P 页 / 共 &N 页"
    assert (book.properties.title, book.properties.created) == ("预警名单", PROPERTIES.created_at)


def test_forbidden_characters_are_shown_and_long_texts_cut_visibly() -> None:
    assert clean_text("a\x00b\x1fc\ufffe\ud800") == "a\ufffdb\ufffdc\ufffd\ufffd"
    assert clean_text("a\r\nb\rc\td") == "a\nb\nc\td"
    assert clean_text("字" * 32_767) == "字" * 32_767
    for text in ("字" * 32_768, "𠮷" * 20_000, "a" + "𠮷" * 20_000):
        cut = clean_text(text)
        assert cut.endswith(CUT_MARK)
        assert len(cut.encode("utf-16-le")) // 2 in (32_766, 32_767)
        assert text.startswith(cut.removesuffix(CUT_MARK))


def test_a_long_cell_is_written_cut(tmp_path: Path) -> None:
    sheet = written(tmp_path / "a.xlsx", [["字" * 40_000]])["名单"]
    assert sheet["A2"].value.endswith(CUT_MARK)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("名单", "名单"),
        ("a/b:c*d?[e]\\", "a_b_c_d__e__"),
        ("'引'", "引"),
        ("", "Sheet"),
        ("History", "History_"),
        ("长" * 40, "长" * 31),
    ],
)
def test_sheet_names_are_made_acceptable(wanted: str, name: str) -> None:
    assert sheet_name(wanted, set()) == name


def test_sheet_names_are_unique_without_regard_to_case() -> None:
    used: set[str] = set()
    assert [sheet_name(name, used) for name in ("Abc", "aBC", "ABC")] == ["Abc", "aBC (2)", "ABC (3)"]
    assert sheet_name("长" * 40, used, 2) == "长" * 27 + " (2)"


@given(st.lists(st.text(max_size=40), max_size=6))
def test_every_sheet_name_is_one_excel_accepts(wanted: list[str]) -> None:
    used: set[str] = set()
    names = [sheet_name(name, used) for name in wanted]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name == name.strip("'")


def test_rows_past_the_sheet_limit_go_on_in_another_sheet(tmp_path: Path) -> None:
    spec = SheetSpec("名单", [Column("号", kind="int")], ([at] for at in range(7)), title="题")
    write_workbook(tmp_path / "a.xlsx", [spec, spec], properties=PROPERTIES, most_rows=5)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["名单", "名单 (2)", "名单 (3)", "名单 (4)"]
    found = [
        [row[0] for row in book[name].iter_rows(min_row=3, values_only=True)] for name in book.sheetnames
    ]
    assert found == [[0, 1, 2], [3, 4, 5], [6], []]
    assert book["名单 (2)"]["A2"].value == "号"


def test_large_and_small_books_hold_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[Cell]] = [["=1", 100], ["b", None], [None, 300]]
    columns = [Column("文", note="注"), Column("元", kind="yuan")]
    small = written(tmp_path / "a.xlsx", rows, *columns)["名单"]
    monkeypatch.setattr(writing, "_CELLS_HELD", 1)
    large = written(tmp_path / "b.xlsx", rows, *columns)["名单"]
    assert list(small.iter_rows(values_only=True)) == list(large.iter_rows(values_only=True))
    assert "<f>" not in parts_of(tmp_path / "b.xlsx")


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        written(tmp_path / name, [["甲"], ["乙"]])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_failing_row_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def rows() -> Iterator[list[Cell]]:
        yield ["a"]
        raise KeyError("row")

    with pytest.raises(KeyError):
        write_workbook(path, [SheetSpec("名单", [Column("a")], rows())], properties=PROPERTIES)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_row_of_another_width_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        written(tmp_path / "a.xlsx", [["a", "b"]])
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="：文件夹不存在"):
        written(tmp_path / "没有" / "a.xlsx", [])


def test_a_file_that_cannot_be_replaced_is_told_in_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: str, target: Path) -> None:
        raise PermissionError(13, "open elsewhere")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(WriteError, match="正在被其他程序打开"):
        written(tmp_path / "a.xlsx", [])
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_without_columns_or_rows_is_written(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", [SheetSpec("空", [], [])], properties=PROPERTIES)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["空"]


@pytest.mark.parametrize("text", [*RUNNABLE[:6], "\r=1", "\n=1", "-甲", "'已引", "\0=1"])
def test_a_runnable_csv_text_is_quoted(text: str) -> None:
    assert csv_safe(text) == "'" + text


@pytest.mark.parametrize("text", ["-12.50", "+3", "-1,234.5%", "甲", "", "a=b"])
def test_a_harmless_csv_text_is_left_alone(text: str) -> None:
    assert csv_safe(text) == text


@given(st.one_of(st.text(), st.sampled_from(RUNNABLE)))
def test_the_csv_policy_loses_nothing(text: str) -> None:
    safe = csv_safe(text)
    assert csv_plain(safe) == text
    assert not safe.startswith(("=", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_a_mark_stands_in_every_margin(tmp_path: Path) -> None:
    sheets = [SheetSpec(name, [Column("甲")], [["乙"]]) for name in ("一", "二")]
    write_workbook(tmp_path / "a.xlsx", sheets, properties=PROPERTIES, mark="王&李 361023DC1")

    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet in book:
        assert sheet.oddHeader.center.text == "王&&李 361023DC1"
        assert sheet.oddFooter.left.text == "王&&李 361023DC1"
        assert "&P" in sheet.oddFooter.right.text


def test_ten_thousand_yuan_is_a_unit_of_its_own(tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx", [[12_345_600]], Column("万元", kind="wan"))

    assert book["名单"]["A2"].value == 12.3456


def test_a_sparse_sheet_reads_back_the_same(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["一", ""], [None, "二"]]
    read = []
    for is_sparse in (True, False):
        sheet = SheetSpec("名单", [Column("甲"), Column("乙")], rows, is_sparse=is_sparse)
        write_workbook(tmp_path / "a.xlsx", [sheet], properties=PROPERTIES)
        book = openpyxl.load_workbook(tmp_path / "a.xlsx")
        read.append([[cell.value for cell in row] for row in book["名单"].iter_rows()])

    assert read[0] == read[1] == [["甲", "乙"], ["一", None], [None, "二"]]
