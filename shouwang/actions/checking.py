"""Check files: read them, report, write nothing."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from shouwang.exchange import checking
from shouwang.exchange.checking import FileReport, SheetReport

__all__ = ["FileReport", "SheetReport", "check_files"]


def check_files(*, files: Sequence[Path], on: date, mapping: Path | None = None) -> list[FileReport]:
    """Report on each file as of a day. Raises MappingError for a mapping that cannot be used."""
    return checking.check_files(files, on, mapping)
