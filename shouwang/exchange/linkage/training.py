"""Estimate the weights from rows whose persons are known: m by EM without looking at them, u by counting.

The true pairs are used for one thing only: to leave them out where chance agreement of numbers is counted,
which is too rare for a random sample to meet.
"""

from typing import Any

import duckdb
import pyarrow as pa

from shouwang.exchange.linkage.comparisons import COMPARISONS, NUMBER, RARE_COLUMNS
from shouwang.exchange.linkage.preparing import prepared_members, prepared_rows
from shouwang.exchange.linkage.scoring import Limits, linker_on, opened, settings
from shouwang.exchange.linkage.weights import Weights, splink_comparison

# Each session holds some fields equal and learns the others; together they see all of them.
_SAME_NUMBER = "right(l.number, 4) = right(r.number, 4) AND substr(l.number, 7, 4) = substr(r.number, 7, 4)"
SESSIONS = {
    "year and end of the number and sex held": f"{_SAME_NUMBER} AND l.sex = r.sex",
    "year and end of the number held, sex not given": f"{_SAME_NUMBER}"
    " AND (l.sex IS NULL OR r.sex IS NULL) AND l.township IS NOT NULL AND r.township IS NOT NULL",
    "name and village held": "l.name_plain = r.name_plain AND l.village = r.village",
}
_RANDOM_PAIRS = 4e6
# No level is taken to be rarer than this among true pairs, nor never to occur by chance.
_LEAST_M, _LEAST_U = 1e-3, 1e-9


def train(
    rows: pa.Table, members: pa.Table, true_pairs: pa.Table, *, seed: int, made: dict[str, Any]
) -> Weights:
    """Return weights learned from rows (ROWS) and members (MEMBERS).

    `true_pairs` has row_no and person_id; `made` is written beside the weights.
    """
    with opened(Limits(memory="3GB")) as connection:
        for name, table in (
            ("wanted", prepared_rows(rows)), ("known", prepared_members(members)), ("true_pairs", true_pairs)
        ):  # fmt: skip
            connection.register("given", table)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        _count_names(connection)
        chance = {**_by_sample(connection, seed), NUMBER.key: _numbers_by_chance(connection)}
        fields = [splink_comparison(each, None, chance[each.key]) for each in COMPARISONS]
        linker = linker_on(connection, settings(fields, members.num_rows), "wanted", "known")
        for condition in SESSIONS.values():
            linker.training.estimate_parameters_using_expectation_maximisation(condition)
        learned = _learned(linker.misc.save_model_to_json(), "m_probability")
        return Weights(_joined(learned, chance), made)


def _by_sample(connection: duckdb.DuckDBPyConnection, seed: int) -> dict[str, dict[str, float]]:
    """Draw random pairs: how often each level of all fields but the number is met by chance."""
    fields = [splink_comparison(each, None, None) for each in COMPARISONS if each is not NUMBER]
    linker = linker_on(connection, settings(fields, 1), "wanted", "known")
    linker.training.estimate_u_using_random_sampling(
        max_pairs=_RANDOM_PAIRS, seed=seed, min_count_per_level=None
    )
    learned = _learned(linker.misc.save_model_to_json(), "u_probability")
    return {
        field: {key: max(value or 0.0, _LEAST_U) for key, value in levels.items()}
        for field, levels in learned.items()
    }


def _count_names(connection: duckdb.DuckDBPyConnection) -> None:
    for column in RARE_COLUMNS:
        connection.execute(
            f"CREATE TABLE frequency_{column} AS SELECT {column},"
            f" count(*) / sum(count(*)) OVER () AS tf_{column} FROM known"
            f" WHERE {column} IS NOT NULL GROUP BY {column}"
        )


def _numbers_by_chance(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Count how often numbers of different persons agree at each level, among all pairs there are.

    Agreement is looked for where it can be: within a day of birth, a tail, or a beginning of the number.
    """
    cases = " ".join(
        f"WHEN {_sided(level.sql)} THEN '{level.key}'" for level in NUMBER.levels if level.sql != "ELSE"
    )
    found = dict(
        connection.execute(
            "WITH pairs AS ("
            " SELECT w.unique_id AS one, k.unique_id AS other FROM wanted w JOIN known k USING (born) UNION"
            " SELECT w.unique_id, k.unique_id FROM wanted w JOIN known k USING (tail) UNION"
            " SELECT w.unique_id, k.unique_id FROM wanted w JOIN known k"
            " ON substr(w.number, 1, 13) = substr(k.number, 1, 13))"
            f" SELECT CASE {cases} ELSE 'other' END, count(*) FROM pairs"
            " JOIN wanted w ON w.unique_id = one JOIN known k ON k.unique_id = other"
            " WHERE w.number IS NOT NULL AND NOT EXISTS (FROM true_pairs t"
            " WHERE t.row_no::VARCHAR = one AND t.person_id = other) GROUP BY ALL"
        ).fetchall()
    )
    pairs = connection.execute(
        "SELECT (SELECT count(number) FROM wanted) * (SELECT count(number) FROM known)"
    ).fetchall()[0][0]
    shares = {level.key: max(found.get(level.key, 0) / pairs, _LEAST_U) for level in NUMBER.levels[:-1]}
    return {**shares, "other": 1 - sum(shares.values())}


def _sided(sql: str) -> str:
    return sql.replace("number_l", "w.number").replace("number_r", "k.number")


def _learned(model: dict[str, Any], kind: str) -> dict[str, dict[str, float | None]]:
    return {
        each["output_column_name"]: {
            level["label_for_charts"]: level.get(kind)
            for level in each["comparison_levels"]
            if not level.get("is_null_level")
        }
        for each in model["comparisons"]
    }


def _joined(
    learned: dict[str, dict[str, float | None]], chance: dict[str, dict[str, float]]
) -> dict[str, dict[str, tuple[float, float]]]:
    """Join m and u; a level that was never met gets the least there is, and m sums to one again."""
    levels = {}
    for field, found in learned.items():
        m = {key: max(value or 0.0, _LEAST_M) for key, value in found.items()}
        total = sum(m.values())
        levels[field] = {
            key: (round(value / total, 6), float(f"{chance[field][key]:.4g}")) for key, value in m.items()
        }
    return levels
