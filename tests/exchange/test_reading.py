import datetime as dt
import hashlib
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouwang.exchange.cells import cell_text
from shouwang.exchange.reading import Book, Kind, ReadError, ReaderWorker, open_book
from shouwang.exchange.shared_strings import SharedStrings
from shouwang.exchange.workbook_blocks import OddSheetError, sheet_blocks
from tests.exchange import hostile, hostile_xls

Row = list[str | None]


@pytest.fixture(scope="module")
def worker() -> Iterator[ReaderWorker]:
    with ReaderWorker() as made:
        yield made


def numbered_rows(book: Book, sheet: str, batch_rows: int = 20_000) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for batch in book.batches(sheet, batch_rows):
        columns = [column.to_pylist() for column in batch.table.columns]
        for at, row in enumerate(zip(*columns, strict=True), batch.first_row_no):
            assert at not in found
            found[at] = list(row)
    return found


def kinds_of(book: Book, sheet: str) -> list[list[Kind]]:
    return [
        [Kind(kind) for kind in row]
        for batch in book.batches(sheet)
        for row in zip(*(column.to_pylist() for column in batch.kinds.columns), strict=True)
    ]


def typed_book(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("类 型")
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        instant = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        clock = made.add_format({"num_format": "hh:mm:ss"})
        hours = made.add_format({"num_format": "[h]:mm"})
        sheet.write_row(0, 0, [" 文字 ", True, 3, 3.25, 1.10105199e17, -1e15])
        sheet.write(0, 6, dt.date(2020, 1, 2), day)
        sheet.write(0, 7, dt.datetime(2020, 1, 2, 3, 4), instant)
        sheet.write(0, 8, 0.5, clock)
        sheet.write(0, 9, 1.5, hours)
        sheet.write_formula(0, 10, "=NA()", None, "#N/A")
        sheet.write_formula(0, 11, "=1+1", None, 2)
        sheet.write(0, 13, "末")
        made.add_worksheet("空")
        hidden = made.add_worksheet("字典")
        hidden.write(4, 2, "是")
        hidden.hide()
    return path


def test_every_kind_of_cell_becomes_text_with_its_kind(worker: ReaderWorker, tmp_path: Path) -> None:
    book = open_book(typed_book(tmp_path / "a.xlsx"), worker=worker)
    row = numbered_rows(book, "类 型")[1]
    assert row[:6] == [" 文字 ", "TRUE", "3", "3.25", "1.10105199e+17", "-1000000000000000.0"]
    assert row[6:10] == ["2020-01-02", "2020-01-02 03:04:00", "12:00:00", "1.5"]
    assert row[10:] == ["#N/A", "2", None, "末"]
    assert kinds_of(book, "类 型")[0] == [
        Kind.TEXT,
        Kind.BOOLEAN,
        Kind.NUMBER,
        Kind.NUMBER,
        Kind.LARGE_NUMBER,
        Kind.LARGE_NUMBER,
        Kind.DATE,
        Kind.DATETIME,
        Kind.TIME,
        Kind.DURATION,
        Kind.TEXT,
        Kind.NUMBER,
        Kind.BLANK,
        Kind.TEXT,
    ]


def test_sheets_are_described_in_order(worker: ReaderWorker, tmp_path: Path) -> None:
    path = typed_book(tmp_path / "a.xlsx")
    book = open_book(path, worker=worker)
    assert [(head.sheet, head.row_count, head.column_count, head.is_hidden) for head in book.sheets] == [
        ("类 型", 1, 14, False),
        ("空", 0, 0, False),
        ("字典", 5, 3, True),
    ]
    assert book.sheets[2].head_rows == [[None] * 3] * 4 + [[None, None, "是"]]
    assert list(book.batches("空")) == []
    assert book.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert book.encoding == ""


def test_rows_keep_their_number_over_batches_and_gaps(worker: ReaderWorker, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("甲")
        for at in [*range(100), 150, 500_000]:
            sheet.write(at, at % 3, f"第{at + 1}行")
    book = open_book(path, worker=worker)
    rows = numbered_rows(book, "甲", batch_rows=7)
    assert {at: row[(at - 1) % 3] for at, row in rows.items() if any(row)} == {
        at: f"第{at}行" for at in [*range(1, 101), 151, 500_001]
    }
    assert book.sheets[0].row_count == 500_001
    assert len(book.sheets[0].head_rows) == 30
    assert all(len(row) == 3 for row in rows.values())
    assert all(batch.table.num_rows <= 7 for batch in book.batches("甲", 7))


def test_an_unknown_sheet_is_refused_with_the_names_there_are(worker: ReaderWorker, tmp_path: Path) -> None:
    book = open_book(hostile.good_book(tmp_path / "a.xlsx"), worker=worker)
    with pytest.raises(ReadError, match="工作表有：成员") as caught:
        list(book.batches("户"))
    assert caught.value.reason_code == "no_such_sheet"


def test_an_old_workbook_is_read(worker: ReaderWorker, tmp_path: Path) -> None:
    path = hostile_xls.xls(tmp_path / "a.xls", hostile_xls.small_xls_records())
    book = open_book(path, worker=worker)
    assert numbered_rows(book, "成员") == {1: ["户编号", None], 2: [None, "12.5"]}


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>",
        '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c><x:c r="B1"><x:v>2</x:v></x:c></x:row>'
        '<x:row r="3"><x:c r="A3"><x:v>3</x:v></x:c></x:row>',
        '<row r="1" spans="1:2"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>\n<row r="2"/>\n'
        '<row r="3"><c r="A3"><v>3</v></c></row>',
    ],
)
def test_unusual_spellings_of_rows_are_read_the_same(rows: str, worker: ReaderWorker, tmp_path: Path) -> None:
    xml = hostile.sheet_xml(rows)
    if "<x:" in rows:
        xml = xml.replace("<worksheet xmlns=", "<x:worksheet xmlns:x=").replace("sheetData>", "x:sheetData>")
        xml = xml.replace("</x:sheetData>", "</x:sheetData>").replace("<x:/", "</x:")
        xml = xml.replace("</worksheet>", "</x:worksheet>").replace("</sheetData>", "</x:sheetData>")
        xml = xml.replace("x:x:", "x:")
    path = hostile.zip_file(tmp_path / "a.xlsx", hostile.book_parts([xml]))
    with ReaderWorker(block_bytes=16) as tiny:
        for reader in (worker, tiny):
            found = numbered_rows(open_book(path, worker=reader), "表1")
            assert {at: row for at, row in found.items() if any(row)} == {1: ["1", "2"], 3: ["3", None]}


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
CELLS = st.one_of(st.none(), st.integers(-(10**9), 10**9), TEXTS)


