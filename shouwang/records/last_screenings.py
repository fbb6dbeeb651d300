"""The last screening of a household: the last full run of its county, or what screened it alone since."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from shouwang.records.models import Finding, ScreeningRun
from shouwang.records.models.runs import FULL


def last_runs(
    county: str, households: Collection[int], *, before: int | None = None, on: date | None = None
) -> dict[int, int]:
    """Return, by household, the last run that answered for it; one that no run answered for is left out.

    before: of the runs before one; on: of the runs of days up to one.
    """
    runs = _runs(county, before, on)
    full = runs.filter(kind=FULL).order_by("-pk").first()
    last = dict.fromkeys(households, full.pk) if full is not None else {}
    asked = set(households)
    since = runs.exclude(kind=FULL).filter(pk__gt=full.pk if full is not None else 0)
    for run in since.only("pk", "households").order_by("pk"):
        last.update(dict.fromkeys(asked.intersection(run.households), run.pk))
    return last


def last_full_run(county: str) -> ScreeningRun | None:
    """Return the last screening of all of a county, None where there was none."""
    return _runs(county, None, None).filter(kind=FULL).order_by("-pk").first()


def standing_findings(
    county: str, households: Collection[int], *, before: int | None = None, on: date | None = None
) -> list[Finding]:
    """Return what the last run of each household found, by household; see `last_runs`."""
    last = last_runs(county, households, before=before, on=on)
    found = Finding.objects.filter(run__in=set(last.values()), household__in=last)
    return [each for each in found.order_by("household_id", "pk") if last[each.household_id] == each.run_id]


def _runs(county: str, before: int | None, on: date | None) -> QuerySet[ScreeningRun]:
    runs = ScreeningRun.objects.filter(county=county)
    if before is not None:
        runs = runs.filter(pk__lt=before)
    return runs if on is None else runs.filter(on__lte=on)
