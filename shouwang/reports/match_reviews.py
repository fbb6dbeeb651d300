"""Rows whose person is in doubt: the list of those waiting, and one row beside its candidates."""

from dataclasses import dataclass

from django.db.models import Min, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import MatchReview, Member
from shouwang.records.viewers import Viewer

_MAY = Permission.IMPORT_DATA


@dataclass(frozen=True)
class Standing:
    """A candidate as he stands in the registry; `member` is None out of the viewer's reach."""

    member_id: int
    member: Member | None
    weight: float
    fields: tuple[tuple[str, str, float], ...]


def match_reviews(viewer: Viewer, *, state: str = "waiting", prefix: str = "") -> QuerySet[MatchReview]:
    """Return reviews in reach, the oldest first; one for all rows that say the same of their person."""
    rows = visible(MatchReview.objects.filter(state=state), viewer, _MAY)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    firsts = rows.values("row_key").annotate(first=Min("pk")).values("first")
    return rows.filter(pk__in=firsts).select_related("decided_by").order_by("made_at", "pk")


def alike_count(viewer: Viewer, review: MatchReview) -> int:
    """Count the other rows in reach that say the same and stand the same."""
    same = MatchReview.objects.filter(row_key=review.row_key, state=review.state).exclude(pk=review.pk)
    return visible(same, viewer, _MAY).count()


def match_review(viewer: Viewer, review_id: int) -> MatchReview | None:
    """Return one review in reach."""
    rows = MatchReview.objects.select_related("decided_by")
    return visible(rows.filter(pk=review_id), viewer, _MAY).first()


def standings(viewer: Viewer, review: MatchReview) -> list[Standing]:
    """Return the candidates of a review, the likeliest first: one query."""
    wanted = [each["member"] for each in review.candidates] + ([review.member_id] if review.member_id else [])
    members = visible(Member.objects.filter(pk__in=wanted).select_related("household"), viewer, _MAY)
    known = {each.pk: each for each in members}
    return [
        Standing(
            each["member"],
            known.get(each["member"]),
            each["weight"],
            tuple((field, level, weight) for field, level, weight in each["fields"]),
        )
        for each in review.candidates
    ]
