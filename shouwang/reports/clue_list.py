"""The list of clues: tabs of the day's work, filters, and counts, all within the viewer's reach."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import visible
from shouwang.records.models import Case, Clue, ClueCheck, ClueOrigin
from shouwang.records.viewers import Viewer

TABS = {"mine": "我的待办", "unit": "本单位在办", "overdue": "超期", "feedback": "待反馈", "done": "已办结"}
SORTS = {
    "number": "number",
    "household": "named_pinyin",
    "village": "division",
    "received": "received_on",
    "due": "due_on",
}
# Whose turn it is on paper, and who can take it.
_TURNS = {
    Role.VILLAGE: ("village", "resident_team"),
    Role.RESIDENT_TEAM: ("village", "resident_team"),
    Role.TOWNSHIP: ("township",),
    Role.COUNTY_OFFICE: ("county_office",),
}


_NOT_FOLLOWED = ("no_risk", "watch", "wrong_data", "not_ours")


@dataclass(frozen=True)
class ClueFilter:
    """What the list is narrowed to; empty narrows nothing. `place` is a division prefix."""

    state: str = ""
    source: str = ""
    grade: str = ""
    risk: str = ""
    place: str = ""
    words: str = ""
    verdict: str = ""
    is_urgent: bool = False
    is_left_out: bool = False


def clue_list(viewer: Viewer, *, tab: str, asked: ClueFilter, today: date, sort: str = "") -> QuerySet[Clue]:
    """Return the clues of a tab that a filter leaves, with household and sources, the most urgent first."""
    rows = _narrowed(_reached(viewer).filter(tab_condition(viewer, tab, today)), asked)
    origins = Prefetch("origins", ClueOrigin.objects.order_by("pk"))
    # A join would be made for every clue before the page is cut off.
    return rows.prefetch_related("household", origins).order_by(*_order(tab, sort))


def tab_counts(viewer: Viewer, today: date) -> dict[str, int]:
    """Return how many clues each tab holds: one query."""
    conditions = {tab: Count("pk", filter=tab_condition(viewer, tab, today)) for tab in TABS}
    return dict(_reached(viewer).aggregate(**conditions))


def tab_condition(viewer: Viewer, tab: str, today: date) -> Q:
    """Return which clues a tab holds for a viewer."""
    is_open = ~Q(state="closed")
    if tab == "mine":
        turns = sorted({turn for role in viewer.roles for turn in _TURNS.get(role, ())})
        escalated = Q(escalated_to__in=[str(role) for role in viewer.roles], due_on__lt=today)
        return is_open & (Q(turn__in=turns) | escalated)
    if tab == "overdue":
        return is_open & Q(due_on__lt=today)
    if tab == "feedback":
        return Q(state="closed") & Q(Exists(ClueOrigin.objects.filter(clue=OuterRef("pk"), fed_back_on=None)))
    return Q(state="closed") if tab == "done" else is_open


def left_out() -> Q:
    """Return which clues look as if a household should be monitored and is not (应纳未纳, R34).

    The visit found a risk and the verdict did not follow it, or identification was decided and never begun.
    """
    found = Exists(ClueCheck.objects.filter(clue=OuterRef("pk"), is_at_risk=True))
    begun = Exists(Case.objects.filter(clue=OuterRef("pk")))
    not_followed = Q(verdict__in=_NOT_FOLLOWED) & Q(found)
    never_begun = Q(verdict="identify") & ~Q(begun)
    return Q(state="closed", household__monitoring="none") & (not_followed | never_begun)


def _reached(viewer: Viewer) -> QuerySet[Clue]:
    return visible(Clue.objects.all(), viewer, Permission.SEE_HOUSEHOLDS)


def _narrowed(rows: QuerySet[Clue], asked: ClueFilter) -> QuerySet[Clue]:
    for column in ("state", "grade", "verdict"):
        if wanted := getattr(asked, column):
            rows = rows.filter(**{column: wanted})
    if asked.is_urgent:
        rows = rows.filter(is_urgent=True)
    if asked.is_left_out:
        rows = rows.filter(left_out())
    if asked.risk:
        rows = rows.filter(risks__contains=[asked.risk])
    if asked.place:
        rows = rows.filter(division__range=(asked.place.ljust(12, "0"), asked.place.ljust(12, "9")))
    if asked.source:
        rows = rows.filter(Exists(ClueOrigin.objects.filter(clue=OuterRef("pk"), source=asked.source)))
    if asked.words:
        rows = rows.filter(_said(asked.words.strip()))
    return rows


def _said(words: str) -> Q:
    """Return what words may mean: a number of clue or household, a receipt, a name, its initials."""
    if words.isascii():
        by_number = Q(number__istartswith=words) | Q(household__number=words)
        by_receipt = Q(Exists(ClueOrigin.objects.filter(clue=OuterRef("pk"), receipt=words.upper())))
        return by_number | by_receipt | Q(named_pinyin__startswith=words.lower())
    return Q(named__startswith=words)


def _order(tab: str, sort: str) -> tuple[object, ...]:
    column = SORTS.get(sort.removeprefix("-"))
    if column is not None:
        by = F(column).desc(nulls_last=True) if sort.startswith("-") else F(column).asc(nulls_last=True)
        return by, "pk"
    if tab in ("done", "feedback"):
        return F("closed_on").desc(nulls_last=True), "-pk"
    return "-is_urgent", F("due_on").asc(nulls_last=True), "pk"
