"""Two mirrored counties and the interface: by no operation does one reach the other."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver

from shouwang.api.app import api
from shouwang.api.operations import OPERATIONS, Operation
from shouwang.domain.api_scopes import NEEDED, ApiScope, is_open_to
from shouwang.domain.roles import ROLES, Role
from shouwang.records.access import entered_system
from tests.api.api_world import BASE, EVERYTHING, Program, problem_of, token_of
from tests.mirrored import Mirror, mirror
from tests.web.test_scope_sweep import (
    ROLES_BEHIND_ONE_WALL,
    ROLES_OF_ONE_COUNTY,
    canaries_in,
    digest,
    someone,
    without_first_wall,
)
from tests.world import HERE, THERE

pytestmark = pytest.mark.django_db
_PARAMETER = re.compile(r"\{(?:\w+:)?(\w+)\}")


@pytest.fixture
def there() -> Mirror:
    """One of everything in the other county, full of canaries."""
    with entered_system():
        return mirror(THERE)


def address(entry: Operation, there: Mirror) -> str:
    def foreign(match: re.Match[str]) -> str:
        assert match[1] in there.ids, f"{entry.name}: say in tests/mirrored.py what {{{match[1]}}} is"
        return str(there.ids[match[1]])

    return _PARAMETER.sub(foreign, entry.path)


def ask(asking: Program, entry: Operation, there: Mirror) -> Any:
    """Ask for an operation with the other county's objects, and name the county wherever it can be named."""
    path = address(entry, there)
    if entry.method == "GET":
        return asking.get(path)
    county = {"county": THERE.county, "department": "medical"}
    if entry.name == "push_file":
        return asking.push({**county, "file": SimpleUploadedFile("a.csv", "姓名\n王甲".encode())})
    if entry.name == "push_rows":
        return asking.post(path, {**county, "columns": ["姓名"], "rows": [["王甲"]]})
    return asking.post(path, {"reason": "核对情况后办理"}, **{"If-Match": "*"})


def sweep(asking: Program, there: Mirror) -> list[str]:
    wrong = []
    for entry in OPERATIONS.values():
        response = ask(asking, entry, there)
        if found := canaries_in(response):
            wrong.append(f"{entry.name}: {response.status_code} shows {found}")
        is_about_one = _PARAMETER.search(entry.path) or entry.method != "GET"
        if is_about_one and response.status_code not in (403, 404):
            wrong.append(f"{entry.name}: {response.status_code}")
    for narrowed in ({"division": THERE.county}, {"household_id": there.ids["household_id"]}):
        for path in ("/households", "/clues", "/cases", "/findings", "/deliveries"):
            response = asking.get(path, narrowed)
            if canaries_in(response):
                wrong.append(f"{path} narrowed by {narrowed} shows the other county")
    return wrong


def caller(role: Role) -> Program | None:
    made = someone(role)
    may = [each for each in EVERYTHING if is_open_to(ApiScope(each), ROLES[role].permissions)]
    return Program(token_of(made, may))


@pytest.mark.parametrize("role", ROLES_OF_ONE_COUNTY, ids=str)
def test_no_token_reaches_the_other_county_by_any_operation(role: Role, there: Mirror) -> None:
    asking, before = caller(role), digest()

    assert asking is not None
    assert not sweep(asking, there)
    assert digest() == before


@pytest.mark.parametrize("role", ROLES_BEHIND_ONE_WALL, ids=str)
def test_the_second_wall_holds_without_the_first(
    role: Role, there: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = caller(role)
    without_first_wall(monkeypatch)
    before = digest()

    assert asking is not None
    assert not [each for each in sweep(asking, there) if "shows" in each]
    assert digest() == before


def test_the_sweep_asks_for_what_its_owner_may_see() -> None:
    with entered_system():
        here = mirror(HERE)
    asking = caller(Role.COUNTY_OFFICE)
    assert asking is not None

    shown = [entry.name for entry in OPERATIONS.values() if canaries_in(ask(asking, entry, here))]

    assert {"list_households", "get_household", "list_members", "get_clue", "get_finding"} <= set(shown)


def test_every_address_of_the_interface_is_an_operation_with_a_scope() -> None:
    operations = {
        (method, told["operationId"])
        for methods in api.get_openapi_schema()["paths"].values()
        for method, told in methods.items()
    }
    resolver = next(each for each in get_resolver().url_patterns if hasattr(each, "url_patterns"))
    names = {each.name for each in resolver.url_patterns}

    assert {name for _, name in operations} == set(OPERATIONS)
    # What is no operation: the description, the root, and what answers where there is nothing.
    assert names - set(OPERATIONS) <= {"openapi-json", "api-root", "nothing"}
    assert {entry.scope for entry in OPERATIONS.values()} == set(ApiScope) == set(NEEDED)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_is_refused_to_a_token_without_its_scope(name: str, there: Mirror) -> None:
    entry = OPERATIONS[name]
    others = [each for each in EVERYTHING if each != entry.scope]

    response = ask(Program(token_of(someone(Role.COUNTY_OFFICE), others)), entry, there)

    assert problem_of(response) == "forbidden"


def test_without_a_token_every_operation_is_closed(there: Mirror) -> None:
    from django.test import Client

    for entry in OPERATIONS.values():
        method = getattr(Client(), entry.method.lower())
        body = {} if entry.method == "GET" else {"data": json.dumps({}), "content_type": "application/json"}
        response = method(BASE + address(entry, there), **body)
        assert problem_of(response) == "unauthenticated"
        assert not canaries_in(response)
