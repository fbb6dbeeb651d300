"""The child process that parses workbooks, so that a file that kills its parser kills nothing else.

Run as `python -m shouwang.exchange.reader_process`. One JSON line on standard input asks for one file; JSON
lines on standard output tell the rows read so far (`rows`) and at last answer (`sheets` or `error`). The rows
go to Arrow stream files in a folder the parent owns. Answers hold codes, counts and sheet names only, never a
cell's text or a parser's words.
"""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import python_calamine as calamine

from shouwang.exchange.cells import BlockWriter
from shouwang.exchange.shared_strings import PART, SharedStrings
from shouwang.exchange.workbook_blocks import OddSheetError, sheet_blocks, write_block

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no resource limits for a process to set on itself
    # The module is missing on Windows.
    resource = None  # type: ignore[assignment]


class _TooWideError(Exception):
    pass


def main() -> None:
    """Serve requests until standard input closes."""
    has_limits = resource is not None
    _answer({"ready": True, "has_limits": has_limits})
    for line in sys.stdin:
        request = json.loads(line)
        if has_limits:
            _limit(request["memory_bytes"], request["cpu_seconds"])
        _answer(_serve(request))


def _answer(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used_seconds = int(usage.ru_utime + usage.ru_stime) + 1
    for what, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, used_seconds + cpu_seconds)):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _serve(request: dict[str, Any]) -> dict[str, Any]:
    sheet = ""
    folder = Path(request["folder"])
    try:
        answers = []
        for number, (sheet, part, is_hidden, columns) in enumerate(_sheets(request)):
            writer = BlockWriter(folder, number, request["batch_rows"])
            if part:
                _read_blocks(request, sheet, part, columns, writer)
            else:
                with calamine.CalamineWorkbook.from_path(request["path"]) as book:
                    _read_sheet(book.get_sheet_by_name(sheet), request["most_columns"], writer)
            answers.append({"name": sheet, "is_hidden": is_hidden, "blocks": writer.blocks})
        return {"sheets": answers}
    except calamine.PasswordError:
        return {"error": "password", "sheet": ""}
    except _TooWideError:
        return {"error": "too_many_columns", "sheet": sheet}
    except MemoryError:
        return {"error": "unsafe_to_read", "sheet": sheet}
    except OSError as error:
        return {"error": "no_space" if error.errno in (28, 122) else "damaged", "sheet": sheet}
    except (calamine.CalamineError, OddSheetError, zipfile.BadZipFile, ValueError, OverflowError):
        return {"error": "damaged", "sheet": sheet}


def _sheets(request: dict[str, Any]) -> list[tuple[str, str, bool, int]]:
    if request["sheet_parts"]:
        return [tuple(sheet) for sheet in request["sheet_parts"]]
    with calamine.CalamineWorkbook.from_path(request["path"]) as book:
        return [
            (found.name, "", found.visible != calamine.SheetVisibleEnum.Visible, 0)
            for found in book.sheets_metadata
            if found.typ == calamine.SheetTypeEnum.WorkSheet
        ]


def _read_blocks(request: dict[str, Any], sheet: str, part: str, columns: int, writer: BlockWriter) -> None:
    block_path = Path(request["folder"]) / "block.xlsx"
    sheet_parts = {other for _, other, *_ in request["sheet_parts"]}
    with zipfile.ZipFile(request["path"]) as archive:
        shared = SharedStrings.of(archive, request["shared_bytes"])
        for head, rows, tail in sheet_blocks(archive, part, columns, request["block_bytes"]):
            renumbered = shared.renumbered(rows) if shared is not None else None
            if renumbered is None:
                written = {part: [head, rows, tail]}
            else:
                written = {part: [head, renumbered[0], tail], PART: [renumbered[1]]}
            del rows, renumbered
            write_block(archive, sheet_parts, written, block_path)
            del written
            with calamine.CalamineWorkbook.from_path(block_path) as book:
                _read_sheet(book.get_sheet_by_name(sheet), request["most_columns"], writer)
            block_path.unlink()


def _read_sheet(sheet: calamine.CalamineSheet, most_columns: int, writer: BlockWriter) -> None:
    if sheet.start is None or sheet.end is None:
        return
    first_row, first_column = sheet.start
    if sheet.end[1] >= most_columns:
        raise _TooWideError
    rows = sheet.iter_rows()
    for _ in range(first_row):
        next(rows)
    writer.write(rows, first_row + 1, first_column)
    _answer({"sheet": sheet.name, "rows": writer.last_row_no})


if __name__ == "__main__":
    main()
