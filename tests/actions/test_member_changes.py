"""Natural changes and the facts of persons."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.actions import member_changes
from shouwang.actions.refusals import Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import (
    AuditEvent,
    Household,
    Member,
    MemberVersion,
)
from tests.actions.household_world import NUMBER, acting_as, home, persons_on
from tests.world import (
    NOW,
    TODAY,
    VILLAGE,
    household,
)

__all__ = ["home"]
pytestmark = pytest.mark.django_db


def test_a_birth_and_a_death_count_the_household_again(home: Household) -> None:
    with acting_as(Role.VILLAGE, VILLAGE) as who:
        born = member_changes.add_member(
            actor=who,
            household_id=home.pk,
            version=1,
            change="birth",
            on=TODAY - timedelta(days=9),
            at=NOW,
            facts={
                "name": "王小甲",
                "relation": "之孙",
                "sex": "male",
                "birth_date": TODAY - timedelta(days=9),
            },
        )
        gone = Member.objects.filter(household=home).exclude(relation="户主").first()
        member_changes.remove_member(
            actor=who, member_id=gone.pk, version=2, change="death", on=TODAY, at=NOW, note="因病去世"
        )
        home.refresh_from_db()
        gone.refresh_from_db()
        head = Member.objects.get(household=home, relation="户主")

        assert (home.member_count, home.version, gone.is_present) == (3, 3, False)
        assert born.pk in persons_on(home, TODAY - timedelta(days=9))
        assert born.pk not in persons_on(home, TODAY - timedelta(days=10))
        assert gone.pk in persons_on(home, TODAY - timedelta(days=1))
        assert gone.pk not in persons_on(home, TODAY)
        with pytest.raises(Unfit, match="已不在册"):
            member_changes.remove_member(
                actor=who, member_id=gone.pk, version=3, change="death", on=TODAY, at=NOW
            )
        with pytest.raises(Unfit, match="变更户主"):
            member_changes.remove_member(
                actor=who, member_id=head.pk, version=3, change="death", on=TODAY, at=NOW
            )
        with pytest.raises(Unfit, match="参军入伍"):
            member_changes.return_member(actor=who, member_id=gone.pk, version=3, on=TODAY, at=NOW)


def test_a_soldier_comes_back(home: Household) -> None:
    with acting_as(Role.VILLAGE, VILLAGE) as who:
        son = Member.objects.filter(household=home).exclude(relation="户主").first()
        member_changes.remove_member(
            actor=who, member_id=son.pk, version=1, change="enlistment", on=date(2026, 3, 1), at=NOW
        )
        member_changes.return_member(actor=who, member_id=son.pk, version=2, on=TODAY, at=NOW)

        assert son.pk not in persons_on(home, date(2026, 6, 1))
        assert son.pk in persons_on(home, TODAY)
        assert MemberVersion.objects.get(member=son, to_on=None).change == "discharge"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("999999197001010019", "占位号"),
        (NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), "校验位不符"),
        ("36102319800101", "位数不对"),
    ],
)
def test_a_number_that_names_nobody_is_refused_and_never_repeated(
    home: Household, number: str, said: str
) -> None:
    with acting_as(Role.VILLAGE, VILLAGE) as who, pytest.raises(Unfit, match=said) as refused:
        member_changes.add_member(
            actor=who,
            household_id=home.pk,
            version=1,
            change="move_in",
            facts={"name": "王丙"},
            id_number=number,
            on=TODAY,
            at=NOW,
        )
    assert number not in str(refused.value)


def test_a_number_fills_sex_and_birth_and_is_taken_once(home: Household) -> None:
    with entered_system():
        other = household(VILLAGE)
    with acting_as(Role.VILLAGE, VILLAGE) as who:
        given: dict[str, Any] = {
            "actor": who,
            "facts": {"name": "王丙", "relation": "其他"},
            "id_number": NUMBER,
            "on": TODAY,
            "at": NOW,
        }
        first = member_changes.add_member(household_id=home.pk, version=1, change="marriage_in", **given)
        first.refresh_from_db()
        assert (first.sex, first.birth_date) == ("male", date(1980, 1, 1))
        assert NUMBER.encode() not in bytes(first.id_sealed)
        with pytest.raises(Unfit, match="已登记"):
            member_changes.add_member(household_id=other.pk, version=1, change="marriage_in", **given)
        member_changes.remove_member(
            actor=who, member_id=first.pk, version=2, change="marriage_out", on=TODAY, at=NOW
        )
        again = member_changes.add_member(household_id=other.pk, version=1, change="marriage_in", **given)

    assert again.pk == first.pk
    with entered_system():
        assert Member.objects.get(pk=first.pk).household_id == other.pk
        assert not any(NUMBER in str(each.after) for each in AuditEvent.objects.all())


def test_a_person_is_edited_by_one_at_a_time_and_the_head_names_the_household(home: Household) -> None:
    with acting_as(Role.VILLAGE, VILLAGE) as who:
        head = Member.objects.get(household=home, relation="户主")
        token = member_changes.token_of(version=MemberVersion.objects.get(member=head, to_on=None))
        given: dict[str, Any] = {"actor": who, "member_id": head.pk, "token": token, "on": TODAY}
        member_changes.edit_member(changes={"name": "李新名"}, at=NOW, **given)
        with pytest.raises(Stale):
            member_changes.edit_member(changes={"name": "李旧名"}, at=NOW, **given)
        home.refresh_from_db()

    assert (home.head_name, home.head_pinyin) == ("李新名", "lxm")


def test_a_household_has_one_head(home: Household) -> None:
    with acting_as(Role.VILLAGE, VILLAGE) as who:
        son = Member.objects.filter(household=home).exclude(relation="户主").first()
        token = member_changes.token_of(version=MemberVersion.objects.get(member=son, to_on=None))
        with pytest.raises(Unfit, match="已有户主"):
            member_changes.edit_member(
                actor=who, member_id=son.pk, token=token, changes={"relation": "户主"}, on=TODAY, at=NOW
            )
        member_changes.change_head(
            actor=who, member_id=son.pk, version=1, relation_of_old="之父", on=TODAY, at=NOW
        )
        home.refresh_from_db()
        heads = Member.objects.filter(household=home, relation="户主")

        assert [each.pk for each in heads] == [son.pk]
        assert home.head_name == son.name
