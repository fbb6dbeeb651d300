"""What another threshold would have found: at the last screening of a county, held against the verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from shouwang.domain.permissions import Permission
from shouwang.domain.scope import clause
from shouwang.engine.policy_table import PolicyTable
from shouwang.engine.trials import Trial, TrialError, rules_of, trial_policies, try_values
from shouwang.records import lake
from shouwang.records.access import visible
from shouwang.records.models import Clue, ScreeningRun
from shouwang.records.models.runs import DELTA
from shouwang.records.policies import library
from shouwang.records.viewers import Viewer
from shouwang.reports.clue_hit_rates import HITS, MISSES

Span = tuple[str, str]
# Whoever works below a county's level tries nothing: a threshold is the county's.
_COUNTY_DIGITS = 6


@dataclass(frozen=True)
class Threshold:
    """A number that warnings compare with: name, label, unit (`yuan` counts fen), value, and the rules."""

    name: str
    label: str
    unit: str
    value: int
    source: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Screened:
    """The last screening of all of a county, as far as trials can read it."""

    county: str
    on: date
    path: Path
    table: PolicyTable


def trial_counties(viewer: Viewer) -> list[str]:
    """Return the counties (6 digits) that were screened and that a viewer reaches whole."""
    screened = ScreeningRun.objects.exclude(kind=DELTA).values_list("county", flat=True).distinct()
    return sorted(each for each in screened if _spans(viewer, each))


def last_screened(viewer: Viewer, county: str) -> Screened | None:
    """Return the last screening of a county that trials can read; None where none is, or out of reach."""
    if not _spans(viewer, county):
        return None
    runs = ScreeningRun.objects.filter(county=county).exclude(kind=DELTA).order_by("-pk")
    for pk, on in runs.values_list("pk", "on")[:2]:
        path = lake.values_path(county, pk)
        if path.is_file():
            return Screened(county, on, path, _policies(path, county, on))
    return None


def thresholds(screened: Screened) -> list[Threshold]:
    """Return the numbers of the county's own policy that some warning reads, by label."""
    policy = screened.table.policies[screened.table.scope_of.get("", 0)]
    found = []
    for name, resolved in policy.parameters.items():
        value, rules = resolved.value, rules_of(screened.table, name)
        if rules and isinstance(value, int) and not isinstance(value, bool):
            labels = tuple(dict.fromkeys(each.rule.label for each in rules))
            given = resolved.parameter
            found.append(Threshold(name, given.label, given.unit, value, resolved.dated.source, labels))
    return sorted(found, key=lambda each: each.label)


def threshold_trial(viewer: Viewer, screened: Screened, tried: Mapping[str, int]) -> Trial:
    """Ask the last screening's households with other thresholds; nothing is changed. Raises TrialError."""
    spans = _spans(viewer, screened.county)
    if not spans:
        raise TrialError("您的管辖范围不含这个县，不能试算")
    return try_values(screened.path, screened.table, tried, _verdicts(viewer, screened.county), spans)


def _verdicts(viewer: Viewer, county: str) -> dict[str, str]:
    """Return the last verdict on each household, by its number: hit or miss."""
    clues = visible(Clue.objects.all(), viewer, Permission.SEE_TOTALS)
    clues = clues.filter(division__startswith=county, verdict__in=[*HITS, *MISSES], household__isnull=False)
    rows = clues.order_by("closed_on", "pk").values_list("household__number", "verdict")
    return {number: "hit" if verdict in HITS else "miss" for number, verdict in rows}


def _spans(viewer: Viewer, county: str) -> list[Span]:
    """Return the county as first and last code where some reach holds the whole of it."""
    whole = (county.ljust(12, "0"), county.ljust(12, "9"))
    is_reached = any(
        each.household_ids is None
        and each.group_name is None
        and each.feeds is None
        and each.first_code <= whole[0]
        and each.last_code >= whole[1]
        for each in clause(viewer.scope(Permission.SEE_TOTALS)).conditions
    )
    return [whole] if is_reached and len(county) == _COUNTY_DIGITS else []


@lru_cache(maxsize=8)
def _policies(path: Path, county: str, on: date) -> PolicyTable:
    return trial_policies(path, library(), county, on)
