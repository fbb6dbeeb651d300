"""A registry into households and members, all rows at once: who is new, who has changed, who is as before.

The incoming rows lie in temporary tables of the running transaction; `plan` decides each row's fate and
`apply` writes it. An unknown in the registry never replaces what is known, and what this system has itself
decided of a household, or recorded of a person's coming, stands before the registry's word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.backends.utils import CursorWrapper

from shouwang.domain.household_changes import JOINING
from shouwang.records.bulk import make_temporary
from shouwang.records.models.columns import fact_names
from shouwang.records.models.households import HOUSEHOLD_KEYS
from shouwang.records.models.members import MEMBER_KEYS

FATES = ("new", "changed", "same", "later", "left")


@dataclass(frozen=True)
class Kind:
    """How a kind of person lies in the tables.

    `present` gives the columns of the row as it is now, as SQL over `p` (the plan) and, where the row is not
    new, `r` (the row); `kept` are facts that stand as they are once a version has one of `deciding`;
    `sealed` are pairs of a sealed column and the index that tells whether it has changed.
    """

    name: str
    key: str
    incoming_key: str
    facts: tuple[str, ...]
    kept: tuple[str, ...]
    deciding: tuple[str, ...]
    present: Mapping[str, str]
    sealed: tuple[tuple[str, str], ...]

    @property
    def table(self) -> str:
        """The table of the rows as they are now."""
        return f"records_{self.name}"

    @property
    def versions(self) -> str:
        """The table of their versions."""
        return f"records_{self.name}version"

    @property
    def incoming(self) -> str:
        """The temporary table of the registry's rows."""
        return f"incoming_{self.name}"

    @property
    def planned(self) -> str:
        """The temporary table of what becomes of them."""
        return f"planned_{self.name}"


def _decided(column: str, fact: str, otherwise: str | None = None) -> str:
    plain = otherwise or f"coalesce(p.{fact}, '')"
    return f"CASE WHEN p.is_decided THEN r.{column} ELSE {plain} END"


def _day(column: str, fact: str) -> str:
    """Keep the exact day that the present row knows of a month."""
    same = f"date_trunc('month', r.{column}) = p.{fact}"
    return f"CASE WHEN p.is_decided OR {same} THEN r.{column} ELSE p.{fact} END"


HOUSEHOLDS = Kind(
    name="household",
    key="number",
    incoming_key="household_id",
    facts=fact_names("household", without=(*HOUSEHOLD_KEYS, "division")),
    kept=(
        "monitored_class",
        "risks",
        "is_risk_eliminated",
        "elimination_mode",
        "identified_month",
        "eliminated_month",
    ),
    deciding=("identification", "elimination", "rollback", "removal"),
    present={
        "division": "p.division",
        "group_name": "left(coalesce(p.group_name, ''), 60)",
        "head_name": "left(coalesce(p.head_name, ''), 60)",
        "head_pinyin": "coalesce(p.pinyin, r.head_pinyin, '')",
        "household_class": "coalesce(p.household_class, '')",
        "monitored_class": _decided("monitored_class", "monitored_class"),
        "monitoring": _decided(
            "monitoring",
            "",
            "CASE WHEN coalesce(p.monitored_class, 'none') = 'none' THEN 'none' "
            "WHEN p.is_risk_eliminated THEN 'eliminated' ELSE 'monitored' END",
        ),
        "risks": _decided(
            "risks", "", "coalesce(array_remove(string_to_array(p.risks, '|'), ''), '{}')::varchar[]"
        ),
        "member_count": "coalesce(p.stated_member_count, r.member_count)",
        "identified_on": _day("identified_on", "identified_month"),
        "eliminated_on": _day("eliminated_on", "eliminated_month"),
    },
    sealed=(("phone_sealed", "phone_key"),),
)
MEMBERS = Kind(
    name="member",
    key="code",
    incoming_key="person_id",
    facts=fact_names("member", without=(*MEMBER_KEYS, "id_key")),
    kept=("relation",),
    deciding=(*JOINING, "split", "merge", "head"),
    present={
        "household_id": "p.home_id",
        "division": "p.division",
        "name": "left(coalesce(p.name, ''), 60)",
        "pinyin": "coalesce(p.pinyin, r.pinyin, '')",
        "sex": "coalesce(p.sex, '')",
        "birth_date": "p.birth_date",
        "relation": "left(coalesce(p.relation, ''), 40)",
    },
    sealed=(("id_sealed", "id_key"), ("phone_sealed", "phone_key")),
)


