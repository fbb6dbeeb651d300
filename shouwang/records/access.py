"""The scope of a viewer on rows: one function for every query, and row-level security behind it.

Nobody is entered until `enter` or `enter_system` is called, and then PostgreSQL shows nothing that the scope
does not reach, whatever a query forgot.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.domain.scope import Condition, clause
from shouwang.records.models import Household, Task
from shouwang.records.viewers import Viewer

Row = TypeVar("Row", bound=Model)
_NAMES = ("low", "high", "is_plain", "reaches")
_EVERYWHERE = ("000000000000", "999999999999")
# What the policies ask of a narrow reach looks dear to the planner: a shared server would compile each query.
_SET = (
    "SELECT set_config('shouwang.low', %s, false), set_config('shouwang.high', %s, false), "
    "set_config('shouwang.is_plain', %s, false), set_config('shouwang.reaches', %s, false), "
    "set_config('jit', 'off', false)"
)


def visible(
    queryset: QuerySet[Row],
    viewer: Viewer,
    permission: Permission = Permission.SEE_HOUSEHOLDS,
    *,
    is_write: bool = False,
) -> QuerySet[Row]:
    """Return the rows of a placed table that a viewer reaches with a permission. The one scope function."""
    conditions = clause(viewer.scope(permission, is_write=is_write)).conditions
    if not conditions:
        return queryset.none()
    reached = Q()
    for each in conditions:
        reached |= _rows(queryset.model, each)
    return queryset.filter(reached)


def _rows(model: type[Model], condition: Condition) -> Q:
    names = {field.name for field in model._meta.get_fields()}
    is_household = model is Household
    found = Q(division__gte=condition.first_code, division__lte=condition.last_code)
    owner = "" if is_household else _household_path(names)
    if condition.household_ids is not None or condition.group_name is not None or condition.feeds is not None:
        if owner is None and _is_delivered(names):
            is_whole = condition.household_ids is None and condition.group_name is None
            return found & Q(department__in=condition.feeds) if is_whole else Q(pk__in=[])
        if owner is None:
            return Q(pk__in=[])
        if condition.household_ids is not None:
            key = "pk__in" if is_household else f"{owner}_id__in"
            found &= Q(**{key: [int(each) for each in condition.household_ids]})
        if condition.group_name is not None:
            found &= Q(**{f"{owner}__group_name" if owner else "group_name": condition.group_name})
        if condition.feeds is not None:
            found &= _of_departments(model, owner, condition.feeds)
    return found


def _is_delivered(names: set[str]) -> bool:
    """Tell the tables of what departments deliver: a place and a department, and no household."""
    return "department" in names


def _of_departments(model: type[Model], owner: str, departments: tuple[str, ...]) -> Q:
    """A department reaches its own tasks, and the households they are about."""
    if model is Task:
        return Q(department__in=departments)
    key = OuterRef("pk" if model is Household else f"{owner}_id")
    return Q(Exists(Task.objects.filter(household_id=key, department__in=departments)))


def _household_path(names: set[str]) -> str | None:
    """Return how a table reaches its household; a row below another goes through it."""
    if "household" in names:
        return "household"
    return next(
        (f"{parent}__household" for parent in ("case", "clue", "attachment", "plan") if parent in names), None
    )


def enter(viewer: Viewer | None) -> None:
    """Show this connection what a viewer reaches, until the next call; None shows nothing."""
    conditions = clause(viewer.reach).conditions if viewer else ()
    if not conditions:
        _set("", "", "0", "[]")
        return
    is_plain = len(conditions) == 1 and _is_plain(conditions[0])
    reaches = [_reach(each) for each in conditions]
    low, high = (
        min(each.first_code for each in conditions),
        max(each.last_code for each in conditions),
    )
    _set(low, high, "1" if is_plain else "0", json.dumps(reaches, ensure_ascii=False))


def leave() -> None:
    """Show this connection nothing."""
    enter(None)


@contextmanager
def entered(viewer: Viewer) -> Iterator[None]:
    """Enter for the length of a block."""
    enter(viewer)
    try:
        yield
    finally:
        leave()


def enter_everywhere() -> None:
    """Show this connection everything, until the next call; `entered_system` ends it by itself."""
    _set(*_EVERYWHERE, "1", "[]")


@contextmanager
def entered_system() -> Iterator[None]:
    """Show everything for the length of a block: loading, screening, scheduled work, sample work."""
    enter_everywhere()
    try:
        yield
    finally:
        if not connection.needs_rollback:
            leave()


@contextmanager
def elevated() -> Iterator[None]:
    """Show everything for a part of an act, then what was shown before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('shouwang.{name}', true)" for name in _NAMES))
        before = cursor.fetchone()
    enter_everywhere()
    try:
        yield
    finally:
        # A transaction that failed takes the settings back by itself.
        if not connection.needs_rollback:
            _set(*(value or "" for value in before))


def _is_plain(condition: Condition) -> bool:
    return condition.household_ids is None and condition.group_name is None and condition.feeds is None


def _reach(condition: Condition) -> dict[str, object]:
    return {
        "low": condition.first_code,
        "high": condition.last_code,
        "group_name": condition.group_name,
        "households": None
        if condition.household_ids is None
        else [int(each) for each in condition.household_ids],
        "departments": None if condition.feeds is None else list(condition.feeds),
    }


def _set(*values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, values)
