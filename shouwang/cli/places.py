"""Where the command keeps its own things: the blind-index key, logs, and which run was the last."""

import os
from pathlib import Path

from shouwang.records.site import Site

_LAST_RUN = "last-run.txt"


def site() -> Site:
    """Return the site of this process."""
    return Site.of(os.environ)


def var_folder() -> Path:
    """Return where the program's own files go."""
    return site().home


def log_folder() -> Path:
    """Return the folder of the technical logs."""
    return var_folder() / "log"


def remember_run(folder: Path) -> None:
    """Note which run was the last, so that `explain` needs no --run; failing to is no failure."""
    try:
        var_folder().mkdir(parents=True, exist_ok=True)
        (var_folder() / _LAST_RUN).write_text(str(folder.resolve()), encoding="utf-8")
    except OSError:
        return


def last_run() -> Path | None:
    """Return the run of the last screening, or None where none is remembered or it has gone."""
    try:
        found = Path((var_folder() / _LAST_RUN).read_text(encoding="utf-8").strip())
    except OSError:
        return None
    return found if (found / "run.json").is_file() else None
