"""Cases in lists: whose turn it is, what is overdue, what hangs as a notice, what is closed."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import ACTORS
from shouwang.records.access import visible
from shouwang.records.models import Case
from shouwang.records.viewers import Viewer

TABS = {"mine": "我的待办", "level": "办理中", "overdue": "超期", "notice": "公示中", "closed": "已办结"}
SORTS = {
    "due": ("due_on", "pk"),
    "-due": ("-due_on", "pk"),
    "opened": ("opened_on", "pk"),
    "-opened": ("-opened_on", "pk"),
    "village": ("division", "pk"),
    "-village": ("-division", "pk"),
}


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; empty asks for all. `words` are a number, a head's name or initials."""

    tab: str = "mine"
    track: str = ""
    place: str = ""
    words: str = ""
    step: str = ""


def cases_of(viewer: Viewer, wanted: Wanted, today: date, sort: str = "") -> QuerySet[Case]:
    """Return the cases of a tab that a viewer reaches, the most urgent first, each with its household."""
    rows = _of_tab(visible(Case.objects.all(), viewer), viewer, wanted.tab, today)
    if wanted.track:
        rows = rows.filter(track=wanted.track)
    if wanted.place:
        rows = rows.filter(division__startswith=wanted.place)
    if wanted.step:
        rows = rows.filter(turn_label__contains=wanted.step)
    if words := wanted.words.strip():
        rows = rows.filter(_words(viewer, words))
    usual = ("-closed_on", "-pk") if wanted.tab == "closed" else ("due_on", "pk")
    return rows.select_related("household").order_by(*SORTS.get(sort, usual))


def counts(viewer: Viewer, today: date) -> dict[str, int]:
    """Return how many cases each tab but the closed one holds."""
    rows = visible(Case.objects.all(), viewer)
    return {tab: _of_tab(rows, viewer, tab, today).count() for tab in TABS if tab != "closed"}


def my_cases(viewer: Viewer, today: date) -> QuerySet[Case]:
    """Return the cases that wait for the viewer: his role's turn, in its place, no notice still to run."""
    return _of_tab(visible(Case.objects.all(), viewer), viewer, "mine", today)


def _of_tab(rows: QuerySet[Case], viewer: Viewer, tab: str, today: date) -> QuerySet[Case]:
    if tab == "mine":
        ripe = Q(not_before=None) | Q(not_before__lte=today) | Q(has_open_objection=True)
        return rows.filter(_my_turn(viewer)).filter(ripe)
    if tab == "overdue":
        return rows.filter(due_on__lt=today).exclude(turn_steps=[])
    if tab == "notice":
        return rows.filter(is_under_notice=True, status="open")
    return rows.exclude(status="open") if tab == "closed" else rows.filter(status="open")


def _my_turn(viewer: Viewer) -> Q:
    mine = Q(pk__in=[])
    for held in viewer.held:
        if str(held.role) in ACTORS and not held.reach.is_read_only:
            mine |= Q(turn_roles__contains=[str(held.role)], division__startswith=held.reach.prefix)
    return mine


def _words(viewer: Viewer, words: str) -> Q:
    found = Q(number__icontains=words)
    if Permission.SEE_NAMES in viewer.permissions:
        found |= Q(household__head_name__startswith=words) | Q(
            household__head_pinyin__startswith=words.lower()
        )
    return found
