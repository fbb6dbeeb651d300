"""Clues from every source: one open clue a household, nothing lost, receipts for those who ask."""

from datetime import date
from typing import Any

import pytest

from shouwang.actions.clue_intake import WITH_RECEIPT, report_clue, report_list
from shouwang.actions.clue_linking import link_household
from shouwang.actions.clue_receipts import is_bound
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import AuditEvent, Clue, ClueOrigin, Notification
from shouwang.records.models.clues import CLUE_SOURCES
from tests.world import (
    FAR_VILLAGE,
    NEIGHBOUR,
    NOW,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    actor,
    household,
)

pytestmark = pytest.mark.django_db
WHEN: dict[str, Any] = {"on": TODAY, "at": NOW}


@pytest.fixture
def world() -> Any:
    with entered_system():
        made = {
            "village": account(Role.VILLAGE, VILLAGE),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "leader": account(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="二组"),
            "home": household(VILLAGE),
            "next": household(NEIGHBOUR),
            "far": household(FAR_VILLAGE),
        }
    return made


def said(made: Any, who: str = "township", source: str = "hotline", **given: Any) -> Any:
    person = actor(made[who])
    with entered(person.viewer):
        given = {"household_id": made["home"].pk, "text": "来电反映住院花费很大", **given}
        return report_clue(actor=person, source=source, **given, **WHEN)


@pytest.mark.parametrize("source", sorted(set(CLUE_SOURCES) - {"screening"}))
def test_every_source_but_the_screening_can_be_recorded(world: Any, source: Any) -> None:
    origin = said(world, source=source, risks=["medical"])

    assert (origin.clue.state, origin.clue.turn, origin.source) == ("received", "township", source)
    assert bool(origin.receipt) is (source in WITH_RECEIPT)
    with entered_system():
        event = AuditEvent.objects.get(action="clue.report")
    assert (event.target_id, event.result) == (str(origin.clue_id), "done")


def test_the_screening_cannot_be_written_by_hand(world: Any) -> None:
    with pytest.raises(Unfit, match="来源"):
        said(world, source="screening")


def test_a_village_keeps_what_it_hears_itself(world: Any) -> None:
    clue = said(world, who="village", source="self_declaration").clue

    assert (clue.state, clue.turn, clue.dispatched_on) == ("dispatched", "village", TODAY)


def test_a_declaration_is_due_in_working_days_and_others_in_calendar_days(world: Any) -> None:
    declared = said(world, source="self_declaration").clue
    with entered_system():
        world["home"] = household(VILLAGE)
    heard = said(world, source="media").clue

    assert (declared.due_on, heard.due_on) == (date(2026, 11, 30), date(2026, 12, 8))


def test_a_second_source_joins_the_open_clue(world: Any) -> None:
    first = said(world, source="media", risks=["medical"])
    second = said(world, source="self_declaration", risks=["school"], is_urgent=True)

    assert second.clue_id == first.clue_id
    with entered_system():
        clue = Clue.objects.get()
        assert (clue.risks, clue.due_on, clue.is_urgent, clue.version) == (
            ["medical", "school"],
            date(2026, 11, 30),
            True,
            2,
        )
        assert clue.origins.count() == 2


def test_the_township_is_told_of_a_new_clue_without_a_name(world: Any) -> None:
    with entered_system():
        other = account(Role.TOWNSHIP, TOWNSHIP)
        world["home"] = household(VILLAGE, head_name="王大山")
    origin = said(world, source="media")

    told = Notification.objects.get()
    assert (told.account, told.link) == (other, f"/clues/{origin.clue_id}/")
    assert "王大山" not in told.text


def test_a_household_that_is_not_found_is_named_and_linked_later(world: Any) -> None:
    origin = said(world, household_id=None, division=VILLAGE, named="王小明", phone="10000000001")

    assert (origin.clue.household, origin.clue.named_pinyin) == (None, "wxm")
    person = actor(world["township"])
    with entered(person.viewer):
        kept = link_household(
            actor=person, clue_id=origin.clue_id, version=1, household_id=world["next"].pk, **WHEN
        )
        assert (kept.pk, kept.household, kept.division) == (origin.clue_id, world["next"], NEIGHBOUR)
        assert ClueOrigin.objects.get().division == NEIGHBOUR


