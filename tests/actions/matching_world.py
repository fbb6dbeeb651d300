"""A registry of a few people with names that can be mistaken, and a delivery whose numbers find nobody."""

from pathlib import Path

from shouwang.actions.acting import Actor
from shouwang.actions.matching_rows import Matched, match_delivery
from shouwang.domain.divisions import name_path, villages
from shouwang.records.access import entered_system
from shouwang.records.models import Delivery, MatchReview, Member
from tests.actions.delivery_world import handed_in, medical_file, officer
from tests.actions.loading_small import load_small, registry
from tests.actions.loading_world import COUNTY, SYSTEM
from tests.exchange import samples
from tests.world import NOW

PLACE = villages(COUNTY)[0]
# The first two share a name; the third stands alone.
NAMES = ("鹳建国", "鹳建国", "鹭明华", "鹤秀英")


def mistyped(serial: int) -> str:
    """Return a person's number with one digit of the year of birth wrong."""
    number = samples.number(serial)
    return number[:8] + "7" + number[9:]


def loaded_people(folder: Path) -> None:
    """Load the people, all of one village."""
    township, village = name_path(PLACE.code)[-2:]
    place = {"乡": township, "村": village}
    registry(
        folder,
        [samples.household(n, 户主姓名=name, **place) for n, name in enumerate(NAMES, 1)],
        [samples.member(n, n, 姓名=name, **place) for n, name in enumerate(NAMES, 1)],
    )
    load_small(folder)


def delivered(*rows: tuple[str, str | None]) -> Delivery:
    """Hand in settlements of (name, number) and read them."""
    content = medical_file(*(samples.medical(1, 姓名=name, 证件号码=number or "") for name, number in rows))
    delivery = handed_in(officer(), content)
    assert delivery.state == "committed", delivery.problems
    return delivery


def matched(delivery: Delivery, actor: Actor = SYSTEM) -> Matched:
    """Match a delivery as the background work does."""
    with entered_system():
        return match_delivery(actor=actor, delivery_id=delivery.pk, at=NOW)


def review_of(delivery: Delivery) -> MatchReview:
    """Return the one review of a delivery."""
    with entered_system():
        return MatchReview.objects.get(row__delivery=delivery)


def member(serial: int) -> Member:
    """Return a person by his place in NAMES, from 1."""
    with entered_system():
        return Member.objects.select_related("household").get(code=f"P{serial:03d}")
