"""Break-glass: reasoned, short, read-only, and told to the area (T08)."""

from datetime import timedelta
from typing import Any

import pytest

from shouwang.actions.breaking_glass import close_glass, open_glass
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system, visible
from shouwang.records.models import AuditEvent, Household, Notification, RoleGrant
from shouwang.reports.account_lists import glass_into, own_glass
from tests.world import COUNTY, NOW, THERE, VILLAGE, account, actor, household, viewer

pytestmark = pytest.mark.django_db
ABROAD = THERE.villages[0]
REASON = "核对跨县就医大额支出"


@pytest.fixture
def officer() -> Any:
    return account(Role.COUNTY_OFFICE, COUNTY)


def look(person: Any, **given: Any) -> Any:
    usual = {"place": ABROAD, "household_number": "", "reason": REASON, "hours": 2}
    return open_glass(actor=actor(person), **{**usual, **given}, at=NOW)


def seen(person: Any, at: Any = NOW) -> set[int]:
    who = viewer(person, at)
    with entered(who):
        return set(visible(Household.objects.all(), who).values_list("pk", flat=True))


def test_the_place_is_open_for_the_hours_and_then_shut(officer: Any) -> None:
    with entered_system():
        home, abroad, beside = household(VILLAGE), household(ABROAD), household(THERE.villages[1])
    assert seen(officer) == {home.pk}
    look(officer)

    assert seen(officer, NOW + timedelta(minutes=119)) == {home.pk, abroad.pk}
    assert seen(officer, NOW + timedelta(hours=2)) == {home.pk}
    assert beside.pk not in seen(officer)


def test_what_is_seen_so_cannot_be_written(officer: Any) -> None:
    look(officer)

    who = viewer(officer)
    assert not who.roles_at(Permission.EDIT_HOUSEHOLD, ABROAD)
    with entered_system():
        household(ABROAD)
    with entered(who):
        rows = visible(Household.objects.all(), who, Permission.EDIT_HOUSEHOLD, is_write=True)
        assert not rows.filter(division=ABROAD).exists()


def test_a_household_number_opens_its_village(officer: Any) -> None:
    with entered_system():
        abroad = household(ABROAD)

    assert look(officer, place="", household_number=abroad.number).place == ABROAD


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": "看看"}, "理由"),
        ({"reason": "核对 13800138000 的户"}, "手机号码"),
        ({"hours": 25}, "最长"),
        ({"place": "3611"}, "最大到一个县"),
        ({"place": "999999"}, "没有这个区划"),
        ({"place": VILLAGE}, "工作范围内"),
        ({"place": "", "household_number": "HH-none"}, "没有这个户编号"),
    ],
)
def test_a_look_that_is_too_wide_too_long_or_unexplained_is_refused(
    officer: Any, given: Any, words: Any
) -> None:
    with pytest.raises(Unfit, match=words):
        look(officer, **given)
    assert not RoleGrant.objects.filter(is_break_glass=True).exists()
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.result) == ("break_glass.open", "refused")


@pytest.mark.parametrize("role", [Role.VILLAGE, Role.RESIDENT_TEAM, Role.HELPER])
def test_a_village_breaks_no_glass(role: Any) -> None:
    with pytest.raises(NotAllowed):
        look(account(role, VILLAGE))


def test_the_owner_is_told_and_sees_it_listed(officer: Any) -> None:
    owner, stranger = account(Role.COUNTY_OFFICE, THERE.county), account(Role.COUNTY_OFFICE, "361025")
    grant = look(officer)

    assert Notification.objects.get(account=owner).kind == "break_glass"
    assert [each.pk for each in glass_into(viewer(owner))] == [grant.pk]
    assert not glass_into(viewer(stranger)).exists()
    assert not Notification.objects.filter(account=stranger).exists()
    assert [each.pk for each in own_glass(viewer(officer))] == [grant.pk]


def test_one_ends_ones_own_look_and_nobody_elses(officer: Any) -> None:
    grant, other = look(officer), account(Role.COUNTY_OFFICE, COUNTY)

    with pytest.raises(NotThere):
        close_glass(actor=actor(other), grant_id=grant.pk, at=NOW)
    later = NOW + timedelta(minutes=5)
    close_glass(actor=actor(officer), grant_id=grant.pk, at=later)
    assert ABROAD not in {each.prefix for each in viewer(officer, later).reach.reaches}
    with pytest.raises(Unfit):
        close_glass(actor=actor(officer), grant_id=grant.pk, at=later)
