"""A delivery in force, or taken back, screens whom it touches, and the warnings become clues (R24)."""

from datetime import date, datetime

from shouwang.actions.acting import Actor
from shouwang.actions.clue_screening import raise_from_run
from shouwang.actions.clue_withdrawal import settle_withdrawn
from shouwang.actions.refusals import Unfit
from shouwang.actions.screening_records import screen_households, screen_records
from shouwang.domain.deliveries import DeliveryState
from shouwang.records.access import entered_system
from shouwang.records.job_lock import SCREENING, held
from shouwang.records.last_screenings import last_full_run
from shouwang.records.models import Delivery, Household
from shouwang.records.models.runs import FULL
from shouwang.records.viewers import Viewer

# So many touched households that reading all of the county's is quicker.
_SHARE = 2


def screen_next(*, actor: Actor, on: date, at: datetime) -> Delivery | None:
    """Screen for the oldest change that waits for it and nobody is at; None where there is none.

    Cut off at any moment it is done again from the start: the same facts give the same run and no clue twice.
    """
    with entered_system():
        waiting = Delivery.objects.exclude(screening_due="").exclude(state__in=("received", "reading"))
        for delivery in waiting.order_by("committed_at", "pk"):
            with held(SCREENING, int(delivery.division[:6])) as is_ours:
                if is_ours:
                    return _screened(actor, delivery, on, at)
    return None


def _screened(actor: Actor, delivery: Delivery, on: date, at: datetime) -> Delivery:
    county, due, version = delivery.division[:6], delivery.screening_due, delivery.version
    try:
        run = (
            screen_records(actor=actor, county=county, on=on, at=at)
            if due == FULL or last_full_run(county) is None or _is_most(county, delivery.touched)
            else screen_households(actor=actor, county=county, households=delivery.touched, on=on, at=at)
        )
    except Unfit:
        # Without a registry there is nobody to screen; the first load screens all.
        Delivery.objects.filter(pk=delivery.pk).update(screening_due="", touched=[])
        return delivery
    with entered_system():
        raise_from_run(actor=actor, run_id=run.pk, on=on, at=at)
        if delivery.state == DeliveryState.WITHDRAWN:
            by = _who_withdrew(actor, delivery)
            settle_withdrawn(actor=by, delivery_id=delivery.pk, run_id=run.pk, on=on, at=at)
        done = Delivery.objects.filter(pk=delivery.pk, version=version, touched=delivery.touched)
        done.update(screening_due="", screened=run)
        delivery.refresh_from_db()
    return delivery


def _who_withdrew(actor: Actor, delivery: Delivery) -> Actor:
    account = delivery.decided_by
    return Actor(Viewer(account.pk, account.display_name, ())) if account is not None else actor


def _is_most(county: str, touched: list[int]) -> bool:
    present = Household.objects.filter(division__startswith=county, is_present=True).count()
    return len(touched) * _SHARE > present
