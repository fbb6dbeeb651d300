"""What the terminal shows: sentences, tables, progress. Machines read standard output, people the rest."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

_PIPE_WIDTH = 240


def people(*, to_stderr: bool = False) -> Console:
    """Return a console for people; NO_COLOR and a pipe both make it plain."""
    console = Console(stderr=to_stderr, highlight=False)
    # A pipe has no width of its own: leave tables room, so that nothing is folded or cut.
    return console if console.is_terminal else Console(stderr=to_stderr, highlight=False, width=_PIPE_WIDTH)


def say(console: Console, text: str, style: str = "") -> None:
    """Print a sentence as it is, never broken at a width nobody asked for."""
    console.print(escape(text), style=style, soft_wrap=True)


def emit(record: Mapping[str, Any]) -> None:
    """Write one line of JSON Lines to standard output."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


def show_table(
    console: Console,
    title: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    right: Sequence[int] = (),
) -> None:
    """Print a table; columns whose numbers are in `right` are aligned right."""
    table = Table(
        title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for number, header in enumerate(headers):
        table.add_column(header, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    console.print(table)


@dataclass
class Steps:
    """The steps of a long job in order, with the seconds each took."""

    console: Console
    taken: list[tuple[str, float]] = field(default_factory=list)
    _since: float = 0.0
    _progress: Progress | None = None
    _task: Any = None

    def __call__(self, step: str) -> None:
        """Begin a step: the one before has ended."""
        self.close()
        self.taken.append((step, -1.0))
        self._since = time.perf_counter()
        if self._progress is not None:
            self._progress.update(self._task, description=step, completed=0, total=None)

    def detail(self, text: str, done: int, total: int) -> None:
        """Show how far a step has come; `total` 0 where nobody knows."""
        if self._progress is not None:
            self._progress.update(self._task, description=text, completed=done, total=total or None)

    def close(self) -> None:
        """End the last step."""
        if self.taken and self.taken[-1][1] < 0:
            self.taken[-1] = (self.taken[-1][0], time.perf_counter() - self._since)


@contextmanager
def steps(console: Console) -> Iterator[Steps]:
    """Show the steps of a job as they begin: on a terminal only, on the console given (standard error)."""
    if not console.is_terminal:
        following = Steps(console)
        yield following
        following.close()
        return
    text = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), text, BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        following = Steps(console, _progress=progress, _task=progress.add_task("准备", total=None))
        yield following
        following.close()
