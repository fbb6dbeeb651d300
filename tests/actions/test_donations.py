"""Donors' offers: matched to needs, accepted by another person, delivered, never above the need."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.donation_giving import GiftEntry, answer_gift, cancel_gift, deliver_gift, propose_gift
from shouwang.actions.donation_offers import OfferEntry, close_offer, register_offer
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Account, Claim, Cover, DonationOffer, Gift, Household, Notification
from tests.assistance_world import People, monitored, pay
from tests.audit_coverage import audited
from tests.world import COUNTY, NEIGHBOUR, NOW, OTHER_TOWNSHIP, TODAY, TOWNSHIP, VILLAGE, account, actor

pytestmark = pytest.mark.django_db
AT: dict[str, Any] = {"on": TODAY, "at": NOW}
OFFER: dict[str, Any] = {
    "donor_name": "样例爱心企业",
    "donor_kind": "enterprise",
    "kind": "cash",
    "text": "大病帮扶资金",
    "amount_fen": 1_000_000,
    "per_household_fen": 600_000,
    "risks": ("medical",),
}


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "second": account(Role.TOWNSHIP, TOWNSHIP),
            "other": account(Role.TOWNSHIP, OTHER_TOWNSHIP),
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "county": account(Role.COUNTY_OFFICE, COUNTY),
        }


@pytest.fixture
def home() -> Household:
    """Return a household that paid 5,000 yuan for treatment."""
    with entered_system():
        made = monitored(risks=["medical", "other"])
        pay(made, 500_000)
        return made


def as_(person: Account) -> Actor:
    acting = actor(person)
    enter(acting.viewer)
    return acting


def offered(people: People, place: str = TOWNSHIP, by: str = "township", **changes: Any) -> DonationOffer:
    entry = OfferEntry(**{**OFFER, **changes})
    return register_offer(actor=as_(people[by]), place=place, entry=entry, **AT)


def proposed(
    people: People, offer: DonationOffer, home: Household, by: str = "township", **changes: Any
) -> Gift:
    entry = GiftEntry(**{"risk": "medical", "amount_fen": 300_000, **changes})
    return propose_gift(actor=as_(people[by]), offer_id=offer.pk, household_id=home.pk, entry=entry, **AT)


def accepted(people: People, gift: Gift, **changes: Any) -> Gift:
    given: dict[str, Any] = {"is_accepted": True, "answer": "户主同意接受", "version": 1, **changes}
    return answer_gift(actor=as_(people["village"]), gift_id=gift.pk, **given, **AT)


def delivered(people: People, gift: Gift, **changes: Any) -> Gift:
    given: dict[str, Any] = {
        "version": 2,
        "delivered_on": TODAY,
        "delivered_fen": 300_000,
        "delivered_quantity": None,
        "receipt": "收据0012",
        "received_by": "户主本人",
        **changes,
    }
    return deliver_gift(actor=as_(people["village"]), gift_id=gift.pk, **given, **AT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"donor_name": " "}, "donor_name"),
        ({"donor_kind": "?"}, "donor_kind"),
        ({"kind": "?"}, "kind"),
        ({"text": ""}, "text"),
        ({"amount_fen": None}, "amount_fen"),
        ({"kind": "goods"}, "quantity"),
        ({"until_on": TODAY - timedelta(days=1)}, "until_on"),
        ({"risks": ("?",)}, "risks"),
    ],
)
def test_an_offer_that_cannot_be_is_refused(people: People, changes: Any, field: str) -> None:
    with pytest.raises(Unfit) as refused:
        offered(people, **changes)

    assert set(refused.value.fields) == {field}


def test_an_offer_is_taken_by_the_office_whose_place_it_is(people: People) -> None:
    with pytest.raises(NotAllowed):
        offered(people, place=OTHER_TOWNSHIP)
    with pytest.raises(NotAllowed):
        offered(people, place=COUNTY)
    with pytest.raises(Unfit):
        offered(people, place=VILLAGE)
    with audited("offer.register"):
        assert offered(people).division == TOWNSHIP.ljust(12, "0")


def test_a_gift_walks_from_proposal_to_receipt(people: People, home: Household) -> None:
    offer = offered(people)
    with audited("gift.propose"):
        gift = proposed(people, offer, home, reason="医疗自付高")
    assert (gift.state, gift.need_fen, gift.donor_name) == ("proposed", 500_000, offer.donor_name)
    assert Notification.objects.filter(account=people["village"], kind="gift").count() == 1
    with audited("gift.answer"):
        assert accepted(people, gift).state == "accepted"
    with audited("gift.deliver"):
        assert delivered(people, gift).state == "delivered"
    with pytest.raises(Unfit, match="先经他人确认"):
        delivered(people, gift, version=3)


def test_never_more_than_the_household_needs(people: People, home: Household) -> None:
    offer, second = offered(people), offered(people, text="另一笔资金")
    with pytest.raises(Unfit, match="超过实际支出5,000元"):
        proposed(people, offer, home, amount_fen=500_001)
    proposed(people, offer, home)
    with pytest.raises(Unfit, match="合计6,000元"):
        proposed(people, second, home)

    assert proposed(people, second, home, amount_fen=200_000).state == "proposed"


def test_what_the_insurer_paid_lessens_the_need(people: People, home: Household) -> None:
    offer = offered(people)
    gift = proposed(people, offer, home)
    with entered_system():
        about = {
            "household": home,
            "division": home.division,
            "recorded_by": people["village"],
            "recorded_at": NOW,
        }
        cover = Cover.objects.create(
            kind="poverty", insurer="保险", starts_on=date(2026, 1, 1), ends_on=TODAY, payer="county", **about
        )
        Claim.objects.create(
            cover=cover, event="medical", happened_on=TODAY, claimed_on=TODAY, state="paid",
            decided_on=TODAY, paid_fen=300_000, **about,
        )  # fmt: skip
    with pytest.raises(Unfit, match="超过"):
        accepted(people, gift)

    declined = accepted(people, gift, is_accepted=False, answer="保险已经赔付，不再需要")
    assert declined.state == "declined"
    assert proposed(people, offer, home, amount_fen=200_000).state == "proposed"


def test_a_need_that_no_record_tells_is_stated_with_its_ground(people: People, home: Household) -> None:
    offer = offered(people, risks=())
    for given, field in (
        ({}, "stated_fen"),
        ({"stated_fen": 400_000}, "ground"),
        ({"stated_fen": 200_000, "ground": "修缮报价单"}, "amount_fen"),
    ):
        with pytest.raises(Unfit) as refused:
            proposed(people, offer, home, risk="other", **given)
        assert set(refused.value.fields) == {field}

    gift = proposed(people, offer, home, risk="other", stated_fen=400_000, ground="修缮报价单")
    assert (gift.need_fen, gift.reason) == (400_000, "修缮报价单")
    assert accepted(people, gift).state == "accepted"


@pytest.mark.parametrize(
    ("offer", "gift", "field"),
    [
        ({}, {"amount_fen": None}, "amount_fen"),
        ({}, {"amount_fen": 0}, "amount_fen"),
        ({"per_household_fen": 200_000}, {}, "amount_fen"),
        ({"amount_fen": 100_000, "per_household_fen": None}, {}, "amount_fen"),
        ({"risks": ("school",)}, {}, "risk"),
        ({}, {"risk": "water"}, "risk"),
        ({"risks": ()}, {"risk": "housing"}, "risk"),
        ({"kind": "job", "quantity": 2, "risks": ()}, {"amount_fen": None, "quantity": 1}, "risk"),
        ({"kind": "goods", "quantity": 5}, {"amount_fen": None}, "quantity"),
        ({"kind": "goods", "quantity": 5}, {"amount_fen": None, "quantity": 6}, "quantity"),
        (
            {"kind": "goods", "quantity": 5, "per_household_quantity": 1},
            {"amount_fen": None, "quantity": 2},
            "quantity",
        ),
    ],
)
def test_a_gift_beyond_its_offer_is_refused(
    people: People, home: Household, offer: Any, gift: Any, field: str
) -> None:
    made = offered(people, **offer)
    with pytest.raises(Unfit) as refused:
        proposed(people, made, home, **gift)

    assert field in refused.value.fields


def test_a_household_is_given_of_an_offer_once_and_only_in_its_place(people: People, home: Household) -> None:
    offer = offered(people)
    with entered_system():
        safe = monitored(monitoring="eliminated", risks=["medical"])
        far = monitored(division=f"{OTHER_TOWNSHIP}200", risks=["medical"])
    first = proposed(people, offer, home, amount_fen=100_000)
    with pytest.raises(Unfit, match="不重复给予"):
        proposed(people, offer, home, amount_fen=100_000)
    with pytest.raises(Unfit, match="不在监测中"):
        proposed(people, offer, safe)
    with pytest.raises(Unfit, match="地区内"):
        proposed(people, offered(people, by="county"), far, by="county")
    cancelled = cancel_gift(
        actor=as_(people["second"]), gift_id=first.pk, version=1, reason="捐赠方暂缓拨付", **AT
    )

    assert cancelled.state == "cancelled"
    assert proposed(people, offer, home, amount_fen=100_000).pk


def test_who_proposes_does_not_accept(people: People, home: Household) -> None:
    gift = proposed(people, offered(people), home)
    with pytest.raises(NotAllowed, match="由他人"):
        answer_gift(
            actor=as_(people["township"]), gift_id=gift.pk, version=1, is_accepted=True, answer="", **AT
        )
    with pytest.raises(Unfit, match="写明原因"):
        accepted(people, gift, is_accepted=False, answer="")
    with pytest.raises(Stale):
        accepted(people, gift, version=9)
    with pytest.raises(NotThere):
        accepted({**people, "village": people["neighbour"]}, gift)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"delivered_on": TODAY + timedelta(days=1)}, "delivered_on"),
        ({"delivered_on": TODAY - timedelta(days=1)}, "delivered_on"),
        ({"delivered_fen": None}, "delivered_fen"),
        ({"delivered_fen": 300_001}, "delivered_fen"),
        ({"receipt": ""}, "receipt"),
        ({"received_by": ""}, "received_by"),
    ],
)
def test_a_delivery_without_receipt_or_above_the_agreement_is_refused(
    people: People, home: Household, changes: Any, field: str
) -> None:
    gift = accepted(people, proposed(people, offered(people), home))
    with pytest.raises(Unfit) as refused:
        delivered(people, gift, **changes)

    assert set(refused.value.fields) == {field}


def test_an_offer_under_way_is_not_closed(people: People, home: Household) -> None:
    offer = offered(people)
    gift = proposed(people, offer, home)
    usual: dict[str, Any] = {"actor": as_(people["township"]), "offer_id": offer.pk, "version": 1, **AT}
    with pytest.raises(Unfit, match="没有交付"):
        close_offer(**usual, reason="资金已用完")
    delivered(people, accepted(people, gift))
    usual["actor"] = as_(people["township"])
    with pytest.raises(Unfit, match="结束原因"):
        close_offer(**usual, reason="完")
    assert close_offer(**usual, reason="资金已用完").state == "closed"
    with pytest.raises(Unfit, match="已经结束"):
        close_offer(**{**usual, "version": 2}, reason="资金已用完")
    with entered_system():
        other = monitored(risks=["medical"])
        pay(other, 500_000)
    with pytest.raises(Unfit, match="结束或过期"):
        proposed(people, offer, other)


def test_a_townships_offer_is_out_of_reach_for_another(people: People, home: Household) -> None:
    offer = offered(people)
    with pytest.raises(NotThere):
        proposed(people, offer, home, by="other")
    with pytest.raises(NotThere):
        close_offer(actor=as_(people["other"]), offer_id=offer.pk, version=1, reason="资金已用完", **AT)
