"""Households and their members, masked by the roles of the token's account."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from ninja import Path, Query, Router, Schema

from shouwang.api.callers import Caller, caller_of
from shouwang.api.in_reach import in_reach, noted
from shouwang.api.operations import operation
from shouwang.api.paging import Asked, Id, PlacedAsked, cut, since, within
from shouwang.api.shown import Eyes, eyes_on
from shouwang.api.words import one_of
from shouwang.domain.api_scopes import ApiScope
from shouwang.domain.children import is_child
from shouwang.records.access import visible
from shouwang.records.models import Finding, Household, HouseholdVersion, Member, MemberVersion
from shouwang.records.models.households import MONITORING
from shouwang.records.sealing import unseal

router = Router(tags=["农户"])
Monitoring = Annotated[str, *one_of(MONITORING)]
_FACTS = (
    "is_risk_eliminated", "stated_member_count", "receives_minimum_living", "receives_destitute_support",
    "housing_grade", "has_safe_water", "is_relocated", "compliant_own_pay_fen",
)  # fmt: skip
_PERSON_FACTS = (
    "education", "school_stage", "labour", "migrant_months", "is_disabled", "has_serious_illness",
    "has_chronic_illness", "receives_minimum_living", "has_resident_medical_insurance", "is_dropout",
)  # fmt: skip


class HouseholdOut(Schema):
    """One household as it is now. A value that is null is not known, or is named in `hidden`."""

    id: int
    number: str
    division: str
    group_name: str | None
    head_name: str | None
    household_class: str
    monitored_class: str
    monitoring: Monitoring
    risks: list[str]
    grade: str
    member_count: int | None
    identified_on: date | None
    eliminated_on: date | None
    last_visit_on: date | None
    is_present: bool
    version: int
    hidden: list[str]


class HouseholdWithFacts(HouseholdOut):
    """One household, with what its version in force says; amounts are in fen."""

    facts: dict[str, str | int | bool | None]


class HouseholdPage(Schema):
    """One page of households."""

    items: list[HouseholdOut]
    next_cursor: str


class MemberOut(Schema):
    """One member. A value that is null is not known, or is named in `hidden`."""

    id: int
    code: str
    household_id: int
    division: str
    name: str | None
    sex: str | None
    birth_date: date | None
    relation: str | None
    id_number: str | None
    is_present: bool
    facts: dict[str, str | int | bool | None]
    hidden: list[str]


class MemberPage(Schema):
    """One page of a household's members."""

    items: list[MemberOut]
    next_cursor: str


class HouseholdsAsked(PlacedAsked):
    """What the list of households may be narrowed by."""

    monitoring: Monitoring | None = None


@operation(
    router, "GET", "/households", "list_households", ApiScope.READ_HOUSEHOLDS,
    summary="农户列表", response=HouseholdPage,
)  # fmt: skip
def list_households(request: HttpRequest, asked: Annotated[HouseholdsAsked, Query()]) -> dict[str, Any]:
    """List households in reach."""
    caller = caller_of(request)
    rows = within(visible(Household.objects.all(), caller.viewer), asked.division)
    if asked.monitoring:
        rows = rows.filter(monitoring=asked.monitoring)
    if (at := since(asked)) is not None:
        rows = rows.filter(_changed_since(at))
    found = cut(request, rows, asked)
    noted(caller, found.rows, "household")
    items = [_household(eyes_on(caller.viewer, each), each) for each in found.rows]
    return {"items": items, "next_cursor": found.next_cursor}


@operation(
    router, "GET", "/households/{int:household_id}", "get_household", ApiScope.READ_HOUSEHOLDS,
    summary="一户", response=HouseholdWithFacts,
)  # fmt: skip
def get_household(request: HttpRequest, household_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """Return one household with its facts."""
    caller = caller_of(request)
    row: Household = in_reach(caller, Household.objects.all(), household_id)
    eyes = eyes_on(caller.viewer, row)
    version = HouseholdVersion.objects.filter(household=row, to_on=None).first()
    facts = {name: eyes.see(f"household.{name}", getattr(version, name, None)) for name in _FACTS}
    noted(caller, [row], "household", row.division)
    return {**_household(eyes, row), "facts": facts}


@operation(
    router, "GET", "/households/{int:household_id}/members", "list_members", ApiScope.READ_MEMBERS,
    summary="一户的家庭成员", response=MemberPage,
)  # fmt: skip
def list_members(
    request: HttpRequest, household_id: Annotated[Id, Path()], asked: Annotated[Asked, Query()]
) -> dict[str, Any]:
    """List the members of a household, those who have left included."""
    caller = caller_of(request)
    row: Household = in_reach(caller, Household.objects.all(), household_id)
    people: QuerySet[Member] = visible(Member.objects.filter(household=row), caller.viewer)
    found = cut(request, people, asked)
    now = MemberVersion.objects.filter(member__in=[each.pk for each in found.rows], to_on=None)
    versions = {each.member_id: each for each in now}
    noted(caller, found.rows, "member", row.division)
    items = [_member(caller, row, each, versions) for each in found.rows]
    return {"items": items, "next_cursor": found.next_cursor}


def _changed_since(at: datetime) -> Q:
    """Return which households changed since an instant; days count whole, so none is left out."""
    own = Exists(HouseholdVersion.objects.filter(household=OuterRef("pk"), recorded_at__gte=at))
    of_people = Exists(MemberVersion.objects.filter(household=OuterRef("pk"), recorded_at__gte=at))
    screened = Exists(Finding.objects.filter(household=OuterRef("pk"), run__ran_at__gte=at))
    day = at.date()
    days = Q(identified_on__gte=day) | Q(eliminated_on__gte=day) | Q(last_visit_on__gte=day)
    return Q(own) | Q(of_people) | Q(screened) | days


def _household(eyes: Eyes, row: Household) -> dict[str, Any]:
    plain = (
        "number", "division", "household_class", "monitored_class", "monitoring", "risks", "grade",
        "member_count", "identified_on", "eliminated_on", "last_visit_on", "is_present", "version",
    )  # fmt: skip
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in plain},
        "group_name": eyes.see("household.group_name", row.group_name),
        "head_name": eyes.see("household.head_name", row.head_name),
        "hidden": eyes.hidden,
    }


def _member(
    caller: Caller, household: Household, row: Member, versions: Mapping[int, MemberVersion]
) -> dict[str, Any]:
    eyes, version = eyes_on(caller.viewer, household), versions.get(row.pk)
    young = is_child(row.birth_date, caller.at.date())
    number = None if row.id_sealed is None else unseal(bytes(row.id_sealed), of="member.id_number")
    return {
        "id": row.pk,
        "code": row.code,
        "household_id": row.household_id,
        "division": row.division,
        "name": eyes.see("member.name", row.name, is_child=young),
        "sex": eyes.see("member.sex", row.sex),
        "birth_date": eyes.see("member.birth_date", row.birth_date),
        "relation": eyes.see("member.relation", row.relation),
        "id_number": eyes.see("member.id_number", number),
        "is_present": row.is_present,
        "facts": {name: eyes.see(f"member.{name}", getattr(version, name, None)) for name in _PERSON_FACTS},
        "hidden": eyes.hidden,
    }
