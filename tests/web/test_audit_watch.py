"""The watch over the audit tells a change without its line (T57); and the forms that no other test sends."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Account, Household, Plan, PlanMeasure, SavedList
from shouwang.web.page import PAGES
from shouwang.web.pages import urlpatterns
from tests import audit_watch
from tests.audit_watch import EXEMPT, UnauditedWrite, unseen, watched
from tests.world import COUNTY, NOW, TODAY, VILLAGE, account, household

pytestmark = pytest.mark.django_db
assert urlpatterns, "importing the addresses registers the pages"


def sent(view: Any) -> HttpResponse:
    return watched(view)(RequestFactory().post("/"))


def test_a_change_without_a_line_is_told() -> None:
    with entered_system():
        home = household()

        def view(request: HttpRequest) -> HttpResponse:
            Household.objects.filter(pk=home.pk).update(is_present=False)
            return HttpResponse()

        with pytest.raises(UnauditedWrite, match="records_household"):
            sent(view)


def test_what_is_ones_own_and_what_only_reads_need_no_line() -> None:
    keeper = account(Role.VILLAGE, VILLAGE)

    def view(request: HttpRequest) -> HttpResponse:
        SavedList.objects.create(account=keeper, page="households", name="甲", query="")
        list(Household.objects.all())
        return HttpResponse()

    assert sent(view).status_code == 200


def test_a_page_that_no_test_sends_is_named_and_so_is_an_exemption_of_no_page() -> None:
    forms = {*EXEMPT, "visit_new"}
    assert unseen(forms, {"visit_new"}) == []
    assert unseen(forms, set()) == ["visit_new"]
    assert unseen(forms - {"draft"}, {"visit_new"}) == ["draft"]
    assert all(reason for reason in EXEMPT.values())
    assert all("POST" in PAGES[name].methods for name in EXEMPT)


def test_an_account_is_disabled_and_enabled_again_with_a_line_each(client: Client) -> None:
    person, boss = account(Role.VILLAGE, VILLAGE), account(Role.SYSTEM_ADMINISTRATOR, COUNTY)
    client.force_login(boss)
    for act in ("disable", "enable"):
        assert client.post(f"/accounts/{person.pk}/{act}/", {"is_confirmed": "1"}).status_code == 303
        assert f"account_{act}" in audit_watch.seen


def test_whose_telephone_is_lost_has_his_codes_taken_off_with_a_line(client: Client) -> None:
    person, boss = account(Role.VILLAGE, VILLAGE), account(Role.SECURITY_ADMINISTRATOR, COUNTY)
    Account.objects.filter(pk=person.pk).update(is_totp_confirmed=True)
    client.force_login(boss)

    assert client.post(f"/grants/clear-code/{person.pk}/", {"reason": "手机遗失"}).status_code == 303
    assert not Account.objects.get(pk=person.pk).is_totp_confirmed
    assert "grant_clear_code" in audit_watch.seen


def test_a_measure_is_adjusted_with_a_line(client: Client) -> None:
    with entered_system():
        person, home = account(Role.VILLAGE, VILLAGE), household(monitoring="monitored")
        about = {"household": home, "division": home.division}
        plan = Plan.objects.create(state="approved", drawn_up_by=person, drawn_up_on=TODAY, **about)
        measure = PlanMeasure.objects.create(
            plan=plan, label="产业帮扶", kind="industry", amount_fen=200_000, **about
        )
    client.force_login(person)
    typed = {"version": "1", "amount_fen": "1500", "reason": "成本低于预期", "starts_on": f"{NOW:%Y-%m-%d}"}

    assert client.post(f"/measures/{measure.pk}/adjust/", typed).status_code == 303
    assert "measure_adjust" in audit_watch.seen
