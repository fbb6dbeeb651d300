"""CSV: nothing in it runs, everything in it reads back (T36)."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.exchange.csv_writing import CsvEncoding, csv_cell, write_csv
from shouwang.exchange.locked_zip import drawn_password
from shouwang.exchange.safe_text import clean_text, csv_plain
from shouwang.exchange.writing import WriteError

ACTIVE = tuple("=+-@\t\r\n＝＋－＠")
TEXTS = st.text() | st.builds(lambda head, rest: head + rest, st.sampled_from(ACTIVE), st.text())


def read(path: Path, encoding: str) -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.reader(stream))


@given(st.lists(TEXTS, min_size=1, max_size=5), st.sampled_from(["utf-8-sig", "gb18030"]))
def test_no_text_runs_and_every_text_reads_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], encoding: CsvEncoding
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    assert write_csv(path, ["列"] * len(texts), [texts], encoding=encoding) == 1

    row = read(path, encoding)[1]
    assert [csv_plain(cell) for cell in row] == [clean_text(text) for text in texts]
    for cell in row:
        is_number = cell[1:].replace(",", "").replace(".", "").rstrip("%").isascii() and cell[:1] in "+-"
        assert not cell.startswith(ACTIVE) or is_number


def test_values_are_written_as_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, ["甲", "=乙"], [[None, 3], [True, date(2026, 1, 2)], ["-3.5", -7]])

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read(path, "utf-8-sig") == [["甲", "'=乙"], ["", "3"], ["是", "2026-01-02"], ["-3.5", "-7"]]
    assert csv_cell(False) == "否"


def test_a_rare_character_survives_the_older_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, ["姓名"], [["𠮷䶮㛃"]], encoding="gb18030")

    assert read(path, "gb18030")[1] == ["𠮷䶮㛃"]


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"名单\.csv"):
        write_csv(tmp_path / "nowhere" / "名单.csv", ["甲"], [])

    def broken() -> object:
        yield ["一"]
        raise OSError(28, "No space left on device")

    path = tmp_path / "名单.csv"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(WriteError, match="未改动"):
        write_csv(path, ["甲"], broken())  # type: ignore[arg-type]  # it yields rows until it breaks
    assert path.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["名单.csv"]


def test_a_drawn_password_is_long_new_and_legible() -> None:
    drawn = {drawn_password() for _ in range(50)}

    assert len(drawn) == 50
    assert all(len(each) == 19 and not set(each) & set("0O1lI") for each in drawn)
