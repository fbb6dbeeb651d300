import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shouwang.exchange import reader_worker
from shouwang.exchange.limits import Limits
from shouwang.exchange.reading import ReadError, ReaderWorker, open_book
from tests.exchange import hostile


@pytest.fixture(scope="module")
def worker() -> Iterator[ReaderWorker]:
    with ReaderWorker() as made:
        yield made


@pytest.mark.skipif(os.name == "nt", reason="a process cannot limit itself on Windows")
def test_a_file_that_kills_the_child_costs_that_file_only(tmp_path: Path) -> None:
    # The row says 1, its cells reach row 900,000: the parser lays out the whole rectangle.
    cells = '<c r="A1"><v>1</v></c><c r="BI900000"><v>1</v></c>'
    path = hostile.book(tmp_path / "坏.xlsx", f'<row r="1">{cells}</row>')
    good = hostile.good_book(tmp_path / "好.xlsx")
    with ReaderWorker(Limits(child_memory_bytes=600 * hostile.MEBIBYTE)) as worker:
        open_book(good, worker=worker)
        before = worker.process_id
        with pytest.raises(ReadError) as caught:
            open_book(path, worker=worker)
        assert caught.value.reason_code == "unsafe_to_read"
        assert open_book(good, worker=worker).sheets[0].head_rows == [["户编号", "姓名"]]
        assert worker.process_id != before
        assert worker.has_limits


def test_one_child_serves_file_after_file(tmp_path: Path) -> None:
    good = hostile.good_book(tmp_path / "a.xlsx")
    with ReaderWorker() as worker:
        assert worker.process_id is None
        open_book(good, worker=worker)
        first = worker.process_id
        with pytest.raises(ReadError):
            open_book(hostile.sparse(tmp_path / "b.xlsx"), worker=worker)
        open_book(good, worker=worker)
        assert worker.process_id == first


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_child_killed_between_files_is_replaced(tmp_path: Path) -> None:
    good = hostile.good_book(tmp_path / "a.xlsx")
    with ReaderWorker() as worker:
        open_book(good, worker=worker)
        assert worker.process_id is not None
        os.kill(worker.process_id, signal.SIGKILL)
        with suppress(ReadError):
            open_book(good, worker=worker)
        assert open_book(good, worker=worker).sheets[0].row_count == 1


def test_a_child_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_worker, "_pump", lambda child, answers: answers.put('{"has_limits": true}'))
    with ReaderWorker(Limits(child_wall_seconds=0)) as worker:
        with pytest.raises(ReadError) as caught:
            open_book(hostile.good_book(tmp_path / "a.xlsx"), worker=worker)
        assert caught.value.reason_code == "unsafe_to_read"
        assert worker.process_id is None


def test_what_was_read_is_wiped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with ReaderWorker() as worker:
        book = open_book(hostile.good_book(tmp_path / "a.xlsx"), worker=worker)
        assert len(list(tmp_path.rglob("*.arrow"))) == 1
        book.close()
        assert not list(tmp_path.rglob("*.arrow"))
        open_book(tmp_path / "a.xlsx", worker=worker)
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_worker_outside_its_block_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="context manager"):
        open_book(hostile.good_book(tmp_path / "a.xlsx"), worker=ReaderWorker())


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    (tmp_path / "a.csv").write_text("a\n1\n", encoding="utf-8")
    with ReaderWorker() as worker:
        for path in (hostile.good_book(tmp_path / "a.xlsx"), tmp_path / "a.csv"):
            open_book(path, worker=worker, on_rows=lambda sheet, rows: told.append((sheet, rows)))
    assert told == [("成员", 1), ("", 2)]


@pytest.mark.parametrize("label", hostile.XLSX)
def test_no_hostile_file_costs_the_worker(label: str, tmp_path: Path, worker: ReaderWorker) -> None:
    if "1 GB" in label:
        pytest.skip("made once, in the tests of the pre-check")
    make, reason = hostile.XLSX[label]
    with pytest.raises(ReadError) as caught:
        open_book(make(tmp_path / "a.xlsx"), worker=worker)
    assert caught.value.reason_code == reason
    assert open_book(hostile.good_book(tmp_path / "b.xlsx"), worker=worker).sheets[0].row_count == 1
