"""What jobs that were cut off left in the lake is swept: files that no delivery in the records names."""

from shouwang.actions.delivery_committing import path_of
from shouwang.domain.deliveries import DeliveryState
from shouwang.records import lake
from shouwang.records.job_lock import COUNTY, held
from shouwang.records.models import Delivery, DeliverySheet

# What was in force once stays, as evidence.
_KEPT = (DeliveryState.COMMITTED, DeliveryState.WITHDRAWN)


def sweep_daily() -> int:
    """Sweep every county's deliveries, none of which is put in force meanwhile; return how many files went.

    Runs inside `entered_system()`.
    """
    places = Delivery.objects.order_by("division").values_list("division", flat=True).distinct()
    return sum(_sweep(place) for place in list(places))


def _sweep(place: str) -> int:
    with held(COUNTY, int(place[:6]), is_patient=True):
        sheets = DeliverySheet.objects.filter(division=place, delivery__state__in=_KEPT)
        return lake.sweep(place[:6], [path_of(sheet=each) for each in sheets])
