"""`python -m tests.bench.quality`: every data-quality check over a million persons, beside a pandas script.

The script asks twelve of the checks the way an office would, and must find the same households and members.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.quality_facts import FEMALE_RELATIONS, MALE_RELATIONS
from shouwang.domain.tables import FEEDS, TABLES
from shouwang.engine import duckdb
from shouwang.engine.quality.answering import answer_checks
from shouwang.engine.quality.book import book
from shouwang.engine.quality.months import newest_months
from shouwang.engine.snapshot import open_snapshot
from shouwang.synthetic.benchmark import make_benchmark_tables
from tests.bench.work import COUNTY, ON

PERSONS = 1_000_000
_PERSONS_A_HOUSEHOLD = 3.5
# What the script asks; the other checks are the engine's alone.
SUBSET = (
    "q1_02_002", "q1111_4", "q2_11_002", "q5_11_032", "q5_18_001", "q2_01_004", "q2_01_008", "q2_01_009",
    "q2_02_001", "q5_01_004", "q3_01_008", "q5_15_019",
)  # fmt: skip


def all_checks(folder: Path) -> dict[str, int]:
    """Answer every check and write out every finding; return the number of findings of each."""
    with tempfile.TemporaryDirectory() as spill:
        backend = duckdb.connect(temp_folder=Path(spill))
        paths = {name: path for name in TABLES if (path := folder / f"{name}.parquet").exists()}
        snapshot = open_snapshot(backend, paths, FEEDS, duckdb.read_parquet)
        asked = book(load_library(default_packs_folder()), [], COUNTY, ON)
        months = {COUNTY: newest_months(snapshot.sources.values(), ON)}
        keep = partial(duckdb.materialise, backend=backend)
        answers = answer_checks(snapshot, asked, months, materialise=keep)
        found: dict[str, int] = {}
        for batch in answers.findings():
            for name, count in zip(*_counts(batch), strict=True):
                found[name] = found.get(name, 0) + count
    return found


def _counts(batch: Any) -> tuple[list[str], list[int]]:
    counted = batch.column("check").value_counts()
    return counted.field("values").to_pylist(), counted.field("counts").to_pylist()


def pandas_script(folder: Path) -> dict[str, int]:
    """Ask twelve checks with pandas, whole columns at a time; return the number of findings of each."""
    homes = _read(folder, "household")
    people = _read(folder, "member").merge(homes[["household_id", "household_class", "monitored_class"]])
    return {**_of_households(homes, people), **_of_members(people)}


def _read(folder: Path, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = pq.read_table(folder / f"{name}.parquet").to_pandas(date_as_object=False)
    flags = [each for each in frame.columns if each.startswith(("is_", "has_", "receives_"))]
    return frame.astype(dict.fromkeys(flags, "boolean"))


def _held(frame: pd.DataFrame, column: str, code: str) -> pd.Series:
    return frame[column].str.contains(f"|{code}|", regex=False).astype("boolean")


def _of_households(homes: pd.DataFrame, people: pd.DataFrame) -> dict[str, int]:
    was = homes.monitored_class.isin(["unstable", "borderline", "sudden"]) & homes.monitored_class.notna()
    is_open, is_out = was & ~homes.is_risk_eliminated, was & homes.is_risk_eliminated
    identified, eliminated = homes.identified_month.dt, homes.eliminated_month.dt
    between = (eliminated.year - identified.year) * 12 + eliminated.month - identified.month
    ended = eliminated.year * 100 + eliminated.month
    able = people.assign(able=people.labour.isin(["ordinary", "skilled"])).groupby("household_id").able.sum()
    measures = homes.measures.str.strip("|")
    only_security = measures == "security"
    health, social = _held(homes, "measures", "health"), _held(homes, "measures", "social")
    return {
        "q1_02_002": _sum((homes.household_class == "alleviated") & ~homes.has_safe_water & ~was),
        "q1111_4": _sum(was & (identified.year >= 2021) & _held(homes, "measures", "relocation")),
        "q2_11_002": _sum(is_out & (ended >= 202204) & (between < 6)),
        "q5_11_032": _sum(is_open & (homes.household_id.map(able) > 0) & only_security),
        "q5_18_001": _sum(is_open & _held(homes, "risks", "medical") & ~health & ~social),
    }


def _of_members(m: pd.DataFrame) -> dict[str, int]:
    alleviated = m.household_class == "alleviated"
    was = m.monitored_class.isin(["unstable", "borderline", "sudden"])
    age = _ages(m.birth_date)
    resident, employee = m.has_resident_medical_insurance, m.has_employee_medical_insurance
    male = m.relation.isin(list(MALE_RELATIONS)) & (m.sex == "female")
    female = m.relation.isin(list(FEMALE_RELATIONS)) & (m.sex == "male")
    heads = m[m.relation == "户主"].drop_duplicates("household_id", keep=False).set_index("household_id").sex
    healthy = ~(m.has_chronic_illness | m.has_serious_illness | m.is_disabled)
    levels = (
        "学前",
        "小学",
        "初",
        "七",
        "八",
        "九",
        "普通高中",
        "高中",
        "中职",
        "高职",
        "大专",
        "技师",
        "本科",
        "硕士",
    )
    pupil = m.school_stage.str.startswith(levels).fillna(False).astype(bool)
    destitute = m.is_destitute
    return {
        "q2_01_004": _sum(alleviated & (male | female)),
        "q2_01_008": _sum(alleviated & ((resident.isna() & employee.isna()) | (~resident & ~employee))),
        "q2_01_009": _sum(alleviated & resident & employee),
        "q2_02_001": _sum(alleviated & (m.relation == "配偶") & (m.sex == m.household_id.map(heads))),
        "q5_01_004": _sum(alleviated & destitute & (m.migrant_months > 0)),
        "q3_01_008": _sum(alleviated & (age < 16) & (m.public_post_months > 0)),
        "q5_15_019": _sum(was & destitute & age.between(18, 59) & healthy & ~pupil),
    }


def _ages(born: pd.Series) -> pd.Series:
    written = born.dt.year * 10_000 + born.dt.month * 100 + born.dt.day
    return (ON.year * 10_000 + ON.month * 100 + ON.day - written) // 10_000


def _sum(holds: pd.Series) -> int:
    return int(holds.fillna(False).sum())


COMPETITORS: dict[str, Callable[[Path], dict[str, int]]] = {
    "all_checks": all_checks,
    "pandas_script": pandas_script,
}


def main() -> None:
    """Measure both in processes of their own, compare what they found, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--keep", type=Path, help="folder for the tables, kept for the next run")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(_run(options.child, options.keep)))
        return
    with tempfile.TemporaryDirectory() as own:
        folder = options.keep or Path(own)
        print(json.dumps(measured(folder, options.persons), ensure_ascii=False, indent=1))


