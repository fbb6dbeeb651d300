"""`python -m tests.stories.people`: the people and households of the stories; prints them as JSON."""

import json
import os
from datetime import date
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from shouwang.actions.clue_screening import raise_from_run  # noqa: E402
from shouwang.domain.roles import Role  # noqa: E402
from shouwang.records.access import entered, entered_system  # noqa: E402
from shouwang.records.models import (  # noqa: E402
    Account,
    Contact,
    Division,
    Finding,
    Household,
    HouseholdVersion,
    MemberVersion,
    ScreeningRun,
)
from tests.mirrored import mirror  # noqa: E402
from tests.stories.ledger import earn, pay  # noqa: E402
from tests.world import (  # noqa: E402
    COUNTY,
    HERE,
    NEIGHBOUR,
    NOW,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    actor,
    household,
)

PEOPLE = {
    "village": (Role.VILLAGE, VILLAGE),
    "village_two": (Role.VILLAGE, VILLAGE),
    "neighbour": (Role.VILLAGE, NEIGHBOUR),
    "team": (Role.RESIDENT_TEAM, VILLAGE),
    "township": (Role.TOWNSHIP, TOWNSHIP),
    "township_two": (Role.TOWNSHIP, TOWNSHIP),
    "county": (Role.COUNTY_OFFICE, COUNTY),
    "county_two": (Role.COUNTY_OFFICE, COUNTY),
    "city": (Role.CITY, COUNTY[:4]),
    "province": (Role.PROVINCE, COUNTY[:2]),
    "helper": (Role.HELPER, VILLAGE),
    "helper_two": (Role.HELPER, VILLAGE),
    "supervisor": (Role.SUPERVISOR, COUNTY),
    "system": (Role.SYSTEM_ADMINISTRATOR, COUNTY),
    "security": (Role.SECURITY_ADMINISTRATOR, COUNTY),
    "auditor": (Role.AUDIT_ADMINISTRATOR, COUNTY),
}
MONITORED = {"monitoring": "monitored", "identified_on": date(2026, 3, 2), "risks": ["income"]}
HOUSEHOLDS: dict[str, dict[str, Any]] = {
    "medical": {"household_class": "一般农户"},
    "flood": {},
    "objected": {},
    "rejected": {},
    "refused": {},
    "rolled_back": {**MONITORED, "monitoring": "eliminated", "eliminated_on": date(2026, 10, 9)},
    "moved": {},
    "handed_over": MONITORED,
}
OWN_PAY_YUAN = 42_000


def main() -> None:
    """Make them and say who they are."""
    from shouwang.domain.divisions import find

    with entered_system():
        for code in (COUNTY, TOWNSHIP, VILLAGE, NEIGHBOUR):
            found = find(code)
            assert found is not None
            Division.objects.create(code=found.code, name=found.name, level=found.level)
        made = {
            login: account(role, place, login=login, name=f"{role.label}{login}")
            for login, (role, place) in PEOPLE.items()
        }
        doctors = account(Role.DEPARTMENT, COUNTY, login="doctors", name="医保局", departments=["medical"])
        homes = {name: household(VILLAGE, members=3, **columns) for name, columns in HOUSEHOLDS.items()}
        _say_who_can_work(homes["medical"])
        answer_for(homes["handed_over"], made["helper"], made["township"])
        ids = mirror(HERE).ids
    warn(homes["medical"], made["county"])
    told = {
        name: {"id": each.pk, "number": each.number, "head": each.head_name} for name, each in homes.items()
    }
    accounts = {login: each.pk for login, each in made.items()} | {"doctors": doctors.pk}
    print(json.dumps({"accounts": accounts, "households": told, "ids": ids}))


def _say_who_can_work(home: Household) -> None:
    MemberVersion.objects.filter(household=home, relation="户主").update(labour="ordinary")
    MemberVersion.objects.filter(household=home).exclude(relation="户主").update(labour="none")


def answer_for(home: Household, helper: Account, by: Account) -> None:
    """Make somebody the contact person of a household."""
    Contact.objects.create(
        household=home, division=home.division, account=helper, from_on=date(2026, 3, 9), assigned_by=by
    )
    home.contact = helper
    home.save()
    HouseholdVersion.objects.filter(household=home).update(has_contact_person=True)


def warn(home: Household, office: Account) -> None:
    """Screen a household that has paid much for treatment while it earned little, and raise the warning."""
    with entered_system():
        earn(home, date(2025, 11, 1), date(2026, 10, 1), 1800)
        pay(home, date(2026, 9, 12), OWN_PAY_YUAN)
        run = ScreeningRun.objects.create(identifier="run-1", county=COUNTY, on=TODAY, ran_at=NOW)
        Finding.objects.create(
            run=run, household=home, division=home.division, rule="own_pay", label="医疗自付较高",
            pack="jiangxi-2022", kind="warning", risk="medical", grade="red",
            clause="医疗自付超过标准的纳入预警",
            reason=f"近12个月个人自付{OWN_PAY_YUAN}元，超过18684元",
            evidence={"values": {"own_pay_fen": OWN_PAY_YUAN * 100}},
        )  # fmt: skip
    county = actor(office)
    with entered(county.viewer):
        raise_from_run(actor=county, run_id=run.pk, on=TODAY, at=NOW)


if __name__ == "__main__":
    main()
