"""The sources of a clue are told its verdict, each with its day."""

from collections.abc import Sequence
from datetime import date, datetime

from shouwang.actions.acting import Actor, acting
from shouwang.actions.clue_entries import checked_text, locked_clue
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.records.models import Clue

FEEDERS = (Permission.GIVE_VERDICT, Permission.CHECK_CLUE)


def give_feedback(
    *, actor: Actor, clue_id: int, version: int, origin_ids: Sequence[int], text: str, on: date, at: datetime
) -> Clue:
    """Record that sources of a closed clue were told. Raises Unfit, NotThere, NotAllowed, Stale."""
    with acting(actor, "clue.feedback", at=at) as act:
        clue = locked_clue(actor=actor, clue_id=clue_id, permissions=FEEDERS, version=version)
        if clue.state != "closed":
            raise Unfit("线索还没有处置结论，办结后再反馈")
        said = checked_text(text=text, label="反馈内容", field="text")
        wanted = set(origin_ids)
        pending = clue.origins.filter(pk__in=wanted, fed_back_on=None)
        if not wanted or pending.count() != len(wanted):
            raise Unfit("请勾选还没有反馈的来源", {"origins": "请至少勾选一项未反馈的来源"})
        told = pending.update(fed_back_on=on, feedback=said)
        clue.version += 1
        clue.save(update_fields=["version"])
        act.about(clue, "+".join(actor.viewer.roles))
        act.after = {"fed_back": told}
    return clue
