"""What a delivery taken back leaves of the clues that rested on it (T33, R28).

A clue that nobody has worked on yet, and that nothing else speaks for, ends with the delivery, by whoever
took it back. Any other keeps its course, and its time line says that the data are gone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from shouwang.actions.acting import Actor, acting
from shouwang.records.models import AuditEvent, Clue, Delivery, Finding, ScreeningRun
from shouwang.records.models.clues import BASIS_WITHDRAWN
from shouwang.records.models.runs import FULL

_TOLD = "clue.basis_withdrawn"
_Warned = set[tuple[int, str]]


@dataclass(frozen=True)
class Settled:
    """How many clues ended with a delivery, and how many were told of it."""

    closed: int
    told: int


def settle_withdrawn(*, actor: Actor, delivery_id: int, run_id: int, on: date, at: datetime) -> Settled:
    """Settle the clues whose warnings a delivery's withdrawal ended; an act each, twice is the same as once.

    actor: who took the delivery back. run_id: the screening after it. In the scope of the whole site.
    """
    delivery, run = Delivery.objects.get(pk=delivery_id), ScreeningRun.objects.get(pk=run_id)
    clues = _clues(run)
    households = {each.household_id for each in clues if each.household_id is not None}
    gone, still = _ended(delivery, run, households)
    closed = told = 0
    for clue in clues:
        if _speaks_for(clue, gone):
            is_alone = not _speaks_for(clue, still) and _is_of_screenings(clue)
            if clue.state == "received" and is_alone:
                closed += _close(actor, clue.pk, delivery, on, at)
            else:
                told += _tell(actor, clue, delivery, at)
    return Settled(closed, told)


def _clues(run: ScreeningRun) -> list[Clue]:
    rows = Clue.objects.filter(division__startswith=run.county, household__isnull=False)
    rows = rows.exclude(state="closed").filter(origins__source="screening").distinct()
    rows = rows if run.kind == FULL else rows.filter(household_id__in=run.households)
    return list(rows.prefetch_related("origins").order_by("pk"))


def _ended(delivery: Delivery, run: ScreeningRun, households: Collection[int]) -> tuple[_Warned, _Warned]:
    """Return the warnings (household, rule) that rested on the delivery and ended, and those that hold.

    Another screening may have seen its rows gone already, so that all since its commit are asked.
    """
    warnings = Finding.objects.filter(household__in=households, kind="warning", run__county=run.county)
    since = warnings.filter(run__lt=run.pk, run__ran_at__gte=delivery.committed_at)
    still = set(warnings.filter(run=run).values_list("household_id", "rule"))
    files = {delivery.file_name, *delivery.corrections.values_list("file_name", flat=True)}
    return {(each.household_id, each.rule) for each in since if _rests_on(each, files)} - still, still


def _rests_on(finding: Finding, files: Collection[str]) -> bool:
    """Tell whether a finding may rest on a row of the files; it names only its greatest rows."""
    sources = finding.evidence.get("sources", [])
    is_cut = finding.evidence.get("source_row_count", 0) > len(sources)
    return is_cut or any(each["file"] in files for each in sources)


def _speaks_for(clue: Clue, warned: _Warned) -> bool:
    return any((clue.household_id, each.rule) in warned for each in clue.origins.all())


def _is_of_screenings(clue: Clue) -> bool:
    return all(each.source == "screening" for each in clue.origins.all())


def _close(actor: Actor, pk: int, delivery: Delivery, on: date, at: datetime) -> bool:
    """End a clue unless somebody has begun to work on it meanwhile."""
    with acting(actor, "clue.withdrawn", at=at) as act:
        clue = Clue.objects.select_for_update().get(pk=pk)
        act.about(clue)
        act.reason = _words(delivery)
        act.before = {"state": clue.state}
        is_free = clue.state == "received" and _is_of_screenings(clue)
        if is_free:
            clue.state, clue.turn, clue.closed_on = "closed", "", on
            clue.verdict, clue.verdict_reason = BASIS_WITHDRAWN, act.reason
            clue.verdict_by_id = actor.viewer.account_id or None
            clue.version += 1
            clue.save()
            clue.origins.filter(fed_back_on=None).update(fed_back_on=on, feedback="依据的数据已撤回")
        act.after = {"state": clue.state, "verdict": clue.verdict}
    return is_free


def _tell(actor: Actor, clue: Clue, delivery: Delivery, at: datetime) -> bool:
    words = _words(delivery)
    told = AuditEvent.objects.filter(action=_TOLD, target_kind="clue", target_id=str(clue.pk), reason=words)
    if told.exists():
        return False
    with acting(actor, _TOLD, at=at) as act:
        act.about(clue)
        act.reason = words
    return True


def _words(delivery: Delivery) -> str:
    return f"第 {delivery.pk} 批推送《{delivery.file_name}》已撤回：{delivery.decision}"[:500]
