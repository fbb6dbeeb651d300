"""The benchmark's tables have the canonical shape."""

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from shouwang.domain.tables import INCOME_ITEMS, TABLES
from shouwang.synthetic.benchmark import make_benchmark_tables, schema_of
from shouwang.synthetic.county import SyntheticError


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """Return the folder of a benchmark of 400 households, and its row counts."""
    folder = tmp_path_factory.mktemp("benchmark")
    return folder, make_benchmark_tables(400, 7, folder)


def test_every_canonical_table_is_written_with_its_schema(tables: tuple[Path, dict[str, int]]) -> None:
    folder, counts = tables
    assert set(counts) == set(TABLES)
    for name in TABLES:
        read = pq.read_table(folder / f"{name}.parquet")
        assert read.schema.equals(schema_of(name)), name
        assert read.num_rows == counts[name] > 0


def test_a_household_has_thirty_income_entries_in_all_its_months(tables: tuple[Path, dict[str, int]]) -> None:
    folder, counts = tables
    assert counts["income_entry"] == 400 * 30
    entries = pq.read_table(folder / "income_entry.parquet")
    per_home = entries.group_by("household_id").aggregate([("month", "count_distinct"), ("item", "count")])
    assert set(per_home["month_count_distinct"].to_pylist()) == {24}
    assert set(per_home["item_count"].to_pylist()) == {30}
    assert set(pc.unique(entries["item"]).to_pylist()) <= set(INCOME_ITEMS)


def test_rows_come_month_by_month_and_are_numbered(tables: tuple[Path, dict[str, int]]) -> None:
    folder, counts = tables
    months = pq.read_table(folder / "income_entry.parquet")["month"].to_pylist()
    assert months == sorted(months)
    assert (months[0], months[-1]) == (date(2024, 6, 1), date(2026, 5, 1))
    rows = pq.read_table(folder / "member.parquet")["row_no"].to_pylist()
    assert rows == list(range(2, counts["member"] + 2))


def test_events_name_persons_of_their_households(tables: tuple[Path, dict[str, int]]) -> None:
    folder, _ = tables
    people = pq.read_table(folder / "member.parquet", columns=["person_id", "household_id"]).to_pylist()
    home = {row["person_id"]: row["household_id"] for row in people}
    assert len(home) == len(people)
    for name in ("own_pay_entry", "enrolment", "employment", "credit"):
        for row in pq.read_table(
            folder / f"{name}.parquet", columns=["person_id", "household_id"]
        ).to_pylist():
            assert home[row["person_id"]] == row["household_id"]


def test_the_same_seed_makes_the_same_tables(tables: tuple[Path, dict[str, int]], tmp_path: Path) -> None:
    folder, _ = tables
    make_benchmark_tables(400, 7, tmp_path)
    for name in TABLES:
        assert pq.read_table(folder / f"{name}.parquet").equals(
            pq.read_table(tmp_path / f"{name}.parquet")
        ), name


def test_too_few_households_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SyntheticError, match="不少于 4"):
        make_benchmark_tables(2, 1, tmp_path)
