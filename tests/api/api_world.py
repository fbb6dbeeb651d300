"""Programs that ask the interface, each with a token of its own."""

import json
from collections.abc import Iterable
from typing import Any

from django.test import Client

from shouwang.actions.api_tokens import make_token
from shouwang.domain.api_scopes import ApiScope
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Account
from shouwang.web.clock import now
from tests.world import COUNTY, account, actor

EVERYTHING = tuple(str(each) for each in ApiScope)
BASE = "/api/v1"


def token_of(of: Account, scopes: Iterable[str] = (), **asked: Any) -> str:
    """Make a token of an account for these scopes, by default all that its roles may do."""
    given = {"name": "测试", "methods": ["GET", "POST"], "addresses": [], "days": 30, **asked}
    acting = actor(of, now())
    wanted = list(scopes) or [each for each in EVERYTHING if _may(of, each)]
    with entered(acting.viewer):
        return make_token(actor=acting, scopes=wanted, at=now(), **given).text


def _may(of: Account, scope: str) -> bool:
    from shouwang.domain.api_scopes import is_open_to

    return is_open_to(ApiScope(scope), actor(of, now()).viewer.permissions)


class Program:
    """A client that sends its token with every request, and nothing else."""

    def __init__(self, text: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {text}"})

    def get(self, path: str, asked: Any = None, **headers: str) -> Any:
        """Ask."""
        return self.client.get(BASE + path, asked, headers=headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Send JSON."""
        return self.client.post(
            BASE + path, json.dumps(body), content_type="application/json", headers=headers
        )

    def push(self, form: dict[str, Any], **headers: str) -> Any:
        """Send a form with a file."""
        return self.client.post(f"{BASE}/deliveries", form, headers=headers)


def program(role: Role = Role.COUNTY_OFFICE, place: str = COUNTY, **grant: Any) -> Program:
    """Return the program of a new account with all the scopes its role allows."""
    with entered_system():
        made = account(role, place, **grant)
    return Program(token_of(made))


def problem_of(response: Any) -> str:
    """Return the type of the problem a response is, without its beginning; fails where it is none."""
    assert response["Content-Type"] == "application/problem+json", response.content
    body = response.json()
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in response.content.decode()
    return str(body["type"]).removeprefix("urn:shouwang:problem:")