@settings(
    max_examples=settings().max_examples // 10,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(rows=st.lists(st.lists(CELLS, max_size=4), max_size=12), is_shared=st.booleans())
def test_blocks_give_the_same_cells_as_a_second_reader(
    rows: list[list[str | int | None]], is_shared: bool, worker: ReaderWorker, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": not is_shared}) as made:
        sheet = made.add_worksheet("甲")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif value is not None:
                    sheet.write_number(at, column, value)
    second = openpyxl.load_workbook(path, read_only=True)
    expected = [[cell_text(value)[0] for value in row] for row in second["甲"].iter_rows(values_only=True)]
    second.close()
    with ReaderWorker(block_bytes=200, shared_bytes=0) as small:
        found = numbered_rows(open_book(path, worker=small), "甲")
    assert found == numbered_rows(open_book(path, worker=worker), "甲")
    for at, cells in enumerate(expected, 1):
        assert [text for text in found.get(at, []) if text] == [text for text in cells if text]


def blocks_of(path: Path, rows: str, tail: str = "") -> list[bytes]:
    hostile.book(path, rows)
    with zipfile.ZipFile(path) as archive:
        return [
            b"".join(block) + tail.encode() for block in sheet_blocks(archive, "xl/worksheets/sheet1.xml", 1)
        ]


def test_rows_out_of_order_are_refused(worker: ReaderWorker, tmp_path: Path) -> None:
    rows = '<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    with pytest.raises(OddSheetError):
        blocks_of(tmp_path / "a.xlsx", rows)
    with pytest.raises(ReadError) as caught:
        open_book(tmp_path / "a.xlsx", worker=worker)
    assert (caught.value.reason_code, caught.value.sheet) == ("damaged", "表1")


@pytest.mark.parametrize("xml", ["<worksheet/>", "<worksheet><sheetData><row>"])
def test_a_sheet_without_an_end_is_damaged(xml: str, worker: ReaderWorker, tmp_path: Path) -> None:
    path = hostile.zip_file(tmp_path / "a.xlsx", hostile.book_parts([xml]))
    with pytest.raises(ReadError) as caught:
        open_book(path, worker=worker)
    assert caught.value.reason_code == "damaged"


def test_columns_without_references_are_counted_in_the_child(worker: ReaderWorker, tmp_path: Path) -> None:
    path = hostile.book(tmp_path / "a.xlsx", f"<row>{'<c><v>1</v></c>' * 300}</row>")
    with pytest.raises(ReadError) as caught:
        open_book(path, worker=worker)
    assert caught.value.reason_code == "too_many_columns"


ODD_TEXTS = [
    "<script>alert(1)</script>",
    "'; DROP TABLE x; --",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "\u202e反向\u2066",
    "\ufeff零\u200b宽",
    "😀",
    "１２３ＡＢＣ",
    "1e999999",
    "9" * 10_000,
    "_x0041_",
    "  前后空格\u00a0",
    "两\n行",
]


def test_odd_texts_arrive_unchanged(worker: ReaderWorker, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("甲")
        for at, text in enumerate(ODD_TEXTS):
            sheet.write_string(at, 0, text)
    rows = numbered_rows(open_book(path, worker=worker), "甲")
    assert [rows[at + 1][0] for at in range(len(ODD_TEXTS))] == ODD_TEXTS


@pytest.mark.parametrize("number", ["1e999999", "9" * 100_000])
def test_endless_numbers_are_marked_as_having_lost_digits(
    number: str, worker: ReaderWorker, tmp_path: Path
) -> None:
    path = hostile.book(tmp_path / "a.xlsx", f'<row r="1"><c r="A1"><v>{number}</v></c></row>')
    book = open_book(path, worker=worker)
    assert numbered_rows(book, "表1") == {1: ["inf"]}
    assert kinds_of(book, "表1") == [[Kind.LARGE_NUMBER]]


def test_a_cell_of_no_known_type_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="bytes"):
        cell_text(b"")
    assert cell_text(None) == (None, Kind.BLANK)
    assert cell_text(float("nan")) == ("nan", Kind.LARGE_NUMBER)


def test_a_renumbered_block_has_only_the_strings_it_uses() -> None:
    shared = SharedStrings(b"<sst count='9'><si><t>a</t></si><si/><si><t>c</t></si></sst>")
    rows = b'<c r="A1" t="s"><v>2</v></c><c r="B1" s="1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>'
    found = shared.renumbered(rows)
    assert found is not None
    assert re.findall(rb"<v>(\d+)", found[0]) == [b"0", b"1", b"0"]
    assert found[1].endswith(b'main"><si><t>c</t></si><si/></sst>')


@pytest.mark.parametrize(
    "rows",
    [
        b"<c r='A1' t='s'><v>0</v></c>",
        b'<c r="A1" t="s"> <v>0</v></c>',
        b'<c r="A1" t="s"><v>7</v></c>',
        b'<c r="A1" t = "s"><v>0</v></c>',
        b'<c r="A1" t="inlineStr"><is><t>say t="s"</t></is></c>',
    ],
)
def test_a_block_in_odd_spelling_keeps_the_whole_table(rows: bytes) -> None:
    shared = SharedStrings(b"<sst><si><t>a</t></si></sst>")
    assert shared.renumbered(rows) is None
