"""The second wall as SQL: policies on every placed table, and what the application's role may not do.

The policies read four settings of the connection that `access.enter` writes; unset, they show nothing.
"""

from collections.abc import Iterator

from django.apps.registry import Apps

_LOW = "(SELECT current_setting('shouwang.low', true))"
_HIGH = "(SELECT current_setting('shouwang.high', true))"
_IS_PLAIN = "(SELECT current_setting('shouwang.is_plain', true)) = '1'"
_REACHES = (
    "jsonb_to_recordset(coalesce(nullif(current_setting('shouwang.reaches', true), ''), '[]')::jsonb) "
    "AS r(low text, high text, group_name text, households bigint[], departments text[])"
)
_PARENTS = ("household", "case", "clue", "attachment", "plan")
# Nothing of these is ever taken away by the application; the second is only ever added to.
KEPT = ("case", "caseevent", "casepaper", "clue", "clueorigin", "cluecheck", "visit", "task", "contact")
ADDED_ONLY = ("caseevent", "casepaper", "cluecheck")


def statements(apps: Apps, app_role: str) -> Iterator[str]:
    """Give the SQL for every placed table of the app, as a migration knows it."""
    yield f'GRANT USAGE ON SCHEMA public TO "{app_role}"'
    yield f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{app_role}"'
    yield f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{app_role}"'
    for model in apps.get_app_config("records").get_models():
        names = {field.name for field in model._meta.get_fields()}
        table = model._meta.db_table
        if "division" not in names or table == "records_auditevent":
            continue
        where = policy(table, names)
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'CREATE POLICY reach ON "{table}" USING ({where}) WITH CHECK ({where})'
    yield from _kept(app_role)
    yield from _audit(app_role)


def policy(table: str, names: set[str]) -> str:
    """Return the condition under which a row of a table is shown."""
    if table == "records_household":
        narrowed = _household(table)
    elif table == "records_task":
        narrowed = _task(table)
    else:
        narrowed = _below(table, names)
    return f"division BETWEEN {_LOW} AND {_HIGH} AND ({_IS_PLAIN} OR {narrowed})"


def _household(table: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_REACHES} WHERE {table}.division BETWEEN r.low AND r.high "
        f"AND (r.group_name IS NULL OR {table}.group_name = r.group_name) "
        f"AND (r.households IS NULL OR {table}.id = ANY (r.households)) "
        f"AND (r.departments IS NULL OR EXISTS (SELECT 1 FROM records_task t "
        f"WHERE t.household_id = {table}.id AND t.department = ANY (r.departments))))"
    )


def _task(table: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_REACHES} WHERE {table}.division BETWEEN r.low AND r.high "
        f"AND r.group_name IS NULL AND (r.households IS NULL OR {table}.household_id = ANY (r.households)) "
        f"AND (r.departments IS NULL OR {table}.department = ANY (r.departments)))"
    )


def _below(table: str, names: set[str]) -> str:
    """A row of a household, or of something that has one, is shown with it; a row of a place by the place."""
    by_place = (
        f"EXISTS (SELECT 1 FROM {_REACHES} WHERE {table}.division BETWEEN r.low AND r.high "
        "AND r.group_name IS NULL AND r.households IS NULL AND r.departments IS NULL)"
    )
    parent = next((each for each in _PARENTS if each in names), None)
    if parent is None:
        return by_place
    return f"({by_place} OR EXISTS (SELECT 1 FROM records_{parent} p WHERE p.id = {table}.{parent}_id))"


def _kept(app_role: str) -> Iterator[str]:
    for name in KEPT:
        yield f'REVOKE DELETE, TRUNCATE ON records_{name} FROM "{app_role}"'
    for name in ADDED_ONLY:
        yield f'REVOKE UPDATE ON records_{name} FROM "{app_role}"'
        # A household that moves takes its history with it.
        yield f'GRANT UPDATE (division) ON records_{name} TO "{app_role}"'


def _audit(app_role: str) -> Iterator[str]:
    yield f'REVOKE UPDATE, DELETE, TRUNCATE ON records_auditevent FROM "{app_role}"'
    yield (
        "CREATE FUNCTION shouwang_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit rows are only ever added'; END $$"
    )
    yield (
        "CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON records_auditevent "
        "FOR EACH ROW EXECUTE FUNCTION shouwang_refuse_change()"
    )
    yield (
        "CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON records_auditevent "
        "FOR EACH STATEMENT EXECUTE FUNCTION shouwang_refuse_change()"
    )
