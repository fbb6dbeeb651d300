"""A clue that nobody moved in time is shown to the level above, once (R35, T47)."""

from collections import Counter, defaultdict
from datetime import date, datetime

from shouwang.actions.acting import Actor, acting
from shouwang.actions.notifying import accounts_with, notify
from shouwang.domain.clue_limits import level_above
from shouwang.domain.roles import Role
from shouwang.records.models import Clue

_LINK = "/clues/?tab=overdue"


def escalate_overdue(*, actor: Actor, on: date, at: datetime) -> int:
    """Tell the level above of every overdue clue in the scope that the caller has entered; return how many.

    Done again, it finds nothing more until a clue is overdue at the next level too. The site's own work calls
    it in the system's scope.
    """
    with acting(actor, "clue.escalate", at=at) as act:
        late = Clue.objects.exclude(state="closed").filter(due_on__lt=on)
        moved = []
        for clue in late.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
            above = level_above(clue.turn, clue.escalated_to)
            if above is not None:
                clue.escalated_to = above
                moved.append(clue)
        Clue.objects.bulk_update(moved, ["escalated_to"], batch_size=1000)
        _tell(moved, at)
        act.target_kind = "clue"
        act.after = {"escalated": len(moved)}
    return len(moved)


def _tell(moved: list[Clue], at: datetime) -> None:
    """Leave each account one line, however many clues it is told of."""
    places = Counter((clue.division, clue.escalated_to, clue.turn) for clue in moved)
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for (division, above, turn), number in places.items():
        for account in accounts_with(roles=[above], division=division, at=at):
            counts[account, "提级到您这一级，请督办"] += number
        for account in accounts_with(roles=[turn], division=division, at=at):
            counts[account, f"由您办理，已提级至{Role(above).label}，请尽快办结"] += number
    for (account, words), number in counts.items():
        text = f"{number} 条线索超期未办，{words}"
        notify(accounts=[account], kind="overdue", text=text, link=_LINK, at=at)
