"""Monthly meetings as they are read: the list, and one meeting with its items by kind."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Meeting, MeetingItem
from shouwang.records.models.meetings import ITEM_KINDS
from shouwang.records.viewers import Viewer


@dataclass(frozen=True)
class Section:
    """The items of one kind, in the order of the agenda."""

    kind: str
    label: str
    items: tuple[MeetingItem, ...]

    @property
    def undecided(self) -> int:
        """Count what has no verdict yet."""
        return sum(not each.verdict for each in self.items)


def meetings(viewer: Viewer, *, level: int | None = None, year: int | None = None) -> QuerySet[Meeting]:
    """Return the meetings that a person reaches, latest first, with how many items and undecided."""
    found = visible(Meeting.objects.all(), viewer, Permission.HOLD_MEETING)
    if level:
        found = found.filter(level=level)
    if year:
        found = found.filter(month__year=year)
    return found.annotate(
        item_count=Count("items"), undecided_count=Count("items", filter=Q(items__verdict=""))
    ).order_by("-month", "level", "division")


def meeting_of(viewer: Viewer, meeting_id: int) -> Meeting | None:
    """Return a meeting that a person reaches, with who called it."""
    found = visible(Meeting.objects.filter(pk=meeting_id), viewer, Permission.HOLD_MEETING)
    return found.select_related("called_by").first()


def sections(viewer: Viewer, meeting: Meeting) -> list[Section]:
    """Return the items of a meeting by kind, each with its household: one query."""
    found = visible(MeetingItem.objects.filter(meeting=meeting), viewer, Permission.HOLD_MEETING)
    by_kind: dict[str, list[MeetingItem]] = {}
    for each in found.select_related("household").order_by("division", "pk"):
        by_kind.setdefault(each.kind, []).append(each)
    return [Section(kind, ITEM_KINDS[kind], tuple(by_kind[kind])) for kind in ITEM_KINDS if kind in by_kind]


def item_of(viewer: Viewer, item_id: int) -> MeetingItem | None:
    """Return an item that a person reaches, with its meeting and household."""
    found = visible(MeetingItem.objects.filter(pk=item_id), viewer, Permission.HOLD_MEETING)
    return found.select_related("meeting", "household").first()
