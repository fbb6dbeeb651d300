"""Rows whose number finds nobody: placed where it is certain, asked about where not, decided once for all."""

from pathlib import Path

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.delivery_withdrawing import withdraw_delivery
from shouwang.actions.match_reviewing import decide_match, refuse_match, unmask_sought
from shouwang.actions.matching_rows import Matched, match_daily
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import AuditEvent, DeliveryRow, MatchReview, NotSamePerson
from shouwang.records.sealing import seal
from tests import world
from tests.actions.delivery_world import county_officer, in_force, officer
from tests.actions.loading_world import SYSTEM
from tests.actions.matching_world import (
    NAMES,
    PLACE,
    delivered,
    loaded_people,
    matched,
    member,
    mistyped,
    review_of,
)
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db
WHY = "电话核实是本人"


@pytest.fixture(autouse=True)
def people(tmp_path: Path) -> None:
    loaded_people(tmp_path)


def decided(who: Actor, review: MatchReview, serial: int, version: int = 1, reason: str = WHY) -> MatchReview:
    chosen = member(serial).pk
    with entered(who.viewer):
        return decide_match(
            actor=who, review_id=review.pk, version=version, member_id=chosen, reason=reason, at=NOW
        )


def refused(who: Actor, review: MatchReview, *serials: int, version: int = 1) -> MatchReview:
    chosen = [member(each).pk for each in serials]
    with entered(who.viewer):
        return refuse_match(
            actor=who,
            review_id=review.pk,
            version=version,
            member_ids=chosen,
            reason="电话核实不是本人",
            at=NOW,
        )


def test_a_mistyped_number_under_the_right_name_is_placed_by_itself_with_one_event() -> None:
    delivery = delivered((NAMES[2], mistyped(3)))

    assert matched(delivery) == Matched(placed=1)
    assert len(in_force()) == 1
    with entered_system():
        row = DeliveryRow.objects.get()
        assert (row.state, row.placed_how, row.placed_member_id) == ("placed", "match", member(3).pk)
        assert AuditEvent.objects.filter(action="delivery.match").count() == 1


def test_a_valid_number_of_nobody_is_never_matched_by_name() -> None:
    delivery = delivered((NAMES[2], samples.number(77)))

    done = matched(delivery)

    assert (done.placed, done.uncertain) == (0, 0)
    assert in_force() == []


def test_two_of_one_name_are_asked_about_and_neither_is_picked() -> None:
    delivery = delivered((NAMES[0], None))

    assert matched(delivery) == Matched(uncertain=1)
    review = review_of(delivery)
    assert {each["member"] for each in review.candidates} == {member(1).pk, member(2).pk}
    assert (review.state, review.doubt) == ("waiting", "too_close")
    assert in_force() == []


def test_what_is_decided_is_in_force_for_the_person_chosen() -> None:
    delivery = delivered((NAMES[0], None))
    matched(delivery)

    done = decided(county_officer(), review_of(delivery), 2)

    assert (done.state, done.member_id) == ("linked", member(2).pk)
    assert [row for row in in_force() if member(2).pk in row]
    with entered_system():
        assert AuditEvent.objects.filter(action="match.decide", result="done").count() == 1


def test_who_is_not_the_same_person_is_never_proposed_again() -> None:
    first = delivered((NAMES[0], None))
    matched(first)
    review = refused(county_officer(), review_of(first), 1)
    assert (review.state, [each["member"] for each in review.candidates]) == ("waiting", [member(2).pk])

    review = refused(county_officer(), review, 2, version=2)

    assert review.state == "none"
    with entered_system():
        MatchReview.objects.all().delete()
        assert NotSamePerson.objects.count() == 2
    assert matched(first) == Matched(unknown=1)


def test_rows_that_say_the_same_are_decided_together_and_as_before_next_month() -> None:
    broken = "53052119800101****"
    first = delivered((NAMES[0], broken), (NAMES[0], broken))
    assert matched(first) == Matched(uncertain=2)
    with entered_system():
        one, other = MatchReview.objects.order_by("pk")

    chosen = member(2).pk
    decided(county_officer(), other, 2)

    with entered_system():
        one.refresh_from_db()
        assert (one.state, one.member_id) == ("linked", chosen)
        assert DeliveryRow.objects.filter(state="placed").count() == 2
        assert AuditEvent.objects.get(action="match.decide").after["rows"] == 2
    again = delivered((NAMES[0], broken), (NAMES[3], None))
    assert matched(again) == Matched(placed=1, uncertain=1)


def test_a_review_is_decided_once_and_from_the_page_as_it_stands() -> None:
    delivery = delivered((NAMES[0], None))
    matched(delivery)
    who, review = county_officer(), review_of(delivery)

    with pytest.raises(Stale):
        decided(who, review, 1, version=9)
    with pytest.raises(Unfit, match="候选人"):
        decided(who, review, 4)
    with pytest.raises(Unfit, match="理由"):
        decided(who, review, 1, reason="。")
    decided(who, review, 1)
    with pytest.raises(Unfit, match="已有结论"):
        decided(who, review, 2, version=2)


def test_only_who_imports_data_here_decides() -> None:
    delivery = delivered((NAMES[0], None))
    matched(delivery)
    review = review_of(delivery)
    with entered_system():
        village = world.actor(world.account(Role.VILLAGE, PLACE.code))
        there = world.actor(world.account(Role.COUNTY_OFFICE, world.THERE.county))

    for who in (village, there, officer("education")):
        with pytest.raises(NotThere):
            decided(who, review, 1)
    with pytest.raises(NotAllowed):
        decided(officer("medical"), review, 1)


def test_a_withdrawn_delivery_leaves_nothing_to_decide() -> None:
    delivery = delivered((NAMES[0], None))
    matched(delivery)
    who = county_officer()
    with entered(who.viewer):
        withdraw_delivery(
            actor=who, delivery_id=delivery.pk, version=delivery.version, reason="部门要求重新推送", at=NOW
        )

    with pytest.raises(Unfit, match="撤回"):
        decided(who, review_of(delivery), 1)
    assert review_of(delivery).state == "dropped"


def test_the_number_as_it_was_written_is_shown_for_a_reason_and_leaves_a_trace() -> None:
    delivery = delivered((NAMES[0], "530521************"))
    matched(delivery)
    who, review = county_officer(), review_of(delivery)

    with entered(who.viewer):
        shown = unmask_sought(actor=who, review_id=review.pk, reason="与纸质材料核对", at=NOW)
    assert shown == "530521************"
    with entered_system():
        event = AuditEvent.objects.get(action="unmask")
        assert event.reason == "与纸质材料核对"
        assert "530521" not in str(event.after)


def test_rows_left_without_anybody_are_tried_again_once_the_registry_knows_more() -> None:
    delivery = delivered(("鸢自远", mistyped(9)))
    assert matched(delivery) == Matched(unknown=1)
    newcomer = member(1)
    newcomer.pk, newcomer.code, newcomer.name = None, "P009", "鸢自远"
    newcomer.id_sealed = seal(samples.number(9), of="member.id_number")
    with entered_system():
        newcomer.save()
        assert match_daily(actor=SYSTEM, at=NOW) == Matched(placed=1)