def measured(folder: Path, persons: int) -> dict[str, Any]:
    """Return seconds and peak memory of each, and the ratio. Raises ValueError where they differ."""
    if not (folder / "member.parquet").exists():
        make_benchmark_tables(int(persons / _PERSONS_A_HOUSEHOLD), 20_260_630, folder, county=COUNTY, on=ON)
    told = {name: _child(name, folder) for name in COMPETITORS}
    ours, theirs = (told[name].pop("found") for name in COMPETITORS)
    differing = {
        name: (ours.get(name, 0), theirs[name]) for name in SUBSET if ours.get(name, 0) != theirs[name]
    }
    if differing:
        raise ValueError(f"the two found different numbers: {differing}")
    rows = pq.read_metadata(folder / "member.parquet").num_rows
    each = (
        told["pandas_script"]["seconds"] / len(SUBSET),
        told["all_checks"]["seconds"] / told["all_checks"]["checks"],
    )
    ratio = round(each[0] / each[1], 2)
    return {"persons": rows, "findings": sum(ours.values()), "pandas_to_ours_per_check": ratio, **told}


def _child(name: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.quality", "--child", name, "--keep", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _run(name: str, folder: Path) -> dict[str, Any]:
    begun, cpu = time.perf_counter(), sum(os.times()[:2])
    found = COMPETITORS[name](folder)
    seconds, cpu = time.perf_counter() - begun, sum(os.times()[:2]) - cpu
    checks = len(book(load_library(default_packs_folder()), [], COUNTY, ON).asked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = {"seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1), "peak_mb": peak}
    return {**told, "checks": checks if name == "all_checks" else len(SUBSET), "found": found}


if __name__ == "__main__":
    main()
