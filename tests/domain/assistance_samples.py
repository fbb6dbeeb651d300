"""A household known in every fact and a plan that is in order, for tests to spoil."""

from datetime import date
from functools import cache

from shouwang.domain.assistance import HouseholdFacts, Plan, PlannedMeasure
from shouwang.domain.measures import CONDITIONS
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import PackLibrary, Policy

IDENTIFIED = date(2022, 1, 31)
ON = date(2022, 2, 5)
EVERY_CONDITION = dict.fromkeys(CONDITIONS, True)
KNOWN = HouseholdFacts(
    risks=frozenset({"medical"}),
    has_labour=True,
    identified_on=IDENTIFIED,
    has_contact_person=True,
    labour_persons=2,
    working_persons=1,
    trained_persons=1,
    uninsured_persons=0,
    conditions=EVERY_CONDITION,
)
HEALTH = PlannedMeasure("health_support", starts_on=ON)
INDUSTRY = PlannedMeasure("industry_support", starts_on=ON)
GOOD = Plan((HEALTH, INDUSTRY), agreed_on=ON)


@cache
def packs() -> PackLibrary:
    return load_library(default_packs_folder())


def nanfeng() -> Policy:
    return packs().resolve("361023", ON)


def xichou() -> Policy:
    return packs().resolve("532623", ON)
