"""Tokens: shown once, narrower than their account, never a session, and dead with the password (T18)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shouwang.actions.accounts import disable_account
from shouwang.actions.api_tokens import revoke_token
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Account, ApiToken
from shouwang.web.clock import now
from tests.api.api_world import BASE, Program, problem_of, program, token_of
from tests.audit_coverage import audited
from tests.world import COUNTIES, COUNTY, VILLAGE, account, actor, household

pytestmark = pytest.mark.django_db


def someone(role: Role = Role.COUNTY_OFFICE, place: str = COUNTY, **grant: Any) -> Account:
    with entered_system():
        return account(role, place, **grant)


def answers(text: str, path: str = "/token") -> Any:
    return Program(text).get(path)


def test_without_a_token_nothing_is_answered_not_even_to_a_person_signed_in(client: Client) -> None:
    client.force_login(someone())

    response = client.get(f"{BASE}/households")

    assert problem_of(response) == "unauthenticated"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_made_on_a_page_shown_once_and_kept_as_a_digest(client: Client) -> None:
    client.force_login(someone())
    form = {
        "name": "省平台每日读取",
        "scopes": ["read:households"],
        "methods": ["GET"],
        "days": 30,
        "addresses": "",
    }

    with audited("api.token"):
        response = client.post("/tokens/new/", form)
    token = ApiToken.objects.get()
    text = re.findall(r"<code>(sw_[^<]+)</code>", response.content.decode())[0]

    assert answers(text, "/households").status_code == 200
    assert text not in client.get("/tokens/").content.decode()
    assert token.start in client.get("/tokens/").content.decode()
    with entered_system():
        row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert text not in str(row)


def test_a_token_sets_no_cookie_and_gives_no_session() -> None:
    with entered_system():
        household(VILLAGE)
    asking = program()

    for path in ("/households", "/token", "/nothing"):
        response = asking.get(path)
        assert "Set-Cookie" not in response
        assert not response.cookies
    assert not asking.client.cookies
    assert asking.client.get("/").status_code == 302


def test_a_token_is_refused_from_another_address() -> None:
    text = token_of(someone(), addresses=["10.1.2.0/24"])

    assert problem_of(answers(text)) == "forbidden"
    assert Program(text).client.get(f"{BASE}/token", REMOTE_ADDR="10.1.2.7").status_code == 200


def test_a_token_for_reading_sends_nothing() -> None:
    text = token_of(someone(), methods=["GET"])

    assert problem_of(Program(text).post("/deliveries/rows", {})) == "forbidden"


def test_a_token_does_not_go_beyond_its_scopes() -> None:
    text = token_of(someone(), ["read:clues"])

    assert Program(text).get("/clues").status_code == 200
    assert problem_of(Program(text).get("/households")) == "forbidden"


def test_a_token_cannot_be_made_for_what_the_account_may_not(client: Client) -> None:
    client.force_login(someone(Role.SYSTEM_ADMINISTRATOR))
    form = {"name": "越权", "scopes": ["read:households"], "methods": ["GET"], "days": 30}

    assert client.post("/tokens/new/", form).status_code == 422
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("end", ["revoked", "password", "disabled", "expired", "not_yet"])
def test_a_token_that_has_ended_is_told_from_an_unknown_one_by_nothing(end: str) -> None:
    made, text = (one := someone()), token_of(one)
    assert answers(text).status_code == 200
    token = ApiToken.objects.get()

    with entered_system():
        if end == "revoked":
            revoke_token(actor=actor(made, now()), token_id=token.pk, at=now())
        elif end == "password":
            Account.objects.filter(pk=made.pk).update(session_epoch=made.session_epoch + 1)
        elif end == "disabled":
            administrator = actor(account(Role.SYSTEM_ADMINISTRATOR, COUNTY), now())
            disable_account(actor=administrator, account_id=made.pk, at=now())
        else:
            shift = timedelta(days=-60 if end == "expired" else 60)
            ApiToken.objects.update(from_at=token.from_at + shift, until_at=token.until_at + shift)

    ended, unknown = answers(text), answers("sw_unknown")
    assert problem_of(ended) == "unauthenticated"
    assert ended.json() == unknown.json()


def test_the_security_administrator_takes_a_token_back_and_nobody_else_does(client: Client) -> None:
    text = token_of(someone())
    token = ApiToken.objects.get()

    client.force_login(someone(Role.SECURITY_ADMINISTRATOR, COUNTIES[1]))
    assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 404
    client.force_login(someone(Role.TOWNSHIP, VILLAGE[:9]))
    assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 404
    assert answers(text).status_code == 200

    client.force_login(someone(Role.SECURITY_ADMINISTRATOR))
    assert token.name in client.get("/tokens/all/").content.decode()
    with audited("api.revoke"):
        assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 303
    assert problem_of(answers(text)) == "unauthenticated"


def test_one_lists_ones_own_tokens_only(client: Client) -> None:
    token_of(someone(), name="别人的")
    client.force_login(someone())

    assert "别人的" not in client.get("/tokens/").content.decode()


def test_too_many_requests_of_a_minute_are_told_to_wait(settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    asking = program()

    found = [asking.get("/token") for _ in range(3)]

    # A minute that begins in between starts the count anew.
    if ApiToken.objects.get().window_count == 3:
        assert [each.status_code for each in found] == [200, 200, 429]
        assert problem_of(found[2]) == "too-many"
        assert 1 <= int(found[2]["Retry-After"]) <= 61


def test_a_request_that_is_too_large_is_not_read() -> None:
    response = program().client.post(
        f"{BASE}/deliveries/rows", "x", content_type="application/json", CONTENT_LENGTH=str(1 << 30)
    )

    assert problem_of(response) == "too-large"


def test_nothing_is_within_reach_any_more_once_a_request_is_answered() -> None:
    from shouwang.records.models import Household

    with entered_system():
        household(VILLAGE)
    assert program().get("/households").json()["items"]

    assert not Household.objects.exists()


def test_making_and_revoking_need_the_same_person_or_his_administrator() -> None:
    made = someone()
    token_of(made)
    other = actor(someone(), now())

    from shouwang.actions.refusals import NotThere

    with entered(other.viewer), pytest.raises(NotThere):
        revoke_token(actor=other, token_id=ApiToken.objects.get().pk, at=now())
