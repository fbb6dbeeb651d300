"""Accounts: made for one person, in the administrator's place, with a password shown once."""

from typing import Any

import pytest

from shouwang.actions import accounts as acts
from shouwang.actions import first_accounts
from shouwang.actions.passwords import change_password
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.roles import Role
from shouwang.records.models import Account, AuditEvent, RoleGrant
from shouwang.records.viewers import viewer_of
from tests.world import COUNTY, NOW, PASSWORD, THERE, TOWNSHIP, VILLAGE, account, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Any:
    return actor(account(Role.SYSTEM_ADMINISTRATOR, COUNTY))


def create(boss: Any, **given: Any) -> Any:
    usual = {"login": "zhang.yi", "display_name": "张乙", "place": VILLAGE, "office": "某村"}
    return acts.create_account(actor=boss, **{**usual, **given}, at=NOW)


def test_a_new_account_has_a_strong_temporary_password_and_no_role(boss: Any) -> None:
    opened = create(boss)

    made = Account.objects.get(login="zhang.yi")
    assert made.check_password(opened.password)
    assert made.must_change_password
    assert (made.temporary_until_at - NOW).total_seconds() == 24 * 3600
    assert viewer_of(made, NOW).permissions == frozenset()
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.target_id, event.division) == ("account.create", str(made.pk), VILLAGE)
    assert opened.password not in str(event.after)


def test_no_two_passwords_are_the_same(boss: Any) -> None:
    made = {create(boss, login=f"zhang.{number}x").password for number in range(20)}

    assert len(made) == 20


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"login": "admin"}, "默认或多人共用"),
        ({"login": "Zhang Yi"}, "小写字母"),
        ({"display_name": "村委会"}, "对应到人"),
        ({"place": "361023999"}, "没有这个区划"),
    ],
)
def test_a_shared_or_misplaced_account_is_refused(boss: Any, given: Any, words: Any) -> None:
    with pytest.raises(Unfit, match=words):
        create(boss, **given)
    assert not Account.objects.filter(display_name__in=["张乙", "村委会"]).exists()


def test_a_login_is_given_once(boss: Any) -> None:
    create(boss)

    with pytest.raises(Unfit, match="已有人使用"):
        create(boss, login="ZHANG.YI")


@pytest.mark.parametrize("place", ["36", "3610", THERE.county, THERE.villages[0]])
def test_a_county_cannot_make_an_account_outside_itself(boss: Any, place: Any) -> None:
    with pytest.raises(NotAllowed):
        create(boss, place=place)


def test_who_manages_no_users_makes_none() -> None:
    with pytest.raises(NotAllowed):
        create(actor(account(Role.COUNTY_OFFICE, COUNTY)))


@pytest.mark.parametrize(
    "act", [acts.disable_account, acts.reset_password, acts.unlock_account, acts.end_sessions]
)
def test_an_account_of_another_county_is_not_there(boss: Any, act: Any) -> None:
    with pytest.raises(NotThere):
        act(actor=boss, account_id=account(Role.VILLAGE, THERE.villages[0]).pk, at=NOW)


@pytest.mark.parametrize("act", [acts.disable_account, acts.reset_password, acts.end_sessions])
@pytest.mark.parametrize("role", [Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR])
def test_an_administrator_of_the_same_place_is_out_of_reach(boss: Any, act: Any, role: Any) -> None:
    with pytest.raises(NotAllowed, match="上一级"):
        act(actor=boss, account_id=account(role, COUNTY).pk, at=NOW)


def test_the_level_above_resets_an_administrator() -> None:
    above = actor(account(Role.SYSTEM_ADMINISTRATOR, "3610"))
    below = account(Role.SECURITY_ADMINISTRATOR, COUNTY)

    assert acts.reset_password(actor=above, account_id=below.pk, at=NOW).password


def test_nobody_does_it_to_himself(boss: Any) -> None:
    with pytest.raises(NotAllowed):
        acts.reset_password(actor=boss, account_id=boss.viewer.account_id, at=NOW)


def test_disabling_takes_everything_at_once_and_enabling_gives_it_back(boss: Any) -> None:
    person = account(Role.VILLAGE, VILLAGE)
    before = person.get_session_auth_hash()
    disabled = acts.disable_account(actor=boss, account_id=person.pk, at=NOW)

    assert disabled.get_session_auth_hash() != before
    assert viewer_of(disabled, NOW).held == ()
    with pytest.raises(Unfit):
        acts.disable_account(actor=boss, account_id=person.pk, at=NOW)
    assert viewer_of(acts.enable_account(actor=boss, account_id=person.pk, at=NOW), NOW).held
    with pytest.raises(Unfit):
        acts.enable_account(actor=boss, account_id=person.pk, at=NOW)


def test_only_the_security_administrator_takes_one_time_passwords_off(boss: Any) -> None:
    person = account(Role.VILLAGE, VILLAGE)
    Account.objects.filter(pk=person.pk).update(is_totp_confirmed=True, recovery_hashes=["x"])
    given = {"account_id": person.pk, "reason": "手机丢失换新", "at": NOW}

    with pytest.raises(NotThere):
        acts.clear_codes(actor=boss, **given)
    security = actor(account(Role.SECURITY_ADMINISTRATOR, COUNTY))
    cleared = acts.clear_codes(actor=security, **given)
    assert not cleared.is_totp_confirmed
    assert cleared.recovery_hashes == []
    with pytest.raises(Unfit):
        acts.clear_codes(actor=security, **given)


def test_a_person_changes_his_password_by_knowing_the_old_one() -> None:
    person = account(Role.VILLAGE, VILLAGE, name="王甲")
    me, before = actor(person), person.get_session_auth_hash()

    with pytest.raises(Unfit, match="原密码不对"):
        change_password(actor=me, old="wrong", new="Zaoqi-shang-shan-7", at=NOW)
    for new in ("Wangjia-2026-x9Q", "Aa123456789!", PASSWORD):
        with pytest.raises(Unfit):
            change_password(actor=me, old=PASSWORD, new=new, at=NOW)
    changed = change_password(actor=me, old=PASSWORD, new="Zaoqi-shang-shan-7", at=NOW)
    assert changed.get_session_auth_hash() != before


def test_the_server_makes_the_first_account_with_its_role() -> None:
    made = first_accounts.create_with_role(
        login="li.bing", display_name="李丙", role=Role.SYSTEM_ADMINISTRATOR, place=COUNTY, at=NOW
    )

    assert RoleGrant.objects.get(account=made.account).role == "system_administrator"
    assert first_accounts.reset_by_system(login="li.bing", at=NOW).password != made.password
    with pytest.raises(NotThere):
        first_accounts.reset_by_system(login="nobody", at=NOW)


@pytest.mark.parametrize(
    ("role", "place", "more"),
    [
        (Role.VILLAGE, TOWNSHIP, {}),
        (Role.DEPARTMENT, COUNTY, {}),
        (Role.DEPARTMENT, COUNTY, {"departments": ["nowhere"]}),
        (Role.HOUSEHOLD_GROUP, VILLAGE, {}),
        (Role.VILLAGE, VILLAGE, {"group_name": "一组"}),
    ],
)
def test_the_server_refuses_a_role_that_does_not_fit(role: Any, place: Any, more: Any) -> None:
    with pytest.raises(Unfit):
        first_accounts.create_with_role(
            login="li.bing", display_name="李丙", role=role, place=place, at=NOW, **more
        )
    assert not Account.objects.filter(login="li.bing").exists()
