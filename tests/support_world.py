"""A household's loan, policy and claim, and a donor's offer with a gift, for tests."""

from datetime import date, timedelta
from typing import Any

from shouwang.records.models import (
    Account,
    Claim,
    Cover,
    DonationOffer,
    Gift,
    Household,
    InsuredPerson,
    Loan,
    LoanChange,
    LoanWish,
)
from tests.world import NOW, TODAY


def supported(home: Household, staff: Account, words: str, name: str = "样例人") -> dict[str, object]:
    """Make one of each; returns the ids by the names that addresses give them. Call in `entered_system()`."""
    loan, cover = a_loan(home, staff, words), a_cover(home, staff, insurer=words, reason=words)
    person = home.members.first()
    InsuredPerson.objects.create(cover=cover, household=home, member=person, division=home.division)
    claim = a_claim(cover, staff, text=words)
    offer = an_offer(home.division[:9], staff, donor_name=words, text=words)
    gift = a_gift(offer, home, staff, donor_name=words, text=words, reason=words, received_by=name)
    LoanWish.objects.create(
        household=home, division=home.division, asked_on=TODAY, is_wanted=True, purpose=words,
        asked_by=staff, recorded_at=NOW,
    )  # fmt: skip
    return {
        "loan_id": loan.pk,
        "cover_id": cover.pk,
        "claim_id": claim.pk,
        "offer_id": offer.pk,
        "gift_id": gift.pk,
    }


def a_loan(home: Household, staff: Account, words: str = "养牛", **columns: Any) -> Loan:
    """Make a loan with one extension."""
    given: dict[str, Any] = {
        "origin": "new",
        "lender": words,
        "purpose": words,
        "amount_fen": 3_000_000,
        "balance_fen": 3_000_000,
        "granted_on": date(2026, 3, 1),
        "due_on": TODAY + timedelta(days=20),
        "reason": words,
        **columns,
    }
    loan = Loan.objects.create(
        household=home, division=home.division, recorded_by=staff, recorded_at=NOW, **given
    )
    LoanChange.objects.create(
        loan=loan, household=home, division=home.division, kind="extended", on=TODAY, due_on=loan.due_on,
        reason=words, by=staff, recorded_at=NOW,
    )  # fmt: skip
    return loan


def a_cover(home: Household, staff: Account, **columns: Any) -> Cover:
    """Make a policy of this year."""
    given: dict[str, Any] = {
        "kind": "poverty",
        "insurer": "某保险",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "payer": "county",
        **columns,
    }
    return Cover.objects.create(
        household=home, division=home.division, recorded_by=staff, recorded_at=NOW, **given
    )


def a_claim(cover: Cover, staff: Account, **columns: Any) -> Claim:
    """Make an open claim on a policy."""
    given: dict[str, Any] = {
        "event": "medical",
        "happened_on": date(2026, 10, 1),
        "claimed_on": date(2026, 10, 8),
        "claimed_fen": 500_000,
        **columns,
    }
    about = {"cover": cover, "household": cover.household, "division": cover.division}
    return Claim.objects.create(recorded_by=staff, recorded_at=NOW, **about, **given)


def an_offer(place: str, staff: Account, **columns: Any) -> DonationOffer:
    """Make an offer of money for illness."""
    given: dict[str, Any] = {
        "donor_name": "样例企业",
        "donor_kind": "enterprise",
        "kind": "cash",
        "text": "大病帮扶资金",
        "amount_fen": 1_000_000,
        "risks": ["medical"],
        **columns,
    }
    return DonationOffer.objects.create(
        number=f"JZ{place}{DonationOffer.objects.count()}",
        division=place.ljust(12, "0"),
        offered_on=TODAY,
        recorded_by=staff,
        recorded_at=NOW,
        **given,
    )


def a_gift(offer: DonationOffer, home: Household, staff: Account, **columns: Any) -> Gift:
    """Make a proposed gift."""
    given: dict[str, Any] = {
        "donor_name": offer.donor_name,
        "kind": offer.kind,
        "text": offer.text,
        "risk": "medical",
        "amount_fen": 100_000,
        "need_fen": 500_000,
        "reason": "因病，仍缺5,000元",
        **columns,
    }
    return Gift.objects.create(
        number=f"DJ{home.division}{Gift.objects.count()}",
        offer=offer,
        household=home,
        division=home.division,
        proposed_by=staff,
        proposed_on=TODAY,
        **given,
    )
