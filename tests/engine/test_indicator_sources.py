"""The rows behind an indicator, the seams to roll-ups, and the edges of income windows."""

from datetime import date

import ibis
import ibis.expr.types as ir
import pytest

from shouwang.domain.indicators import indicators
from shouwang.domain.periods import Month, Period, twelve_months_before
from shouwang.domain.tables import FEEDS, INCOME_ITEMS
from shouwang.engine.duckdb import connect, materialise
from shouwang.engine.indicators import indicator_table, source_rows, source_sets
from shouwang.engine.indicators.amounts import own_pay_months, window_sums
from shouwang.engine.snapshot import IncomeRegime, Snapshot
from tests.engine.factories import COUNTED, Row, Rows, blank, by_household, snapshot_of
from tests.engine.hand_made import MAY, ON, REGIME, ROWS, ledger

backend = ibis.duckdb.connect()
W = Period(date(2023, 5, 1), MAY)


def snapshot(rows: Rows = ROWS, feeds: frozenset[str] = frozenset(FEEDS)) -> Snapshot:
    """Return the households made by hand."""
    return snapshot_of(backend, rows, feeds)


def values(of: Snapshot, *names: str, regime: IncomeRegime = REGIME, on: date = ON) -> dict[str, Row]:
    """Return the named indicators by household."""
    return by_household(backend.to_pyarrow(indicator_table(of, regime, on, names)))


def sources(name: str, household_id: str = "full") -> list[tuple[int, int | None]]:
    """Return (row_no, amount_fen) of the rows behind an indicator."""
    rows = source_rows(snapshot(), REGIME, ON, name)
    assert rows is not None
    found = backend.to_pyarrow(rows).to_pylist()
    return sorted((r["row_no"], r["amount_fen"]) for r in found if r["household_id"] == household_id)


def one_household(**tables: list[Row]) -> Rows:
    """Return rows of one household of which the registry says nothing."""
    return {"household": [blank("household")], **tables}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("own_pay_household_fen", [(3, 40000), (4, 5000), (5, 3000), (6, 500), (7, 700)]),
        ("inpatient_own_pay_year_max_fen", [(4, 5000)]),
        ("outpatient_own_pay_month_max_fen", [(5, 3000), (6, 500), (7, 700)]),
        ("compliant_own_pay_person_max_fen", [(3, 100), (4, 200), (5, 0), (6, 0), (7, 0)]),
        ("education_own_fen", [(3, 6000), (4, 800000), (5, None)]),
        ("dropout_persons", [(3, None)]),
        ("noncompulsory_pupils", [(4, 800000)]),
        ("minimum_living_persons", [(4, None)]),
        ("stopped_minimum_living_persons", [(3, None)]),
        ("temporary_aid_times", [(7, None), (8, None)]),
        ("housing_grade", [(3, None)]),
        ("unemployed_persons", [(3, None)]),
        ("lost_monthly_wage_fen", [(2, 400000)]),
        ("employed_persons", [(5, None)]),
        ("loan_balance_fen", [(3, 500), (4, 600)]),
        ("disaster_loss_fen", [(2, 1000), (3, 200)]),
        ("labour_deaths", [(3, None)]),
        ("water_problem_kinds", [(2, None), (3, None)]),
        ("serious_illness_persons", [(2, None), (2, None), (2, None), (3, None)]),
        ("stated_own_pay_fen", [(2, 77700)]),
        ("is_relocated", [(2, None)]),
        ("stated_income_per_capita_fen", [(2, 20)]),
    ],
)
def test_the_rows_that_fed_an_indicator_are_named(name: str, rows: list[tuple[int, int | None]]) -> None:
    assert sources(name) == rows


def test_income_names_the_ledger_where_it_is_complete_and_the_statement_where_it_is_not() -> None:
    amounts = [amount for _, amount in sources("net_income_fen")]
    assert len(amounts) == 12 * 5  # the item that does not count is no source
    assert sum(a for a in amounts if a) - 2 * 12 * 100_00 == 14_760_12
    assert sources("net_income_fen", "quiet") == [(2, 60_000_00)]
    assert sources("previous_net_income_fen", "quiet") == [(2, 50_000_00)]


@pytest.mark.parametrize("name", indicators())
def test_the_rows_of_chosen_households_are_those_of_all_less_the_others(name: str) -> None:
    chosen = ibis.memtable({"household_id": ["full"]})
    found = []
    for rows in (
        source_rows(snapshot(), REGIME, ON, name),
        source_rows(snapshot(), REGIME, ON, name, households=chosen),
    ):
        assert rows is not None
        full = rows.filter(rows.household_id == "full").order_by(rows.columns)
        found.append(backend.to_pyarrow(full).to_pylist())
    assert found[0] == found[1]


def test_indicators_that_rest_on_the_same_rows_name_the_same_sets() -> None:
    assert source_sets("own_pay_person_max_fen") == source_sets("own_pay_household_fen")
    assert source_sets("is_relocated") == source_sets("months_since_identified") == ("household",)
    assert set(source_sets("net_income_fen")) < set(source_sets("reference_income_fen"))


