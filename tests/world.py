"""A small world of people, places and accounts for tests: two mirrored counties of two townships each.

Names and numbers are made up and look it. Everything is built inside `entered_system()`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from shouwang.actions.acting import Actor
from shouwang.domain.divisions import children, villages
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Account, Household, HouseholdVersion, Member, MemberVersion, RoleGrant
from shouwang.records.sealing import id_index, phone_index, seal, tail_index
from shouwang.records.viewers import Viewer, viewer_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
PASSWORD = "Cunweihui-2026-demo"
COUNTIES = ("361023", "361024")
_numbers = count(1)


@dataclass
class Place:
    """One county: its townships, and the two first villages of each."""

    county: str
    townships: list[str] = field(default_factory=list)
    villages: list[str] = field(default_factory=list)


def place(county: str) -> Place:
    """Return a county with its first two townships and their first two villages each."""
    found = Place(county)
    for township in children(county)[:2]:
        found.townships.append(township.code[:9])
        found.villages += [village.code for village in villages(township.code)[:2]]
    return found


HERE, THERE = (place(county) for county in COUNTIES)
# In the order used most: two villages of the first township, two of the second.
VILLAGE, NEIGHBOUR, FAR_VILLAGE, _ = HERE.villages
TOWNSHIP, OTHER_TOWNSHIP = HERE.townships
COUNTY = HERE.county


def account(role: Role | str, at_place: str, *, login: str = "", name: str = "", **grant: Any) -> Account:
    """Make an account with one role; its password is PASSWORD and need not be changed."""
    number = next(_numbers)
    made = Account(
        login=login or f"{role}{number}",
        display_name=name or f"测试{Role(role).label}{number}",
        place=at_place,
        must_change_password=False,
        password_changed_at=NOW,
        created_at=NOW,
    )
    made.set_password(PASSWORD)
    made.save()
    RoleGrant.objects.create(
        account=made, role=str(role), place=at_place, from_at=datetime(2026, 1, 1, tzinfo=NOW.tzinfo), **grant
    )
    return made


def actor(made: Account, at: datetime = NOW) -> Actor:
    """Return the actor of an account; inside or outside of any scope."""
    return Actor(viewer(made, at), address="127.0.0.1")


def viewer(made: Account, at: datetime = NOW) -> Viewer:
    """Return the viewer of an account."""
    with entered_system():
        return viewer_of(made, at)


def id_number(number: int) -> str:
    """Return an 18-sign number of the form of GB 11643 whose region 999999 belongs to nobody."""
    body = f"999999{19700101 + number % 28}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        body + "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, weights, strict=True)) % 11]
    )


def household(division: str = VILLAGE, *, members: int = 1, **columns: Any) -> Household:
    """Make a household with its head and other members, each with the version in force since 2026-01-01."""
    number = next(_numbers)
    given = {
        "number": f"HH{number:06d}",
        "group_name": "一组",
        "head_name": f"王甲{number}",
        "head_pinyin": f"wj{number}",
        "household_class": "一般农户",
        "member_count": members,
        **columns,
    }
    phone = f"1000{number:07d}"
    made = Household.objects.create(
        division=division,
        phone_sealed=seal(phone, of="household.phone"),
        phone_key=phone_index(phone),
        **given,
    )
    HouseholdVersion.objects.create(
        household=made,
        division=division,
        from_on=date(2026, 1, 1),
        change="load",
        recorded_at=NOW,
        group_name=given["group_name"],
        head_name=given["head_name"],
        household_class=given["household_class"],
        stated_member_count=members,
    )
    for place_in_household in range(members):
        member(made, relation="户主" if place_in_household == 0 else "之子")
    return made


def member(of: Household, *, relation: str = "之子", identity: str = "", **columns: Any) -> Member:
    """Make a member of a household with a sealed number and the version in force."""
    number = next(_numbers)
    identity = identity or id_number(number)
    name = of.head_name if relation == "户主" else f"王乙{number}"
    made = Member.objects.create(
        household=of,
        division=of.division,
        name=name,
        pinyin="wy",
        sex="male",
        birth_date=date(1970, 1, 1),
        relation=relation,
        id_sealed=seal(identity, of="member.id_number"),
        id_key=id_index(identity),
        id_tail_key=tail_index(identity),
        **{"code": f"P{number:07d}", **columns},
    )
    MemberVersion.objects.create(
        member=made,
        household=of,
        division=of.division,
        from_on=date(2026, 1, 1),
        change="load",
        recorded_at=NOW,
        name=name,
        relation=relation,
    )
    return made
