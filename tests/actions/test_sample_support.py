"""The sample month's loans, policies, claims and gifts: something of each kind, and nothing refused."""

import pytest

from shouwang.actions.sample.people import People, Person
from shouwang.actions.sample.support import support_samples
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, Claim, Cover, DonationOffer, Gift, Loan, LoanWish
from tests.assistance_world import monitored, pay
from tests.world import COUNTY, FAR_VILLAGE, NOW, TODAY, TOWNSHIP, VILLAGE, account

pytestmark = pytest.mark.django_db
HELD = {Role.VILLAGE: VILLAGE, Role.TOWNSHIP: TOWNSHIP, Role.COUNTY_OFFICE: COUNTY}


def test_each_list_of_the_sample_shows_something() -> None:
    with entered_system():
        line = {role: Person("", "", role, place, account(role, place)) for role, place in HELD.items()}
        far = Person("", "", Role.VILLAGE, FAR_VILLAGE, account(Role.VILLAGE, FAR_VILLAGE))
        cadres = {VILLAGE: line[Role.VILLAGE], FAR_VILLAGE: far}
        people = People((), line, cadres, {TOWNSHIP: line[Role.TOWNSHIP]}, {})
        homes = [monitored(risks=["medical", "income"]) for _ in range(8)] + [monitored(FAR_VILLAGE)]
        for home in homes:
            pay(home, 900_000)

        done = support_samples(people=people, households=homes, on=TODAY, at=NOW)

        assert done > 20
        assert not AuditEvent.objects.filter(result="refused").exists()
        assert Loan.objects.filter(due_on__lt=TODAY).exists()
        assert {True, False} == set(LoanWish.objects.values_list("is_wanted", flat=True))
        assert {"paid", "refused"} <= set(Claim.objects.values_list("state", flat=True))
        assert {"proposed", "delivered"} <= set(Gift.objects.values_list("state", flat=True))
        assert (Cover.objects.count(), DonationOffer.objects.count()) == (6, 3)
