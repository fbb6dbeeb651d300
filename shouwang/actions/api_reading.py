"""A program has read people's facts: one line in the audit for each answer."""

from collections.abc import Sequence
from datetime import datetime

from shouwang.actions.acting import Actor, acting


def note_read(*, actor: Actor, kind: str, ids: Sequence[int], division: str = "", at: datetime) -> None:
    """Note which rows of a kind an answer holds: by their first and last id, and their number."""
    with acting(actor, "api.read", at=at) as act:
        act.target_kind, act.division = kind, division
        act.target_id = "" if not ids else str(ids[0]) if len(ids) == 1 else f"{min(ids)}-{max(ids)}"
        act.after = {"rows": len(ids)}
