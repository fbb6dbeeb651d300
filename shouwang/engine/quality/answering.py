"""Every check answered for every household and member of a snapshot in one pass, and what was found.

The values that a finding shows are written so that they read back: true, false, a whole number, a word.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shouwang.engine import translation
from shouwang.engine.policy_table import UNKNOWN_DIVISION
from shouwang.engine.quality.book import Asked, Book
from shouwang.engine.quality.household_facts import household_facts
from shouwang.engine.quality.member_facts import member_facts
from shouwang.engine.quality.months import FeedMonths
from shouwang.engine.quality.reading import QualityReading
from shouwang.engine.snapshot import Snapshot

Materialise = Callable[[ir.Table, str], ir.Table]
# One row per household or member and check that he meets; `shown` are the values of what the check reads.
FINDING = pa.schema(
    [
        ("check", pa.string()), ("household_id", pa.string()), ("person_id", pa.string()),
        ("shown", pa.list_(pa.string())),
    ]
)  # fmt: skip
KEY = pa.schema([("check", pa.string()), ("household_id", pa.string()), ("person_id", pa.string())])
_SQL_TYPES = {"shown": "array<string>"}
_BATCH = 20_000
_WATCHED = "quality_watched"
_NAMES = {True: "quality_members", False: "quality_households"}


@dataclass(frozen=True)
class Judged:
    """How a check was answered over all it is about; `is_judged` is false where nobody's facts could say.

    why_not: why, in Chinese; empty where it is judged.
    """

    asked: Asked
    hits: int
    clean: int
    unknown: int
    why_not: str = ""

    @property
    def is_judged(self) -> bool:
        """Whether its findings are findings."""
        return not self.why_not


@dataclass(frozen=True)
class QualityAnswers:
    """The answers of a pass, kept on the backend as `tables` (by `Asked.is_about_members`)."""

    book: Book
    snapshot: Snapshot
    tables: dict[bool, ir.Table]
    judged: tuple[Judged, ...]
    materialise: Materialise

    def findings(self) -> Iterator[pa.RecordBatch]:
        """Yield what was found, in batches of FINDING, household by household."""
        chosen = [each.asked for each in self.judged if each.is_judged and each.hits]
        selects = [_select(each, each.column, with_shown=True) for each in chosen]
        yield from self._batches(selects, FINDING)

    def unknown_among(self, households: Iterable[str]) -> Iterator[pa.RecordBatch]:
        """Yield, of the households named, those answers that are unknown, in batches of KEY.

        Checks not judged at all are left out: `judged` names them.
        """
        named = pa.table({"watched_id": pa.array(sorted(set(households)), pa.string())})
        self.materialise(ibis.memtable(named).distinct(), _WATCHED)
        among = f"household_id IN (SELECT watched_id FROM {_WATCHED})"
        chosen = [each.asked for each in self.judged if each.is_judged and each.unknown]
        selects = [_select(each, f"{each.column} IS NULL AND {among}", with_shown=False) for each in chosen]
        yield from self._batches(selects, KEY)

    def _batches(self, selects: list[str], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        if selects:
            told = ibis.schema({name: _SQL_TYPES.get(name, "string") for name in schema.names})
            found = self.snapshot.backend.sql(" UNION ALL ".join(selects), schema=told)
            ordered = found.order_by("household_id", "person_id", "check")
            yield from self.snapshot.backend.to_pyarrow(ordered).cast(schema).to_batches(_BATCH)


def _select(asked: Asked, condition: str, *, with_shown: bool) -> str:
    """Write the rows of which a condition holds: plain SQL, for a hundred checks are one statement."""
    person = "person_id" if asked.is_about_members else "CAST(NULL AS VARCHAR)"
    values = ", ".join(f"CAST({name} AS VARCHAR)" for name in asked.reads)
    shown = f", [{values}] AS shown" if with_shown else ""
    return (
        f"SELECT '{asked.check.name}' AS \"check\", household_id, {person} AS person_id{shown} "
        f"FROM {_NAMES[asked.is_about_members]} WHERE {condition}"
    )


def answer_checks(
    snapshot: Snapshot, book: Book, months: FeedMonths, *, materialise: Materialise
) -> QualityAnswers:
    """Answer every check of the book; one pass over the tables, whatever the number of checks."""
    reading = QualityReading(snapshot, book.on, months, book.wanted())
    homes = materialise(_with_parameters(_with_scope(household_facts(reading), book), book), "quality_facts")
    tables = {False: materialise(_answered(homes, book, is_member=False), _NAMES[False])}
    if any(each.is_about_members for each in book.asked):
        people = member_facts(reading, homes)
        tables[True] = materialise(_answered(people, book, is_member=True), _NAMES[True])
    judged = [each for is_member, table in tables.items() for each in _judged(table, book, is_member, months)]
    return QualityAnswers(book, snapshot, tables, tuple(judged), materialise)


def _with_scope(homes: ir.Table, book: Book) -> ir.Table:
    if len(book.table.policies) == 1:
        return homes.mutate(scope=ibis.literal(0, type="int64"))
    rows = [{"scope_division": division, "scope": scope} for division, scope in book.table.scope_of.items()]
    schema = pa.schema([("scope_division", pa.string()), ("scope", pa.int64())])
    scopes = ibis.memtable(pa.Table.from_pylist(rows, schema=schema))
    keyed = homes.mutate(scope_key=homes.division.fill_null(UNKNOWN_DIVISION))
    return keyed.join(scopes, keyed.scope_key == scopes.scope_division).drop("scope_key", "scope_division")


def _with_parameters(homes: ir.Table, book: Book) -> ir.Table:
    """Join the parameters of each household's scope as `p_<name>`; one scope needs no join."""
    if len(book.table.policies) == 1:
        return homes
    names = book.parameter_names()
    rows = [
        {"parameter_scope": scope, **{f"p_{name}": book.parameters(scope).get(name) for name in names}}
        for scope in range(len(book.table.policies))
    ]
    joined = ibis.memtable(pa.Table.from_pylist(rows))
    return homes.join(joined, homes.scope == joined.parameter_scope).drop("parameter_scope")


