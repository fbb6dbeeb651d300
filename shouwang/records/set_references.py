"""References of the ledgers, checked a statement at a time: a county's income is millions of rows in one.

A foreign key asks row by row and takes two thirds of a load's time. These triggers ask the same of all rows
that a statement wrote, or of all that would lose what they refer to.
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db.models import ForeignKey

# They see every row, whatever the reach of who writes.
_FUNCTION = """
CREATE FUNCTION shouwang_{name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_found boolean;
BEGIN
    FOR each IN 0 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE format('SELECT EXISTS ({query})', TG_ARGV[each], TG_ARGV[each + 1]) INTO is_found;
        IF is_found THEN
            RAISE EXCEPTION 'a reference of % would lead nowhere', TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation', DETAIL = TG_ARGV[each] || ' ' || TG_ARGV[each + 1];
        END IF;
    END LOOP;
    RETURN NULL;
END $$
"""
_ORPHANS = (
    "SELECT 1 FROM fresh f LEFT JOIN public.%1$I t ON t.id = f.%2$I WHERE f.%2$I IS NOT NULL AND t.id IS NULL"
)
_BEREFT = "SELECT 1 FROM public.%1$I e JOIN gone g ON g.id = e.%2$I"
_TRIGGER = (
    'CREATE TRIGGER {name} AFTER {event} ON "{table}" REFERENCING {rows} FOR EACH STATEMENT '
    "EXECUTE FUNCTION shouwang_{function}({given})"
)


def statements(apps: Apps) -> Iterator[str]:
    """Give the SQL for every reference that the models leave without a constraint."""
    yield _FUNCTION.format(name="refuse_orphans", query=_ORPHANS)
    yield _FUNCTION.format(name="refuse_bereft", query=_BEREFT)
    referring: dict[str, list[str]] = {}
    for table, references in _unconstrained(apps).items():
        given = [word for target, column in references for word in (target, column)]
        for event in ("INSERT", "UPDATE"):
            name = f"references_stand_{event.lower()}"
            yield _trigger(name, event, table, "NEW TABLE AS fresh", "refuse_orphans", given)
        for target, column in references:
            referring.setdefault(target, []).extend((table, column))
    for target, given in referring.items():
        yield _trigger("references_kept", "DELETE", target, "OLD TABLE AS gone", "refuse_bereft", given)


def _trigger(name: str, event: str, table: str, rows: str, function: str, given: list[str]) -> str:
    words = ", ".join(f"'{each}'" for each in given)
    return _TRIGGER.format(name=name, event=event, table=table, rows=rows, function=function, given=words)


def _unconstrained(apps: Apps) -> dict[str, list[tuple[str, str]]]:
    """Return the table referred to and the column, of each table that has such references."""
    found: dict[str, list[tuple[str, str]]] = {}
    for model in apps.get_app_config("records").get_models():
        for field in model._meta.fields:
            if isinstance(field, ForeignKey) and not field.db_constraint:
                target = field.related_model._meta.db_table
                found.setdefault(model._meta.db_table, []).append((target, field.column))
    return found
