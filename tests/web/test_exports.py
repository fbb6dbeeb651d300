"""The pages of exports: choice, file, second person, the day after, the neighbours (T35)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import pyzipper
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Account, ExportRequest, Household
from shouwang.web.views import exports as pages
from tests.actions.export_world import home, own_folder
from tests.audit_coverage import audited
from tests.mirrored import CANARIES, mirror
from tests.world import COUNTY, HERE, NOW, THERE, TOWNSHIP, VILLAGE, account

__all__ = ["home", "own_folder"]
pytestmark = pytest.mark.django_db
PURPOSE = {"purpose": "comparison", "reason": "与县医保局比对十一月参保"}
Clock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock of the pages."""

    def set_to(at: datetime) -> None:
        monkeypatch.setattr(pages, "now", lambda: at)
        monkeypatch.setattr(pages, "today", lambda: at.date())

    set_to(NOW)
    return set_to


def signed_in(role: Role = Role.COUNTY_OFFICE, place: str = COUNTY) -> tuple[Client, Account]:
    with entered_system():
        made = account(role, place)
    client = Client()
    client.force_login(made)
    return client, made


def asked(client: Client, profile: str = "roster", **query: str) -> ExportRequest:
    """Choose on the page, state the purpose, and return the request."""
    form = {"from_on": "2026-01-01", "to_on": "2026-11-23", "file_format": "xlsx", "area": COUNTY, **query}
    address = f"{reverse('export_new', args=[profile])}?" + "&".join(f"{k}={v}" for k, v in form.items())
    with audited("export.request"):
        sent = client.post(address, PURPOSE)
    assert sent.status_code == 303, sent.content.decode()
    with entered_system():
        return ExportRequest.objects.latest("pk")


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def test_a_list_is_chosen_seen_made_and_taken(home: Household) -> None:
    client, _ = signed_in()
    profiles = client.get(reverse("exports")).content.decode()
    assert "医保部门比对名单" in profiles
    preview = client.get(reverse("export_new", args=["roster"])).content.decode()
    assert "共 <strong>3</strong> 行" in preview
    assert "脱敏" in preview

    made = asked(client, id_format="masked")
    page = client.get(reverse("export", args=[made.pk])).content.decode()
    assert made.number in page
    assert "按规定免审批" in page
    offered = client.get(reverse("export_file", args=[made.pk]))
    password = offered.context["form"]["password"].initial
    assert password in offered.content.decode()
    assert offered["Cache-Control"] == "no-store"
    with audited("export.download"):
        taken = client.post(reverse("export_file", args=[made.pk]), {"is_locked": "on", "password": password})
    archive = pyzipper.AESZipFile(BytesIO(body(taken)))
    archive.setpassword(password.encode())
    book = openpyxl.load_workbook(BytesIO(archive.read(archive.namelist()[0])))
    assert book["花名册"]["H3"].value == "王甲某"
    assert taken["Content-Disposition"].startswith("attachment")
    again = client.get(reverse("export_file", args=[made.pk]))
    assert again.context["form"]["password"].initial != password


def test_a_file_is_taken_plain_where_no_password_is_wanted(home: Household) -> None:
    client, _ = signed_in()
    made = asked(client, file_format="csv")
    taken = client.post(reverse("export_file", args=[made.pk]), {"password": ""})

    assert taken["Content-Type"] == "text/csv"
    assert "王甲某" in body(taken).decode("utf-8-sig")
    for form, said in (
        ({"is_locked": "on", "password": ""}, "请填写"),
        ({"is_locked": "on", "password": "x"}, "12"),
    ):
        wrong = client.post(reverse("export_file", args=[made.pk]), form)
        assert wrong.status_code == 422
        assert said in wrong.content.decode()


def test_whole_numbers_go_by_a_second_person(home: Household) -> None:
    client, _ = signed_in(Role.VILLAGE, VILLAGE)
    made = asked(client, area=VILLAGE, id_format="18")
    assert made.state == "asked"
    assert "审批" in client.get(reverse("export", args=[made.pk])).content.decode()
    assert client.get(reverse("export_file", args=[made.pk])).status_code == 404
    own = client.post(reverse("export_decide", args=[made.pk]), {"version": "1", "answer": "approve"})
    assert own.status_code == 403

    boss, _ = signed_in(Role.TOWNSHIP, TOWNSHIP)
    assert made.number in boss.get(reverse("export_approvals")).content.decode()
    assert "与县医保局比对" in boss.get(reverse("export", args=[made.pk])).content.decode()
    with audited("export.approve"):
        sent = boss.post(reverse("export_decide", args=[made.pk]), {"version": "1", "answer": "approve"})
    assert sent.status_code == 303
    assert made.number in boss.get(reverse("export_approvals"), {"tab": "past"}).content.decode()
    late = boss.post(reverse("export_decide", args=[made.pk]), {"version": "1", "answer": "approve"})
    assert late.status_code == 409
    assert boss.get(reverse("export_file", args=[made.pk])).status_code == 404

    assert "生成文件" in client.get(reverse("export", args=[made.pk])).content.decode()
    with audited("export.make"):
        assert client.post(reverse("export_make", args=[made.pk])).status_code == 303
    assert client.get(reverse("export_file", args=[made.pk])).status_code == 200
    assert client.post(reverse("export_make", args=[made.pk])).status_code == 303