def plan(cursor: CursorWrapper, kind: Kind, on: date) -> None:
    """Decide the fate of every incoming row: one planned row each, with the id it has or will have.

    Unknowns are filled from the version in force and what is decided is kept, so that the planned facts are
    those that will hold. A row that has changed since the day of the registry is `later`; one who has left,
    or a household that is no more, is `left`: neither is touched.
    """
    facts = ", ".join(f"{_merged(kind, name)} AS {name}" for name in kind.facts)
    sealed = ", ".join(f"s.{name}" for pair in kind.sealed for name in pair)
    new_keys = " OR ".join(f"coalesce(s.{index}, '') NOT IN ('', r.{index})" for _, index in kind.sealed)
    homes, join = "", ""
    if kind is MEMBERS:
        homes = ", CASE WHEN d.owner IS NOT NULL THEN r.household_id ELSE his.row_id END AS home_id"
        join = f"JOIN {HOUSEHOLDS.planned} his ON his.key = s.household_id"
    make_temporary(
        cursor,
        kind.planned,
        f"AS WITH merged AS (SELECT s.{kind.incoming_key} AS key, s.source_id, s.row_no, s.pinyin, "
        f"{sealed}{homes}, "
        f"r.id AS old_id, v.id AS version_id, v.from_on, r.is_present, d.owner IS NOT NULL AS is_decided, "
        f"{_division(kind, on)} AS division, {facts}, coalesce({new_keys}, false) AS has_new_key, "
        f"{_was_kept(kind)} AS is_held "
        f"FROM {kind.incoming} s LEFT JOIN {kind.table} r ON r.{kind.key} = s.{kind.incoming_key} "
        f"LEFT JOIN {kind.versions} v ON v.{kind.name}_id = r.id AND v.to_on IS NULL "
        f"LEFT JOIN (SELECT DISTINCT {kind.name}_id AS owner FROM {kind.versions} WHERE change = ANY(%s)) d "
        f"ON d.owner = r.id {join}), "
        f"judged AS (SELECT m.*, {_differs(kind)} AS has_new_facts FROM merged m "
        f"LEFT JOIN {kind.versions} v ON v.id = m.version_id) "
        f"SELECT coalesce(old_id, nextval(pg_get_serial_sequence('{kind.table}', 'id'))) AS row_id, "
        "judged.*, "
        "CASE WHEN old_id IS NULL THEN 'new' WHEN NOT is_present THEN 'left' "
        "WHEN NOT has_new_facts AND NOT has_new_key THEN 'same' "
        "WHEN from_on > %s THEN 'later' ELSE 'changed' END AS fate FROM judged",
        [list(kind.deciding), on],
    )
    cursor.execute(f"CREATE UNIQUE INDEX ON {kind.planned} (key)")


def _merged(kind: Kind, name: str) -> str:
    either = f"coalesce(s.{name}, v.{name})"
    return f"CASE WHEN d.owner IS NOT NULL THEN v.{name} ELSE {either} END" if name in kind.kept else either


def _was_kept(kind: Kind) -> str:
    """Say whether the registry's word was set aside for what this system has decided."""
    differs = " OR ".join(
        f"s.{name} IS NOT NULL AND s.{name} IS DISTINCT FROM v.{name}" for name in kind.kept
    )
    moved = "" if kind is HOUSEHOLDS else " OR his.row_id IS DISTINCT FROM r.household_id"
    return f"d.owner IS NOT NULL AND ({differs}{moved})"


def _division(kind: Kind, on: date) -> str:
    """A household stays where it was if it is not touched, or if the registry's words name no village."""
    if kind is MEMBERS:
        return "CASE WHEN d.owner IS NOT NULL THEN r.division ELSE his.division END"
    stays = f"right(s.division, 3) = '000' OR NOT r.is_present OR v.from_on > DATE '{on:%Y-%m-%d}'"
    return f"CASE WHEN r.id IS NOT NULL AND ({stays}) THEN r.division ELSE s.division END"


def _differs(kind: Kind) -> str:
    names = [*kind.facts, "division"]
    new, old = ", ".join(f"m.{name}" for name in names), ", ".join(f"v.{name}" for name in names)
    if kind is MEMBERS:
        new, old = f"{new}, m.home_id", f"{old}, v.household_id"
    return f"(m.version_id IS NULL OR ROW({new}) IS DISTINCT FROM ROW({old}))"


def apply(cursor: CursorWrapper, kind: Kind, *, load_id: int, on: date, at: datetime) -> None:
    """Write what is planned: new rows, changed rows with what they were, and the versions of both."""
    _insert_new(cursor, kind)
    _note_before(cursor, kind, load_id)
    _update_changed(cursor, kind)
    _write_versions(cursor, kind, load_id, on, at)


