"""Every night each county is screened whole: time passes, and what no delivery touched changes too (R24)."""

from datetime import date, datetime

from shouwang.actions.acting import Actor
from shouwang.actions.clue_screening import raise_from_run
from shouwang.actions.screening_records import screen_records
from shouwang.domain.policy import PackError
from shouwang.records.access import entered_system
from shouwang.records.job_lock import SCREENING, held
from shouwang.records.models import Load, ScreeningRun
from shouwang.records.models.loads import REGISTRY
from shouwang.records.models.runs import DELTA

_RAISED = "is_raised"


def screen_nightly(*, actor: Actor, on: date, at: datetime) -> int:
    """Screen every county that was loaded, once a day, and raise its clues; return how many were screened.

    A county whose deliveries are being screened is left to the next call. Cut off at any moment, the next
    call does the rest.
    """
    with entered_system():
        loads = Load.objects.filter(state="done", kind=REGISTRY).values_list("county", flat=True)
        counties = sorted(set(loads))
    return sum(_screened(actor, county, on, at) for county in counties)


def _screened(actor: Actor, county: str, on: date, at: datetime) -> bool:
    with held(SCREENING, int(county)) as is_ours:
        if not is_ours:
            return False
        with entered_system():
            run = _of_the_day(county, on)
        if run is not None and run.counts.get(_RAISED):
            return False
        try:
            run = run or screen_records(actor=actor, county=county, on=on, at=at, is_nightly=True)
        except PackError:
            # No policy holds there on the day; the pages say so where it matters.
            return False
        with entered_system():
            raise_from_run(actor=actor, run_id=run.pk, on=on, at=at)
            run.counts = {**run.counts, _RAISED: True}
            run.save(update_fields=["counts"])
    return True


def _of_the_day(county: str, on: date) -> ScreeningRun | None:
    """Return the screening of all of a county on a day, None where there was none."""
    return ScreeningRun.objects.filter(county=county, on=on).exclude(kind=DELTA).order_by("-pk").first()
