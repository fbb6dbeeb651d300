"""Changing a household and its members on the pages; a stale page, a foreign one, a wrong day."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import (
    Household,
    Notification,
)
from tests.web.household_world import NUMBER, SignIn, _clock, as_, home, page_of, text_of
from tests.world import (
    FAR_VILLAGE,
    NEIGHBOUR,
    TODAY,
    TOWNSHIP,
    VILLAGE,
)

__all__ = ["_clock", "as_", "home"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name", ["household", "household_edit", "household_move", "household_split", "member_new"]
)
def test_a_neighbour_and_a_missing_household_look_the_same(
    client: Client, as_: SignIn, home: Household, name: str
) -> None:
    as_(Role.TOWNSHIP, FAR_VILLAGE[:9])
    foreign, missing = page_of(client, name, home.pk), page_of(client, name, 999_999)

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert home.head_name not in text_of(foreign)
    tokens = r'data-csrf="\w+"|value="\w{64}"|\d+'
    assert re.sub(tokens, "", text_of(foreign)) == re.sub(tokens, "", text_of(missing))


def test_who_may_not_edit_is_told_so(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.RESIDENT_TEAM, VILLAGE)
    assert page_of(client, "household_edit", home.pk).status_code == 403
    as_(Role.VILLAGE, VILLAGE)
    assert page_of(client, "household_move", home.pk).status_code == 403


def edit_fields(home: Household, **changes: Any) -> dict[str, str]:
    return {
        "group_name": "一组",
        "household_class": "一般农户",
        "on": str(TODAY),
        "version": str(home.version),
        **changes,
    }


def test_an_edit_shows_in_the_past_what_was_then(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.VILLAGE, VILLAGE)
    form = page_of(client, "household_edit", home.pk)
    assert form.context["form"]["version"].value() == 1
    response = client.post(
        reverse("household_edit", args=[home.pk]),
        edit_fields(home, group_name="五组", has_safe_water="false"),
    )
    assert response.status_code == 303
    now_said = text_of(page_of(client, "household", home.pk))
    then = text_of(page_of(client, "household", home.pk, on="2026-06-01"))
    assert "信息修改" in now_said
    assert "当日的情况" in then
    facts = page_of(client, "household", home.pk, on="2026-06-01").context["sections"]
    assert "一组" in {item["value"] for section in facts for item in section["items"]}
    before_all = page_of(client, "household", home.pk, on="2020-01-01")
    assert "当日系统中还没有这一户" in text_of(before_all)


def test_a_lost_update_is_shown_field_by_field_and_can_be_settled(
    client: Client, as_: SignIn, home: Household
) -> None:
    as_(Role.VILLAGE, VILLAGE)
    address = reverse("household_edit", args=[home.pk])
    client.post(address, edit_fields(home, group_name="五组"))
    late = client.post(address, edit_fields(home, group_name="六组", has_safe_water="true"))

    assert late.status_code == 409
    assert {(row["name"], row["mine"], row["theirs"]) for row in late.context["rows"]} >= {
        ("group_name", "六组", "五组")
    }
    kept = dict(late.context["kept"])
    settled = client.post(address, {**kept, "group_name": "六组", "has_safe_water": "true"})
    assert settled.status_code == 303
    with entered_system():
        home.refresh_from_db()
        assert home.group_name == "六组"


def test_a_wrong_day_is_said_on_the_form(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.VILLAGE, VILLAGE)
    address = reverse("household_edit", args=[home.pk])
    for on in ("2026-12-31", "2025-01-01", ""):
        response = client.post(address, edit_fields(home, group_name="九组", on=on))
        assert response.status_code == 422
        assert response.context["form"].errors["on"]


def test_somebody_is_born_and_somebody_leaves(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.VILLAGE, VILLAGE)
    common = {"on": str(TODAY), "version": "1"}
    added = client.post(
        reverse("member_new", args=[home.pk]),
        {**common, "change": "birth", "name": "王新", "relation": "之孙子", "birth_date": "2026-11-20"},
    )
    assert added.status_code == 303
    with entered_system():
        son = home.members.filter(relation="之子").first()
    gone = client.post(
        reverse("member_leave", args=[son.pk]), {**common, "version": "2", "change": "enlistment"}
    )
    assert gone.status_code == 303
    assert "参军入伍" in text_of(page_of(client, "household", home.pk, tab="members"))
    stale = client.post(reverse("member_return", args=[son.pk]), {**common, "version": "2"})
    assert stale.status_code == 409
    back = client.post(reverse("member_return", args=[son.pk]), {**common, "version": "3"})
    assert back.status_code == 303
    head = client.post(
        reverse("member_head", args=[son.pk]), {**common, "version": "4", "relation_of_old": "之父"}
    )
    assert head.status_code == 303
    with entered_system():
        home.refresh_from_db()
        assert home.head_name == son.name


def test_an_entered_number_is_told_at_once(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.VILLAGE, VILLAGE)
    address = reverse("identity_check")
    good = text_of(client.post(address, {"id_number": NUMBER, "version": "1"}))
    assert "证件号码有效" in good
    assert "1980-01-01" in good
    assert NUMBER not in good
    assert "占位号" in text_of(client.post(address, {"id_number": "999999197001010019"}))
    assert text_of(client.post(address, {"id_number": ""})) == ""
    joined = {"on": str(TODAY), "version": "1", "change": "move_in", "name": "王丁", "relation": "其他"}
    assert (
        client.post(reverse("member_new", args=[home.pk]), {**joined, "id_number": NUMBER}).status_code == 303
    )
    assert "已登记在另一名" in text_of(client.post(address, {"id_number": NUMBER, "version": "2"}))
    again = client.post(
        reverse("member_new", args=[home.pk]), {**joined, "version": "2", "id_number": NUMBER}
    )
    assert again.status_code == 422
    assert "id_number" in again.context["form"].errors


def test_a_member_is_edited_and_a_second_editor_is_told(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.VILLAGE, VILLAGE)
    with entered_system():
        son = home.members.filter(relation="之子").first()
    address = reverse("member_edit", args=[son.pk])
    form = client.get(address).context["form"]
    sent = {"name": son.name, "relation": "之子", "on": str(TODAY), "version": form["version"].value()}
    assert client.post(address, {**sent, "labour": "skilled"}).status_code == 303
    late = client.post(address, {**sent, "labour": "weak"})
    assert late.status_code == 409
    assert {row["name"] for row in late.context["rows"]} >= {"labour"}


def test_a_household_moves_and_the_old_village_sees_it_no_more(
    client: Client, as_: SignIn, home: Household
) -> None:
    as_(Role.TOWNSHIP, TOWNSHIP)
    address = reverse("household_move", args=[home.pk])
    choices = dict(client.get(address).context["form"].fields["division"].choices)
    assert NEIGHBOUR in choices
    assert VILLAGE not in choices
    assert FAR_VILLAGE not in choices
    moved = client.post(address, {"division": NEIGHBOUR, "on": str(TODAY), "version": "1"})
    assert moved.status_code == 303
    as_(Role.VILLAGE, VILLAGE)
    assert page_of(client, "household", home.pk).status_code == 404
    as_(Role.VILLAGE, NEIGHBOUR)
    assert page_of(client, "household", home.pk, tab="history").status_code == 200
    told = Notification.objects.filter(kind="move", account__place=NEIGHBOUR)
    assert not told.exists()


def test_a_household_is_split_and_merged_on_the_pages(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.TOWNSHIP, TOWNSHIP)
    with entered_system():
        son = home.members.filter(relation="之子").first()
    common = {"on": str(TODAY), "version": "1"}
    wrong = client.post(reverse("household_split", args=[home.pk]), common)
    assert wrong.status_code == 422
    split = client.post(
        reverse("household_split", args=[home.pk]), {**common, "members": [son.pk], "head": son.pk}
    )
    assert split.status_code == 303
    with entered_system():
        founded = Household.objects.exclude(pk=home.pk).get(head_name=son.name)
    for into, status in (("no-such", 422), (home.number, 303)):
        merged = client.post(reverse("household_merge", args=[founded.pk]), {**common, "into": into})
        assert merged.status_code == status
