"""Rows that were pushed as JSON, as the file that they make."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Annotated

from ninja import Field

MOST_ROWS = 20_000
MOST_COLUMNS = 200
Cell = Annotated[str, Field(max_length=1000)] | int | None
Row = Annotated[list[Cell], Field(max_length=MOST_COLUMNS)]


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> bytes:
    """Return a table as CSV in UTF-8; a cell that is null is empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")
