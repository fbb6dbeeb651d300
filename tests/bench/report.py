"""The page of a run: ratios with the budgets first, then seconds and memory, and what is not measured."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from tests.bench import deliveries
from tests.bench.deliveries import Told
from tests.bench.measuring import Measured
from tests.bench.work import COUNTY, ON, heavy_rules, policy

_LIBRARIES = (
    "duckdb", "ibis-framework", "pyarrow", "polars", "pandas", "rule-engine", "openpyxl", "python-calamine",
)  # fmt: skip
NAMES = {
    "hand_sql": "hand-written DuckDB SQL, indicators and flags",
    "rows": "Shouwang from raw rows, with grades and evidence",
    "rollups": "Shouwang from roll-ups, with grades and evidence",
    "rows_flags": "Shouwang from raw rows, with grades, no evidence",
    "rollups_flags": "Shouwang from roll-ups, with grades, no evidence",
    "hand_sql_subset": "hand-written DuckDB SQL, subset",
    "polars": "Polars streaming, subset",
    "pandas": "vectorised pandas, subset",
    "rows_heavy": "Shouwang from raw rows, same subset",
    "rollups_heavy": "Shouwang from roll-ups, same subset",
    "spark": "Shouwang on Spark, local[2], answers only",
    "rule_step": "indicators kept, then the rule step alone",
    "rule_loop": "rule-engine, household by household, on a sample",
    "build_rollups": "making all roll-ups from nothing",
    "stage": "Shouwang: read, check, stage",
    "openpyxl": "openpyxl read-only, cells read, on a sample",
    "read_excel": "pandas.read_excel, on a sample",
    "libreoffice": "LibreOffice without a screen, to CSV, on a sample",
    "import_export": "django-import-export, 30 columns checked and rolled back, on a smaller sample",
    "matching": "exact matching by blind index",
}


_READERS = ("openpyxl", "read_excel", "libreoffice", "import_export")


@dataclass
class Size:
    """What was measured at one number of households; `compared` counts answers found equal."""

    households: int
    counts: Mapping[str, int]
    measured: dict[str, Measured] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)
    store_mb: float = 0


@dataclass
class Results:
    """A whole run."""

    runs: int
    sizes: dict[int, Size] = field(default_factory=dict)
    imports: dict[str, Measured] = field(default_factory=dict)
    import_rows: int = 0
    deliveries: Told = field(default_factory=dict)


def write(results: Results, path: Path) -> None:
    """Write the page."""
    largest = results.sizes[max(results.sizes)]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; every figure is of one run on the machine below. Do not edit.",
        "",
        *_machine(results),
        "## Ratios and budgets",
        "",
        f"At {largest.households:,} households unless a row says otherwise; a ratio of times is ours to",
        "theirs.",
        "",
        "| work | measured | budget | met |",
        "|---|---|---|---|",
        *(f"| {name} | {shown} | {budget} | {met} |" for name, shown, budget, met in _budgets(results)),
        "",
        *_absolute(results),
        *_how(results),
    ]
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _machine(results: Results) -> list[str]:
    memory = psutil.virtual_memory().total / 1024**3
    system = f"{platform.system()} {platform.machine()}"
    table = policy()
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return [
        f"- machine: {os.cpu_count()} cores, {memory:.0f} GB of memory, {system}",
        f"- Python {platform.python_version()}, {libraries}",
        f"- policy of {COUNTY} on {ON}: {len(table.variants)} rules that read {len(table.wanted)} indicators",
        f"- load average when the run ended: {os.getloadavg()[0]:.1f} (its own last competitor included)",
        f"- best of {results.runs} runs, each in a process of its own, without start-up and imports",
        "",
    ]


def _budgets(results: Results) -> Iterator[tuple[str, str, str, str]]:
    yield from _ratios(results)
    if results.deliveries:
        yield from deliveries.rows(results.deliveries)


def _ratios(results: Results) -> Iterator[tuple[str, str, str, str]]:
    sizes = [results.sizes[each] for each in sorted(results.sizes)]
    of = sizes[-1].measured

    def times(ours: str, theirs: str) -> float:
        return of[ours].seconds / of[theirs].seconds

    def row(name: str, value: float, limit: float, unit: str = "×") -> tuple[str, str, str, str]:
        return name, f"{value:,.2f} {unit}", f"≤ {limit:g} {unit}", "yes" if value <= limit else "**no**"

    yield row(
        "raw rows : hand-written SQL, flags and grades on our side", times("rows_flags", "hand_sql"), 1.3
    )
    yield row("raw rows with evidence : hand-written SQL without", times("rows", "hand_sql"), 1.3)
    yield row("roll-ups, flags and grades : hand-written SQL", times("rollups_flags", "hand_sql"), 0.35)
    yield row("roll-ups with evidence : hand-written SQL without", times("rollups", "hand_sql"), 0.35)
    yield row("roll-ups with evidence, all rules : pandas, subset", times("rollups", "pandas"), 0.15)
    yield row("roll-ups, subset : pandas, same subset", times("rollups_heavy", "pandas"), 0.15)
    yield row("raw rows, subset : hand-written SQL, same subset", times("rows_heavy", "hand_sql_subset"), 1.3)
    yield row(
        "roll-ups, subset : hand-written SQL, same subset", times("rollups_heavy", "hand_sql_subset"), 0.35
    )
    yield "raw rows, subset : Polars, same subset", f"{times('rows_heavy', 'polars'):.2f} ×", "none", ""
    yield "roll-ups, subset : Polars, same subset", f"{times('rollups_heavy', 'polars'):.2f} ×", "none", ""
    yield row("peak memory from raw rows, with evidence", of["rows"].peak_mb / 1024, 2, "GB")
    yield row("peak memory from roll-ups, with evidence", of["rollups"].peak_mb / 1024, 2, "GB")
    faster = _loop_ratio(sizes[-1])
    yield (
        "rule step, times as fast as a loop",
        f"{faster:,.0f} ×",
        "≥ 100 ×",
        "yes" if faster >= 100 else "**no**",
    )
    if len(sizes) > 1:
        for name in ("rows", "rollups"):
            growth = of[name].seconds / sizes[0].measured[name].seconds
            tenfold = sizes[-1].households / sizes[0].households
            yield row(f"growth over {tenfold:g} × the households, {NAMES[name]}", growth, 11)
    yield from _import_rows(results, row)


def _import_rows(
    results: Results, row: Callable[..., tuple[str, str, str, str]]
) -> Iterator[tuple[str, str, str, str]]:
    found = results.imports
    rows = results.import_rows
    if "stage" in found:
        yield row(f"read, check and stage {rows:,} rows × 30 columns", found["stage"].seconds, 60, "s")
        yield row("the same, peak memory", found["stage"].peak_mb, 600, "MB")
        for name in [each for each in _READERS if each in found]:
            scaled = found[name].seconds * rows / found[name].stages.get("rows", rows)
            shown = f"{found['stage'].seconds / scaled:.2f} ×"
            yield f"the same : {NAMES[name]}, scaled to {rows:,} rows", shown, "none", ""
    if "matching" in found:
        yield row("exact matching of 1 M × 1 M persons by blind index", found["matching"].seconds, 10, "s")


def _loop_ratio(size: Size) -> float:
    """Return how many times faster a household passes the rule step than the loop."""
    loop = size.measured["rule_loop"].stages
    ours = size.measured["rule_step"].stages["rules"] / size.households
    return loop["rules"] / loop["households"] / ours


def _absolute(results: Results) -> list[str]:
    lines = ["## Seconds and megabytes", ""]
    for size in results.sizes.values():
        rows = size.counts
        every = f"{sum(rows.values()):,} rows in all."
        lines += [
            f"### {size.households:,} households",
            "",
            f"{rows['member']:,} persons, {rows['income_entry']:,} ledger rows, {every}",
            "",
            "| competitor | seconds | processor seconds | peak MB | answers found equal to the SQL's |",
            "|---|---|---|---|---|",
        ]
        for name, found in size.measured.items():
            equal = f"{size.compared[name]:,}" if name in size.compared else ""
            lines.append(f"| {NAMES[name]} | {_figures(found)} | {equal} |")
        lines += ["", f"Roll-ups on disk: {size.store_mb:,.0f} MB.", "", *_stages(size)]
    if results.imports:
        lines += [
            "### Import",
            "",
            "| competitor | seconds | processor seconds | peak MB |",
            "|---|---|---|---|",
        ]
        for name, found in results.imports.items():
            lines.append(f"| {NAMES[name]} | {_figures(found)} |")
        lines.append("")
    return lines


def _figures(found: Measured) -> str:
    return f"{found.seconds:.2f} | {found.cpu_seconds:.2f} | {found.peak_mb:,.0f}"


def _stages(size: Size) -> list[str]:
    told = []
    for name in ("rows", "rollups", "build_rollups", "rule_step"):
        if name in size.measured:
            stages = size.measured[name].stages
            parts = ", ".join(
                f"{stage} {seconds:.2f}" for stage, seconds in stages.items() if stage != "total"
            )
            told.append(f"- {NAMES[name]}, seconds by step: {parts}")
    return [*told, ""]


def _how(results: Results) -> list[str]:
    return [
        "## How it is measured",
        "",
        "- `make bench` does all of it; `.venv/bin/python -m tests.bench.run --help` names parts and sizes.",
        "- Times are read in the process that works, from opening the tables to answers written.",
        "- Processor seconds are of all cores together; they tell more than wall time on a shared machine.",
        "- The peak is resident memory of a process and its children, looked at fifty times a second.",
        "- The SQL is `tests/bench/hand_written.sql` (and `tests/bench/hand_written_subset.sql`); the packs'",
        "  rule texts are put in with their parameters written out.",
        f"- The subset is the {len(heavy_rules())} rules that read only income, own pay, members and the",
        "  registry's own row, by far the most rows; the data frames answer these, and so do the SQL and",
        "  Shouwang in rows marked so.",
        "- The rule loop is asked on a sample and only where nothing that a rule reads is unknown, since the",
        "  library has two truth values; its time and ours are for rules alone, on indicators at hand.",
        "- Before the page is written, the answers are compared, for every rule and household, unknown",
        "  included. Shouwang writes grades and index besides, and evidence where it says so.",
        "- openpyxl, pandas.read_excel and LibreOffice only read; Shouwang's time includes the pre-check,",
        "  the limited child process, checking, matching and writing Parquet.",
        "",
        "## What is not measured",
        "",
        "- Writing the workbook of the warning list, and starting Python.",
        "- Disks: the tables are in the operating system's cache after the first run.",
        "- Spark on more than one machine; locally it is asked for the answers only, at the smaller size.",
        "",
    ]
