"""The pages of donors' offers and gifts, through the real middleware."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import DonationOffer, Gift, Household
from tests.assistance_world import People, monitored, pay
from tests.audit_coverage import audited
from tests.support_world import a_gift, an_offer
from tests.world import COUNTY, NEIGHBOUR, NOW, TODAY, TOWNSHIP, VILLAGE, account

pytestmark = pytest.mark.django_db
OFFER = {
    "place": TOWNSHIP,
    "donor_name": "样例爱心企业",
    "donor_kind": "enterprise",
    "kind": "cash",
    "text": "大病帮扶资金",
    "amount_fen": "10000",
    "per_household_fen": "3000",
    "risks": ["medical"],
}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("donations", "gifts"):
        monkeypatch.setattr(f"shouwang.web.views.{module}.today", lambda: TODAY)
        monkeypatch.setattr(f"shouwang.web.views.{module}.now", lambda: NOW)


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "county": account(Role.COUNTY_OFFICE, COUNTY),
            "city": account(Role.CITY, COUNTY[:4]),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        made = monitored(head_name="钱甲试", risks=["medical"], grade="red")
        pay(made, 500_000)
        return made


def text(client: Client, name: str, *args: int, **query: str) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def test_an_offer_is_matched_accepted_and_delivered(client: Client, people: People, home: Household) -> None:
    client.force_login(people["township"])
    with audited("offer.register"):
        assert client.post(reverse("offer_new"), OFFER).status_code == 303
    with entered_system():
        offer = DonationOffer.objects.get()
    shown = text(client, "offer_fitting", offer.pk)
    assert "钱甲试" in shown
    assert "近12个月医疗自付5,000元，仍缺5,000元" in shown
    assert "3,000元" in shown
    with audited("gift.propose"):
        assert client.post(reverse("offer_propose", args=[offer.pk]), {"row": [home.pk]}).status_code == 303
    with entered_system():
        gift = Gift.objects.get()
    assert gift.amount_fen == 300_000
    assert "由他人征求农户意见" in text(client, "gift", gift.pk)
    assert "钱甲试" not in text(client, "offer_fitting", offer.pk)

    client.force_login(people["village"])
    assert "钱甲试" in text(client, "gifts")
    answer = reverse("gift_answer", args=[gift.pk])
    assert client.post(answer, {"version": "1", "decision": "decline"}).status_code == 422
    with audited("gift.answer"):
        assert client.post(answer, {"version": "1", "decision": "accept"}).status_code == 303
    deliver = reverse("gift_deliver", args=[gift.pk])
    given = {
        "version": "2",
        "delivered_on": TODAY.isoformat(),
        "delivered_fen": "3000",
        "receipt": "收据0012",
    }
    assert client.post(deliver, given).status_code == 422
    with audited("gift.deliver"):
        assert client.post(deliver, {**given, "received_by": "户主本人"}).status_code == 303
    assert client.post(deliver, {**given, "received_by": "户主本人"}).status_code == 409
    assert "收据0012" in text(client, "gift", gift.pk)


def test_the_donors_sheet_names_nobody(client: Client, people: People, home: Household) -> None:
    with entered_system():
        offer = an_offer(TOWNSHIP, people["township"])
        a_gift(
            offer, home, people["township"], state="delivered", delivered_on=TODAY, delivered_fen=100_000,
            received_by="户主本人",
        )  # fmt: skip
    client.force_login(people["township"])

    shown = text(client, "offer_sheet", offer.pk)
    assert "1,000元" in shown
    for personal in ("钱甲试", home.number, home.group_name, "户主本人", "仍缺"):
        assert personal not in shown


def test_a_batch_with_a_foreign_household_is_refused_whole(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        offer = an_offer(TOWNSHIP, people["township"])
        foreign = monitored("361024100200", risks=["medical"])
    client.force_login(people["township"])
    address = reverse("offer_propose", args=[offer.pk])

    assert client.post(address, {"row": [home.pk, foreign.pk]}).status_code == 404
    assert client.post(address, {"row": ["x"]}).status_code == 422
    with entered_system():
        assert not Gift.objects.exists()


def test_all_that_fit_are_proposed_until_the_money_is_spent(client: Client, people: People) -> None:
    with entered_system():
        offer = an_offer(TOWNSHIP, people["township"], amount_fen=700_000, per_household_fen=300_000)
        for _ in range(3):
            pay(monitored(risks=["medical"]), 900_000)
    client.force_login(people["township"])

    client.post(reverse("offer_propose", args=[offer.pk]), {"select_all": "1"})
    with entered_system():
        assert sum(each.amount_fen or 0 for each in Gift.objects.all()) == 600_000
    shown = text(client, "offer", offer.pk)
    assert "1,000元／7,000元" in shown
    client.post(reverse("offer_propose", args=[offer.pk]), {"select_all": "1"})
    with entered_system():
        assert sum(each.amount_fen or 0 for each in Gift.objects.all()) == 700_000


def test_a_need_that_no_record_tells_is_typed_in(client: Client, people: People) -> None:
    with entered_system():
        home = monitored(risks=["accident"], head_name="孙乙试")
        offer = an_offer(TOWNSHIP, people["township"], risks=[])
    client.force_login(people["township"])
    assert "待核实" in text(client, "offer_fitting", offer.pk)
    new = reverse("gift_new", args=[home.pk])
    given = {"offer": str(offer.pk), "risk": "accident", "amount_fen": "2000"}
    assert "需要多少没有数据" in client.post(new, given).content.decode()
    given |= {"stated_fen": "3000", "ground": "医院缴费单和村核实"}
    assert client.post(new, given).status_code == 303


def test_an_offer_is_closed_and_a_gift_cancelled(client: Client, people: People, home: Household) -> None:
    with entered_system():
        offer = an_offer(TOWNSHIP, people["county"])
        gift = a_gift(offer, home, people["county"])
    client.force_login(people["township"])
    close = reverse("offer_close", args=[offer.pk])
    given = {"version": "1", "reason": "捐赠方暂缓拨付"}
    assert client.post(close, given).status_code == 422
    with audited("gift.cancel"):
        assert client.post(reverse("gift_cancel", args=[gift.pk]), given).status_code == 303
    with audited("offer.close"):
        assert client.post(close, given).status_code == 303
    assert "捐赠方暂缓拨付" in text(client, "offer", offer.pk)


def test_a_village_sees_the_gift_and_not_the_offer(client: Client, people: People, home: Household) -> None:
    with entered_system():
        offer = an_offer(COUNTY, people["county"])
        gift = a_gift(offer, home, people["county"])
    client.force_login(people["village"])
    assert client.get(reverse("gift", args=[gift.pk])).status_code == 200
    assert client.get(reverse("offer", args=[offer.pk])).status_code == 403
    client.force_login(people["neighbour"])
    assert client.get(reverse("gift", args=[gift.pk])).status_code == 404
    client.force_login(people["township"])
    assert client.get(reverse("offer", args=[offer.pk])).status_code == 404
    client.force_login(people["county"])
    assert client.get(reverse("offer", args=[offer.pk])).status_code == 200
    client.force_login(people["city"])
    assert "仍缺" not in text(client, "gift", gift.pk)


def test_the_lists_take_the_same_queries_for_many_rows(
    client: Client, people: People, django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        offer = an_offer(TOWNSHIP, people["township"])
        for _ in range(8):
            an_offer(TOWNSHIP, people["township"])
            a_gift(offer, monitored(risks=["medical"]), people["township"])
            pay(monitored(risks=["medical"]), 100_000)
    client.force_login(people["township"])

    for name, args in (("donations", []), ("gifts", []), ("offer", [offer.pk])):
        with django_assert_max_num_queries(15):
            assert client.get(reverse(name, args=args)).status_code == 200
    with django_assert_max_num_queries(26):
        assert client.get(reverse("offer_fitting", args=[offer.pk])).status_code == 200
