"""A few households and packs in memory, for tests of screening: people and places are invented."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from shouwang.domain.policy import DatedValue, Pack, PackLibrary, Parameter, Rule
from shouwang.domain.tables import TABLES
from shouwang.engine.policy_table import PolicyTable, policy_table
from shouwang.engine.screening import Screened, screen
from shouwang.engine.snapshot import Snapshot, arrow_schema

ON = date(2025, 7, 1)
COUNTY = "530521"


def rule(name: str, when: str, **more: Any) -> Rule:
    """Return a warning with a label and a source."""
    return Rule(
        **{
            "name": name,
            "label": f"规则{name}",
            "kind": "warning",
            "when": when,
            "source": "测试文件一",
            **more,
        }
    )


def parameter(
    name: str, value: int | bool | str, unit: str = "yuan", since: date = date(2021, 1, 1)
) -> Parameter:
    """Return a parameter with one value (fen for yuan)."""
    dated = DatedValue(since, value, f"测试文件:{name}")
    return Parameter(name, f"参数{name}", unit, (dated,))  # type: ignore[arg-type]  # tests pass known units


def pack(
    name: str,
    place: str | None,
    rules: Iterable[Rule] = (),
    parameters: Iterable[Parameter] = (),
    **more: Any,
) -> Pack:
    """Return a pack in force since 2021."""
    return Pack(
        id=name,
        title=f"测试政策包{name}",
        issuer="测试县",
        place=place,
        in_force_from=more.pop("since", date(2021, 1, 1)),
        source="测试文件",
        rules={each.name: each for each in rules},
        parameters={each.name: each for each in parameters},
        **more,
    )


def rows_table(name: str, rows: Sequence[Mapping[str, Any]]) -> ibis.Table:
    """Return rows as a canonical table; columns not given are unknown."""
    schema = arrow_schema(TABLES[name])
    full = [
        {**dict.fromkeys(schema.names), "source_id": 1, "row_no": n + 2, **row} for n, row in enumerate(rows)
    ]
    kept = [{column: row.get(column) for column in schema.names} for row in full]
    return ibis.memtable(pa.Table.from_pylist(kept, schema=schema))


def snapshot(feeds: Iterable[str] = (), **rows: Sequence[Mapping[str, Any]]) -> Snapshot:
    """Return a snapshot on a fresh DuckDB; tables not given are empty."""
    source = {
        "source_id": 1,
        "feed": "registry_household",
        "file": "户信息.xlsx",
        "sheet": "户",
        "sha256": "ab",
    }
    tables = {name: rows_table(name, rows.get(name, ())) for name in TABLES if name != "source"}
    tables["source"] = rows_table("source", [source])
    return Snapshot(ibis.duckdb.connect(), tables, frozenset(feeds), sources={1: source})


def household(household_id: str, division: str | None = "530521101001", **more: Any) -> dict[str, Any]:
    """Return a household row of an invented village."""
    return {
        "household_id": household_id,
        "division": division,
        "township": "测试镇",
        "village": "测试村",
        "household_class": "ordinary",
        "monitored_class": "none",
        "risks": "",
        "measures": "",
        "stated_member_count": 3,
        **more,
    }


def screen_rows(
    library: PackLibrary, feeds: Iterable[str] = (), **rows: Sequence[Mapping[str, Any]]
) -> Screened:
    """Screen rows by the packs of a library on ON."""
    taken = snapshot(feeds, **rows)
    divisions = {row.get("division") for row in rows["household"]}
    table: PolicyTable = policy_table(library, divisions, COUNTY, ON)
    return screen(
        taken, table, materialise=lambda expr, name: taken.backend.create_table(name, expr, temp=True)
    )


def answers(screened: Screened, rule_name: str) -> dict[str, bool | None]:
    """Return a rule's answer by household, taking the variant asked in the household's scope."""
    found: dict[str, bool | None] = {}
    variants = [v for v in screened.table.variants if v.rule.name == rule_name]
    for row in screened.households.to_pyarrow().to_pylist():
        column = next(v.column for v in variants if row["scope"] in v.scopes)
        found[row["household_id"]] = row[column]
    return found
