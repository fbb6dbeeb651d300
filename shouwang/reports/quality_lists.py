"""Data quality in lists: places with their counts and score, findings of a place, the last runs (R80)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Substr

from shouwang.domain.divisions import children, find
from shouwang.domain.policy import Pack
from shouwang.domain.quality import WEIGHTS, Check, score
from shouwang.records.access import visible
from shouwang.records.models import Household, QualityFinding, QualityRun
from shouwang.records.policies import library
from shouwang.records.viewers import Viewer

_WIDTHS = (2, 4, 6, 9, 12)


@dataclass(frozen=True)
class PlaceQuality:
    """One place: open findings by gravity, explained and overdue ones; `score` in tenths, or None."""

    division: str
    households: int
    errors: int
    doubts: int
    hints: int
    explained: int
    overdue: int
    score: int | None


@dataclass(frozen=True)
class FindingFilter:
    """What the list of findings is narrowed to; empty narrows nothing. `area` is a division prefix."""

    area: str = ""
    severity: str = ""
    state: str = "open"
    kind: str = ""
    check_name: str = ""
    is_overdue: bool = False


def places(viewer: Viewer, area: str, on: date) -> list[PlaceQuality]:
    """Return each place below `area` (or below what the viewer reaches), the worst score first."""
    width = _width_below(viewer, area)
    found = _within(visible(QualityFinding.objects.all(), viewer), area)
    homes = _within(visible(Household.objects.filter(is_present=True), viewer), area)
    counts = {row["place"]: row["count"] for row in _by_place(homes, width).annotate(count=Count("pk"))}
    rows = {row["place"]: row for row in _by_place(found, width).annotate(**_sums(on))}
    made = [
        _place(prefix, counts.get(prefix, 0), rows.get(prefix, {})) for prefix in sorted({*counts, *rows})
    ]
    return sorted(made, key=lambda each: (each.score is None, each.score or 0, each.division))


def total(viewer: Viewer, area: str, on: date) -> PlaceQuality:
    """Return the same for the whole of `area`."""
    found = _within(visible(QualityFinding.objects.all(), viewer), area).aggregate(**_sums(on))
    homes = _within(visible(Household.objects.filter(is_present=True), viewer), area).count()
    return _place(area, homes, found)


def _width_below(viewer: Viewer, area: str) -> int:
    longest = len(area) or max((len(each.prefix) for each in viewer.reach.reaches), default=0)
    return next((width for width in _WIDTHS if width > longest), _WIDTHS[-1])


def _within(rows: QuerySet[Any], area: str) -> QuerySet[Any]:
    return rows.filter(division__range=(area.ljust(12, "0"), area.ljust(12, "9"))) if area else rows


def _by_place(rows: QuerySet[Any], width: int) -> QuerySet[Any]:
    return rows.order_by().annotate(place=Substr("division", 1, width)).values("place")


def _sums(on: date) -> dict[str, Any]:
    is_open = Q(state="open")
    weights = [When(severity=name, then=Value(weight)) for name, weight in WEIGHTS.items()]
    return {
        "errors": Count("pk", filter=is_open & Q(severity="error")),
        "doubts": Count("pk", filter=is_open & Q(severity="doubt")),
        "hints": Count("pk", filter=is_open & Q(severity="hint")),
        "explained": Count("pk", filter=Q(state="explained")),
        "overdue": Count("pk", filter=is_open & Q(due_on__lt=on)),
        "weighted": Sum(Case(*weights, default=Value(0), output_field=IntegerField()), filter=is_open),
    }


def _place(prefix: str, homes: int, row: dict[str, Any]) -> PlaceQuality:
    return PlaceQuality(
        division=prefix,
        households=homes,
        errors=row.get("errors") or 0,
        doubts=row.get("doubts") or 0,
        hints=row.get("hints") or 0,
        explained=row.get("explained") or 0,
        overdue=row.get("overdue") or 0,
        score=score(homes, row.get("weighted") or 0),
    )


def findings(viewer: Viewer, asked: FindingFilter, on: date) -> QuerySet[QualityFinding]:
    """Return the findings in reach that a filter leaves, those due first."""
    rows = _within(visible(QualityFinding.objects.all(), viewer), asked.area)
    for column in ("severity", "state", "kind", "check_name"):
        if wanted := getattr(asked, column):
            rows = rows.filter(**{column: wanted})
    if asked.is_overdue:
        rows = rows.filter(state="open", due_on__lt=on)
    return rows.select_related("household", "member").order_by("due_on", "division", "pk")


def finding_of(viewer: Viewer, finding_id: int) -> QualityFinding | None:
    """Return a finding in reach."""
    rows = visible(QualityFinding.objects.filter(pk=finding_id), viewer)
    return rows.select_related("household", "member", "explained_by").first()


def standing_of(household: Household) -> list[QualityFinding]:
    """Return what stands against a household's data, the gravest first."""
    rows = household.quality_findings.filter(state__in=("open", "explained")).select_related("member")
    order = {name: place for place, name in enumerate(WEIGHTS)}
    return sorted(rows, key=lambda each: (each.state != "open", order[each.severity], each.due_on, each.pk))


def last_runs(viewer: Viewer) -> list[QualityRun]:
    """Return the last run of each county that the viewer reaches into."""
    reached = Q()
    for each in viewer.reach.reaches:
        reached |= Q(county__startswith=each.prefix[:6])
    if not reached:
        return []
    newest = QualityRun.objects.filter(reached).order_by("county", "-ran_at").distinct("county")
    return list(newest)


def area_path(area: str) -> list[tuple[str, str]]:
    """Return the places above and including `area`: prefix and name."""
    found = [(area[:width], find(area[:width])) for width in _WIDTHS if width <= len(area)]
    return [(prefix, place.name) for prefix, place in found if place is not None]


def is_lowest(prefix: str) -> bool:
    """Tell whether nothing lies below a place."""
    return len(prefix) >= _WIDTHS[-1] or not children(prefix)


def all_checks(on: date) -> list[tuple[str, Check, Pack]]:
    """Return every check in force on a day anywhere, name, check and pack, in the order of the packs."""
    return [
        (name, check, pack)
        for pack in library().packs.values()
        for name, check in pack.checks.items()
        if pack.holds_on(on) and check.holds_on(on)
    ]
