"""The same expressions on Spark must give the same indicators as on DuckDB, row for row."""

import shutil
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from random import Random

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shouwang.domain.indicators import indicators
from shouwang.domain.periods import same_month_last_year
from shouwang.domain.tables import FEEDS, TABLES
from shouwang.engine import duckdb, spark
from shouwang.engine.indicators import indicator_table, source_rows
from shouwang.engine.snapshot import IncomeRegime, Snapshot, arrow_schema, open_snapshot
from tests.engine.factories import COUNTED, Row, random_rows

MISSING = [
    name
    for name, found in (("Java", shutil.which("java")), ("pyspark", find_spec("pyspark")))
    if found is None
]
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)} not installed"),
    # Spark's own Python warns of what it will drop one day, and leaves sockets to the collector.
    pytest.mark.filterwarnings("ignore"),
]

# A few rows need neither parallel exchanges nor compiled stages, whose making takes longer than the work.
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.log.level": "ERROR",
}
ON = date(2024, 5, 17)
REGIME = IncomeRegime(same_month_last_year(ON), COUNTED - {"gift", "alimony"})


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Parquet files of a random snapshot."""
    folder = tmp_path_factory.mktemp("snapshot")
    rows = random_rows(Random(7), ON, REGIME, households=60)
    written = {}
    for name, found in rows.items():
        written[name] = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(found, schema=arrow_schema(TABLES[name])), written[name])
    return written


@pytest.fixture(scope="module")
def on_spark() -> Iterator[ibis.BaseBackend]:
    """A Spark session of two cores."""
    backend = spark.connect(settings=SMALL)
    yield backend
    backend.disconnect()


def sorted_rows(table: pa.Table) -> list[Row]:
    """Return the rows in an order of their own."""
    rows: list[Row] = table.to_pylist()
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


def snapshots(
    paths: dict[str, Path], on_spark: ibis.BaseBackend, feeds: frozenset[str]
) -> tuple[Snapshot, Snapshot]:
    """Open the same files on DuckDB and on Spark."""
    return (
        open_snapshot(duckdb.connect(), paths, feeds, duckdb.read_parquet),
        open_snapshot(on_spark, paths, feeds, spark.read_parquet),
    )


@pytest.mark.parametrize("feeds", [frozenset(FEEDS), frozenset()], ids=["all feeds", "no feed"])
def test_every_indicator_is_the_same_on_spark(
    paths: dict[str, Path], on_spark: ibis.BaseBackend, feeds: frozenset[str]
) -> None:
    answers = [
        sorted_rows(s.backend.to_pyarrow(indicator_table(s, REGIME, ON, list(indicators()))))
        for s in snapshots(paths, on_spark, feeds)
    ]
    assert len(answers[0]) == 60
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", ["outpatient_own_pay_month_max_fen", "housing_grade"])
def test_source_rows_are_the_same_on_spark(
    paths: dict[str, Path], on_spark: ibis.BaseBackend, name: str
) -> None:
    found = []
    for snapshot in snapshots(paths, on_spark, frozenset(FEEDS)):
        rows = source_rows(snapshot, REGIME, ON, name)
        assert rows is not None
        found.append(sorted_rows(snapshot.backend.to_pyarrow(rows)))
    assert found[0]
    assert found[0] == found[1]


def test_a_table_kept_on_spark_is_read_by_name_until_it_is_released(on_spark: ibis.BaseBackend) -> None:
    numbers = ibis.memtable({"n": [1, 2, 3]})
    kept = spark.materialise(numbers.filter(numbers.n > 1), "kept_numbers", on_spark)
    assert sorted(on_spark.to_pyarrow(kept).column("n").to_pylist()) == [2, 3]
    spark.release(on_spark, "kept_numbers")
    assert "kept_numbers" not in on_spark.list_tables()
    spark.release(on_spark, "kept_numbers")
