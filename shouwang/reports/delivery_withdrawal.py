"""What taking a delivery back would take with it, told before anybody does."""

from dataclasses import dataclass

from django.db.models import Q

from shouwang.domain.deliveries import DeliveryState
from shouwang.domain.tables import FEEDS
from shouwang.records.access import elevated
from shouwang.records.models import LEDGERS, Clue, Delivery, DeliverySheet


@dataclass(frozen=True)
class TakenBack:
    """Rows that would go out of force, households they are of, clues of the screening that followed.

    `back` are the deliveries that would be in force again, `corrections` those that would go too.
    """

    rows: int
    households: int
    clues: int
    corrections: tuple[Delivery, ...]
    back: tuple[Delivery, ...]


def would_take_back(delivery: Delivery) -> TakenBack:
    """Count what withdrawing a committed delivery changes; queries grow with its sheets alone.

    Who hands in need not reach the households; counts alone are told.
    """
    with elevated():
        return _counted(delivery)


def _counted(delivery: Delivery) -> TakenBack:
    corrections = tuple(delivery.corrections.filter(state=DeliveryState.COMMITTED).order_by("pk"))
    sheets = DeliverySheet.objects.filter(delivery__in=[delivery, *corrections]).select_related("delivery")
    rows, households = 0, set[int]()
    for sheet in sheets:
        ledger = LEDGERS[FEEDS[sheet.feed][1]].objects
        found = ledger.filter(load_id=sheet.delivery.load_id, source_no=sheet.number)
        rows += found.count()
        households |= set(found.values_list("household_id", flat=True).distinct())
    clues = Clue.objects.filter(origins__finding__run=delivery.screened_id).distinct().count()
    return TakenBack(
        rows, len(households), clues if delivery.screened_id else 0, corrections, _back(delivery)
    )


def _back(delivery: Delivery) -> tuple[Delivery, ...]:
    """Return the deliveries that stand behind those sheets of a delivery that are in force."""
    found: dict[int, Delivery] = {}
    own = (
        delivery.sheets.filter(is_in_force=True).values_list("feed", "month")
        if not delivery.corrects_id
        else ()
    )
    for feed, month in set(own):
        behind = DeliverySheet.objects.filter(
            Q(feed=feed, month=month), division=delivery.division, is_in_force=False,
            delivery__state=DeliveryState.COMMITTED, delivery__sender=delivery.sender,
            delivery__corrects=None,
        ).exclude(delivery=delivery)  # fmt: skip
        last = behind.select_related("delivery").order_by("-delivery__committed_at", "-delivery_id").first()
        if last is not None:
            found[last.delivery_id] = last.delivery
    return tuple(found[pk] for pk in sorted(found))
