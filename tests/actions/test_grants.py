"""Granting roles: every role by every grantor, and that nobody lifts himself (T06)."""

from datetime import timedelta
from typing import Any

import pytest

from shouwang.actions.grants import grant_role, revoke_role
from shouwang.actions.refusals import NotAllowed, NotThere, Refusal, Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import ADMINISTRATORS, ROLES, Role
from shouwang.records.models import Account, AuditEvent, RoleGrant
from shouwang.records.viewers import viewer_of
from tests.world import COUNTY, NOW, THERE, TOWNSHIP, VILLAGE, account, actor

pytestmark = pytest.mark.django_db
PLACES = {1: "36", 2: "3610", 3: COUNTY, 4: TOWNSHIP, 5: VILLAGE}


def person(place: str = VILLAGE) -> Account:
    made = account(Role.VILLAGE, VILLAGE)
    made.grants.all().delete()
    Account.objects.filter(pk=made.pk).update(place=place)
    return Account.objects.get(pk=made.pk)


def grant(by: Any, to: Account, role: Role, place: str, **more: Any) -> Any:
    more.setdefault("group_name", "一组" if role is Role.HOUSEHOLD_GROUP else "")
    more.setdefault("departments", ["civil_affairs"] if role is Role.DEPARTMENT else [])
    more.setdefault("from_at", NOW)
    return grant_role(actor=by, account_id=to.pk, role=role, place=place, at=NOW, **more)


@pytest.fixture
def security() -> Any:
    return actor(account(Role.SECURITY_ADMINISTRATOR, COUNTY))


@pytest.fixture(autouse=True)
def _department(monkeypatch: Any) -> None:
    monkeypatch.setattr("shouwang.actions.grants.DEPARTMENTS", {"civil_affairs": "民政"})


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("grantor", list(Role))
def test_only_a_security_administrator_grants_and_only_what_is_below_him(grantor: Any, role: Any) -> None:
    level = 3 if 3 in ROLES[grantor].levels else max(ROLES[grantor].levels)
    by, to = actor(account(grantor, PLACES[level])), person()
    for place in (PLACES[each] for each in ROLES[role].levels):
        is_right = (
            grantor is Role.SECURITY_ADMINISTRATOR
            and place.startswith(COUNTY)
            and not (role in ADMINISTRATORS and place == COUNTY)
        )
        if is_right:
            assert grant(by, to, role, place).role == role
        else:
            with pytest.raises(Refusal):
                grant(by, to, role, place)
    held = set(RoleGrant.objects.filter(account=to).values_list("place", flat=True))
    assert all(each.startswith(COUNTY) for each in held)


def test_the_city_appoints_the_administrators_of_a_county() -> None:
    by = actor(account(Role.SECURITY_ADMINISTRATOR, "3610"))

    for role in sorted(ADMINISTRATORS):
        assert grant(by, person(COUNTY), role, COUNTY)
        with pytest.raises(NotAllowed):
            grant(by, person("3610"), role, "3610")


def test_nobody_grants_to_himself(security: Any) -> None:
    me = Account.objects.get(pk=security.viewer.account_id)

    with pytest.raises(NotAllowed, match="自己"):
        grant(security, me, Role.COUNTY_OFFICE, COUNTY)


def test_a_person_of_another_county_is_not_there(security: Any) -> None:
    with pytest.raises(NotThere):
        grant(security, person(THERE.villages[0]), Role.VILLAGE, VILLAGE)


def test_roles_that_exclude_each_other_never_meet(security: Any) -> None:
    to = person()
    grant(security, to, Role.COUNTY_OFFICE, COUNTY, from_at=NOW + timedelta(days=30))

    with pytest.raises(NotAllowed, match="不能由同一人担任"):
        grant(security, to, Role.SUPERVISOR, COUNTY)


def test_a_grant_ends_when_it_says_and_the_sessions_end_when_it_comes(security: Any) -> None:
    to = person()
    before = to.get_session_auth_hash()
    grant(security, to, Role.VILLAGE, VILLAGE, until_at=NOW + timedelta(days=1))

    to.refresh_from_db()
    assert to.get_session_auth_hash() != before
    assert viewer_of(to, NOW).roles == (Role.VILLAGE,)
    assert not viewer_of(to, NOW + timedelta(days=1)).roles


@pytest.mark.parametrize(
    ("role", "place", "more", "words"),
    [
        (Role.VILLAGE, VILLAGE, {"until_at": NOW - timedelta(1)}, "结束时间"),
        (Role.VILLAGE, VILLAGE, {"group_name": "一组"}, "村民小组"),
        (Role.HOUSEHOLD_GROUP, VILLAGE, {"group_name": ""}, "村民小组"),
        (Role.DEPARTMENT, COUNTY, {"departments": []}, "部门"),
        (Role.DEPARTMENT, COUNTY, {"departments": ["nowhere"]}, "没有这个部门"),
        (Role.VILLAGE, COUNTY + "999999", {}, "没有这个区划"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(
    security: Any, role: Any, place: Any, more: Any, words: Any
) -> None:
    with pytest.raises(Unfit, match=words):
        grant(security, person(), role, place, **more)


def test_the_same_role_is_not_granted_twice(security: Any) -> None:
    to = person()
    grant(security, to, Role.VILLAGE, VILLAGE)

    with pytest.raises(Unfit, match="已有"):
        grant(security, to, Role.VILLAGE, VILLAGE)


def test_a_role_is_taken_back_at_once_and_the_grant_stays_on_record(security: Any) -> None:
    to = account(Role.VILLAGE, VILLAGE)
    held, before = to.grants.get(), to.get_session_auth_hash()
    revoke_role(actor=security, grant_id=held.pk, reason="已调离本村", at=NOW)

    to.refresh_from_db()
    assert to.get_session_auth_hash() != before
    assert Permission.SEE_HOUSEHOLDS not in viewer_of(to, NOW).permissions
    assert RoleGrant.objects.get(pk=held.pk).until_at == NOW
    assert AuditEvent.objects.latest("sequence").reason == "已调离本村"
    with pytest.raises(Unfit):
        revoke_role(actor=security, grant_id=held.pk, reason="再收一次", at=NOW)


def test_the_role_of_an_equal_or_of_another_county_is_not_taken_back(security: Any) -> None:
    equal = account(Role.AUDIT_ADMINISTRATOR, COUNTY).grants.get()
    foreign = account(Role.VILLAGE, THERE.villages[0]).grants.get()

    with pytest.raises(NotAllowed):
        revoke_role(actor=security, grant_id=equal.pk, reason="试一试", at=NOW)
    with pytest.raises(NotThere):
        revoke_role(actor=security, grant_id=foreign.pk, reason="试一试", at=NOW)
