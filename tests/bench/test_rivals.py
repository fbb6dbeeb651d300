"""The competitors answer alike on a small county, so that their times may be compared at all."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from shouwang.synthetic.benchmark import make_benchmark_tables
from tests.bench import hand_sql, pandas_frame, polars_frame, rule_loop, screenings
from tests.bench.comparing import Disagreement, check_equal
from tests.bench.work import Work

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    folder = tmp_path_factory.mktemp("bench")
    work = Work(folder / "tables", folder / "store", folder / "out")
    work.out.mkdir()
    make_benchmark_tables(2000, 7, work.tables)
    hand_sql.run(work)
    return work


def answers_as_the_sql(work: Work, name: str, only_known: bool = False) -> int:
    return check_equal(work.answers("hand_sql"), work.answers(name), only_known)


def test_shouwang_answers_as_the_hand_written_sql_from_rows_and_from_roll_ups(work: Work) -> None:
    screenings.build_rollups(work)
    screenings.flags_from_rows(work)
    screenings.flags_from_rollups(work)

    assert answers_as_the_sql(work, "rows_flags") >= 2000 * 45
    assert answers_as_the_sql(work, "rollups_flags") >= 2000 * 45


def test_the_data_frames_answer_their_subset_alike(work: Work) -> None:
    hand_sql.run_subset(work)
    polars_frame.run(work)
    pandas_frame.run(work)

    counts = {answers_as_the_sql(work, name) for name in ("hand_sql_subset", "polars", "pandas")}
    assert len(counts) == 1


def test_the_rule_library_answers_alike_where_everything_is_known(work: Work) -> None:
    screenings.rule_step(work)
    rule_loop.run(work)

    assert answers_as_the_sql(work, "rule_loop", only_known=True) >= 2000 * 45


def test_one_changed_answer_is_noticed_and_named(work: Work) -> None:
    table = pq.read_table(work.answers("hand_sql"))
    changed = pc.if_else(
        pa.array([place == 3 for place in range(table.num_rows)]),
        pc.invert(pc.fill_null(table["low_income"], False)),
        table["low_income"],
    )
    place = table.schema.get_field_index("low_income")
    pq.write_table(table.set_column(place, "low_income", changed), work.answers("changed"))

    with pytest.raises(Disagreement, match="'low_income': 1"):
        answers_as_the_sql(work, "changed")


@pytest.mark.parametrize("rows", [slice(0, 1), slice(0, -1)], ids=["twice", "missing"])
def test_a_household_answered_twice_or_not_at_all_is_noticed(work: Work, rows: slice) -> None:
    table = pq.read_table(work.answers("hand_sql"))
    every = list(range(table.num_rows))
    places = every + every[rows] if rows.stop == 1 else every[rows]
    pq.write_table(table.take(places), work.answers("other"))

    with pytest.raises(Disagreement):
        answers_as_the_sql(work, "other")
