"""Measure `load` at any size: `python -m tests.bench.loading HOUSEHOLDS FOLDER`, into a site of its own.

The tables are those of the benchmark of screening, with a sealed number and telephone for every person, made
as the staging makes them; reading spreadsheets is not measured here.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

COUNTY, ON = "530521", date(2026, 6, 30)
AT = datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


class Clock:
    """The seconds of each step, in order."""

    def __init__(self) -> None:
        self.taken: dict[str, float] = {}
        self._step, self._since = "", time.monotonic()

    def __call__(self, step: str) -> None:
        """Begin a step; the one before has ended."""
        now = time.monotonic()
        if self._step:
            self.taken[self._step] = round(now - self._since, 1)
        self._step, self._since = step, now


@contextmanager
def site(folder: Path) -> Iterator[None]:
    """Open a fresh site in a folder, with the current tables."""
    os.environ["SHOUWANG_VAR"] = str(folder)
    from shouwang.records.opening import migrate, opened
    from shouwang.records.site import Site

    with opened(Site.of(os.environ)):
        migrate()
        yield


def seal_identities(folder: Path) -> None:
    """Write identity.parquet beside the tables: a made-up number and telephone for every person."""
    from shouwang.exchange.identities import IDENTITY
    from shouwang.records.sealing import phone_indexer, sealer, tail_indexer

    number, phone = sealer(of="member.id_number"), sealer(of="member.phone")
    tail, index = tail_indexer(), phone_indexer()
    members = pq.ParquetFile(folder / "member.parquet")
    with pq.ParquetWriter(folder / "identity.parquet", IDENTITY, compression="zstd") as writer:
        for batch in members.iter_batches(50_000, columns=["person_id", "household_id"]):
            persons = batch.column("person_id").to_pylist()
            numbers = [f"{hash(person) % 10**18:018d}" for person in persons]
            phones = [f"1000{each[-7:]}" for each in numbers]
            keys = [index(each) for each in phones]
            sealed = [pa.array([phone(each.encode()) for each in phones]), pa.array(keys)]
            ids = [
                pa.array([number(each.encode()) for each in numbers]),
                pa.array([tail(each) for each in numbers]),
            ]
            columns = [batch.column("person_id"), batch.column("household_id"), *ids, *sealed, *sealed]
            writer.write_batch(pa.record_batch(columns, schema=IDENTITY))


def main() -> None:
    """Make the tables, load them; print the seconds and the memory."""
    households, folder = int(sys.argv[1]), Path(sys.argv[2])
    from shouwang.synthetic.benchmark import make_benchmark_tables

    clock = Clock()
    clock("make the tables")
    tables = folder / "tables"
    counts = make_benchmark_tables(households, 1, tables, county=COUNTY, on=ON)
    with site(folder / "site"):
        from shouwang.actions.acting import Actor
        from shouwang.actions.loading import load_brought
        from shouwang.actions.loading_staging import Brought
        from shouwang.records.viewers import Viewer

        clock("seal identities")
        seal_identities(tables)
        made = Brought({name: tables / f"{name}.parquet" for name in counts}, tables / "identity.parquet")
        system = Actor(Viewer(0, "系统", ()))
        load_brought(actor=system, bring=lambda _: made, county=COUNTY, on=ON, at=AT, step=clock)
        clock("end")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        json.dumps({"rows": counts, "seconds": clock.taken, "peak_mb": memory}, ensure_ascii=False, indent=1)
    )


if __name__ == "__main__":
    main()
