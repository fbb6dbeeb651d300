"""Take a delivery back: its rows go, what it took the place of comes back, what it caused is told (T33)."""

from datetime import datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from shouwang.actions.acting import Actor, acting
from shouwang.actions.delivery_committing import Changed, bring_back, bring_back_repeated, note_screening
from shouwang.actions.delivery_deciding import locked_delivery
from shouwang.actions.matching_rows import drop_reviews
from shouwang.actions.refusals import Unfit
from shouwang.domain.deliveries import DeliveryState
from shouwang.records.access import elevated
from shouwang.records.bulk import expect_whole_tables
from shouwang.records.bulk_deliveries import restore, take_out, touched, watch
from shouwang.records.job_lock import COUNTY, held
from shouwang.records.models import Delivery, DeliveryRow, DeliverySheet, Load, Source


def withdraw_delivery(*, actor: Actor, delivery_id: int, version: int, reason: str, at: datetime) -> Delivery:
    """Take a committed delivery out of force, one act; the delivery before it is in force again.

    Its lake files and the file itself stay, as evidence of what was in force. Raises Unfit, NotThere,
    NotAllowed, Stale.
    """
    with acting(actor, "delivery.withdraw", at=at) as act:
        delivery = locked_delivery(actor=actor, delivery_id=delivery_id, version=version)
        act.about(delivery)
        act.reason = reason
        if delivery.state != DeliveryState.COMMITTED:
            raise Unfit(f"这一批的状态是“{delivery.get_state_display()}”，只有已入库的才能撤回")
        if not reason.strip():
            raise Unfit("请写明撤回的理由")
        with elevated(), held(COUNTY, int(delivery.division[:6]), is_patient=True):
            counts = _taken_back(delivery, at)
        delivery.state, delivery.decision = DeliveryState.WITHDRAWN, reason
        delivery.decided_by_id, delivery.decided_at = actor.viewer.account_id or None, at
        delivery.version += 1
        delivery.save()
        act.before, act.after = {"state": "committed"}, {"state": "withdrawn", **counts}
    return delivery


def _taken_back(delivery: Delivery, at: datetime) -> dict[str, int]:
    corrections = list(delivery.corrections.filter(state=DeliveryState.COMMITTED).order_by("pk"))
    own = list(delivery.sheets.order_by("number"))
    going = [delivery, *corrections]
    sheets = list(DeliverySheet.objects.filter(delivery__in=going).select_related("delivery").order_by("pk"))
    with connection.cursor() as cursor:
        expect_whole_tables(cursor)
        watch(cursor)
        removed = 0
        for sheet in sheets:
            removed += take_out(cursor, sheet.feed, sheet.delivery.load_id, sheet.number)
        # What a correction added to stands without it.
        in_force = {(each.feed, each.month): each for each in own if each.is_in_force}
        if delivery.corrects_id:
            in_force.clear()
        DeliverySheet.objects.filter(delivery__in=going).update(is_in_force=False)
        restored = sum(_restored(cursor, delivery, sheet) for sheet in in_force.values())
        feeds = {each.feed for each in sheets}
        restored += bring_back_repeated(cursor=cursor, delivery=delivery, feeds=feeds)
        Load.objects.filter(pk__in=[each.load_id for each in going]).update(state="undone", undone_at=at)
        households = tuple(touched(cursor))
    note_screening(delivery=delivery, changed=Changed(households, _is_last(delivery, feeds)))
    DeliveryRow.objects.filter(delivery__in=going, state="waiting").update(state="dropped")
    drop_reviews()
    _end(corrections, delivery, at)
    counts = {"removed": removed, "restored": restored, "households": len(households)}
    return {**counts, "corrections": len(corrections)}


def _end(corrections: list[Delivery], base: Delivery, at: datetime) -> None:
    """Withdraw what only added to a delivery together with it."""
    for each in corrections:
        each.state, each.decision = DeliveryState.WITHDRAWN, f"所改正的第 {base.pk} 批已撤回"
        each.decided_at, each.screening_due, each.touched = at, "", []
        each.version += 1
    names = ["state", "decision", "decided_at", "screening_due", "touched", "version"]
    Delivery.objects.bulk_update(corrections, names)


def _restored(cursor: CursorWrapper, delivery: Delivery, sheet: DeliverySheet) -> int:
    """Put in force what stood before the sheet: the sender's last delivery, or a loaded folder's rows."""
    of_month = DeliverySheet.objects.filter(division=sheet.division, feed=sheet.feed, month=sheet.month)
    earlier = of_month.filter(
        delivery__state=DeliveryState.COMMITTED, delivery__sender=delivery.sender, is_in_force=False,
        delivery__corrects=None,
    ).exclude(delivery=delivery)  # fmt: skip
    last = earlier.order_by("-delivery__committed_at", "-delivery_id").values_list("delivery_id", flat=True)
    if pk := last.first():
        whole = Q(delivery_id=pk) | Q(delivery__corrects_id=pk, delivery__state=DeliveryState.COMMITTED)
        again = of_month.filter(whole).select_related("delivery").order_by("delivery_id", "number")
        return bring_back(cursor=cursor, sheets=again)
    return 0 if of_month.filter(is_in_force=True).exists() else restore(cursor, sheet)


def _is_last(delivery: Delivery, feeds: set[str]) -> bool:
    """Tell whether nothing of a feed is known any more: what was known of every household then is not."""
    known = set(
        Source.objects.filter(
            load__county=delivery.division[:6], load__state="done", feed__in=feeds
        ).values_list("feed", flat=True)
    )
    return bool(feeds - known)
