"""A person decides whom an uncertain row is about: this candidate, or none of them, which is remembered.

Rows that say the same of their person, as the settlements of one patient do, are decided together.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.delivery_rows import Placing, placed_rows
from shouwang.actions.match_reading import sought_of
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.reasons import ReasonError, checked_reason
from shouwang.records.access import elevated, visible
from shouwang.records.job_lock import COUNTY, held
from shouwang.records.models import Delivery, DeliveryRow, MatchReview, Member, NotSamePerson

REVIEW = "review"
_MAY = Permission.IMPORT_DATA


def decide_match(
    *, actor: Actor, review_id: int, version: int, member_id: int, reason: str, at: datetime
) -> MatchReview:
    """Say that a row is about one of its candidates and put its facts in force for him.

    Raises NotThere, NotAllowed, Stale, Unfit.
    """
    with acting(actor, "match.decide", at=at) as act:
        review = _open_review(actor, review_id, version)
        if member_id not in {each["member"] for each in review.candidates}:
            raise Unfit("所选人员不是这一行的候选人，请刷新页面后重新选择")
        member = visible(Member.objects.filter(pk=member_id), actor.viewer, _MAY, is_write=True).first()
        if member is None:
            raise NotThere
        act.reason = _checked(reason)
        act.about(review)
        with elevated():
            same = _alike(review)
            rows = _placed([review, *same], member)
            for each in [review, *same]:
                _close(each, "linked", actor, act.reason, at)
                each.member = member
                each.save()
        act.after = {"state": review.state, "member": member.pk, "rows": rows}
    return review


def refuse_match(
    *, actor: Actor, review_id: int, version: int, member_ids: Collection[int], reason: str, at: datetime
) -> MatchReview:
    """Say that a row is about none of some candidates: such a row and they are never brought together again.

    Without a candidate left the row is about nobody in the registry. Raises NotThere, NotAllowed, Stale,
    Unfit.
    """
    with acting(actor, "match.refuse", at=at) as act:
        review = _open_review(actor, review_id, version)
        refused = {each["member"] for each in review.candidates} & set(member_ids)
        if not refused or refused != set(member_ids):
            raise Unfit("请选择要排除的候选人")
        if visible(Member.objects.filter(pk__in=refused), actor.viewer, _MAY).count() != len(refused):
            raise NotThere
        act.reason = _checked(reason)
        act.about(review)
        NotSamePerson.objects.bulk_create(
            [
                NotSamePerson(
                    division=review.division, row_key=review.row_key, member_id=each, reason=act.reason,
                    decided_by_id=actor.viewer.account_id, decided_at=at,
                )
                for each in sorted(refused)
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        with elevated():
            same = _alike(review)
            for each in [review, *same]:
                each.candidates = [one for one in each.candidates if one["member"] not in refused]
                _close(each, "waiting" if each.candidates else "none", actor, act.reason, at)
                each.save()
        act.after = {"state": review.state, "refused": len(refused), "rows": 1 + len(same)}
    return review


def unmask_sought(*, actor: Actor, review_id: int, reason: str, at: datetime) -> str:
    """Return the number as the row wrote it, whole, with a trace. Raises NotThere, NotAllowed, Unfit."""
    with acting(actor, "unmask", at=at) as act:
        review = locked(actor, MatchReview.objects.all(), review_id, Permission.UNMASK_ID_NUMBERS)
        act.about(review)
        act.reason = _checked(reason)
        says = sought_of(review=review)
        number = says.says.get("number") if says else None
        if not number:
            raise Unfit("这一行没有填写证件号码")
        act.after = {"column": "deliveryrow.sought_sealed", "sensitivity": "id_number"}
    return number


def _open_review(actor: Actor, review_id: int, version: int) -> MatchReview:
    review: MatchReview = locked(actor, MatchReview.objects.all(), review_id, _MAY, version=version)
    if review.state not in ("waiting", "dropped"):
        raise Unfit("这一行已有结论，不能重复认定")
    with elevated():
        is_waiting = DeliveryRow.objects.filter(pk=review.row_id, state="waiting").exists()
    if review.state == "dropped" or not is_waiting:
        raise Unfit("这一行所在的推送批次已撤回，或已另行归户，不必再核")
    return review


def _alike(review: MatchReview) -> list[MatchReview]:
    """Lock and return the other open reviews of rows that say the same of their person."""
    same = MatchReview.objects.filter(row_key=review.row_key, state="waiting", row__state="waiting")
    return list(same.exclude(pk=review.pk).select_for_update(of=("self",)).order_by("pk"))


def _placed(reviews: list[MatchReview], member: Member) -> int:
    """Give the rows of reviews to a member, delivery by delivery; return how many."""
    placings: dict[int, list[Placing]] = defaultdict(list)
    for row in DeliveryRow.objects.filter(review__in=reviews).order_by("pk"):
        placings[row.delivery_id].append(Placing(row.pk, member.pk, REVIEW))
    placed = 0
    with held(COUNTY, int(member.division[:6]), is_patient=True):
        for delivery_id, some in sorted(placings.items()):
            delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
            placed += placed_rows(delivery=delivery, placings=some)
    if not placed:
        raise Unfit("这名人员已不在本县登记库中，请刷新页面后重新选择")
    return placed


def _close(review: MatchReview, state: str, actor: Actor, reason: str, at: datetime) -> None:
    review.version += 1
    review.state = state
    if state != "waiting":
        review.reason, review.decided_at = reason, at
        review.decided_by_id = actor.viewer.account_id


def _checked(reason: str) -> str:
    try:
        return checked_reason(reason)
    except ReasonError as error:
        raise Unfit(str(error), {"reason": str(error)}) from None