def test_what_is_refused_says_why(home: Household) -> None:
    client, _ = signed_in(Role.VILLAGE, VILLAGE)
    made = asked(client, area=VILLAGE, id_format="18")
    boss, _ = signed_in(Role.TOWNSHIP, TOWNSHIP)
    form = {"version": "1", "answer": "refuse", "opinion": ""}
    silent = boss.post(reverse("export_decide", args=[made.pk]), form)
    assert silent.status_code == 422
    with audited("export.refuse"):
        boss.post(reverse("export_decide", args=[made.pk]), form | {"opinion": "用脱敏名单即可"})

    page = client.get(reverse("export", args=[made.pk])).content.decode()
    assert "用脱敏名单即可" in page
    assert "未批准" in client.get(reverse("own_exports")).content.decode()


def test_an_expired_link_answers_like_one_that_never_was(home: Household, clock: Clock) -> None:
    client, _ = signed_in()
    made = asked(client)
    client.get(reverse("own_exports"))
    clock(NOW + timedelta(hours=24))

    for method in ("get", "post"):
        gone = getattr(client, method)(reverse("export_file", args=[made.pk]))
        never = getattr(client, method)(reverse("export_file", args=[999_999]))
        assert gone.status_code == never.status_code == 404
        assert _without_token(gone) == _without_token(never)
    assert "已过期" in client.get(reverse("export", args=[made.pk])).content.decode()
    assert "已过期" in client.get(reverse("own_exports")).content.decode()


def _without_token(response: Any) -> list[str]:
    return [line for line in response.content.decode().splitlines() if "csrf" not in line]


@pytest.mark.parametrize("query", [{"area": THERE.county}, {"area": THERE.villages[0]}, {"area": "999999"}])
def test_a_place_out_of_reach_cannot_be_chosen(home: Household, query: dict[str, str]) -> None:
    client, _ = signed_in()
    form = {"from_on": "2026-01-01", "to_on": "2026-11-23", "file_format": "xlsx"} | query
    page = client.get(reverse("export_new", args=["roster"]), form)

    assert page.status_code == 422
    assert "用途说明" not in page.content.decode()
    city, _ = signed_in(Role.CITY, COUNTY[:4])
    assert city.get(reverse("export_new", args=["roster"]), form | {"area": "530521"}).status_code == 404


def test_no_page_or_file_of_an_export_holds_anything_of_the_neighbours() -> None:
    with entered_system():
        there = mirror(THERE)
        mirror(HERE)
        Household.objects.filter(division__startswith=COUNTY).update(head_name="王甲某")
        Household.objects.filter(division__startswith=COUNTY).update(number="HH-own")
    client, _ = signed_in()
    foreign = there.ids["export_id"]
    for name in ("export", "export_file", "export_make", "export_decide"):
        for method in ("get", "post"):
            answer = getattr(client, method)(
                reverse(name, args=[foreign]), {"version": "1", "answer": "approve"}
            )
            assert answer.status_code in (404, 405), name
    seen = [client.get(reverse(name)) for name in ("exports", "own_exports", "export_approvals")]
    assert f"{THERE.county}DC1" not in "".join(each.content.decode() for each in seen)
    for profile in ("roster", "monitored_ledger", "national_household", "to_medical", "summary"):
        made = asked(client, profile, id_format="masked")
        taken = body(client.post(reverse("export_file", args=[made.pk]), {"password": ""}))
        book = openpyxl.load_workbook(BytesIO(taken))
        text = str([[cell.value for row in sheet.iter_rows() for cell in row] for sheet in book])
        assert not [each for each in (*CANARIES[1:], THERE.county) if each in text], profile


@pytest.mark.parametrize(
    "form", [{}, {"purpose": "work", "reason": "好"}, {"purpose": "", "reason": "比对参保情况"}]
)
def test_a_purpose_that_says_nothing_is_asked_for_again(home: Household, form: dict[str, str]) -> None:
    client, _ = signed_in()
    page = client.post(reverse("export_new", args=["roster"]), form)

    assert page.status_code == 422
    with entered_system():
        assert not ExportRequest.objects.exists()


def test_the_household_list_leads_on_with_its_filters(home: Household) -> None:
    client, _ = signed_in()
    page = client.get(reverse("households"), {"monitoring": "monitored", "risk": "medical"}).content.decode()

    address = f"{reverse('export_new', args=['monitored_ledger'])}?standing=monitored&amp;risk=medical"
    assert address in page
    assert client.get(address.replace("&amp;", "&")).status_code == 200
    helper, _ = signed_in(Role.HELPER, VILLAGE)
    assert "export_new" not in helper.get(reverse("households")).content.decode()


def test_an_unknown_profile_is_not_there() -> None:
    client, _ = signed_in()
    assert client.get(reverse("export_new", args=["nothing"])).status_code == 404


def test_the_lists_take_the_same_queries_for_one_and_for_many(
    home: Household, django_assert_max_num_queries: Any
) -> None:
    client, _ = signed_in()
    made = asked(client)
    with entered_system():
        for number in range(12):
            made.pk, made.number = None, f"DC{number}"
            made.save()
    client.get(reverse("own_exports"))
    with django_assert_max_num_queries(12):
        assert client.get(reverse("own_exports")).status_code == 200
