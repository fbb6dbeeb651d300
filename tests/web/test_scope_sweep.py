"""Two mirrored counties: by no address, method or role does one reach the other (T01–T03, T07)."""

import re
import sys
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from shouwang.domain.roles import ROLES, Role
from shouwang.records import access
from shouwang.records.access import entered_system
from shouwang.records.models import Account
from shouwang.web.page import PAGES, Page
from shouwang.web.pages import urlpatterns
from tests.mirrored import CANARIES, Mirror, mirror
from tests.world import HERE, THERE, account

pytestmark = pytest.mark.django_db
_PLACES = {5: HERE.villages[0], 4: HERE.townships[0], 3: HERE.county, 2: HERE.county[:4], 1: HERE.county[:2]}
# The city and the province hold both counties: what they reach is theirs.
assert urlpatterns, "importing the addresses registers the pages"
ROLES_OF_ONE_COUNTY = [role for role in Role if role not in (Role.CITY, Role.PROVINCE)]
# Each kind of reach once: a place, a group, a duty, a department's tasks.
ROLES_BEHIND_ONE_WALL = [Role.COUNTY_OFFICE, Role.HOUSEHOLD_GROUP, Role.HELPER, Role.DEPARTMENT]
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
REFUSED = {302, 400, 403, 404, 405}


@pytest.fixture
def there() -> Mirror:
    """One of everything in the other county, full of canaries."""
    with entered_system():
        return mirror(THERE)


def someone(role: Role) -> Account:
    departments = ["medical"] if role is Role.DEPARTMENT else []
    with entered_system():
        return account(role, _PLACES[max(ROLES[role].levels)], departments=departments)


def address(page: Page, there: Mirror) -> str:
    """Return the address of a page with the other county's objects in it."""

    def foreign(match: re.Match[str]) -> str:
        name = match.group(1)
        assert name in there.ids, (
            f"{page.name}: say in tests/mirrored.py what <{name}> is, so that it is swept"
        )
        return str(there.ids[name])

    return "/" + _PARAMETER.sub(foreign, page.route)


def canaries_in(response: Any) -> list[str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode("utf-8", "replace") + "".join(f"{name}:{value}" for name, value in response.items())
    return [each for each in CANARIES if each in text]


def digest() -> str:
    """Return a digest of everything the other county has."""
    low, high = THERE.county.ljust(12, "0"), THERE.county.ljust(12, "9")
    found = []
    with entered_system(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'division' "
            "AND table_name LIKE 'records_%' AND table_name <> 'records_auditevent' ORDER BY 1"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {table} t "
                "WHERE division BETWEEN %s AND %s",
                [low, high],
            )
            found.append(f"{table} {cursor.fetchone()[0]}")
    return "\n".join(found)


def _picture() -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "PNG")
    return SimpleUploadedFile("picture.png", drawn.getvalue(), "image/png")


def sweep(client: Client, there: Mirror) -> list[str]:
    """Ask for every page by every method with the other county's objects; return what was wrong."""
    wrong = []
    for page in PAGES.values():
        if page.name == "sign_out":
            continue
        for method in ("get", "post"):
            form = {**there.form, "is_confirmed": "1", "photos": _picture()} if method == "post" else {}
            response: HttpResponse = getattr(client, method)(address(page, there), form)
            if found := canaries_in(response):
                wrong.append(f"{method} {page.name}: {response.status_code} shows {found}")
            if (
                _PARAMETER.search(page.route)
                and page.name not in there.shared
                and response.status_code not in REFUSED
            ):
                wrong.append(f"{method} {page.name}: {response.status_code}")
    return wrong


def without_first_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the scope function show everything, wherever it has been imported."""
    for module in [each for name, each in sys.modules.items() if name.startswith("shouwang.")]:
        if hasattr(module, "visible"):
            monkeypatch.setattr(module, "visible", lambda queryset, *args, **kwargs: queryset)


@pytest.mark.parametrize("role", ROLES_OF_ONE_COUNTY, ids=str)
def test_no_role_reaches_the_other_county_by_any_address(role: Role, there: Mirror, client: Client) -> None:
    client.force_login(someone(role))
    before = digest()

    assert not sweep(client, there)
    assert digest() == before


@pytest.mark.parametrize("role", ROLES_BEHIND_ONE_WALL, ids=str)
def test_the_second_wall_holds_without_the_first(
    role: Role, there: Mirror, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_first_wall(monkeypatch)
    client.force_login(someone(role))
    before = digest()

    assert not [each for each in sweep(client, there) if "shows" in each]
    assert digest() == before


def test_a_visitor_without_an_account_is_led_to_the_door(there: Mirror, client: Client) -> None:
    before = digest()
    for page in PAGES.values():
        if page.permission != "public":
            for method in ("get", "post"):
                response = getattr(client, method)(address(page, there), {})
                assert response.status_code in (302, 401, 405), page.name
                assert not canaries_in(response)
    assert digest() == before


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_a_page_whose_permission_the_role_lacks_is_refused(role: Role, there: Mirror, client: Client) -> None:
    made = someone(role)
    client.force_login(made)

    for page in PAGES.values():
        asked = page.permission if isinstance(page.permission, tuple) else (page.permission,)
        if page.permission in ("public", "signed_in") or set(asked) & ROLES[role].permissions:
            continue
        for method in page.methods:
            response = getattr(client, method.lower())(address(page, there), {})
            assert response.status_code == 403, (page.name, method, response.status_code)


def test_reading_changes_nothing(client: Client, there: Mirror) -> None:
    with entered_system():
        here = mirror(HERE)
        reader = account(Role.COUNTY_OFFICE, HERE.county)
    client.force_login(reader)

    def whole() -> list[Any]:
        with entered_system(), connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'records_%' ORDER BY 1")
            found = []
            for (table,) in cursor.fetchall():
                if table not in {"records_auditevent", "records_account"}:
                    cursor.execute(
                        f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {table} t"
                    )
                    found.append((table, cursor.fetchone()[0]))
            return found

    before = whole()
    for page in PAGES.values():
        if "GET" in page.methods:
            client.get(address(page, here))
    assert whole() == before


def test_the_sweep_tells_where_both_walls_are_down(
    there: Mirror, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_first_wall(monkeypatch)
    monkeypatch.setattr("shouwang.web.sessions.enter", lambda viewer: access.enter_everywhere())
    client.force_login(someone(Role.COUNTY_OFFICE))

    shown = [each for each in sweep(client, there) if "shows" in each]
    assert {"get household", "get clue", "get case", "get plan"} <= {each.split(":")[0] for each in shown}