def test_linking_to_a_household_with_an_open_clue_makes_one_of_two(world: Any) -> None:
    earlier = said(world, source="media", risks=["medical"]).clue
    origin = said(
        world, household_id=None, division=VILLAGE, named="王某", risks=["school"], source="hotline"
    )
    person = actor(world["township"])
    with entered(person.viewer):
        kept = link_household(
            actor=person, clue_id=origin.clue_id, version=1, household_id=world["home"].pk, **WHEN
        )
        assert kept.pk == earlier.pk
        assert kept.risks == ["medical", "school"]
        assert kept.origins.count() == 2
        gone = Clue.objects.get(pk=origin.clue_id)
        assert (gone.state, gone.verdict, kept.number in gone.verdict_reason) == ("closed", "", True)


def test_a_linked_clue_is_not_linked_again(world: Any) -> None:
    clue = said(world).clue
    person = actor(world["township"])
    with entered(person.viewer), pytest.raises(Unfit, match="已经关联"):
        link_household(actor=person, clue_id=clue.pk, version=1, household_id=world["home"].pk, **WHEN)
    with entered(person.viewer), pytest.raises(Stale):
        link_household(actor=person, clue_id=clue.pk, version=7, household_id=world["home"].pk, **WHEN)


def test_a_household_out_of_reach_is_not_there(world: Any) -> None:
    with pytest.raises(NotThere):
        said(world, who="village", household_id=world["next"].pk)


def test_a_group_leader_reports_only_households_he_reaches(world: Any) -> None:
    with pytest.raises(NotThere):
        said(world, who="leader", source="nomination")
    with pytest.raises(NotAllowed, match="村委会"):
        said(world, who="leader", source="nomination", household_id=None, division=VILLAGE, named="王某")
    with entered_system():
        world["home"] = household(VILLAGE, group_name="二组")
    assert said(world, who="leader", source="nomination").clue.state == "received"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": "好"}, "线索内容"),
        ({"text": "证件号110101194912310021住院"}, "证件号码"),
        ({"text": "字" * 2001 + "很多不同"}, "最多"),
        ({"risks": ["fate"]}, "风险类型"),
        ({"household_id": None, "named": " ", "division": VILLAGE}, "户主姓名"),
        ({"household_id": None, "named": "王某", "division": "361023"}, "村"),
    ],
)
def test_an_entry_that_cannot_be_kept_is_refused_and_nothing_is_left(
    world: Any, given: Any, words: Any
) -> None:
    with pytest.raises(Unfit, match=words):
        said(world, **given)
    with entered_system():
        assert not Clue.objects.exists()
        assert AuditEvent.objects.get(action="clue.report").result == "refused"


def test_the_households_of_a_disaster_become_clues_at_once(world: Any) -> None:
    said(world, source="media")
    person = actor(world["township"])
    with entered(person.viewer):
        origins, new = report_list(
            actor=person,
            source="disaster",
            household_ids=[world["home"].pk, world["next"].pk],
            text="暴雨洪涝，房屋进水",
            risks=["disaster"],
            **WHEN,
        )
        assert (len(origins), new) == (2, 1)
        assert Clue.objects.filter(is_urgent=True).count() == 2
    with entered_system():
        assert AuditEvent.objects.get(action="clue.report_list").division == TOWNSHIP


def test_one_household_out_of_reach_refuses_the_whole_list(world: Any) -> None:
    person = actor(world["township"])
    with entered(person.viewer), pytest.raises(Unfit, match="整份名单"):
        report_list(
            actor=person,
            source="disaster",
            household_ids=[world["home"].pk, world["far"].pk],
            text="暴雨洪涝，房屋进水",
            risks=["disaster"],
            **WHEN,
        )
    with entered_system():
        assert not Clue.objects.exists()


def test_a_receipt_is_bound_to_the_last_digits_of_the_telephone(world: Any) -> None:
    receipt = said(world, phone="10000004321").receipt

    assert is_bound(receipt=f" {receipt.lower()} ", tail="4321")
    assert not is_bound(receipt=receipt, tail="4322")
    assert len(receipt) <= 20
