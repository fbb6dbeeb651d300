"""A household moves to another village, is split, or merged into another (R7); rights move along (T05)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import connection

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.household_edits import checked_note
from shouwang.actions.household_versions import new_member_version, new_version
from shouwang.actions.member_changes import HEAD, count_again
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.divisions import VILLAGE, find, name_path
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.models import Case, Clue, Contact, Household, HouseholdVersion, Member, RoleGrant
from shouwang.records.placing import move_rows

_P = Permission


def move_household(
    *,
    actor: Actor,
    household_id: int,
    version: int,
    division: str,
    group_name: str = "",
    on: date,
    at: datetime,
    note: str = "",
) -> Household:
    """Move a household with all its rows to another village; an open case goes along, rights move at once.

    Who moves it must hold the permission in both villages. A contact person who cannot reach the new village
    ends, and both villages are told.
    """
    with acting(actor, "household.move", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, _P.MOVE_HOUSEHOLD, version=version)
        old = household.division
        _check_place(actor, old, division)
        act.about(household)
        act.before, act.after = {"division": old}, {"division": division, "on": on}
        _write_old_place(household)
        moved = move_rows(household, division)
        places = name_path(division)
        new_version(
            household, on=on, at=at, change="move", entered_by=actor.viewer.account_id,
            note=checked_note(note=note) or f"由{_village(old)}迁入{_village(division)}",
            group_name=group_name, township=places[-2], village=places[-1],
        )  # fmt: skip
        _end_contacts_out_of_reach(household, on, at)
        act.after["rows"] = sum(moved.values())
        act.division = division
        _tell(household, old, at)
    return household


def split_household(
    *,
    actor: Actor,
    household_id: int,
    version: int,
    member_ids: Collection[int],
    head_id: int,
    number: str = "",
    group_name: str = "",
    on: date,
    at: datetime,
    note: str = "",
) -> Household:
    """Make a new household in the same village of some members, `head_id` its head. Raises Unfit."""
    with acting(actor, "household.split", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, _P.MOVE_HOUSEHOLD, version=version)
        leaving, head = _leaving(household, member_ids, head_id)
        by, said = actor.viewer.account_id, checked_note(note=note)
        founded = Household.objects.create(
            number=_free_number(household, number, on), division=household.division, version=0
        )
        now = HouseholdVersion.objects.get(household=household, to_on=None)
        _join(leaving, founded, head, on=on, at=at, change="split", note=said, by=by)
        new_version(
            founded, on=on, at=at, change="split", note=said or f"由户{household.number}分出", entered_by=by,
            head_name=head.name, group_name=group_name or household.group_name,
            household_class=now.household_class, township=now.township, village=now.village,
            alleviated_year=now.alleviated_year, member_count=len(leaving),
        )  # fmt: skip
        count_again(actor=actor, household=household, on=on, at=at, change="split", note=said)
        act.about(household)
        act.after = {"new_household": founded.number, "members": len(leaving), "on": on}
    return founded


def merge_households(
    *,
    actor: Actor,
    household_id: int,
    version: int,
    into_id: int,
    into_version: int | None = None,
    on: date,
    at: datetime,
    note: str = "",
) -> Household:
    """Let everybody of a household join another of the same village; the emptied one stays as history."""
    with acting(actor, "household.merge", at=at) as act:
        first, second = sorted((household_id, into_id))
        if first == second:
            raise Unfit("不能并入本户自己，请选择另一户", {"into": "请选择另一户"})
        versions = {household_id: version, into_id: into_version}
        held = {
            pk: locked(actor, Household.objects.all(), pk, _P.MOVE_HOUSEHOLD, version=versions[pk])
            for pk in (first, second)
        }
        household, into = held[household_id], held[into_id]
        _check_merge(household, into)
        by, said = actor.viewer.account_id, checked_note(note=note)
        joining = Member.objects.select_for_update().filter(household=household, is_present=True)
        _join(joining, into, None, on=on, at=at, change="merge", note=said, by=by)
        new_version(
            household, on=on, at=at, change="merge", note=said or f"并入户{into.number}", entered_by=by,
            member_count=0, is_present=False,
        )  # fmt: skip
        count_again(actor=actor, household=into, on=on, at=at, change="merge", note=said)
        Contact.objects.filter(household=household, to_on=None).update(to_on=on, reason="并户")
        act.about(household)
        act.after = {"into": into.number, "on": on}
    return into


def _join(
    members: Iterable[Member],
    household: Household,
    head: Member | None,
    *,
    on: date,
    at: datetime,
    change: str,
    note: str,
    by: int,
) -> None:
    """Let persons belong to another household from a day on; who was a head and is none is of other kin."""
    for member in members:
        member.household = household
        other = "其他" if member.relation == HEAD else member.relation
        relation = HEAD if head is not None and member.pk == head.pk else other
        new_member_version(
            member,
            on=on,
            at=at,
            change=change,
            note=note,
            entered_by=by,
            household=household,
            relation=relation,
        )


def _check_place(actor: Actor, old: str, division: str) -> None:
    found = find(division)
    if found is None or found.level != VILLAGE:
        raise Unfit("迁入地不是行政村，请重新选择", {"division": "请选择迁入的行政村"})
    if division == old:
        raise Unfit("迁入地与现所在村相同，请重新选择", {"division": "与现所在村相同"})
    if not actor.viewer.roles_at(_P.MOVE_HOUSEHOLD, division):
        raise NotAllowed("迁入的村不在您的管辖范围内，跨乡镇由县级、跨县由市级协调办理")


def _write_old_place(household: Household) -> None:
    """Let the versions say by name where the household was, before their place becomes the new one."""
    places = name_path(household.division)
    rows = HouseholdVersion.objects.filter(household=household, village=None)
    rows.update(township=places[-2], village=places[-1])


def _end_contacts_out_of_reach(household: Household, on: date, at: datetime) -> None:
    """End the contacts who hold no role that reaches the new village: someone there has to take over."""
    prefixes = [household.division[:width] for width in (2, 4, 6, 9, 12)]
    for contact in Contact.objects.filter(household=household, to_on=None):
        held = RoleGrant.objects.filter(account_id=contact.account_id, place__in=prefixes)
        if held.filter(until_at=None).exists() or held.filter(until_at__gt=at).exists():
            continue
        contact.to_on, contact.reason = max(on, contact.from_on), "户迁往另一村，原联系人不再可及"
        contact.save(update_fields=["to_on", "reason"])
        if household.contact_id == contact.account_id:
            household.contact = None
            household.save(update_fields=["contact"])


def _tell(household: Household, old: str, at: datetime) -> None:
    for division, text in (
        (household.division, "有农户迁入，请落实联系人"),
        (old, "有农户迁出，档案已转入新村"),
    ):
        link = f"/households/{household.pk}/" if division == household.division else "/households/"
        people = accounts_with(roles=(Role.VILLAGE, Role.TOWNSHIP), division=division, at=at)
        notify(accounts=people, kind="move", text=text, link=link, at=at)


def _leaving(household: Household, ids: Collection[int], head_id: int) -> tuple[list[Member], Member]:
    members = Member.objects.select_for_update().filter(household=household, is_present=True)
    leaving = [member for member in members if member.pk in set(ids)]
    if len(leaving) != len(set(ids)):
        raise NotThere
    head = next((member for member in leaving if member.pk == head_id), None)
    if head is None:
        raise Unfit("请在分出的成员中指定新户的户主", {"head": "请在分出的成员中指定户主"})
    if len(leaving) == len(members):
        raise Unfit("不能把全部成员都分出去，整户迁走请办理“整户迁移”", {"members": "至少留下一名成员"})
    if any(member.relation == HEAD for member in leaving):
        raise Unfit("原户户主不能分出，请先变更户主", {"members": "原户户主不能分出"})
    return leaving, head


def _check_merge(household: Household, into: Household) -> None:
    reasons = []
    if household.division != into.division:
        reasons.append("两户不在同一个村，请先办理整户迁移")
    if not (household.is_present and into.is_present):
        reasons.append("有一户已不在册")
    if Case.objects.filter(household=household, status="open").exists():
        reasons.append("被并入的户有正在办理的个案，请先办结")
    if Clue.objects.filter(household=household).exclude(state="closed").exists():
        reasons.append("被并入的户有未办结的线索，请先办结")
    if household.monitoring == "monitored":
        reasons.append("被并入的户是监测对象，请先办理风险消除或以该户为主户并户")
    if reasons:
        raise Unfit(reasons)


def _free_number(household: Household, wanted: str, on: date) -> str:
    if wanted and Household.objects.filter(number=wanted).exists():
        raise Unfit("这个户编号已在使用，请另填或留空由系统编号", {"number": "这个户编号已在使用"})
    if wanted:
        return wanted
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('shouwang_running_number')")
        (running,) = cursor.fetchone()
    return f"{household.division}{on:%Y%m%d}{running:05d}"


def _village(division: str) -> str:
    return name_path(division)[-1]
