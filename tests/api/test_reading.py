"""Reading by the interface: in reach, masked by role, in pages that never change their order, audited."""

from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django.test import Client
from ninja import Schema

import shouwang.api
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, Clue, Finding, Household, ScreeningRun
from shouwang.web.clock import now
from tests.api.api_world import BASE, problem_of, program
from tests.audit_coverage import audited
from tests.world import COUNTY, FAR_VILLAGE, NOW, TODAY, TOWNSHIP, VILLAGE, household

pytestmark = pytest.mark.django_db


def homes(count: int, division: str = VILLAGE, **columns: Any) -> list[Household]:
    with entered_system():
        return [household(division, **columns) for _ in range(count)]


def finding(home: Household, *, feed: str = "medical") -> Finding:
    evidence = {
        "evidence": [{"text": "自付超过上限", "holds": True}],
        "values": {"own_pay_12m": 123_45},
        "parameters": [{"name": "line", "label": "线", "unit": "yuan", "value": 7000_00, "source": "文"}],
        "sources": [
            {"feed": feed, "file": "医保.xlsx", "sheet": "Sheet1", "row_no": 7, "amount_fen": 123_45}
        ],
        "source_row_count": 1,
    }
    with entered_system():
        run = ScreeningRun.objects.create(identifier=f"r{home.pk}", county=COUNTY, on=TODAY, ran_at=NOW)
        return Finding.objects.create(
            run=run, household=home, division=home.division, rule="medical", label="医疗支出", pack="cn-2021",
            kind="warning", risk="medical", grade="red", clause="一", reason="自付过高", evidence=evidence,
        )  # fmt: skip


def test_every_household_comes_once_whatever_the_length_of_the_pages() -> None:
    made = homes(7)
    asking, found, cursor = program(), [], ""

    while True:
        page = asking.get("/households", {"limit": 3, "cursor": cursor}).json()
        found += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break

    assert found == [each.pk for each in made]


def test_a_cursor_of_another_list_or_account_or_made_up_is_refused() -> None:
    homes(3)
    asking = program()
    cursor = asking.get("/households", {"limit": 1}).json()["next_cursor"]

    assert problem_of(asking.get("/clues", {"cursor": cursor})) == "invalid"
    assert problem_of(asking.get("/households", {"cursor": cursor, "monitoring": "none"})) == "invalid"
    assert problem_of(asking.get("/households", {"cursor": cursor[:-2]})) == "invalid"
    assert problem_of(program().get("/households", {"cursor": cursor})) == "invalid"


def test_a_page_is_never_longer_than_the_most() -> None:
    found = program().get("/households", {"limit": 501})

    assert problem_of(found) == "invalid"
    assert found.json()["errors"][0]["where"].endswith("limit")


def test_a_list_is_narrowed_by_place_status_and_time() -> None:
    near, far = homes(1, monitoring="monitored")[0], homes(1, FAR_VILLAGE)[0]
    asking = program()

    def ids(**asked: Any) -> list[int]:
        return [each["id"] for each in asking.get("/households", asked).json()["items"]]

    assert ids() == [near.pk, far.pk]
    assert ids(division=TOWNSHIP) == [near.pk]
    assert ids(division=far.division) == [far.pk]
    assert ids(monitoring="monitored") == [near.pk]
    assert ids(updated_since=(NOW - timedelta(days=1)).isoformat()) == [near.pk, far.pk]
    assert ids(updated_since=(NOW + timedelta(days=300)).isoformat()) == []


@pytest.mark.parametrize("instant", ["2026-11-01T00:00:00", "gestern", "0001-01-01T00:00:00"])
def test_an_instant_without_its_zone_is_refused(instant: str) -> None:
    assert problem_of(program().get("/households", {"updated_since": instant})) == "invalid"


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_instants_at_the_ends_of_time_are_answered(instant: str) -> None:
    for path in ("/households", "/clues", "/cases", "/findings", "/deliveries"):
        assert program().get(path, {"updated_since": instant}).status_code == 200


def test_a_condition_that_a_list_does_not_know_is_refused_not_passed_over() -> None:
    response = program().get("/households", {"divison": "361023"})

    assert problem_of(response) == "invalid"
    assert "division" in response.json()["detail"]
    assert "divison" not in response.json()["detail"]


def test_names_and_numbers_are_masked_as_on_the_pages() -> None:
    home = homes(1, members=1)[0]
    with entered_system():
        person = home.members.get()
    office = program().get(f"/households/{home.pk}/members").json()["items"][0]
    city = program(Role.CITY, COUNTY[:4]).get(f"/households/{home.pk}/members").json()["items"][0]

    assert office["name"] == person.name
    assert "*" in office["id_number"]
    assert city["name"] != person.name
    assert "is_disabled" in city["hidden"] or city["facts"]["is_disabled"] is None


