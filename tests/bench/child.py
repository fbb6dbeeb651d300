"""One competitor, run and timed: `python -m tests.bench.child NAME TABLES STORE OUT` prints JSON."""

import importlib
import json
import os
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from tests.bench.work import Work

# name → module and function; a function takes the Work and may return stages.
COMPETITORS = {
    "hand_sql": "hand_sql.run",
    "hand_sql_subset": "hand_sql.run_subset",
    "polars": "polars_frame.run",
    "pandas": "pandas_frame.run",
    "rule_loop": "rule_loop.run",
    "rows": "screenings.from_rows",
    "rollups": "screenings.from_rollups",
    "rows_flags": "screenings.flags_from_rows",
    "rollups_flags": "screenings.flags_from_rollups",
    "rows_heavy": "screenings.heavy_from_rows",
    "rollups_heavy": "screenings.heavy_from_rollups",
    "build_rollups": "screenings.build_rollups",
    "rule_step": "screenings.rule_step",
    "spark": "screenings.on_spark",
    "stage": "imports.stage_workbook",
    "openpyxl": "imports.read_by_openpyxl",
    "read_excel": "imports.read_by_pandas",
    "libreoffice": "import_rivals.read_by_libreoffice",
    "import_export": "import_rivals.read_by_import_export",
    "matching": "imports.match_persons",
}


def main() -> None:
    """Run the competitor named on the command line."""
    name, *places = sys.argv[1:]
    module, function = COMPETITORS[name].split(".")
    run = getattr(importlib.import_module(f"tests.bench.{module}"), function)
    work = Work(*(Path(place) for place in places))
    cpu, before = _cpu_seconds(), time.perf_counter()
    stages = run(work) or {}
    seconds = time.perf_counter() - before
    told = {
        "seconds": stages.get("total", seconds),
        "cpu_seconds": _cpu_seconds() - cpu,
        "peak_mb": psutil.Process().memory_info().rss / 1024 / 1024,
        "stages": stages,
    }
    print(json.dumps(told))


def _cpu_seconds() -> float:
    """Return what this process and the children it has waited for have used of all cores together."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
