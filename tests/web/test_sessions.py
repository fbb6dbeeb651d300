"""Sessions end when they are left alone, after eight hours, and the moment an account changes (T12–T14)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shouwang.actions import accounts as acts
from shouwang.actions.grants import grant_role, revoke_role
from shouwang.domain.roles import Role
from tests.world import COUNTY, PASSWORD, VILLAGE, account, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: Any) -> Any:
    begun = timezone.now()

    def show(**after: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: begun + timedelta(**after))

    return show


@pytest.fixture
def person() -> Any:
    return account(Role.VILLAGE, VILLAGE, login="wangjia")


@pytest.fixture
def inside(person: Any) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": "wangjia", "password": PASSWORD})
    assert client.get("/profile/").status_code == 200
    return client


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


@pytest.mark.parametrize(("minutes", "holds"), [(14, True), (16, False)])
def test_a_session_left_alone_ends(inside: Any, clock: Any, minutes: Any, holds: Any) -> None:
    clock(minutes=minutes)

    assert is_in(inside) is holds


def test_a_ping_keeps_a_session_awake(inside: Any, clock: Any) -> None:
    for minutes in (10, 20, 30):
        clock(minutes=minutes)
        assert inside.post("/ping/").status_code == 204

    assert is_in(inside)


def test_eight_hours_end_even_a_busy_session(inside: Any, clock: Any) -> None:
    for minutes in range(10, 480, 10):
        clock(minutes=minutes)
        inside.post("/ping/")
    assert is_in(inside)
    clock(minutes=481)

    assert not is_in(inside)
    clock(minutes=482)
    assert not is_in(inside)


def test_a_part_of_a_page_is_told_to_sign_in_again(inside: Any, clock: Any) -> None:
    clock(minutes=16)
    response = inside.get("/profile/", headers={"hx-request": "true"})

    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/sign-in/")


def test_changing_the_password_ends_every_other_session(inside: Any, person: Any) -> None:
    other = Client()
    other.post("/sign-in/", {"login": "wangjia", "password": PASSWORD})
    before = inside.session.session_key
    new = "Zaoqi-shang-shan-7"
    response = inside.post("/password/", {"old": PASSWORD, "new": new, "again": new})

    assert response.status_code == 303
    assert inside.session.session_key != before
    assert is_in(inside)
    assert not is_in(other)


@pytest.mark.parametrize("act", [acts.disable_account, acts.reset_password, acts.end_sessions])
def test_an_administrators_act_ends_every_session(inside: Any, person: Any, act: Any) -> None:
    act(
        actor=actor(account(Role.SYSTEM_ADMINISTRATOR, COUNTY)), account_id=person.pk, at=timezone.localtime()
    )

    assert not is_in(inside)


def test_a_role_given_or_taken_ends_every_session(person: Any) -> None:
    security, at = actor(account(Role.SECURITY_ADMINISTRATOR, COUNTY)), timezone.localtime()
    first = Client()
    first.force_login(person)
    grant = grant_role(
        actor=security, account_id=person.pk, role=Role.RESIDENT_TEAM, place=VILLAGE, from_at=at, at=at
    )
    assert not is_in(first)
    second = Client()
    person.refresh_from_db()
    second.force_login(person)
    assert is_in(second)
    revoke_role(actor=security, grant_id=grant.pk, reason="到期离任", at=at)

    assert not is_in(second)


def test_the_administrator_sees_who_is_in_and_sends_him_out(inside: Any, person: Any) -> None:
    boss = Client()
    boss.force_login(account(Role.SYSTEM_ADMINISTRATOR, COUNTY))
    page = boss.get("/online/").content.decode()
    assert "wangjia" in page
    assert "127.0.0.1" in page

    asked = boss.post(f"/accounts/{person.pk}/end-sessions/")
    assert "is_confirmed" in asked.content.decode()
    done = boss.post(f"/accounts/{person.pk}/end-sessions/", {"is_confirmed": "1"})
    assert done["Location"] == "/online/"
    assert not is_in(inside)
    assert "wangjia" not in boss.get("/online/").content.decode()


def test_an_administrator_of_another_county_sees_nobody(inside: Any) -> None:
    boss = Client()
    boss.force_login(account(Role.SYSTEM_ADMINISTRATOR, "361024"))

    assert "wangjia" not in boss.get("/online/").content.decode()


def test_where_codes_are_required_nothing_is_open_before_they_are_set_up(settings: Any) -> None:
    settings.REQUIRES_TOTP = True
    chief, village = Client(), Client()
    chief.force_login(account(Role.COUNTY_OFFICE, COUNTY))
    village.force_login(account(Role.VILLAGE, VILLAGE))

    assert chief.get("/profile/")["Location"] == "/totp/"
    assert "须启用动态口令" in chief.get("/totp/").content.decode()
    assert is_in(village)
