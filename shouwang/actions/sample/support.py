"""Loans, insurance and donations of those watched before, so that each list shows something of each kind."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from shouwang.actions import donation_giving, donation_offers, insuring, loan_recording
from shouwang.actions.refusals import Refusal
from shouwang.actions.sample.people import People
from shouwang.domain.donations import fitting_risks, place_prefix
from shouwang.domain.roles import Role
from shouwang.records.donation_needs import needs_of, offer_of
from shouwang.records.models import Claim, Cover, DonationOffer, Gift, Household
from shouwang.records.policies import policy_at

# Days from today to when sample loans fall due: soon, lately past, next year.
_DUE_IN = (18, -9, 75, 240)


def support_samples(*, people: People, households: Sequence[Household], on: date, at: datetime) -> int:
    """Record sample loans, policies, claims and gifts; returns how many acts were done."""
    acts: list[Callable[[], object]] = []
    offers = _offers(people, households, on, at) if households else []
    for number, household in enumerate(households):
        work = _Work(people, household, number, on, at)
        acts += [work.wish, work.borrow, work.insure, work.claim]
        acts += [lambda work=work, offer=offer: work.give(offer) for offer in offers]  # type: ignore[misc]
    return sum(_is_done(act) for act in acts)


def _is_done(act: Callable[[], object]) -> bool:
    try:
        return act() is not None
    except Refusal:
        return False


def _offers(people: People, households: Sequence[Household], on: date, at: datetime) -> list[DonationOffer]:
    first = households[0].division
    usual: dict[str, Any] = {"on": on, "at": at}
    until = on + timedelta(days=90)
    entries = (
        (Role.COUNTY_OFFICE, first[:6], donation_offers.OfferEntry(
            "样例爱心企业", "enterprise", "cash", "困难家庭帮扶资金", amount_fen=2_000_000,
            per_household_fen=200_000, conditions="专款专用，交付后反馈", until_on=until,
        )),
        (Role.TOWNSHIP, first[:9], donation_offers.OfferEntry(
            "样例慈善会", "organisation", "goods", "过冬棉被", quantity=50, unit="床",
            per_household_quantity=2, until_on=until,
        )),
        (Role.TOWNSHIP, first[:9], donation_offers.OfferEntry(
            "样例农业公司", "enterprise", "job", "包装车间岗位", quantity=6, unit="个岗位",
        )),
    )  # fmt: skip
    return [
        donation_offers.register_offer(
            actor=people.at(role, first).actor(at), place=place, entry=entry, **usual
        )
        for role, place, entry in entries
    ]


class _Work:
    """What is recorded about one household; each act is None where it is another household's turn."""

    def __init__(self, people: People, household: Household, number: int, on: date, at: datetime) -> None:
        self.people, self.household, self.number = people, household, number
        self.when: dict[str, Any] = {"on": on, "at": at}
        self.on, self.at = on, at

    def _as(self, role: Role) -> dict[str, Any]:
        return {"actor": self.people.at(role, self.household.division).actor(self.at), **self.when}

    def wish(self) -> object:
        """Ask two of three whether they want a loan."""
        if self.number % 3 == 2:
            return None
        return loan_recording.record_wish(
            **self._as(Role.VILLAGE),
            household_id=self.household.pk,
            is_wanted=self.number % 3 == 0,
            amount_fen=3_000_000,
            purpose="发展庭院养殖",
            asked_on=self.on,
        )

    def borrow(self) -> object:
        """Let every other one have a loan; some fall due soon, some are overdue."""
        if self.number % 2 == 0:
            return None
        entry = loan_recording.LoanEntry(
            origin="new",
            lender="样例农村信用社",
            amount_fen=(2 + self.number % 3) * 1_000_000,
            granted_on=self.on - timedelta(days=330),
            due_on=self.on + timedelta(days=_DUE_IN[self.number // 2 % len(_DUE_IN)]),
            purpose="购买种苗和饲料",
        )
        return loan_recording.grant_loan(
            **self._as(Role.VILLAGE), household_id=self.household.pk, entry=entry
        )

    def insure(self) -> object:
        """Cover two of three; some policies end with the month."""
        if self.number % 3 == 0:
            return None
        ends = self.on + timedelta(days=25 if self.number % 4 == 1 else 200)
        entry = insuring.CoverEntry(
            kind="poverty",
            insurer="样例财产保险县支公司",
            starts_on=ends - timedelta(days=364),
            ends_on=ends,
            payer="county",
            insured_fen=2_000_000,
            premium_fen=10_000,
        )
        return insuring.take_out_cover(**self._as(Role.VILLAGE), household_id=self.household.pk, entry=entry)

    def claim(self) -> Claim | None:
        """File a claim for every third covered one; pay one, refuse one, leave one open."""
        cover = Cover.objects.filter(household=self.household).first()
        if cover is None or self.number % 3 != 1:
            return None
        entry = insuring.ClaimEntry(
            event="medical",
            happened_on=self.on - timedelta(days=40),
            claimed_on=self.on - timedelta(days=30),
            claimed_fen=600_000,
            text="住院，材料已交保险公司。",
        )
        claim = insuring.file_claim(**self._as(Role.VILLAGE), cover_id=cover.pk, entry=entry)
        ending = ("paid", "refused", "")[self.number // 3 % 3]
        if ending:
            insuring.settle_claim(
                **self._as(Role.VILLAGE),
                claim_id=claim.pk,
                version=claim.version,
                state=ending,
                paid_fen=450_000 if ending == "paid" else None,
                decided_on=self.on - timedelta(days=5),
                reason="等待期内发生，不属保险责任" if ending == "refused" else "",
            )
        return claim

    def _risk_for(self, offer: DonationOffer) -> str | None:
        """Return a risk of the household that an offer of its place may answer."""
        if not self.household.division.startswith(place_prefix(offer.division)):
            return None
        needs = needs_of([self.household], self.on)[self.household.pk]
        policy = policy_at(self.household.division, self.on)
        return next(iter(fitting_risks(offer_of(offer), needs, policy)), None)

    def give(self, offer: DonationOffer) -> Gift | None:
        """Give of an offer to every fourth household, as far as each gift came."""
        risk = self._risk_for(offer) if self.number % 4 == 1 else None
        if risk is None:
            return None
        is_cash = offer.kind == "cash"
        role = Role.COUNTY_OFFICE if is_cash else Role.TOWNSHIP
        entry = donation_giving.GiftEntry(
            risk=risk,
            amount_fen=100_000 if is_cash else None,
            quantity=None if is_cash else 1,
            stated_fen=300_000,
            ground="村里核实家庭近期支出",
            reason="监测对象，需要还没有满足",
        )
        gift = donation_giving.propose_gift(
            **self._as(role), offer_id=offer.pk, household_id=self.household.pk, entry=entry
        )
        if self.number % 8 == 1:
            return gift
        gift = donation_giving.answer_gift(
            **self._as(Role.VILLAGE), gift_id=gift.pk, version=gift.version, is_accepted=True,
            answer="户主愿意接受",
        )  # fmt: skip
        return donation_giving.deliver_gift(
            **self._as(Role.VILLAGE),
            gift_id=gift.pk,
            version=gift.version,
            delivered_on=self.on,
            delivered_fen=gift.amount_fen,
            delivered_quantity=gift.quantity,
            receipt=f"样例收据{self.number:03d}",
            received_by="户主本人",
        )