def _answered(table: ir.Table, book: Book, *, is_member: bool) -> ir.Table:
    """Keep ids and the facts read, and add one boolean column per check; false where it is not asked."""
    chosen = [each for each in book.asked if each.is_about_members is is_member]
    if len(book.table.policies) == 1:
        values = book.parameters(0)
        parameters = {
            name: translation.literal(values[name]) for name in book.parameter_names() if name in values
        }
    else:
        parameters = {name: table[f"p_{name}"] for name in book.parameter_names()}
    answers = {}
    for each in chosen:
        answer = translation.condition(each.expression.tree, table, parameters)
        if len(each.scopes) < len(book.table.policies):
            answer = ibis.ifelse(table.scope.isin(each.scopes), answer, ibis.literal(False))
        answers[each.column] = answer
    ids = ["household_id", "person_id"] if is_member else ["household_id"]
    read = sorted({name for each in chosen for name in each.expression.indicators})
    return table.select(*ids, *read, **answers)


def _judged(table: ir.Table, book: Book, is_member: bool, months: FeedMonths) -> list[Judged]:
    chosen = [each for each in book.asked if each.is_about_members is is_member]
    if not chosen:
        return []
    sums = {"rows": "count(*)"}
    for each in chosen:
        sums[f"{each.column}_hits"] = f"count(*) FILTER (WHERE {each.column})"
        sums[f"{each.column}_unknown"] = f"count(*) FILTER (WHERE {each.column} IS NULL)"
    for name in sorted({name for each in chosen for name in each.blanks}):
        sums[f"filled_{name}"] = f"count({name})"
    text = ", ".join(f"{value} AS {name}" for name, value in sums.items())
    backend: ibis.BaseBackend = table.get_backend()
    told = ibis.schema(dict.fromkeys(sums, "int64"))
    counted = backend.sql(f"SELECT {text} FROM {_NAMES[is_member]}", schema=told)
    [found] = backend.to_pyarrow(counted).to_pylist()
    return [_judgement(each, found, months) for each in chosen]


def _judgement(asked: Asked, found: dict[str, int | None], months: FeedMonths) -> Judged:
    rows, hits = found["rows"] or 0, found[f"{asked.column}_hits"] or 0
    unknown = found[f"{asked.column}_unknown"] or 0
    why_not = ""
    feed = asked.check.feed
    if feed and not any(feed in of_county for of_county in months.values()):
        why_not = "近期没有收到所依据部门的数据，未判"
    elif rows and unknown == rows:
        why_not = "所依据的内容全部未知，未判"
    elif hits and any(not found[f"filled_{name}"] for name in asked.blanks):
        why_not = "该项在全部数据中都是空的，可能是导入的表里没有这一列，未逐户列出"
    return Judged(asked, hits, rows - hits - unknown, unknown, why_not)
