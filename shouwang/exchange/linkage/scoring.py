"""Weigh the pairs of rows and persons that blocking lets through: Splink on DuckDB, within bounded memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from shouwang.exchange.linkage.comparisons import BLOCKING, COMPARISONS, RARE_COLUMNS
from shouwang.exchange.linkage.preparing import prepared_members, prepared_rows
from shouwang.exchange.linkage.weights import Weights

# The share of rows without a valid number whose person is in the registry, before anything is compared.
# Weighing starts from the odds of one person of the registry against somebody who is not in it.
PRIOR_SHARE = 0.8
# A registry of fewer persons is still weighed as one of so many: the county around it is not empty.
_FEWEST_PERSONS = 20_000
# How rare a name is held to be before the registry has been asked, and how many persons that opinion weighs.
_PRIOR_NAME, _PRIOR_PERSONS = 5e-5, 20_000
_KEPT_PER_ROW = 6


@dataclass(frozen=True)
class Limits:
    """Memory and threads of the database, and where it may spill (a temporary folder if none is given)."""

    memory: str = "1GB"
    threads: int = 2
    folder: Path | None = None


@contextmanager
def opened(limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory within the limits; it is gone afterwards, and so is what it spilled."""
    with (
        TemporaryDirectory(prefix="linkage-", dir=limits.folder) as spill,
        duckdb.connect(":memory:") as connection,
    ):
        connection.execute(f"SET memory_limit = '{limits.memory}'")
        connection.execute(f"SET threads = {limits.threads}")
        connection.execute(f"SET temp_directory = '{spill}'")
        connection.execute("SET preserve_insertion_order = false")
        yield connection


def settings(comparisons: list[Any], persons: int) -> SettingsCreator:
    """Return Splink's settings for a registry of so many persons."""
    odds = PRIOR_SHARE / (1 - PRIOR_SHARE) / max(persons, _FEWEST_PERSONS)
    return SettingsCreator(
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*each) for each in BLOCKING],
        probability_two_random_records_match=odds / (1 + odds),
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )


def scored_pairs(
    rows: pa.Table, members: pa.Table, weights: Weights, *, at_least: float, limits: Limits
) -> pa.Table:
    """Return the best pairs of each row (ROWS) with persons (MEMBERS) that weigh `at_least` (log2 of odds).

    Columns: row_no, person_id, household_id, weight, and for each field `<field>_level` and `<field>_weight`.
    """
    with opened(limits) as connection:
        connection.register("given_rows", prepared_rows(rows))
        connection.execute("CREATE TABLE wanted AS SELECT * FROM given_rows")
        connection.unregister("given_rows")
        connection.register("given_members", prepared_members(members))
        _count_names(connection)
        connection.execute(f"CREATE TABLE known AS SELECT * FROM given_members AS m WHERE {_may_meet()}")
        connection.unregister("given_members")
        if not connection.execute("SELECT count(*) FROM known").fetchall()[0][0]:
            return _best(connection, None)
        linker = linker_on(connection, settings(weights.comparisons(), members.num_rows), "wanted", "known")
        found = linker.inference.predict(threshold_match_weight=at_least)
        return _best(connection, found.physical_name)


def linker_on(connection: duckdb.DuckDBPyConnection, given: SettingsCreator, left: str, right: str) -> Linker:
    """Return a linker of two prepared tables; the names' frequencies are those counted before."""
    api = DuckDBAPI(connection)
    sides = [api.register(name, table_name=place) for name, place in ((left, "a_rows"), (right, "b_members"))]
    linker = Linker(sides, given, log_level=None)
    for column in RARE_COLUMNS:
        counted = api.register(f"frequency_{column}", table_name=f"counted_{column}")
        linker.table_management.register_term_frequency_lookup(counted, column)
    return linker


def _count_names(connection: duckdb.DuckDBPyConnection) -> None:
    """Count each name in the whole registry, drawn toward the prior where the registry is small."""
    for column in RARE_COLUMNS:
        connection.execute(
            f"CREATE TABLE frequency_{column} AS SELECT {column}, (count(*) + {_PRIOR_NAME * _PRIOR_PERSONS})"
            f" / ((SELECT count(*) FROM given_members) + {_PRIOR_PERSONS}) AS tf_{column}"
            f" FROM given_members WHERE {column} IS NOT NULL GROUP BY {column}"
        )


def _may_meet() -> str:
    """Return the condition that a member meets some row in blocking; others need not be carried along."""
    return " OR ".join(_meets(columns) for columns in BLOCKING)


def _meets(columns: tuple[str, ...]) -> str:
    mine = ", ".join(f"m.{column}" for column in columns)
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    return f"(({mine}) IN (SELECT ({', '.join(columns)}) FROM wanted WHERE {known}))"


def _best(connection: duckdb.DuckDBPyConnection, found: str | None) -> pa.Table:
    fields = ", ".join(
        f"gamma_{each.key}::INTEGER AS {each.key}_level, {_weight(each.key)} AS {each.key}_weight"
        for each in COMPARISONS
    )
    if found is None:
        return pa.table({"row_no": pa.array([], pa.int64())})
    return connection.sql(
        f"SELECT unique_id_l::BIGINT AS row_no, unique_id_r AS person_id, household_id,"
        f" match_weight AS weight,"
        f" {fields} FROM {found} JOIN known ON known.unique_id = unique_id_r"
        f" QUALIFY row_number() OVER (PARTITION BY unique_id_l ORDER BY match_weight DESC, unique_id_r)"
        f" <= {_KEPT_PER_ROW} ORDER BY row_no, weight DESC, person_id"
    ).to_arrow_table()


def _weight(field: str) -> str:
    has_rarity = any(level.rare_column for each in COMPARISONS if each.key == field for level in each.levels)
    return f"mw_{field} + mw_tf_adj_{field}" if has_rarity else f"mw_{field}"
