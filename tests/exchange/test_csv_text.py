"""Text files of every encoding: read back as written, or refused naming line and bytes (T25)."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.exchange.csv_text import detect_encoding
from shouwang.exchange.reading import Kind, Limits, ReadError, ReaderWorker, SheetHead, open_book

NAMES = ["张三", "女", "学生甲", "示例·人", "䶮甲", "㛃乙", "𠮷丙", "〇丁"]


def opened(path: Path, limits: Limits | None = None) -> tuple[str, SheetHead, list[list[str | None]]]:
    with ReaderWorker() as worker:
        book = open_book(path, limits=limits or Limits(), worker=worker)
        assert book.sheets[0].sheet == ""
        rows = [
            list(row)
            for batch in book.batches("")
            for row in zip(*(column.to_pylist() for column in batch.table.columns), strict=True)
        ]
        return book.encoding, book.sheets[0], rows


def refusal(path: Path, content: bytes, limits: Limits | None = None) -> ReadError:
    path.write_bytes(content)
    with pytest.raises(ReadError) as caught:
        opened(path, limits)
    return caught.value


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_rare_names_are_read_in_every_encoding(encoding: str, found: str, tmp_path: Path) -> None:
    text = "姓名,村\r\n" + "".join(f"{name},测试村\r\n" for name in NAMES)
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    answered, head, rows = opened(path)
    assert answered == found
    assert [row[0] for row in rows] == ["姓名", *NAMES]
    assert (head.row_count, head.column_count) == (len(NAMES) + 1, 2)


def test_gbk_is_read_as_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名\n张三\n".encode("gbk"))
    assert opened(path)[0] == "gb18030"


def test_a_gbk_line_that_happens_to_be_utf8_is_no_mix(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号,性别\n1,女\n2,男\n".encode("gbk"))
    assert "1,女\n".encode("gbk").decode("utf-8") != "1,女\n"
    assert opened(path)[2][1] == ["1", "女"]


def test_mixed_lines_are_refused_naming_both(tmp_path: Path) -> None:
    content = "姓名,村\n".encode() + "张三,测试村\n".encode("gb18030")
    error = refusal(tmp_path / "a.csv", content)
    assert error.reason_code == "mixed_encoding"
    assert "第 1 行是 UTF-8（字节 E5 A7 93）" in str(error)
    assert "第 2 行不是（字节 D5" in str(error)


def test_a_mixed_field_in_a_line_is_refused(tmp_path: Path) -> None:
    content = "姓名,地址\n".encode("gb18030") + "张三,".encode("gb18030") + "测试乡示例村\n".encode()
    assert refusal(tmp_path / "a.csv", content).reason_code == "mixed_encoding"


def test_a_marked_file_must_be_utf8_throughout(tmp_path: Path) -> None:
    error = refusal(tmp_path / "a.csv", b"\xef\xbb\xbfa,b\n" + "张三,1\n".encode("gb18030"))
    assert error.reason_code == "mixed_encoding"
    assert "第 2 行" in str(error)


def test_bytes_of_no_encoding_are_refused_with_line_and_bytes(tmp_path: Path) -> None:
    error = refusal(tmp_path / "a.csv", "姓名\n".encode("gb18030") + b"a\n\xff\xffb\n")
    assert error.reason_code == "unknown_encoding"
    assert "第 3 行的字节 FF" in str(error)


def test_broken_utf16_is_refused_with_its_line(tmp_path: Path) -> None:
    error = refusal(tmp_path / "a.csv", "姓名\n张三\n".encode("utf-16") + b"\x00\xd8")
    assert error.reason_code == "unknown_encoding"


@pytest.mark.parametrize(("content", "line"), [(b"a,b\n1,\x00\n", 2), ("a\0\n".encode("utf-16"), 1)])
def test_null_bytes_are_refused_with_their_line(content: bytes, line: int, tmp_path: Path) -> None:
    error = refusal(tmp_path / "a.csv", content)
    assert error.reason_code == "nul_bytes"
    assert f"第 {line} 行" in str(error)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_delimiter_is_found_under_a_title_line(mark: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = ["成员信息,2026", mark.join(["户编号", "姓名", '"类,别;"']), mark.join(["1", "张三", "甲"])]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert opened(path)[2][1] == ["户编号", "姓名", "类,别;"]


def test_blank_records_keep_the_row_numbers_and_short_records_are_padded(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b,c\n\n1\n2,,\n,,\n\n", encoding="utf-8")
    _, head, rows = opened(path)
    assert rows == [["a", "b", "c"], [None] * 3, ["1", None, None], ["2", None, None]]
    assert head.row_count == 4
    assert head.head_rows == rows


def test_all_cells_of_a_text_file_are_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("证件号码,金额\n1.10105E+17,\n", encoding="utf-8")
    with ReaderWorker() as worker:
        (batch,) = open_book(path, worker=worker).batches("")
    assert batch.kinds.column("c1").to_pylist() == [Kind.TEXT, Kind.BLANK]
    assert batch.table.column("c0").to_pylist()[1] == "1.10105E+17"


def test_a_huge_cell_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.csv", b"a\n" + b"x" * 40_000).reason_code == "giant_cell"
    assert refusal(tmp_path / "b.csv", b"a\n" + b"x" * 5_000_000).reason_code == "giant_cell"
    assert refusal(tmp_path / "c.csv", ("a\n" + "x" * 5_000_000).encode("utf-16")).reason_code == "giant_cell"


@pytest.mark.parametrize("content", [b'a,b\n"1,2\n3,4\n', b'a,b\n"1"x,2\n'])
def test_quotes_that_do_not_match_are_refused(content: bytes, tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.csv", content).reason_code == "bad_quotes"


def test_too_many_columns_or_rows_are_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path / "a.csv", b"a\n1,2,3,4\n", Limits(columns=3))
    assert error.reason_code == "too_many_columns"
    assert "第 2 行有 4 列" in str(error)
    assert refusal(tmp_path / "a.csv", b"a\n1\n2\n", Limits(rows=2)).reason_code == "too_many_rows"


def test_reading_leaves_the_field_limit_of_others_alone(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    refusal(tmp_path / "a.csv", b"a\n" + b"x" * 40_000)
    assert csv.field_size_limit() == before


@given(
    st.lists(st.text(st.characters(codec="gb18030", exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1)
)
def test_an_encoding_found_reads_the_text_back_or_the_file_is_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    text = "姓名\n" + "\n".join(lines)
    path = tmp_path_factory.mktemp("text") / "a.csv"
    for encoding in ("utf-8", "gb18030"):
        path.write_bytes(text.encode(encoding))
        try:
            found = detect_encoding(path)
        except ReadError as error:
            found = error.reason_code
            assert (found, encoding) == ("mixed_encoding", "gb18030")
        else:
            assert path.read_bytes().decode(found) == text
