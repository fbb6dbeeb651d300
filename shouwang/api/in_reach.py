"""Rows that a caller reaches, and the line that what he read of them leaves in the audit."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet

from shouwang.actions.api_reading import note_read
from shouwang.actions.refusals import NotThere
from shouwang.api.callers import Caller
from shouwang.records.access import visible


def in_reach(caller: Caller, rows: QuerySet[Any], pk: int) -> Any:
    """Return one row. Raises NotThere where there is none, and where the caller does not reach it."""
    row = visible(rows.filter(pk=pk), caller.viewer).first()
    if row is None:
        raise NotThere
    return row


def noted(caller: Caller, rows: Sequence[Model], kind: str, division: str = "") -> None:
    """Note in the audit which rows an answer holds."""
    note_read(actor=caller.actor, kind=kind, ids=[each.pk for each in rows], division=division, at=caller.at)
