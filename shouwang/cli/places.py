"""Where the command keeps its own things: the blind-index key, logs, and which run was the last."""

import os
from pathlib import Path

from shouwang.domain.pack_files import default_packs_folder

_VARIABLE = "SHOUWANG_VAR"
_KEY_VARIABLE = "SHOUWANG_BLIND_KEY_FILE"
_LAST_RUN = "last-run.txt"


def var_folder() -> Path:
    """Return where the program's own files go: SHOUWANG_VAR, `var/` of a checkout, or `./var`."""
    if told := os.environ.get(_VARIABLE):
        return Path(told)
    packs = default_packs_folder()
    return packs.parent / "var" if packs.name == "packs" else Path("var").resolve()


def key_file() -> Path:
    """Return where the blind-index key lies: SHOUWANG_BLIND_KEY_FILE, or `blind.key` in the var folder."""
    told = os.environ.get(_KEY_VARIABLE)
    return Path(told) if told else var_folder() / "blind.key"


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
