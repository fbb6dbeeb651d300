"""The notices that hang: where, until when, with how many photos and open objections."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from shouwang.records.access import visible
from shouwang.records.models import Attachment, Case
from shouwang.records.viewers import Viewer


@dataclass(frozen=True)
class NoticeRow:
    """One notice; `days_left` counts to the first day of the next step, 0 where it has come."""

    case: Case
    place: str
    starts_on: date | None
    next_on: date | None
    days_left: int | None
    photo_count: int
    objection_count: int


def running_notices(viewer: Viewer) -> QuerySet[Case]:
    """Return the cases whose notice hangs or has hung and is not yet followed by a review."""
    rows = visible(Case.objects.filter(is_under_notice=True, status="open"), viewer)
    return rows.select_related("household").order_by("not_before", "pk")


def notice_rows(cases: list[Case], today: date) -> list[NoticeRow]:
    """Return what is shown of each notice of one page; three queries for all."""
    found = Case.objects.filter(pk__in=[each.pk for each in cases]).prefetch_related("papers", "events")
    full = {each.pk: each for each in found}
    photos = _photos(full)
    return [_row(each, full[each.pk], photos.get(each.pk, 0), today) for each in cases]


def _photos(cases: dict[int, Case]) -> dict[int, int]:
    owners = {f"case:{pk}": pk for pk in cases}
    for case in cases.values():
        owners |= {f"casepaper:{paper.pk}": case.pk for paper in case.papers.all() if paper.kind == "notice"}
    counted: dict[int, int] = {}
    for owner in Attachment.objects.filter(owner__in=owners).values_list("owner", flat=True):
        counted[owners[owner]] = counted.get(owners[owner], 0) + 1
    return counted


def _row(case: Case, full: Case, photo_count: int, today: date) -> NoticeRow:
    sheets = sorted(
        (paper for paper in full.papers.all() if paper.kind == "notice"), key=lambda paper: paper.pk
    )
    sheet = sheets[-1] if sheets else None
    answered = sum(event.kind == "answer" for event in full.events.all())
    raised = sum(event.kind == "objection" for event in full.events.all())
    return NoticeRow(
        case=case,
        place=str(sheet.content.get("place", "")) if sheet else "",
        starts_on=sheet.on if sheet else None,
        next_on=case.not_before,
        days_left=max((case.not_before - today).days, 0) if case.not_before else None,
        photo_count=photo_count,
        objection_count=raised - answered,
    )
