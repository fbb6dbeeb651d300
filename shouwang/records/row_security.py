"""The second wall as SQL: policies on every placed table, and what the application's role may not do.

The policies read four settings of the connection that `access.enter` writes; unset, they show nothing.
"""

from collections.abc import Iterator

from django.apps.registry import Apps

from shouwang.records.reach_functions import definitions, narrowed

# Not in a sub-select: the planner then reads the settings too and knows how many rows the reach has, where it
# would reckon with one in two hundred, and sort a whole county for its first twenty.
_LOW = "current_setting('shouwang.low', true)"
_HIGH = "current_setting('shouwang.high', true)"
_IS_PLAIN = "(SELECT current_setting('shouwang.is_plain', true)) = '1'"
# Nothing of these is ever taken away by the application; the second is only ever added to.
KEPT = (
    "case", "caseevent", "casepaper", "clue", "clueorigin", "cluecheck", "visit", "lookback", "task",
    "contact", "exportrequest", "loanwish", "loan", "loanchange", "cover", "claim", "donationoffer", "gift",
)  # fmt: skip
ADDED_ONLY = ("caseevent", "casepaper", "cluecheck", "loanchange")


def statements(apps: Apps, app_role: str) -> Iterator[str]:
    """Give the SQL for every placed table of the app, as a migration knows it."""
    yield f'GRANT USAGE ON SCHEMA public TO "{app_role}"'
    yield f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{app_role}"'
    yield f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{app_role}"'
    yield from definitions()
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
    return f"division BETWEEN {_LOW} AND {_HIGH} AND ({_IS_PLAIN} OR {narrowed(table, names)})"


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
