"""A row that found nobody is given its person: by hand, by a match, or once the registry knows him."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shouwang.actions.acting import Actor, acting
from shouwang.actions.delivery_committing import Changed, bring_back, note_screening
from shouwang.records.access import elevated
from shouwang.records.bulk import expect_whole_tables
from shouwang.records.bulk_deliveries import touched, watch
from shouwang.records.job_lock import COUNTY, held
from shouwang.records.known_people import newly_known
from shouwang.records.models import Delivery, DeliveryRow, DeliverySheet, Member

PLACED, WAITING, DROPPED = "placed", "waiting", "dropped"
REGISTRY = "registry"


@dataclass(frozen=True)
class Placing:
    """Which row goes to which member, and how that was found: hand, match or registry."""

    row_id: int
    member_id: int
    how: str


def place_rows(*, actor: Actor, delivery_id: int, placings: Iterable[Placing], at: datetime) -> int:
    """Give rows of a delivery in force to members and put them in force, one act; return how many.

    A row that is placed already, or a member who has left, is passed over. Who may decide so is the caller's
    to check.
    """
    with elevated(), acting(actor, "delivery.place", at=at) as act:
        delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
        with held(COUNTY, int(delivery.division[:6]), is_patient=True):
            count = placed_rows(delivery=delivery, placings=placings)
        act.about(delivery)
        act.after = {"placed": count}
    return count


def placed_rows(*, delivery: Delivery, placings: Iterable[Placing]) -> int:
    """Do what `place_rows` does within a running act that reaches everything and holds the county's lock."""
    wanted = {each.row_id: each for each in placings}
    homes = dict(
        Member.objects.filter(pk__in={each.member_id for each in wanted.values()}, is_present=True)
        .filter(division__startswith=delivery.division[:6])
        .values_list("pk", "household_id")
    )
    rows = DeliveryRow.objects.filter(pk__in=wanted, delivery=delivery, state=WAITING).select_for_update()
    placed = [row for row in rows if wanted[row.pk].member_id in homes]
    for row in placed:
        member_id = wanted[row.pk].member_id
        row.state, row.placed_how = PLACED, wanted[row.pk].how
        row.placed_member_id, row.placed_household_id = member_id, homes[member_id]
    names = ["state", "placed_how", "placed_member_id", "placed_household_id"]
    DeliveryRow.objects.bulk_update(placed, names, batch_size=1_000)
    numbers = {row.source_no for row in placed}
    sheets = DeliverySheet.objects.filter(delivery=delivery, number__in=numbers, is_in_force=True)
    with connection.cursor() as cursor:
        expect_whole_tables(cursor)
        watch(cursor)
        bring_back(cursor=cursor, sheets=sheets.select_related("delivery"))
        changed = Changed(tuple(touched(cursor)))
    if changed.households and delivery.screening_due != "full":
        households = {*delivery.touched, *changed.households}
        note_screening(delivery=delivery, changed=Changed(tuple(sorted(households))))
    delivery.save(update_fields=["screening_due", "touched"])
    return len(placed)


def place_known(*, actor: Actor, at: datetime) -> int:
    """Place waiting rows whose number the registry has come to know; one act a delivery. Returns how many."""
    with elevated():
        found: dict[int, list[Placing]] = {}
        for delivery_id, row_id, member_id in newly_known():
            found.setdefault(delivery_id, []).append(Placing(row_id, member_id, REGISTRY))
    return sum(
        place_rows(actor=actor, delivery_id=delivery_id, placings=placings, at=at)
        for delivery_id, placings in found.items()
    )
