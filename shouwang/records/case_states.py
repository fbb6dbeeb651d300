"""A case as the domain knows it, read from its rows.

The track a case was opened with is kept whole in its first paper (kind "other", step `TRACK_PAPER`), added
once and never changed, and `Case.pack_digest` is the digest of it. So a pack that changes later changes no
case under way, and a paper that is not what the case was opened with is told.
"""

from collections.abc import Collection
from datetime import date

from shouwang.domain.case_state import CaseState, Event
from shouwang.domain.policy import PackError
from shouwang.domain.procedure import ProcedureError, Track
from shouwang.domain.track_records import read_track, track_digest
from shouwang.records.models import Case, CaseEvent, CasePaper
from shouwang.records.policies import policy_at

TRACK_PAPER = "procedure"


class TrackLost(ValueError):
    """The track that a case was opened with cannot be had any more; the message (Chinese) says what to do."""


def track_at_opening(division: str, track: str, on: date) -> Track | None:
    """Return the track that the packs give a place on a day; None where they have none."""
    procedure = policy_at(division, on).procedure
    return procedure.tracks.get(track) if procedure else None


def track_of(case: Case) -> Track:
    """Return the track a case was opened with. Raises TrackLost where it is not kept and the pack changed."""
    kept = next((each for each in case.papers.all() if each.step_id == TRACK_PAPER), None)
    try:
        found = (
            read_track(kept.content["track"])
            if kept
            else track_at_opening(case.division, case.track, case.opened_on)
        )
    except (ProcedureError, PackError, KeyError) as error:
        raise TrackLost(f"本案立案时的程序读不出来：{error}") from error
    if found is None or track_digest(found) != case.pack_digest:
        raise TrackLost(
            f"本案立案时所用程序（{case.pack}）已被改动且没有留存，不能继续办理，请联系系统管理员恢复原政策包。"
        )
    return found


def step_labels(case_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """Return what each step of these cases is called, by case and step: one query.

    A case whose track is not kept has none.
    """
    rows = CasePaper.objects.filter(case_id__in=case_ids, step_id=TRACK_PAPER)
    kept = rows.values_list("case_id", "content__track__steps")
    return {(case_id, step["id"]): step["label"] for case_id, steps in kept for step in steps or ()}


def is_track_changed(case: Case) -> bool:
    """Tell whether the packs at hand now give another track for the day the case was opened."""
    try:
        now = track_at_opening(case.division, case.track, case.opened_on)
    except PackError:
        return True
    return now is None or track_digest(now) != case.pack_digest


def case_state_of(case: Case) -> CaseState:
    """Return the state of a case from its events. Raises TrackLost."""
    events = sorted(case.events.all(), key=lambda row: row.sequence)
    return CaseState(track_of(case), tuple(as_event(row) for row in events), frozenset(case.traits))


def as_event(row: CaseEvent) -> Event:
    """Return a stored event as the domain knows it; `by` is the number of the account."""
    return Event(
        row.kind,
        row.role,
        str(row.by_id),
        row.on,
        row.step_id,
        row.opinion,
        row.note,
        row.objection,
        row.is_upheld,
    )