def test_a_feed_never_delivered_has_no_rows_and_the_members_statement_takes_its_place() -> None:
    unfed = snapshot(feeds=frozenset())
    assert source_rows(unfed, REGIME, ON, "petitions") is None
    stated = source_rows(unfed, REGIME, ON, "noncompulsory_pupils")
    assert stated is not None
    assert backend.to_pyarrow(stated).num_rows == 0


@pytest.mark.parametrize("name", indicators())
def test_an_indicator_can_be_asked_for_alone(name: str) -> None:
    assert indicator_table(snapshot(), REGIME, ON, [name]).columns == ("household_id", "division", name)


def test_an_indicator_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError, match="no_such_indicator"):
        indicator_table(snapshot(), REGIME, ON, ["no_such_indicator"])


def test_parts_kept_before_they_are_joined_give_the_same_indicators() -> None:
    database = connect(threads=1)
    of = snapshot_of(database, ROWS, frozenset(FEEDS))
    names: list[str] = []

    def keep(table: ir.Table, name: str) -> ir.Table:
        names.append(name)
        return materialise(table, name, database)

    whole = indicator_table(of, REGIME, ON, list(indicators()))
    staged = indicator_table(of, REGIME, ON, list(indicators()), materialise=keep)
    assert by_household(database.to_pyarrow(staged)) == by_household(database.to_pyarrow(whole))
    assert len(set(names)) == len(names) == 17


def test_sums_of_a_window_give_the_same_indicators_as_the_rows() -> None:
    raw = snapshot()
    names = [name for name, indicator in indicators().items() if indicator.unit == "fen"]
    summed = Snapshot(
        backend,
        raw.with_tables(income_entry=raw["income_entry"].limit(0)).tables,
        raw.feeds,
        ledger_totals=lambda day: window_sums(raw, Period(date(2020, 1, 1), day)),
        own_pay_months=own_pay_months(raw),
    )
    assert values(summed, *names) == values(raw, *names)


def test_a_window_sum_has_a_column_for_every_item_and_counts_the_months() -> None:
    [full] = [
        row
        for row in backend.to_pyarrow(window_sums(snapshot(), W)).to_pylist()
        if row["household_id"] == "full"
    ]
    assert full["months_known"] == 12
    assert full["migrant_wage"] == 12_000_00
    assert set(full) == {"household_id", "months_known", *INCOME_ITEMS}
    assert full["charity"] == 0


def test_twelve_months_up_to_the_middle_of_a_month_are_the_twelve_whole_ones_before_it() -> None:
    regime = IncomeRegime(twelve_months_before(ON), COUNTED - {"gift"})
    assert values(snapshot(), "net_income_fen", regime=regime)["full"]["net_income_fen"] == 14_760_12


def test_windows_too_far_apart_for_one_mask_are_still_counted() -> None:
    rows = one_household(
        income_entry=[
            *ledger("h1", Month(2010, 1), Month(2010, 12), other_wage=10),
            *ledger("h1", Month(2023, 11), Month(2024, 4), other_wage=7),
        ]
    )
    regime = IncomeRegime(Period(date(2010, 1, 1), date(2011, 1, 1)), COUNTED)
    found = values(snapshot(rows), "net_income_fen", "half_year_net_income_fen", regime=regime)
    assert found["h1"] == {"division": None, "net_income_fen": 120, "half_year_net_income_fen": 42}


@pytest.mark.parametrize(("net", "members", "expected"), [(-1, 2, -1), (-7, 3, -3), (7, 3, 2), (5, 0, None)])
def test_an_amount_a_head_is_rounded_down_as_python_does(
    net: int, members: int, expected: int | None
) -> None:
    rows: Rows = {
        "household": [blank("household", stated_member_count=members)],
        "annual_income": [blank("annual_income", year=2023, net_fen=net)],
    }
    assert values(snapshot(rows), "net_income_per_capita_fen")["h1"]["net_income_per_capita_fen"] == expected


@pytest.mark.parametrize("amount", [2**40, -(2**40) + 1, 2**52 + 1])
def test_great_amounts_a_head_are_exact(amount: int) -> None:
    rows: Rows = {
        "household": [blank("household", stated_member_count=7)],
        "annual_income": [blank("annual_income", year=2023, net_fen=amount)],
    }
    found = values(snapshot(rows), "net_income_per_capita_fen")["h1"]["net_income_per_capita_fen"]
    assert found == amount // 7


@pytest.mark.parametrize(
    ("on", "born", "expected"),
    [
        (date(2024, 2, 29), date(2008, 2, 29), 0),
        (date(2025, 2, 28), date(2009, 2, 28), 0),
        (date(2024, 2, 28), date(2008, 2, 29), 1),
        (date(2026, 2, 28), date(2010, 3, 1), 1),
    ],
)
def test_a_child_is_one_until_the_sixteenth_birthday(on: date, born: date, expected: int) -> None:
    rows = one_household(member=[blank("member", person_id="p", birth_date=born)])
    assert values(snapshot(rows), "children_persons", on=on)["h1"]["children_persons"] == expected


def test_a_table_kept_by_name_replaces_the_one_before() -> None:
    database = connect(memory_limit="200MB", threads=1)
    numbers = ibis.memtable({"n": [1, 2, 3]})
    materialise(numbers, "kept", database)
    kept = materialise(numbers.filter(numbers.n > 1), "kept", database)
    assert database.to_pyarrow(kept.order_by("n")).column("n").to_pylist() == [2, 3]
