"""The SQL of a screening, kept: the next one of the same policies, feeds and day need not work it out.

To work out the answers of some hundred rules takes seconds, to answer them for some thousand households takes
less than one. DuckDB alone; what a statement reads must lie under the same names again.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from shouwang.engine.duckdb import release


@dataclass(frozen=True)
class Statement:
    """A query with the small tables that it brings along, by name."""

    sql: str
    memory: Mapping[str, pa.Table]


@dataclass
class WorkedOut:
    """The statements of screenings of one kind: answers in their order, sets of rows, what is read."""

    answers: list[tuple[str, Statement]] = field(default_factory=list)
    row_sets: dict[tuple[str, int], Statement | None] = field(default_factory=dict)
    queries: dict[Hashable, Statement | None] = field(default_factory=dict)

    def recorded(
        self, backend: ibis.BaseBackend, work: Callable[[Callable[[ir.Table, str], ir.Table]], ir.Table]
    ) -> ir.Table:
        """Let `work` answer by a `materialise` whose statements are kept once it is done."""
        made: list[tuple[str, Statement]] = []

        def materialise(table: ir.Table, name: str) -> ir.Table:
            made.append((name, worked_out(table, backend)))
            return keep(made[-1][1], name, backend)

        answered = work(materialise)
        self.answers = made
        return answered

    def answered(self, backend: ibis.BaseBackend) -> ir.Table:
        """Do again what was recorded and return the last table; the others are dropped."""
        tables = [keep(statement, name, backend) for name, statement in self.answers]
        for name, _ in self.answers[:-1]:
            release(backend, name)
        return tables[-1]


def fetched(
    kept: WorkedOut | None, key: Hashable, make: Callable[[], ir.Table | None], backend: ibis.BaseBackend
) -> pa.Table | None:
    """Return the rows of what `make` expresses, which is asked once for a key where statements are kept."""
    if kept is None:
        table = make()
        return None if table is None else table.to_pyarrow()
    if key not in kept.queries:
        table = make()
        kept.queries[key] = None if table is None else worked_out(table, backend)
    statement = kept.queries[key]
    return None if statement is None else _rows(statement, backend)


def _rows(statement: Statement, backend: ibis.BaseBackend) -> pa.Table:
    target: Any = backend
    for memory, rows in statement.memory.items():
        target.con.register(memory, rows)
    found: pa.Table = target.con.sql(statement.sql).to_arrow_table()
    return found


def worked_out(table: ir.Table, backend: ibis.BaseBackend) -> Statement:
    """Work out the SQL of a table expression."""
    target: Any = backend
    found = table.op().find(ops.InMemoryTable)
    memory = {each.name: each.data.to_pyarrow(each.schema) for each in found}
    return Statement(str(target.compile(table)), memory)


def keep(statement: Statement, name: str, backend: ibis.BaseBackend) -> ir.Table:
    """Run a statement and keep its rows under a name, replacing a table of that name."""
    target: Any = backend
    for memory, rows in statement.memory.items():
        target.con.register(memory, rows)
    release(backend, name)
    target.raw_sql(f'CREATE TEMP TABLE "{name}" AS {statement.sql}')
    kept: ir.Table = target.table(name, database=("temp", "main"))
    return kept
