"""Make a county that never existed and write it as a registry's exports and departments' spreadsheets."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from shouwang.synthetic.county import County, SyntheticError
from shouwang.synthetic.making import make_county
from shouwang.synthetic.thresholds import Thresholds
from shouwang.synthetic.writing import WrittenCounty, write_county

_MARK = Path("truth") / "county.json"


def synthesise(
    *,
    out: Path,
    households: int,
    county: str,
    seed: int,
    on: date,
    thresholds: Thresholds | None = None,
    made: Callable[[County], None] = lambda _: None,
    detail: Callable[[str, int, int], None] | None = None,
) -> WrittenCounty:
    """Make a county and write it under `out`, in place of an earlier synthetic county; all of it, or nothing.

    `made` is told when the county exists in memory. Raises SyntheticError (also where `out` holds
    something else) and OSError.
    """
    _check_out(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        people = make_county(county=county, households=households, on=on, seed=seed)
        made(people)
        written = write_county(people, fresh / "county", detail, thresholds=thresholds)
        if out.exists():
            os.replace(out, fresh / "old")
        os.replace(fresh / "county", out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    files = tuple(out / path.relative_to(fresh / "county") for path in written.files)
    return replace(
        written,
        folder=out,
        registry=out / "registry",
        deliveries=out / "deliveries",
        truth=out / "truth",
        files=files,
    )


def _check_out(out: Path) -> None:
    if out.is_file():
        raise SyntheticError(f"--out 指定的“{out.name}”是文件,请写文件夹名")
    if out.is_dir() and any(out.iterdir()) and not (out / _MARK).is_file():
        raise SyntheticError(f"文件夹“{out.name}”里已有其他内容,请换一个空文件夹")
