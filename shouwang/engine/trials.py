"""What other values of a policy's parameters would have found, from the indicators that a screening kept.

Nothing is read again but one file: a row per household with its division, the indicators the rules read, and
the rules that warned of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir

from shouwang.domain.policy import PackLibrary
from shouwang.engine import translation
from shouwang.engine.policy_table import UNKNOWN_DIVISION, PolicyTable, Variant, policy_table
from shouwang.engine.run import Run
from shouwang.engine.screening import scope_parameters

Value = int | bool | str
# What a household is by now: no verdict yet, found at risk, or found not to be.
OUTCOMES = ("open", "hit", "miss")


class TrialError(Exception):
    """A trial cannot be made; the message (Chinese) says why."""


@dataclass(frozen=True)
class Counted:
    """Households of one outcome: warned of by the rules as they are, and as tried.

    lost: warned of before and not as tried; of them still_warned by other rules. gained: the other way.
    """

    before: int
    after: int
    lost: int
    still_warned: int
    gained: int


@dataclass(frozen=True)
class Trial:
    """A trial of some rules: counts by outcome, of all households asked about, and how many these are."""

    rules: tuple[str, ...]
    households: int
    outcomes: Mapping[str, Counted]

    @property
    def all(self) -> Counted:
        """Return the counts of every outcome together."""
        names = Counted.__dataclass_fields__
        sums = {name: sum(getattr(each, name) for each in self.outcomes.values()) for name in names}
        return Counted(**sums)


def write_values(run: Run, path: Path) -> None:
    """Write the file that trials read, from a screening's run."""
    source = {name: str(run.folder / f"{name}.parquet") for name in ("household", "finding")}
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT h.* EXCLUDE (scope, township, village, group_name, head_name), "
            "coalesce(f.warned, []::VARCHAR[]) AS warned FROM read_parquet($household) h LEFT JOIN "
            "(SELECT household_id, list(DISTINCT rule) AS warned FROM read_parquet($finding) "
            f"WHERE kind = 'warning' GROUP BY 1) f USING (household_id)) TO '{path}' (FORMAT parquet)",
            source,
        )


def trial_policies(path: Path, library: PackLibrary, county: str, on: date) -> PolicyTable:
    """Return the policies of the households in a file on the day of its screening."""
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT DISTINCT division FROM read_parquet(?)", [str(path)]).fetchall()
    return policy_table(library, [division for (division,) in rows], county, on)


def rules_of(table: PolicyTable, parameter: str) -> list[Variant]:
    """Return the warnings that read a parameter."""
    return [v for v in table.variants if v.rule.kind == "warning" and parameter in v.expression.parameters]


def try_values(
    path: Path,
    table: PolicyTable,
    tried: Mapping[str, Value],
    verdicts: Mapping[str, str],
    spans: Collection[tuple[str, str]],
) -> Trial:
    """Ask the rules that read the tried parameters once as they are and once as tried.

    verdicts: "hit" or "miss" by household_id. spans: first and last division of what is asked about. Raises
    TrialError where no warning reads the parameters.
    """
    variants = list({v.column: v for name in tried for v in rules_of(table, name)}.values())
    if not variants:
        raise TrialError("没有预警规则使用这个参数，试算不会有变化")
    rules = tuple(dict.fromkeys(v.rule.name for v in variants))
    backend = ibis.duckdb.connect()
    values = backend.read_parquet(str(path), table_name="kept_values")
    reached = reduce(or_, [values.division.between(*span) for span in spans], ibis.literal(False))
    asked = values.filter(reached)
    answered = asked.select(
        "household_id",
        before=_warned(asked, table, variants, {}),
        after=_warned(asked, table, variants, tried),
        by_others=asked.warned.filter(lambda rule: rule.notin(rules)).length() > 0,
    )
    return _counted(backend, answered, verdicts, rules)


def _warned(
    values: ir.Table, table: PolicyTable, variants: list[Variant], tried: Mapping[str, Value]
) -> ir.BooleanValue:
    """Return whether some of the rules warns, each place by its own parameters but for those tried."""
    answers = []
    for scope in range(len(table.policies)):
        own = scope_parameters(table, scope)
        parameters = {
            name: translation.literal(value) for name, value in {**own, **tried}.items() if name in own
        }
        rules = [v for v in variants if scope in v.scopes]
        holds = [translation.condition(v.expression.tree, values, parameters).fill_null(False) for v in rules]
        answers.append(reduce(or_, holds, ibis.literal(False)) & _is_of(values, table, scope))
    return reduce(or_, answers)


def _is_of(values: ir.Table, table: PolicyTable, scope: int) -> ir.BooleanValue:
    """Tell whose policies are those of a scope; the screening may have numbered them otherwise."""
    if len(table.policies) == 1:
        return ibis.literal(True)
    own = [division for division, other in table.scope_of.items() if other == scope]
    return values.division.fill_null(UNKNOWN_DIVISION).isin(own)


def _counted(
    backend: ibis.BaseBackend, answered: ir.Table, verdicts: Mapping[str, str], rules: tuple[str, ...]
) -> Trial:
    known = ibis.memtable(
        {"number": list(verdicts), "outcome": list(verdicts.values())},
        schema=ibis.schema({"number": "string", "outcome": "string"}),
    )
    rows = answered.left_join(known, answered.household_id == known.number)
    rows = rows.mutate(outcome=rows.outcome.fill_null(OUTCOMES[0]))
    is_lost = rows.before & ~rows.after
    counts = rows.group_by("outcome").aggregate(
        households=rows.count(),
        before=rows.before.sum(),
        after=rows.after.sum(),
        lost=is_lost.sum(),
        still_warned=(is_lost & rows.by_others).sum(),
        gained=(rows.after & ~rows.before).sum(),
    )
    found = {row.pop("outcome"): row for row in backend.to_pyarrow(counts).to_pylist()}
    households = sum(row.pop("households") for row in found.values())
    nobody = dict.fromkeys(Counted.__dataclass_fields__, 0)
    return Trial(rules, households, {each: Counted(**found.get(each, nobody)) for each in OUTCOMES})
