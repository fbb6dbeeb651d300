"""`python -m tests.bench.sizing HOUSEHOLDS FOLDER`: what a number of households takes to screen, and on disk.

From raw rows, from roll-ups and on Spark in local mode; with `--spark` the answers of Spark and DuckDB are
compared, every rule and household. Prints JSON, of which docs/reference/sizing.md is made by hand.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from tests.bench.comparing import check_equal
from tests.bench.measuring import measure
from tests.bench.run import tables_of
from tests.bench.work import Work

_NAMES = ("rows", "build_rollups", "rollups")


def main() -> None:
    """Measure one size and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("households", type=int)
    parser.add_argument("folder", type=Path, help="kept: tables already there are not made again")
    parser.add_argument("--spark", action="store_true")
    options = parser.parse_args()
    told = sized(options.folder / str(options.households), options.households, with_spark=options.spark)
    print(json.dumps(told, indent=1))


def sized(place: Path, households: int, *, with_spark: bool) -> dict[str, Any]:
    """Return rows by table, seconds and memory by way of screening, megabytes on disk, and the load."""
    work = Work(place / "tables", place / "store", place / "out")
    work.out.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {"households": households, "rows": tables_of(work, households)}
    for name in (*_NAMES, "spark") if with_spark else _NAMES:
        found = measure(name, work, 1)
        told[name] = {
            "seconds": round(found.seconds, 1), "processor_seconds": round(found.cpu_seconds, 1),
            "peak_mb": round(found.peak_mb), "load": round(os.getloadavg()[0], 1),
        }  # fmt: skip
        print(f"{name}: {told[name]}", flush=True)
    told["tables_mb"], told["rollups_mb"] = _megabytes(work.tables), _megabytes(work.store)
    told["equal_answers"] = {
        name: check_equal(work.answers("rows"), work.answers(name))
        for name in ("rollups", "spark")
        if name in told
    }
    return told


def _megabytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.parquet")) // 1_000_000


if __name__ == "__main__":
    main()