def test_a_household_out_of_reach_is_answered_as_one_that_does_not_exist() -> None:
    far = homes(1, FAR_VILLAGE)[0]
    asking = program(Role.VILLAGE, VILLAGE)

    foreign, missing = asking.get(f"/households/{far.pk}"), asking.get("/households/999999999")
    nowhere = asking.get("/nothing/here")

    assert problem_of(foreign) == problem_of(missing) == problem_of(nowhere) == "not-found"
    assert foreign.json() == missing.json() == nowhere.json()


def test_each_answer_with_people_in_it_leaves_a_line_in_the_audit() -> None:
    home = homes(2, members=1)[0]
    asking = program()

    with audited("api.read", at_least=3):
        asking.get("/households")
        asking.get(f"/households/{home.pk}")
        asking.get(f"/households/{home.pk}/members")

    first = AuditEvent.objects.filter(action="api.read").order_by("sequence")[0]
    assert (first.target_kind, first.after) == ("household", {"rows": 2})


def test_what_has_not_changed_is_not_sent_again() -> None:
    homes(1)
    asking = program()
    first = asking.get("/households")

    again = asking.get("/households", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])

    homes(1)
    assert asking.get("/households", **{"If-None-Match": first["ETag"]}).status_code == 200


def test_a_finding_is_explained_down_to_the_row_of_the_file_in_fen() -> None:
    row = finding(homes(1)[0])

    body = program().get(f"/findings/{row.pk}").json()

    assert body["rule"] == "medical"
    assert body["sources"] == [
        {"feed": "medical", "file": "医保.xlsx", "sheet": "Sheet1", "row_no": 7, "amount_fen": 123_45}
    ]
    assert body["parameters"][0] | {"label": ""} == {
        "name": "line", "label": "", "unit": "fen", "value": 7000_00, "source": "文",
    }  # fmt: skip
    assert program().get("/findings", {"household_id": row.household_id}).json()["items"][0]["id"] == row.pk


def test_what_the_police_delivered_is_shown_to_nobody_without_the_right_to_it() -> None:
    row = finding(homes(1)[0], feed="security")

    body = program(Role.VILLAGE, VILLAGE).get(f"/findings/{row.pk}").json()

    assert body["is_readable"] is False
    assert body["rule"] is None
    assert body["sources"] == body["values"] == body["conditions"] == []


def test_a_clue_says_where_it_stands_and_what_it_came_from() -> None:
    row = finding(homes(1)[0])
    with entered_system():
        clue = Clue.objects.create(
            number="XS1", household=row.household, division=row.division, named="王甲", state="received",
            received_on=TODAY, turn="county_office",
        )  # fmt: skip
        clue.origins.create(
            division=row.division, source="screening", rule="medical", finding=row, received_at=NOW
        )
    asking = program()

    assert asking.get("/clues", {"state": "received"}).json()["items"][0]["number"] == "XS1"
    body = asking.get(f"/clues/{clue.pk}").json()
    assert body["origins"][0]["finding_id"] == row.pk


def test_the_policy_of_a_place_is_told_with_its_sources() -> None:
    body = program().get("/policies", {"division": VILLAGE, "on": "2026-11-23"}).json()

    assert body["packs"]
    assert {each["unit"] for each in body["parameters"]} & {"fen"}
    assert "yuan" not in {each["unit"] for each in body["parameters"]}
    assert problem_of(program().get("/policies", {"division": "999999"})) == "not-found"


def test_the_feeds_name_their_columns() -> None:
    feeds = {each["feed"]: each for each in program().get("/feeds").json()["items"]}

    assert any(each["is_required"] for each in feeds["medical"]["columns"])


def test_the_description_is_open_and_says_nothing_of_anybody(client: Client) -> None:
    response = client.get(f"{BASE}/openapi.json")

    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")
    assert "Set-Cookie" not in response


def test_an_error_of_the_program_is_told_without_its_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: Any, **named: Any) -> None:
        raise RuntimeError("王甲 999999197001010018")

    monkeypatch.setattr("shouwang.api.in_reach.note_read", fail)
    response = program().get("/households")

    assert problem_of(response) == "failed"
    assert "王甲" not in response.content.decode()


def test_no_two_schemas_of_the_description_have_one_name() -> None:
    """The later would be described as the earlier: what it answers would not be what is written."""
    rooms = [import_module(f"shouwang.api.{each.name}") for each in iter_modules(shouwang.api.__path__)]
    made = {each for room in rooms for each in vars(room).values() if isinstance(each, type)}
    names = [each.__name__ for each in made if issubclass(each, Schema) and each is not Schema]

    assert len(names) > 20
    assert sorted(names) == sorted(set(names))


def test_a_method_that_an_address_does_not_take_is_told() -> None:
    response = program().client.delete(f"{BASE}/households")

    assert problem_of(response) == "method-not-allowed"
    assert "GET" in response["Allow"]
    assert now().tzinfo is not None
