"""`python -m tests.bench.linkage`: how well and how fast persons without a valid number are found.

Compared on the same rows with equality of name and birth date, and with Splink set up from its own library
for names, dates and numbers. FEBRL 4 and fake_1000 show the machinery on data that nobody here made.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.exchange.linkage.deciding import Outcome
from shouwang.exchange.linkage.linking import link
from shouwang.synthetic.linkage_rows import LinkageSample, make_linkage_sample
from tests.bench import linkage_rivals

# Not the seed of the training.
HELD_OUT = 20_260_930
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "linkage"


@dataclass(frozen=True)
class Score:
    """How links compare with the truth.

    `recall` is over determinable rows of registered persons, `recall_of_all` over all rows of such persons.
    """

    name: str
    rows: int
    links: int
    wrong: int
    precision: float
    recall: float
    recall_of_all: float
    seconds: float = 0.0
    peak_mb: float = 0.0


def scored(name: str, sample: LinkageSample, links: dict[int, str]) -> Score:
    """Compare links (row_no to person_id) with the truth."""
    truth = sample.truth.to_pylist()
    right = {each["row_no"] for each in truth if links.get(each["row_no"]) == each["person_id"]}
    registered = {each["row_no"] for each in truth if each["is_registered"]}
    told = {each["row_no"] for each in truth if each["is_registered"] and each["is_determinable"]}
    return Score(
        name, len(truth), len(links), len(links) - len(right), _share(len(right), len(links)),
        _share(len(right & told), len(told)), _share(len(right & registered), len(registered)),
    )  # fmt: skip


def ours(sample: LinkageSample) -> tuple[dict[int, str], Counter[str]]:
    """Link with the shipped weights; also count what became of the rows, and why."""
    found = link(sample.rows, sample.members)
    links = {each.row_no: each.candidates[0].person_id for each in found.of(Outcome.LINKED)}
    outcomes = Counter(each.doubt.value if each.doubt else each.outcome.value for each in found.decisions)
    return links, outcomes


def measured(persons: int, rows: int, seed: int) -> dict[str, Any]:
    """Link in a process of its own, whose peak memory is then its own; return score and outcomes."""
    sample = make_linkage_sample(persons, rows, seed)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("rows", "members"):
            pq.write_table(getattr(sample, name), Path(folder) / name)
        said = subprocess.run(
            [sys.executable, "-m", "tests.bench.linkage", "--child", folder],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
    answer = json.loads(said)
    links = {int(row): person for row, person in answer["links"].items()}
    score = scored(f"shouwang, {persons:,} persons", sample, links)
    score = replace(score, seconds=answer["seconds"], peak_mb=answer["peak_mb"])
    return {"score": asdict(score), "outcomes": answer["outcomes"]}


def compared(persons: int, rows: int, seed: int) -> list[dict[str, Any]]:
    """Return the scores of what an office might do instead, and ours, on the same rows."""
    sample = make_linkage_sample(persons, rows, seed)
    ways = {
        "name and birth date equal": linkage_rivals.exact,
        "Splink, its own comparisons": linkage_rivals.splink_alone,
        "shouwang": lambda each: ours(each)[0],
    }
    scores = []
    for name, way in ways.items():
        started = time.perf_counter()
        links = way(sample)
        score = scored(name, sample, links)
        scores.append(asdict(replace(score, seconds=round(time.perf_counter() - started, 1))))
    return scores


def _share(part: int, whole: int) -> float:
    return round(part / whole, 5) if whole else 1.0


def _child(folder: Path) -> None:
    rows, members = pq.read_table(folder / "rows"), pq.read_table(folder / "members")
    started = time.perf_counter()
    links, outcomes = ours(LinkageSample(members, rows, pa.table({})))
    seconds = round(time.perf_counter() - started, 1)
    peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"links": links, "outcomes": outcomes, "seconds": seconds, "peak_mb": peak_mb}))


def main() -> None:
    """Measure and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=HELD_OUT)
    parser.add_argument("--compared", type=int, default=100_000, help="persons in the comparison")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _child(options.child)
        return
    result = {
        "large": measured(options.persons, options.rows, options.seed),
        "compared": compared(options.compared, options.compared // 5, options.seed + 1),
    }
    if SHARED.exists():
        result |= {"febrl4": linkage_rivals.febrl4(SHARED), "fake_1000": linkage_rivals.fake_1000(SHARED)}
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
