"""The people of the sample county: one account a role, and cadres for the villages that have work."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shouwang.actions.acting import Act, Actor, append_event
from shouwang.domain.divisions import find
from shouwang.domain.roles import ROLES, Role
from shouwang.records.models import Account, RoleGrant
from shouwang.records.viewers import Viewer, viewer_of

SYSTEM = Viewer(0, "系统", ())
_LOGINS = {
    Role.HOUSEHOLD_GROUP: "zuzhang",
    Role.VILLAGE: "cun",
    Role.RESIDENT_TEAM: "zhucun",
    Role.TOWNSHIP: "xiangzhen",
    Role.COUNTY_OFFICE: "xianban",
    Role.DEPARTMENT: "yibao",
    Role.HELPER: "bangfu",
    Role.SUPERVISOR: "dudao",
    Role.CITY: "shiji",
    Role.PROVINCE: "shengji",
    Role.SYSTEM_ADMINISTRATOR: "xitong",
    Role.SECURITY_ADMINISTRATOR: "anquan",
    Role.AUDIT_ADMINISTRATOR: "shenji",
}
_WIDTHS = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}
_DEPARTMENTS = ("medical",)
# A second pair of eyes at each level, so that nobody checks what he made.
SECOND = {Role.TOWNSHIP: "xiangzhen2", Role.COUNTY_OFFICE: "xianban2"}


@dataclass(frozen=True)
class Person:
    """One sample account, as it is told to whoever tries the system."""

    login: str
    password: str
    role: Role
    place: str
    account: Account

    def actor(self, at: datetime) -> Actor:
        """Return the person acting at an instant."""
        return Actor(viewer_of(self.account, at))


@dataclass(frozen=True)
class People:
    """Everybody: by role for the first village's line of levels, and the other villages' cadres by code."""

    told: tuple[Person, ...]
    by_role: Mapping[Role, Person]
    cadres: Mapping[str, Person]
    townships: Mapping[str, Person]
    second: Mapping[Role, Person]

    def at(self, role: Role, division: str, *, is_review: bool = False) -> Person:
        """Return who holds a role over a village; a county review is taken by the second pair of eyes."""
        if is_review and role is Role.COUNTY_OFFICE:
            return self.second[role]
        if role is Role.VILLAGE:
            return self.cadres[division]
        if role is Role.TOWNSHIP:
            return self.townships[division[:9]]
        return self.by_role[role]


def make_people(*, county: str, villages: Sequence[str], at: datetime) -> People:
    """Make the accounts; each has a password of its own that is told once. One audit event for all."""
    first = villages[0]
    told = [_person(role, login, _place(role, county, first), at) for role, login in _LOGINS.items()]
    second = {role: _person(role, login, _place(role, county, first), at) for role, login in SECOND.items()}
    told += second.values()
    by_role = {person.role: person for person in reversed(told)}
    cadres = {first: by_role[Role.VILLAGE]}
    townships = {first[:9]: by_role[Role.TOWNSHIP]}
    for number, village in enumerate(villages[1:], start=2):
        cadres[village] = _person(Role.VILLAGE, f"cun{number}", village, at)
        if village[:9] not in townships:
            townships[village[:9]] = _person(Role.TOWNSHIP, f"xiangzhen{number + 1}", village[:9], at)
    append_event(Actor(SYSTEM), "sample.people", Act(role="system", after={"accounts": len(told)}), at=at)
    return People(tuple(told), by_role, cadres, townships, second)


def _place(role: Role, county: str, village: str) -> str:
    level = max(ROLES[role].levels)
    if role in (Role.DEPARTMENT, Role.SUPERVISOR) or ROLES[role].levels[0] == 3:
        level = 3
    return village[: _WIDTHS[level]] if level > 3 else county[: _WIDTHS[level]]


def _person(role: Role, login: str, place: str, at: datetime) -> Person:
    password = "-".join(secrets.token_hex(2) for _ in range(4)).upper() + "a"
    found = find(place)
    account = Account(
        login=login,
        display_name=f"样例{role.label}{login[-1] if login[-1].isdigit() else ''}",
        place=place,
        office=found.name if found else "",
        must_change_password=False,
        password_changed_at=at,
        created_at=at,
    )
    account.set_password(password)
    account.save()
    RoleGrant.objects.create(
        account=account,
        role=role.value,
        place=place,
        departments=list(_DEPARTMENTS) if role is Role.DEPARTMENT else [],
        group_name="1组" if role is Role.HOUSEHOLD_GROUP else "",
        # What happened a month before was already done by them.
        from_at=at - timedelta(days=120),
    )
    return Person(login, password, role, place, account)
