"""What follows a department's file: persons found, households screened, errors given back, data checked.

Each part is a module of its own, run in a process of its own; this gathers what they print.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Told = dict[str, dict[str, Any]]
Row = tuple[str, str, str, str]
HOUSEHOLDS, TOUCHED = 100_000, 5_000
PERSONS, ROWS, COMPARED = 1_000_000, 100_000, 100_000
WRONG = 200_000
_QUICK = 50
_BOOK = re.compile(r"(\d+) rows.*workbook of (\d+) errors ([\d.]+) s; mended, (\d+) rows")


def measured(folder: Path, *, is_quick: bool = False) -> Told:
    """Return what each part measures, by part; a quick run asks whether they work."""
    shrunk = _QUICK if is_quick else 1
    site = str(folder / "site")
    parts: dict[str, list[object]] = {
        "linkage": [
            "--persons",
            PERSONS // shrunk,
            "--rows",
            ROWS // shrunk,
            "--compared",
            COMPARED // shrunk,
        ],
        "quality": ["--persons", PERSONS // shrunk],
        "loading": [HOUSEHOLDS // shrunk, site],
        "wrong_rows": [WRONG // shrunk],
        "delta": [site, TOUCHED // shrunk],
    }
    told: Told = {}
    for name, arguments in parts.items():
        told[name] = _told(name, [str(each) for each in arguments])
        print(f"{name}: measured", flush=True)
    return told


def _told(name: str, arguments: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.bench.{name}", *arguments]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if book := _BOOK.search(text):
        return dict(zip(("rows", "errors", "seconds", "refused"), map(float, book.groups()), strict=True))
    found: dict[str, Any] = json.loads(text[text.index("{\n") :])
    return found


def rows(told: Told) -> Iterator[Row]:
    """Yield a row of the page's first table for each budget and each ratio: work, measured, budget, met."""
    yield from _matching(told["linkage"])
    yield from _screening(told["loading"], told["delta"])
    book = told["wrong_rows"]
    name = f"error workbook of {book['rows']:,.0f} rows wrong in every way, {book['errors']:,.0f} errors"
    yield _at_most(name, book["seconds"], 60, "s")
    yield _at_most("the same, rows refused once it is mended and read again", book["refused"], 0, "rows")
    quality = told["quality"]
    checks = quality["all_checks"]
    name = f"all {checks['checks']} data-quality checks over {quality['persons']:,} persons"
    yield _at_most(name, checks["seconds"], 60, "s")
    ratio = f"{1 / quality['pandas_to_ours_per_check']:.2f} ×"
    yield "the same, per check : a pandas script of twelve of them", ratio, "none", ""


def _matching(told: dict[str, Any]) -> Iterator[Row]:
    large = told["large"]["score"]
    name = f"matching {large['rows']:,} rows without a valid number to {PERSONS:,} persons"
    yield f"{name}, seconds", f"{large['seconds']:.1f} s", "none", ""
    for measure, limit in (("precision", 0.995), ("recall", 0.97)):
        met = "yes" if large[measure] >= limit else "**no**"
        yield f"the same, {measure} of automatic links", f"{large[measure]:.4f}", f"≥ {limit}", met
    ways = {each["name"]: each for each in told["compared"]}
    ours = ways.pop("shouwang")
    for way, other in ways.items():
        shown = (
            f"{ours['seconds'] / max(other['seconds'], 0.1):.2f} ×; precision {ours['precision']:.3f} : "
            f"{other['precision']:.3f}, recall {ours['recall']:.3f} : {other['recall']:.3f}"
        )
        yield f"matching : {way}, {ours['rows']:,} rows", shown, "none", ""


def _screening(loading: dict[str, Any], delta: dict[str, Any]) -> Iterator[Row]:
    households = f"{loading['rows']['household']:,} households"
    yield f"loading {households} into the records", f"{sum(loading['seconds'].values()):.0f} s", "none", ""
    yield f"full screening of {households} of the records", f"{delta['full screening']:.1f} s", "none", ""
    yield _at_most(f"screening {TOUCHED:,} of them at once, after a delivery", delta["delta 2"], 5, "s")
    share = delta["delta 2"] / delta["full screening"]
    yield "the same : the full screening", f"{share:.2f} ×", "none", ""
    yield "a night without a change, clues and grades settled", f"{delta['a night']:.1f} s", "none", ""


def _at_most(name: str, value: float, limit: float, unit: str) -> Row:
    return name, f"{value:,.2f} {unit}", f"≤ {limit:g} {unit}", "yes" if value <= limit else "**no**"
