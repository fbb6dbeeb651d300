"""Insurance: policies without gaps or doubles, claims settled within what is insured."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.insuring import (
    ClaimEntry,
    CoverEntry,
    end_cover,
    file_claim,
    settle_claim,
    take_out_cover,
)
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Account, Claim, Cover, Household
from tests.assistance_world import People, monitored
from tests.audit_coverage import audited
from tests.world import NEIGHBOUR, NOW, TODAY, VILLAGE, account, actor

pytestmark = pytest.mark.django_db
AT: dict[str, Any] = {"on": TODAY, "at": NOW}
COVER: dict[str, Any] = {
    "kind": "poverty",
    "insurer": "某财产保险县支公司",
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "payer": "county",
    "insured_fen": 2_000_000,
    "premium_fen": 10_000,
}
CLAIM: dict[str, Any] = {
    "event": "medical",
    "happened_on": date(2026, 10, 8),
    "claimed_on": date(2026, 10, 20),
    "claimed_fen": 800_000,
}


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "group": account(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组"),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored()


def as_(person: Account) -> Actor:
    acting = actor(person)
    enter(acting.viewer)
    return acting


def persons(home: Household) -> list[int]:
    with entered_system():
        return list(home.members.order_by("pk").values_list("pk", flat=True))


def taken_out(people: People, home: Household, **changes: Any) -> Cover:
    entry = CoverEntry(**{**COVER, **changes})
    return take_out_cover(actor=as_(people["village"]), household_id=home.pk, entry=entry, **AT)


def filed(people: People, cover: Cover, **changes: Any) -> Claim:
    entry = ClaimEntry(**{**CLAIM, **changes})
    return file_claim(actor=as_(people["village"]), cover_id=cover.pk, entry=entry, **AT)


def settled(people: People, claim: Claim, version: int = 1, **changes: Any) -> Claim:
    given: dict[str, Any] = {
        "state": "paid",
        "paid_fen": 500_000,
        "decided_on": TODAY,
        "reason": "",
        **changes,
    }
    return settle_claim(actor=as_(people["village"]), claim_id=claim.pk, version=version, **given, **AT)


def test_a_policy_names_its_persons_and_leaves_one_line_in_the_audit(people: People, home: Household) -> None:
    person = persons(home)[0]
    with audited("cover.take_out") as lines:
        cover = taken_out(people, home, member_ids=(person,))

    assert [each.member_id for each in cover.persons.all()] == [person]
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "?"}, "kind"),
        ({"insurer": ""}, "insurer"),
        ({"payer": "?"}, "payer"),
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"premium_fen": -1}, "premium_fen"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(
    people: People, home: Household, changes: Any, field: str
) -> None:
    with pytest.raises(Unfit) as refused:
        taken_out(people, home, **changes)

    assert set(refused.value.fields) == {field}


def test_the_same_cover_is_not_taken_out_twice_but_renewed_from_the_next_day(
    people: People, home: Household
) -> None:
    taken_out(people, home)
    with pytest.raises(Unfit, match="不重复投保"):
        taken_out(people, home, starts_on=date(2026, 12, 31), ends_on=date(2027, 12, 30))

    assert taken_out(people, home, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)).pk
    assert taken_out(people, home, kind="farm").pk


def test_policies_of_different_persons_stand_beside_each_other(people: People, home: Household) -> None:
    first, second = persons(home)
    taken_out(people, home, kind="accident", member_ids=(first,))
    assert taken_out(people, home, kind="accident", member_ids=(second,)).pk
    with pytest.raises(Unfit):
        taken_out(people, home, kind="accident", member_ids=(first, second))


def test_a_person_of_another_household_is_not_there(people: People, home: Household) -> None:
    with entered_system():
        stranger = monitored().members.first()
    assert stranger is not None
    with pytest.raises(NotThere):
        taken_out(people, home, member_ids=(stranger.pk,))
    cover = taken_out(people, home)
    with pytest.raises(NotThere):
        filed(people, cover, member_id=stranger.pk)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"event": "?"}, "event"),
        ({"happened_on": date(2025, 12, 31)}, "happened_on"),
        ({"happened_on": TODAY + timedelta(days=1), "claimed_on": TODAY + timedelta(days=1)}, None),
        ({"claimed_on": date(2026, 10, 7)}, "claimed_on"),
        ({"claimed_on": TODAY + timedelta(days=1)}, "claimed_on"),
        ({"claimed_fen": 0}, "claimed_fen"),
    ],
)
def test_a_claim_that_cannot_be_is_refused(
    people: People, home: Household, changes: Any, field: str | None
) -> None:
    cover = taken_out(people, home)
    with pytest.raises(Unfit) as refused:
        filed(people, cover, **changes)

    assert field is None or set(refused.value.fields) == {field}


def test_a_claim_for_somebody_the_policy_does_not_name_is_refused(people: People, home: Household) -> None:
    first, second = persons(home)
    cover = taken_out(people, home, member_ids=(first,))
    with pytest.raises(Unfit, match="被保险人"):
        filed(people, cover, member_id=second)


def test_an_event_is_claimed_once(people: People, home: Household) -> None:
    cover = taken_out(people, home)
    claim = filed(people, cover)
    with pytest.raises(Unfit, match="已经报案"):
        filed(people, cover)
    settled(people, claim, state="withdrawn", paid_fen=None, reason="材料不齐，户主撤回")

    assert filed(people, cover).pk


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"state": "filed"}, "state"),
        ({"paid_fen": None}, "paid_fen"),
        ({"paid_fen": 2_000_001}, "paid_fen"),
        ({"state": "refused", "paid_fen": None}, "reason"),
        ({"state": "refused", "paid_fen": 1, "reason": "不属保险责任"}, "paid_fen"),
        ({"decided_on": TODAY + timedelta(days=1)}, "decided_on"),
        ({"decided_on": date(2026, 10, 1)}, "decided_on"),
    ],
)
def test_a_settlement_that_cannot_be_is_refused(
    people: People, home: Household, changes: Any, field: str
) -> None:
    claim = filed(people, taken_out(people, home))
    with pytest.raises(Unfit) as refused:
        settled(people, claim, **changes)

    assert field in refused.value.fields


def test_claims_of_a_policy_together_stay_within_what_is_insured(people: People, home: Household) -> None:
    cover = taken_out(people, home)
    settled(people, filed(people, cover), paid_fen=1_500_000)
    second = filed(people, cover, happened_on=date(2026, 10, 9))
    with pytest.raises(Unfit, match="累计赔付超过"):
        settled(people, second, paid_fen=500_001)
    with audited("claim.settle"):
        assert settled(people, second, paid_fen=500_000).state == "paid"
    with pytest.raises(Stale):
        settled(people, second)
    with pytest.raises(Unfit, match="不能再改"):
        settled(people, second, version=2)


def test_a_policy_with_an_open_claim_is_not_ended(people: People, home: Household) -> None:
    cover = taken_out(people, home)
    claim = filed(people, cover)
    usual: dict[str, Any] = {"actor": as_(people["village"]), "cover_id": cover.pk, "version": 1, **AT}
    with pytest.raises(Unfit, match="没结案"):
        end_cover(**usual, ended_on=TODAY, reason="户主要求退保")
    settled(people, claim)
    for ended_on, reason in ((date(2027, 1, 1), "户主要求退保"), (TODAY, "退")):
        with pytest.raises(Unfit):
            end_cover(**usual, ended_on=ended_on, reason=reason)
    assert end_cover(**usual, ended_on=TODAY, reason="户主要求退保").state == "ended"
    with pytest.raises(Unfit, match="已退保"):
        end_cover(**{**usual, "version": 2}, ended_on=TODAY, reason="户主要求退保")


def test_neighbours_find_nothing_and_a_group_leader_may_not(people: People, home: Household) -> None:
    cover = taken_out(people, home)
    claim = filed(people, cover)
    with pytest.raises(NotThere):
        filed({**people, "village": people["neighbour"]}, cover)
    with pytest.raises(NotThere):
        settled({**people, "village": people["neighbour"]}, claim)
    with pytest.raises(NotAllowed):
        taken_out({**people, "village": people["group"]}, home, kind="farm")
