"""Measure what follows a delivery: `python -m tests.bench.delta FOLDER HOUSEHOLDS`, on a site of `loading`.

A full screening of the records, those of so many touched households (the first works the statements out),
the clues of each, a night without a change, and the trial of one threshold over the whole county.
"""

import json
import os
import random
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.loading import AT, COUNTY, ON, Clock

_TIMES = 2


def main() -> None:
    """Measure; print the seconds."""
    folder, households = Path(sys.argv[1]), int(sys.argv[2])
    os.environ["SHOUWANG_VAR"] = str(folder / "site")
    from shouwang.records.opening import opened
    from shouwang.records.site import Site

    with opened(Site.of(os.environ)):
        print(json.dumps(measured(households), ensure_ascii=False, indent=1))


def measured(households: int) -> dict[str, float]:
    """Return the seconds of each step on an open site."""
    from shouwang.actions.acting import Actor
    from shouwang.actions.clue_screening import raise_from_run
    from shouwang.actions.screening_nightly import screen_nightly
    from shouwang.actions.screening_records import screen_households, screen_records
    from shouwang.records.access import entered_system
    from shouwang.records.models import Household
    from shouwang.records.viewers import Viewer

    system, clock = Actor(Viewer(0, "系统", ())), Clock()
    asked: dict[str, Any] = {"actor": system, "county": COUNTY, "on": ON, "at": AT}
    with entered_system():
        everybody = list(Household.objects.order_by("pk").values_list("pk", flat=True))
    clock("full screening")
    run = screen_records(**asked)
    clock("clues of the full screening")
    _raise(raise_from_run, system, run.pk)
    for number in range(_TIMES):
        touched = sorted(random.Random(number).sample(everybody, households))
        clock(f"delta {number + 1}")
        run = screen_households(**asked, households=touched)
        clock(f"clues of delta {number + 1}")
        _raise(raise_from_run, system, run.pk)
    clock("a night")
    screen_nightly(actor=system, on=ON + timedelta(days=1), at=AT + timedelta(days=1))
    clock("pack of the trial")
    trial = _trial()
    clock("trial")
    trial()
    clock("end")
    return clock.taken


def _raise(raise_from_run: Any, system: Any, run_id: int) -> None:
    from shouwang.records.access import entered_system

    with entered_system():
        raise_from_run(actor=system, run_id=run_id, on=ON, at=AT)


def _trial() -> Any:
    """Return the trial of the first threshold, its policies read."""
    from shouwang.domain.roles import Role
    from shouwang.domain.scope import Reach
    from shouwang.records.access import entered
    from shouwang.records.viewers import Held, Viewer
    from shouwang.reports.threshold_trials import last_screened, threshold_trial, thresholds

    viewer = Viewer(0, "县", (Held(Role.COUNTY_OFFICE, Reach(COUNTY)),))
    with entered(viewer):
        screened = last_screened(viewer, COUNTY)
    assert screened is not None
    tried = max(thresholds(screened), key=lambda each: len(each.rules))

    def trial() -> None:
        with entered(viewer):
            print(threshold_trial(viewer, screened, {tried.name: tried.value * 2}).all)

    return trial


if __name__ == "__main__":
    main()
