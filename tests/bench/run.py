"""`python -m tests.bench.run`: measure everything in one run and write docs/reference/benchmarks.md.

Stops with an error, and writes nothing, where two competitors answer differently.
"""

import argparse
import importlib.util
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shouwang.synthetic.benchmark import make_benchmark_tables
from tests.bench import deliveries, imports
from tests.bench.comparing import check_equal
from tests.bench.measuring import Measured, measure
from tests.bench.report import Results, Size, write
from tests.bench.work import Work

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "benchmarks.md"
SMALL, LARGE, QUICK = 100_000, 1_000_000, 10_000
SEED = 20_260_630
# The roll-ups come first, because others read them; the loop reads what the rule step wrote.
SCREENING = (
    "build_rollups", "hand_sql", "rows", "rollups", "rows_flags", "rollups_flags", "hand_sql_subset",
    "polars", "pandas", "rows_heavy", "rollups_heavy", "rule_step", "rule_loop",
)  # fmt: skip
IMPORT = ("stage", "openpyxl", "read_excel", "libreoffice", "import_export", "matching")
PARTS = {"screening", "import", "deliveries"}
ONCE = {"build_rollups", "rule_loop", "spark", *IMPORT}


def main() -> None:
    """Measure, compare, and write the page unless only a part was measured."""
    options = _options()
    results = Results(runs=options.runs)
    with _folder(options.keep) as folder:
        for households in options.sizes if options.parts & {"screening", *SCREENING} else ():
            chosen = [name for name in SCREENING if options.parts & {"screening", name}]
            results.sizes[households] = _screen(folder, households, chosen, options.runs, options.spark)
        if options.parts & {"import", *IMPORT}:
            chosen = [name for name in IMPORT if options.parts & {"import", name}]
            results.imports = _import(folder, options.rows, chosen)
            results.import_rows = options.rows
        if "deliveries" in options.parts:
            results.deliveries = deliveries.measured(folder, is_quick=options.quick)
    if options.parts == PARTS:
        options.page.parent.mkdir(parents=True, exist_ok=True)
        write(results, options.page)
        print(f"wrote {options.page}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, help=f"one size instead of {SMALL} and {LARGE}")
    parser.add_argument(
        "--only", action="append", help="screening, import, deliveries, or one competitor; repeatable"
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} households, one run: does it work?")
    parser.add_argument("--runs", type=int, help="runs of which the best counts (2)")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page is written")
    parser.add_argument("--keep", type=Path, help="folder for the tables, kept for the next run")
    options = parser.parse_args()
    options.parts = set(options.only or PARTS)
    unknown = options.parts - {*PARTS, *SCREENING, *IMPORT}
    if unknown:
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    options.sizes = [options.households] if options.households else [SMALL, LARGE]
    if options.quick:
        options.sizes = [options.households or QUICK]
    options.runs = options.runs or (1 if options.quick else 2)
    options.rows = 5_000 if options.quick else imports.ROWS
    options.spark = bool(shutil.which("java") and importlib.util.find_spec("pyspark"))
    return options


def _screen(folder: Path, households: int, names: list[str], runs: int, with_spark: bool) -> Size:
    place = folder / str(households)
    work = Work(place / "tables", place / "store", place / "out")
    work.out.mkdir(parents=True, exist_ok=True)
    counts = tables_of(work, households)
    size = Size(households, counts)
    if with_spark and households <= SMALL and "rows" in names:
        names = [*names, "spark"]
    for name in names:
        size.measured[name] = _measured(name, work, 1 if name in ONCE else runs)
    size.store_mb = sum(path.stat().st_size for path in work.store.glob("*")) / 1024 / 1024
    for name in names:
        if name != "hand_sql" and work.answers(name).exists() and "hand_sql" in names:
            size.compared[name] = check_equal(
                work.answers("hand_sql"), work.answers(name), only_known=name == "rule_loop"
            )
            print(f"  {name} answers as hand_sql does: {size.compared[name]} answers")
    return size


def tables_of(work: Work, households: int) -> dict[str, int]:
    """Make the tables, unless a folder that is kept has them."""
    written = work.tables / "counts.json"
    if not written.exists():
        counts = make_benchmark_tables(households, SEED, work.tables)
        written.write_text(json.dumps(counts), encoding="utf-8")
    found: dict[str, int] = json.loads(written.read_text(encoding="utf-8"))
    return found


def _import(folder: Path, rows: int, names: list[str]) -> dict[str, Measured]:
    work = Work(folder / "import", folder / "import", folder / "import")
    if set(names) - {"matching"}:
        imports.write_workbooks(work, rows)
    work.out.mkdir(parents=True, exist_ok=True)
    if not shutil.which("soffice"):
        names = [name for name in names if name != "libreoffice"]
    return {name: _measured(name, work, 1) for name in names}


def _measured(name: str, work: Work, runs: int) -> Measured:
    found = measure(name, work, runs)
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in found.stages.items())
    figures = f"{found.seconds:.2f} s, processor {found.cpu_seconds:.2f} s, {found.peak_mb:.0f} MB"
    print(f"{name}: {figures}  {stages}", flush=True)
    return found


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="shouwang-bench-") as made:
        yield Path(made)


if __name__ == "__main__":
    main()
