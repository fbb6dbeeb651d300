"""Signing in: one answer for every failure, locks that hit nobody else, sessions that end when they must."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.utils import timezone

from shouwang.domain.roles import Role
from shouwang.records.models import Account, AuditEvent
from tests.world import PASSWORD, VILLAGE, account

pytestmark = pytest.mark.django_db
WRONG = "not-the-password"


@pytest.fixture
def person() -> Account:
    return account(Role.VILLAGE, VILLAGE, login="wangjia")


def try_in(client: Client, login: str = "wangjia", password: str = PASSWORD, **options: object) -> Any:
    return client.post("/sign-in/", {"login": login, "password": password}, **options)


def be_at(monkeypatch: Any, instant: Any) -> None:
    """Let every clock that signing in looks at show an instant."""
    for clock in ("django.utils.timezone.now", "axes.attempts.now", "axes.handlers.proxy.now"):
        monkeypatch.setattr(clock, lambda: instant)


def results() -> list[str]:
    events = AuditEvent.objects.filter(action="account.sign_in").order_by("sequence")
    return list(events.values_list("result", flat=True))


def error_of(response: Any) -> str:
    return response.content.decode().split('role="alert"')[1].split("</form>")[0].split("<label")[0]


def test_the_right_password_opens_the_door_and_is_audited(client: Any, person: Any) -> None:
    response = try_in(client)

    assert response.status_code == 303
    assert response["Location"] == "/"
    assert client.get("/profile/").status_code == 200
    event = AuditEvent.objects.get(action="account.sign_in")
    assert (event.result, event.actor, event.division) == ("done", str(person.pk), VILLAGE)


def test_unknown_wrong_and_locked_get_the_same_page_for_the_same_work(
    client: Any, person: Any, monkeypatch: Any
) -> None:
    hashed: list[int] = []
    encode = hashers.MD5PasswordHasher.encode

    def counted(self: Any, *given: Any) -> str:
        hashed.append(1)
        return encode(self, *given)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    seen, costs = [], []
    for login in ("nobody", "wangjia", *["wangjia"] * 5):
        hashed.clear()
        response = try_in(client, login, WRONG)
        seen.append((response.status_code, error_of(response)))
        costs.append(len(hashed))

    assert len(set(seen)) == 1
    assert set(costs) == {1}
    assert results() == ["failed"] * 6 + ["refused"]


def test_five_failures_lock_the_name_for_that_address_only(client: Any, person: Any) -> None:
    for _ in range(5):
        try_in(client, password=WRONG)

    assert try_in(client).status_code == 422
    assert try_in(client, REMOTE_ADDR="10.0.0.9").status_code == 303


def test_a_colleague_behind_the_same_address_still_signs_in(client: Any, person: Any) -> None:
    account(Role.VILLAGE, VILLAGE, login="wangyi")
    for _ in range(8):
        try_in(client, password=WRONG)

    assert try_in(Client(), "wangyi").status_code == 303


def test_a_made_up_forwarding_header_does_not_escape_the_lock(client: Any, person: Any) -> None:
    for number in range(5):
        try_in(client, password=WRONG, headers={"x-forwarded-for": f"10.1.1.{number}"})

    assert try_in(client, headers={"x-forwarded-for": "10.1.1.77"}).status_code == 422


def test_behind_a_proxy_only_its_own_word_counts(client: Any, person: Any, settings: Any) -> None:
    settings.PROXIES = {"127.0.0.1"}
    for number in range(5):
        try_in(client, password=WRONG, headers={"x-forwarded-for": f"1.1.1.{number}, 10.2.2.2"})

    assert try_in(client, headers={"x-forwarded-for": "9.9.9.9, 10.2.2.2"}).status_code == 422
    assert try_in(client, headers={"x-forwarded-for": "10.2.2.2, 10.3.3.3"}).status_code == 303


def test_what_does_not_come_from_the_proxy_speaks_for_itself_only(
    client: Any, person: Any, settings: Any
) -> None:
    settings.PROXIES = {"10.0.0.2"}
    for number in range(5):
        told = {"x-forwarded-for": f"10.1.1.{number}"}
        try_in(client, password=WRONG, headers=told, REMOTE_ADDR="10.0.0.66")

    told = {"x-forwarded-for": "10.1.1.77"}
    assert try_in(client, headers=told, REMOTE_ADDR="10.0.0.66").status_code == 422
    assert try_in(client, headers=told, REMOTE_ADDR="10.0.0.2").status_code == 303


def test_the_lock_ends_after_fifteen_minutes_whoever_goes_on_trying(
    client: Any, person: Any, monkeypatch: Any
) -> None:
    begun = timezone.now()
    for _ in range(7):
        try_in(client, password=WRONG)
    be_at(monkeypatch, begun + timedelta(minutes=10))
    try_in(client, password=WRONG)
    be_at(monkeypatch, begun + timedelta(minutes=16))

    assert try_in(client).status_code == 303


def test_a_name_that_fails_from_everywhere_is_slowed_and_can_be_unlocked(client: Any, person: Any) -> None:
    for number in range(30):
        try_in(client, password=WRONG, REMOTE_ADDR=f"10.0.{number}.1")

    assert try_in(client, REMOTE_ADDR="10.9.9.9").status_code == 422

    boss = account(Role.SYSTEM_ADMINISTRATOR, VILLAGE[:6])
    other = Client()
    other.force_login(boss)
    assert other.post(f"/accounts/{person.pk}/unlock/").status_code == 303
    assert try_in(client, REMOTE_ADDR="10.9.9.9").status_code == 303


def test_signing_in_gives_a_new_session_and_the_old_one_is_dead(client: Any, person: Any) -> None:
    client.get("/sign-in/")
    client.session["planted"] = 1
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies["shouwang_session"] = session.session_key
    before = session.session_key
    try_in(client)

    assert client.session.session_key != before
    assert "planted" not in client.session
    stale = Client()
    stale.cookies["shouwang_session"] = before
    assert stale.get("/profile/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "/\t/evil.example",
        " //evil.example",
        "evil.example",
    ],
)
def test_after_signing_in_nobody_is_led_outside(client: Any, person: Any, target: Any) -> None:
    response = client.post("/sign-in/", {"login": "wangjia", "password": PASSWORD, "next": target})

    assert response["Location"] == "/"


def test_after_signing_in_one_is_where_one_wanted_to_be(client: Any, person: Any) -> None:
    response = client.get("/profile/?tab=1")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=%2Fprofile%2F%3Ftab%3D1"

    given = {"login": "wangjia", "password": PASSWORD, "next": "/profile/?tab=1"}
    assert client.post("/sign-in/", given)["Location"] == "/profile/?tab=1"


def test_a_disabled_account_gets_the_usual_refusal(client: Any, person: Any) -> None:
    Account.objects.filter(pk=person.pk).update(is_active=False)

    assert "账号或密码不对" in error_of(try_in(client))


def test_a_temporary_password_is_good_once_and_has_to_be_changed_first(client: Any, person: Any) -> None:
    Account.objects.filter(pk=person.pk).update(
        must_change_password=True, temporary_until_at=timezone.now() + timedelta(hours=24)
    )
    assert try_in(client).status_code == 303
    assert client.get("/profile/")["Location"] == "/password/"
    assert client.get("/profile/", headers={"hx-request": "true"}).status_code == 401
    assert "已使用过" in error_of(try_in(Client()))

    new = "Zaoqi-shang-shan-7"
    assert client.post("/password/", {"new": new, "again": new}).status_code == 303
    assert client.get("/profile/").status_code == 200
    assert try_in(Client(), password=new).status_code == 303


def test_a_temporary_password_is_dead_after_a_day(client: Any, person: Any) -> None:
    Account.objects.filter(pk=person.pk).update(
        must_change_password=True, temporary_until_at=timezone.now() - timedelta(seconds=1)
    )

    assert "临时密码已过期" in error_of(try_in(client))


def test_signing_out_ends_the_session_and_is_audited(client: Any, person: Any) -> None:
    client.force_login(person)

    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/profile/").status_code == 302
    assert AuditEvent.objects.filter(action="account.sign_out").count() == 1


def test_a_form_without_its_token_is_refused(person: Any) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert try_in(strict).status_code == 403


def test_no_refusal_and_no_log_names_the_account(client: Any, person: Any, caplog: Any) -> None:
    for _ in range(6):
        response = try_in(client, password=WRONG)

    assert "wangjia" not in error_of(response)
    assert "wangjia" not in caplog.text