def _insert_new(cursor: CursorWrapper, kind: Kind) -> None:
    columns = [*kind.present, *(name for pair in kind.sealed for name in pair)]
    values = [*kind.present.values()]
    for sealed, index in kind.sealed:
        values += [f"p.{sealed}", f"coalesce(p.{index}, '')"]
    extra = {"is_present": "true"}
    if kind is HOUSEHOLDS:
        extra |= {"version": "1", "national_number": "''", "grade": "''"}
    else:
        columns.append("id_tail_key")
        values.append("coalesce(i.id_tail_key, '')")
    tail = f" LEFT JOIN {kind.incoming} i ON i.person_id = p.key" if kind is MEMBERS else ""
    cursor.execute(
        f"INSERT INTO {kind.table} (id, {kind.key}, {', '.join(columns)}, {', '.join(extra)}) "
        f"SELECT p.row_id, p.key, {', '.join(values)}, {', '.join(extra.values())} FROM {kind.planned} p "
        f"LEFT JOIN {kind.table} r ON false{tail} WHERE p.fate = 'new' ORDER BY p.row_id"
    )


def written_columns(kind: Kind) -> list[str]:
    """Return the columns of the present row that a load may change."""
    sealed = [name for pair in kind.sealed for name in pair]
    return [*kind.present, *sealed, *(["id_tail_key"] if kind is MEMBERS else [])]


def _note_before(cursor: CursorWrapper, kind: Kind, load_id: int) -> None:
    before = ", ".join(f"'{name}', r.{name}" for name in written_columns(kind))
    counted = ", 'version', r.version" if kind is HOUSEHOLDS else ""
    cursor.execute(
        f'INSERT INTO records_loadchange (load_id, "table", row_id, before) '
        f"SELECT %s, %s, r.id, jsonb_build_object({before}{counted}) "
        f"FROM {kind.planned} p JOIN {kind.table} r ON r.id = p.row_id WHERE p.fate = 'changed'",
        [load_id, kind.name],
    )


def _update_changed(cursor: CursorWrapper, kind: Kind) -> None:
    assigned = [f"{name} = {value}" for name, value in kind.present.items()]
    for sealed, index in kind.sealed:
        is_new = f"coalesce(p.{index}, '') NOT IN ('', r.{index})"
        assigned.append(f"{sealed} = CASE WHEN {is_new} THEN p.{sealed} ELSE r.{sealed} END")
        assigned.append(f"{index} = CASE WHEN {is_new} THEN p.{index} ELSE r.{index} END")
    joined = ""
    if kind is MEMBERS:
        is_new = "coalesce(p.id_key, '') NOT IN ('', r.id_key)"
        assigned.append(
            f"id_tail_key = CASE WHEN {is_new} THEN coalesce(i.id_tail_key, '') ELSE r.id_tail_key END"
        )
        joined = f", {kind.incoming} i"
    else:
        assigned.append("version = r.version + 1")
    condition = " AND i.person_id = p.key" if kind is MEMBERS else ""
    cursor.execute(
        f"UPDATE {kind.table} r SET {', '.join(assigned)} FROM {kind.planned} p{joined} "
        f"WHERE r.id = p.row_id AND p.fate = 'changed'{condition}"
    )


def _write_versions(cursor: CursorWrapper, kind: Kind, load_id: int, on: date, at: datetime) -> None:
    """Close the versions that end, write over those that began this very day, open the new ones."""
    told = "p.fate = 'changed' AND p.has_new_facts AND v.id = p.version_id"
    note = (
        f'INSERT INTO records_loadchange (load_id, "table", row_id, before) SELECT %s, %s, v.id, {{}} '
        f"FROM {kind.planned} p, {kind.versions} v WHERE {told} AND v.from_on"
    )
    name = f"{kind.name}version"
    cursor.execute(note.format("""'{"to_on": null}'::jsonb""") + " < %s", [load_id, name, on])
    cursor.execute(note.format("to_jsonb(v)") + " = %s", [load_id, name, on])
    cursor.execute(
        f"UPDATE {kind.versions} v SET to_on = %s FROM {kind.planned} p WHERE {told} AND v.from_on < %s",
        [on, on],
    )
    values = {name: f"p.{name}" for name in (*kind.facts, "division", "source_id", "row_no")}
    if kind is MEMBERS:
        values["household_id"] = "p.home_id"
    fixed = {"change": "'load'", "load_id": "%s", "recorded_at": "%s", "note": "''", "collected_by": "''"}
    nobody = {"entered_by_id": "NULL", "reviewed_by_id": "NULL"}
    every = {**values, **fixed, **nobody}
    assigned = ", ".join(f"{column} = {value}" for column, value in every.items())
    cursor.execute(
        f"UPDATE {kind.versions} v SET {assigned} FROM {kind.planned} p WHERE {told} AND v.from_on = %s",
        [load_id, at, on],
    )
    cursor.execute(
        f"INSERT INTO {kind.versions} ({kind.name}_id, from_on, {', '.join(every)}) "
        f"SELECT p.row_id, %s, {', '.join(every.values())} FROM {kind.planned} p "
        "WHERE p.fate = 'new' OR (p.fate = 'changed' AND p.has_new_facts AND p.from_on IS DISTINCT FROM %s) "
        "ORDER BY p.row_id",
        [on, load_id, at, on],
    )
