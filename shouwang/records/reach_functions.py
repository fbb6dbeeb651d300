"""What a narrow reach shows, as functions of the database that the policies call.

Functions and not the conditions themselves: the planner would plan each of them, and those of their parents
in them, for every query of everybody, a millisecond a query, though most viewers reach whole places.
"""

from collections.abc import Iterator

PARENTS = ("household", "case", "clue", "attachment", "plan")
_REACHES = (
    "jsonb_to_recordset(coalesce(nullif(current_setting('shouwang.reaches', true), ''), '[]')::jsonb) "
    "AS r(low text, high text, group_name text, households bigint[], departments text[])"
)
_IN_PLACE = f"SELECT 1 FROM {_REACHES} WHERE $1 BETWEEN r.low AND r.high"
_BY_PLACE = f"{_IN_PLACE} AND r.group_name IS NULL AND r.households IS NULL AND r.departments IS NULL"
_HOUSEHOLD = (
    f"{_IN_PLACE} AND (r.group_name IS NULL OR $3 = r.group_name) "
    "AND (r.households IS NULL OR $2 = ANY (r.households)) "
    "AND (r.departments IS NULL OR EXISTS (SELECT 1 FROM public.records_task t "
    "WHERE t.household_id = $2 AND t.department = ANY (r.departments)))"
)
_TASK = (
    f"{_IN_PLACE} AND r.group_name IS NULL AND (r.households IS NULL OR $2 = ANY (r.households)) "
    "AND (r.departments IS NULL OR $3 = ANY (r.departments))"
)
# What departments deliver belongs to a place and a department, and is nobody's household.
_DELIVERED = (
    f"{_IN_PLACE} AND r.group_name IS NULL AND r.households IS NULL "
    "AND (r.departments IS NULL OR $2 = ANY (r.departments))"
)
# So much dearer than an operator that a query looks for few rows before it asks about each.
_COST = 400


def definitions() -> Iterator[str]:
    """Give the SQL of the functions; they run with the rights of who asks, so that policies hold in them."""
    yield _function("by_place", "text", _BY_PLACE)
    yield _function("household", "text, bigint, text", _HOUSEHOLD)
    yield _function("task", "text, bigint, text", _TASK)
    yield _function("delivered", "text, text", _DELIVERED)
    for parent in PARENTS:
        # The parent's own policy decides.
        query = f"SELECT 1 FROM public.records_{parent} p WHERE p.id = $1"
        yield _function(f"with_{parent}", "bigint", query)


def _function(name: str, types: str, query: str) -> str:
    return (
        f"CREATE FUNCTION shouwang_shows_{name}({types}) RETURNS boolean LANGUAGE plpgsql STABLE "
        f"PARALLEL SAFE COST {_COST} AS $$ BEGIN RETURN EXISTS ({query}); END $$"
    )


def narrowed(table: str, names: set[str]) -> str:
    """Return the condition under which a narrow reach shows a row of a table with these columns."""
    if table == "records_household":
        return "shouwang_shows_household(division, id, group_name)"
    if table == "records_task":
        return "shouwang_shows_task(division, household_id, department)"
    parent = next((each for each in PARENTS if each in names), None)
    if parent is None and "department" in names:
        return "shouwang_shows_delivered(division, department)"
    by_place = "shouwang_shows_by_place(division)"
    # A row of a household, or of something that has one, is shown with it; a row of a place by the place.
    return by_place if parent is None else f"({by_place} OR shouwang_shows_with_{parent}({parent}_id))"
