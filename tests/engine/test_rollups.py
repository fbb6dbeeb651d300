"""A screening from roll-ups must answer as one from the rows, whatever the history of deliveries was."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouwang.domain.indicators import indicators
from shouwang.domain.periods import Month, Period
from shouwang.domain.tables import INCOME_ITEMS, TABLES
from shouwang.engine.indicators import indicator_table
from shouwang.engine.indicators.amounts import income_sums, own_pay_months, window_sums
from shouwang.engine.rollups import (
    DeliveredMonth,
    RollupError,
    RollupUpdate,
    delivered_months,
    read_manifest,
    rollup_snapshot,
    update_rollups,
)
from shouwang.engine.snapshot import IncomeRegime, arrow_schema
from tests.engine.lake import (
    MONTHS,
    TABLE_OF,
    Delivery,
    Lake,
    after,
    history,
    rows_of,
    snapshot_of,
    step,
    whole_history,
    window,
    write_tables,
)  # fmt: skip

READ = [name for name, each in indicators().items() if {"income_entry", "own_pay_entry"} & set(each.reads)]


@settings(max_examples=settings().max_examples // 10, deadline=None)
@given(history, st.lists(window, min_size=1, max_size=3))
def test_windows_and_own_pay_agree_with_the_rows_after_every_step(
    steps: list[list[Delivery | tuple[str, str]]], windows: list[Period]
) -> None:
    with TemporaryDirectory() as made:
        lake: Lake = {}
        for events in steps:
            lake = after(lake, events)
            paths = write_tables(Path(made), lake)
            update_rollups(Path(made) / "store", delivered_months(paths))
            raw = snapshot_of(paths)
            if not read_manifest(Path(made) / "store"):
                continue
            rolled = rollup_snapshot(raw, Path(made) / "store")
            assert rows_of(own_pay_months(rolled)) == rows_of(own_pay_months(raw))
            for period in windows:
                assert rows_of(window_sums(rolled, period)) == rows_of(window_sums(raw, period))


@settings(max_examples=settings().max_examples // 25, deadline=None)
@given(step, step, window, st.sampled_from([month.first_day for month in MONTHS]))
def test_every_indicator_of_income_and_own_pay_agrees(
    first: list[Delivery | tuple[str, str]],
    second: list[Delivery | tuple[str, str]],
    period: Period,
    on: date,
) -> None:
    regime = IncomeRegime(period, frozenset({"migrant_wage", "crop_sales"}))
    with TemporaryDirectory() as made:
        store = Path(made) / "store"
        update_rollups(store, delivered_months(write_tables(Path(made), after({}, first))))
        paths = write_tables(Path(made), after(after({}, first), second))
        update_rollups(store, delivered_months(paths))
        raw = snapshot_of(paths)
        if not read_manifest(store):
            return
        rolled = rollup_snapshot(raw, store)
        assert rows_of(indicator_table(rolled, regime, on, READ)) == rows_of(
            indicator_table(raw, regime, on, READ)
        )


def update(folder: Path, lake: Lake) -> RollupUpdate:
    return update_rollups(folder / "store", delivered_months(write_tables(folder, lake)))


def test_nothing_is_made_anew_when_no_delivery_changed(tmp_path: Path) -> None:
    first = update(tmp_path, whole_history())
    again = update(tmp_path, whole_history())

    assert len(first.rebuilt) == 7
    assert (again.rebuilt, again.removed, again.totalled) == ((), (), ())


def test_a_changed_delivery_rebuilds_its_month_and_the_totals_from_it_on(tmp_path: Path) -> None:
    lake = whole_history()
    update(tmp_path, lake)
    lake["ledger", "d"] = replace(lake["ledger", "d"], rows=(("h1", MONTHS[3], "migrant_wage", 7),))
    done = update(tmp_path, lake)

    assert done.rebuilt == (("ledger", MONTHS[3].first_day),)
    assert done.totalled == tuple(month.first_day for month in MONTHS[3:])


def test_a_withdrawn_delivery_takes_its_rows_out_and_a_late_one_puts_them_in(tmp_path: Path) -> None:
    lake = whole_history()
    update(tmp_path, lake)
    late = lake.pop(("ledger", "b"))
    withdrawn = update(tmp_path, lake)
    lake["ledger", "b"] = late
    returned = update(tmp_path, lake)

    assert withdrawn.removed == (("ledger", MONTHS[1].first_day),)
    assert withdrawn.totalled == tuple(month.first_day for month in MONTHS[2:])
    assert returned.rebuilt in ((), (("ledger", MONTHS[1].first_day),))
    rolled = rollup_snapshot(snapshot_of(write_tables(tmp_path, lake)), tmp_path / "store")
    months = rows_of(window_sums(rolled, Period.of_months(MONTHS[0], MONTHS[-1])).select("months_known"))
    assert months == [(6,), (6,), (6,)]


def test_the_order_of_rows_does_not_count_but_a_repeated_row_does(tmp_path: Path) -> None:
    lake = whole_history()
    update(tmp_path, lake)
    rows = lake["ledger", "a"].rows
    lake["ledger", "a"] = replace(lake["ledger", "a"], rows=rows[::-1])
    turned = update(tmp_path, lake)
    lake["ledger", "a"] = replace(lake["ledger", "a"], rows=(*rows, rows[0]))
    repeated = update(tmp_path, lake)

    assert turned.rebuilt == ()
    assert repeated.rebuilt == (("ledger", MONTHS[0].first_day),)


def test_the_manifest_names_the_deliveries_of_each_month(tmp_path: Path) -> None:
    lake = whole_history()
    lake["ledger", "z"] = Delivery("ledger", "z", (("h3", MONTHS[0], "pension", 1),))
    update(tmp_path, lake)
    first, *_ = read_manifest(tmp_path / "store")

    assert (first.feed, first.month) == ("ledger", MONTHS[0].first_day)
    assert [source for source, _ in first.deliveries] == [str(ord("z")), str(ord("a"))]


def test_files_of_two_generations_are_kept_and_older_ones_removed(tmp_path: Path) -> None:
    lake = whole_history()
    update(tmp_path, lake)
    before = {row.totals for row in read_manifest(tmp_path / "store")} - {None}
    lake.pop(("ledger", "a"))
    update(tmp_path, lake)
    kept = {path.name for path in (tmp_path / "store").iterdir()}
    update(tmp_path, lake)
    left = {path.name for path in (tmp_path / "store").iterdir()}

    assert before <= kept
    assert not before & left


def test_a_delivery_may_come_as_its_own_file_with_its_own_digest(tmp_path: Path) -> None:
    lake = whole_history()
    parts = []
    for (feed, source), delivery in lake.items():
        path = tmp_path / f"{feed}-{source}.parquet"
        schema = arrow_schema(TABLES[TABLE_OF[feed]])
        pq.write_table(pa.Table.from_pylist(delivery.table_rows, schema=schema), path)
        month = delivery.rows[0][1] if feed == "ledger" else Month.of(delivery.rows[0][2])
        parts.append(DeliveredMonth(feed, month.first_day, source, f"digest-{source}", path))
    update_rollups(tmp_path / "store", parts)
    raw = snapshot_of(write_tables(tmp_path, lake))
    rolled = rollup_snapshot(raw, tmp_path / "store")
    period = Period.of_months(MONTHS[1], MONTHS[4])

    assert rows_of(window_sums(rolled, period)) == rows_of(window_sums(raw, period))
    assert rows_of(own_pay_months(rolled)) == rows_of(own_pay_months(raw))


def test_counted_income_of_several_periods_agrees(tmp_path: Path) -> None:
    paths = write_tables(tmp_path, whole_history())
    update_rollups(tmp_path / "store", delivered_months(paths))
    raw = snapshot_of(paths)
    rolled = rollup_snapshot(raw, tmp_path / "store")
    regime = IncomeRegime(Period.of_months(MONTHS[3], MONTHS[5]), frozenset(INCOME_ITEMS))
    periods = {"w": regime.window, "previous": Period.of_months(MONTHS[0], MONTHS[2])}

    for name in ("w_net", "w_months_known", "w_wage", "previous_net", "previous_months_known"):
        answers = []
        for snapshot in (raw, rolled):
            tables = income_sums(snapshot, regime, periods, detailed=("w",))
            [table] = [table for table in tables if name in table.columns]
            answers.append(rows_of(table.select("household_id", name)))
        assert answers[0] == answers[1]


def test_a_store_without_roll_ups_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RollupError, match="没有汇总"):
        rollup_snapshot(snapshot_of({}), tmp_path / "store")


def test_a_store_with_a_file_gone_is_refused(tmp_path: Path) -> None:
    update(tmp_path, whole_history())
    gone = read_manifest(tmp_path / "store")[0].sums
    (tmp_path / "store" / gone).unlink()

    with pytest.raises(RollupError, match=f"缺少文件 {gone}"):
        rollup_snapshot(snapshot_of({}), tmp_path / "store")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "已损坏"),
        ("[]", "已损坏"),
        ('{"format": 1, "months": [{"feed": "ledger"}]}', "已损坏"),
        (json.dumps({"format": 0, "months": []}), "其他版本"),
    ],
)
def test_a_damaged_or_foreign_manifest_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "manifest.json").write_text(content, encoding="utf-8")

    with pytest.raises(RollupError, match=message):
        read_manifest(tmp_path / "store")


def test_an_update_that_fails_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    update(tmp_path, whole_history())
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "store").iterdir()}
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"not a table")

    with pytest.raises(RollupError, match="没有改动"):
        update_rollups(
            tmp_path / "store", [DeliveredMonth("ledger", MONTHS[0].first_day, "x", "digest", broken)]
        )
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "store").iterdir()} == before
