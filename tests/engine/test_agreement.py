"""DuckDB and the plain-Python reference must answer every rule alike, unknowns included."""

from collections.abc import Mapping
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouwang.domain.indicators import indicators
from shouwang.engine import translation
from shouwang.engine.expression import parse
from shouwang.engine.reference import answer
from shouwang.engine.rule_tree import And, Condition, Expression, Flag, IsUnknown, Not, Or

NUMBERS = ("pupils", "dropout_persons", "labour_persons")
AMOUNTS = ("net_income_fen", "own_pay_household_fen", "income_fall_fen")
FLAGS = ("is_alleviated", "has_dropout")
GRADES = ("housing_grade",)
UNITS = {"line": "yuan", "share": "permille", "least": "persons"}
PARAMETERS = {"line": 690_000, "share": 500, "least": 3}
TYPES = {
    **dict.fromkeys(NUMBERS + AMOUNTS, pa.int64()),
    **dict.fromkeys(FLAGS, pa.bool_()),
    "housing_grade": pa.string(),
}

backend = ibis.duckdb.connect()

number = st.one_of(st.sampled_from(NUMBERS), st.integers(-2, 5).map(str), st.just(":least"))
operator = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
amount = st.one_of(
    st.sampled_from(AMOUNTS),
    st.just(":line"),
    st.builds("{} + {}".format, st.sampled_from(AMOUNTS), st.sampled_from(AMOUNTS)),
    st.builds("{} - :line".format, st.sampled_from(AMOUNTS)),
    st.builds(":share * {}".format, st.sampled_from(AMOUNTS)),
    st.builds("{} * 1000".format, st.sampled_from(AMOUNTS)),
)
leaf = st.one_of(
    st.sampled_from(FLAGS),
    st.builds("{} {} {}".format, st.sampled_from(NUMBERS), operator, number),
    st.builds("{} {} {}".format, amount, operator, amount),
    st.builds("{} IS NULL".format, st.sampled_from(NUMBERS + AMOUNTS + FLAGS)),
    st.builds("{} IS NOT NULL".format, st.sampled_from(AMOUNTS)),
    st.builds("housing_grade IN ({})".format, st.sampled_from(["'C'", "'C', 'D'", "'A', 'B', 'C', 'D'"])),
    st.builds("housing_grade {} 'C'".format, st.sampled_from(["=", "<>"])),
    st.builds("{} BETWEEN 1 AND 3".format, st.sampled_from(NUMBERS)),
)
rule = st.recursive(
    leaf,
    lambda part: st.one_of(
        st.builds("({}) AND ({})".format, part, part),
        st.builds("({}) OR ({})".format, part, part),
        st.builds("NOT ({})".format, part),
    ),
    max_leaves=8,
)
small_amount = st.one_of(
    st.none(), st.integers(-10, 10), st.sampled_from([345_000, 689_999, 690_000, 690_001, 1_380_000])
)
household = st.fixed_dictionaries(
    {
        **{name: st.one_of(st.none(), st.integers(-1, 5)) for name in NUMBERS},
        **dict.fromkeys(AMOUNTS, small_amount),
        **{name: st.one_of(st.none(), st.booleans()) for name in FLAGS},
        "housing_grade": st.sampled_from([None, "A", "B", "C", "D"]),
    }
)


def on_duckdb(expression: Expression, households: list[dict[str, Any]]) -> list[bool | None]:
    rows = [{"place": place, **values} for place, values in enumerate(households)]
    table = ibis.memtable(
        pa.Table.from_pylist(rows, schema=pa.schema([("place", pa.int64()), *TYPES.items()]))
    )
    parameters = {name: translation.literal(value) for name, value in PARAMETERS.items()}
    answers = table.mutate(answer=translation.condition(expression.tree, table, parameters)).order_by("place")
    return [row["answer"] for row in backend.to_pyarrow(answers).to_pylist()]


def in_python(expression: Expression, values: Mapping[str, Any]) -> bool | None:
    return answer(expression.tree, values, PARAMETERS)


@settings(max_examples=150, deadline=None)
@given(rule, st.lists(household, min_size=1, max_size=12))
def test_duckdb_and_the_reference_agree_on_every_rule_and_household(
    text: str, households: list[dict[str, Any]]
) -> None:
    expression = parse(text, indicators(), UNITS)

    assert on_duckdb(expression, households) == [in_python(expression, values) for values in households]


def unknown_is_false(node: Condition, values: Mapping[str, Any]) -> bool | None:
    """A planted fault: an engine that takes unknown for no."""
    if isinstance(node, Not):
        return not unknown_is_false(node.condition, values)
    if isinstance(node, And | Or):
        each = [bool(unknown_is_false(part, values)) for part in node.conditions]
        return all(each) if isinstance(node, And) else any(each)
    if isinstance(node, IsUnknown | Flag):
        return bool(answer(node, values, PARAMETERS))
    return bool(answer(node, values, PARAMETERS))


def test_an_engine_that_takes_unknown_for_no_would_be_caught() -> None:
    expression = parse("NOT has_dropout", indicators(), UNITS)
    values = dict.fromkeys(TYPES)

    assert in_python(expression, values) is None
    assert unknown_is_false(expression.tree, values) is True


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("has_dropout AND pupils > 3", {"has_dropout": False}, False),
        ("has_dropout AND pupils > 3", {"has_dropout": True}, None),
        ("has_dropout OR pupils > 3", {"has_dropout": True}, True),
        ("has_dropout OR pupils > 3", {"has_dropout": False}, None),
        ("NOT (pupils > 3)", {}, None),
        ("pupils IS NULL", {}, True),
        ("housing_grade IN ('C')", {}, None),
    ],
)
def test_kleene_tables_hold_on_both(text: str, values: dict[str, Any], expected: bool | None) -> None:
    expression = parse(text, indicators(), UNITS)
    row = {**dict.fromkeys(TYPES), **values}

    assert in_python(expression, row) is expected
    assert on_duckdb(expression, [row]) == [expected]
