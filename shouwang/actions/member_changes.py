"""Natural changes (R7): who comes to a household, who leaves it, who returns; and facts of a person."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from shouwang.actions.acting import Act, Actor, acting, locked
from shouwang.actions.household_edits import checked_note, checked_phone
from shouwang.actions.household_versions import new_member_version, new_version
from shouwang.actions.member_identity import number_columns, told_by
from shouwang.actions.quality_household import refusing_impossible
from shouwang.actions.refusals import NotThere, Stale, Unfit
from shouwang.domain.household_changes import JOINING, LEAVING, RETURNS, change_label
from shouwang.domain.permissions import Permission
from shouwang.records.models import Household, Member, MemberVersion
from shouwang.records.sealing import phone_index, seal

# Facts of a person that are entered by hand; his number and telephone beside them.
EDITABLE = (
    "name",
    "relation",
    "sex",
    "birth_date",
    "education",
    "school_stage",
    "labour",
    "has_chronic_illness",
    "has_serious_illness",
    "is_disabled",
    "disability_kind",
    "disability_grade",
    "migrant_months",
    "workplace",
    "receives_minimum_living",
    "is_destitute",
    "has_resident_medical_insurance",
    "has_employee_medical_insurance",
    "has_pension",
    "public_post_months",
    "is_dropout",
)
HEAD = "户主"


def add_member(
    *,
    actor: Actor,
    household_id: int,
    version: int,
    change: str,
    facts: Mapping[str, Any],
    id_number: str = "",
    on: date,
    at: datetime,
    note: str = "",
) -> Member:
    """Let a person join a household from a day on; one who has left another is the same person again."""
    if change not in JOINING:
        raise Unfit("请选择人员增加的原因", {"change": "请选择人员增加的原因"})
    with acting(actor, "member.add", at=at) as act:
        household = locked(
            actor, Household.objects.all(), household_id, Permission.EDIT_HOUSEHOLD, version=version
        )
        columns = _checked(facts)
        if not columns.get("name"):
            raise Unfit("请填写姓名", {"name": "请填写姓名"})
        _refuse_second_head(household, columns)
        columns |= number_columns(id_number, on) if id_number.strip() else {}
        member = _left_before(id_number, on) or Member(code=_code(household))
        member.household, member.division = household, household.division
        for name in ("id_sealed", "id_key", "id_tail_key"):
            setattr(member, name, columns.pop(name, getattr(member, name)))
        member.save()
        with refusing_impossible(household=household, on=on):
            new_member_version(
                member, on=on, at=at, change=change, note=checked_note(note=note),
                entered_by=actor.viewer.account_id, **columns,
            )  # fmt: skip
        count_again(actor=actor, household=household, on=on, at=at, change=change, note=note)
        act.about(member)
        act.after = {**_told(columns), "id_number": id_number or None, "change": change, "on": on}
    return member


def remove_member(
    *, actor: Actor, member_id: int, version: int, change: str, on: date, at: datetime, note: str = ""
) -> Member:
    """Let a person leave the household from a day on: death, marriage, move, enlistment, imprisonment."""
    if change not in LEAVING:
        raise Unfit("请选择人员减少的原因", {"change": "请选择人员减少的原因"})
    with acting(actor, "member.remove", at=at) as act:
        member, household = _locked_member(actor, member_id, version)
        if not member.is_present:
            raise Unfit("该成员已不在册，不能重复办理")
        others = Member.objects.filter(household=household, is_present=True).exclude(pk=member.pk)
        if member.relation == HEAD and others.exists():
            raise Unfit("该成员是户主，请先在“变更户主”中指定新户主，再办理人员减少")
        act.about(member)
        act.before, act.after = {"is_present": True}, {"is_present": False, "change": change, "on": on}
        new_member_version(
            member,
            on=on,
            at=at,
            change=change,
            note=checked_note(note=note),
            entered_by=actor.viewer.account_id,
        )
        count_again(actor=actor, household=household, on=on, at=at, change=change, note=note)
    return member


def return_member(
    *, actor: Actor, member_id: int, version: int, on: date, at: datetime, note: str = ""
) -> Member:
    """Let one who was in the army or in prison come back."""
    with acting(actor, "member.return", at=at) as act:
        member, household = _locked_member(actor, member_id, version)
        left = MemberVersion.objects.get(member=member, to_on=None)
        if left.change not in RETURNS:
            raise Unfit("只有参军入伍、收监服刑的成员可以办理返回，其他情况请按人员增加办理")
        change = RETURNS[left.change]
        act.about(member)
        act.before, act.after = {"is_present": False}, {"is_present": True, "change": change, "on": on}
        new_member_version(
            member,
            on=on,
            at=at,
            change=change,
            note=checked_note(note=note),
            entered_by=actor.viewer.account_id,
        )
        count_again(actor=actor, household=household, on=on, at=at, change=change, note=note)
    return member


def edit_member(
    *,
    actor: Actor,
    member_id: int,
    token: str,
    changes: Mapping[str, Any],
    id_number: str = "",
    phone: str = "",
    on: date,
    at: datetime,
    note: str = "",
    change: str = "edit",
) -> Member:
    """Change facts of a person from a day on; `token` is the page's (`token_of`). Raises Stale, Unfit."""
    with acting(actor, "member.edit", at=at) as act:
        member, household = _locked_member(actor, member_id, None)
        now = MemberVersion.objects.get(member=member, to_on=None)
        if token != token_of(version=now):
            raise Stale("这名成员的信息刚被他人更新，请核对差异后再保存")
        if not member.is_present:
            raise Unfit("该成员已不在册，不能修改")
        different = {name: value for name, value in _checked(changes).items() if getattr(now, name) != value}
        act.about(member)
        act.before, act.after = {name: getattr(now, name) for name in different}, _told(different)
        different |= _numbers(member, id_number, phone, on, act)
        if not different:
            raise Unfit("没有任何改动，请修改后再保存")
        if "relation" in different:
            _refuse_second_head(household, different, but=member)
        with refusing_impossible(household=household, on=on):
            new_member_version(
                member, on=on, at=at, change=change, note=checked_note(note=note),
                entered_by=actor.viewer.account_id, **different,
            )  # fmt: skip
        if member.relation == HEAD and "name" in different:
            by = actor.viewer.account_id
            new_version(household, on=on, at=at, change=change, entered_by=by, head_name=member.name)
    return member


def change_head(
    *,
    actor: Actor,
    member_id: int,
    version: int,
    relation_of_old: str,
    on: date,
    at: datetime,
    note: str = "",
) -> Member:
    """Make a member the head of his household; the one before becomes `relation_of_old` to him."""
    with acting(actor, "household.head", at=at) as act:
        member, household = _locked_member(actor, member_id, version)
        if not member.is_present or member.relation == HEAD:
            raise Unfit("请选择一名在册且不是户主的成员")
        by = actor.viewer.account_id
        for old in Member.objects.select_for_update().filter(
            household=household, relation=HEAD, is_present=True
        ):
            new_member_version(
                old, on=on, at=at, change="head", entered_by=by, relation=relation_of_old or "其他"
            )
        new_member_version(member, on=on, at=at, change="head", entered_by=by, relation=HEAD)
        act.about(household)
        act.before, act.after = {"head_name": household.head_name}, {"head_name": member.name}
        new_version(
            household,
            on=on,
            at=at,
            change="head",
            note=checked_note(note=note),
            entered_by=by,
            head_name=member.name,
        )
    return member


def count_again(
    *, actor: Actor, household: Household, on: date, at: datetime, change: str, note: str
) -> None:
    """Open the household's version after somebody came or left, with its number of persons."""
    count = Member.objects.filter(household=household, is_present=True).count()
    by = actor.viewer.account_id
    new_version(household, on=on, at=at, change=change, note=note, entered_by=by, member_count=count)


def token_of(*, version: MemberVersion) -> str:
    """Return what tells one state of a person from the next."""
    return f"{version.pk}-{version.recorded_at.timestamp():.6f}"


def _locked_member(actor: Actor, member_id: int, version: int | None) -> tuple[Member, Household]:
    """Lock a person through his household, which every change of either takes first."""
    found = Member.objects.filter(pk=member_id).values_list("household_id", flat=True).first()
    if found is None:
        raise NotThere
    household = locked(actor, Household.objects.all(), found, Permission.EDIT_HOUSEHOLD, version=version)
    member = Member.objects.select_for_update().get(pk=member_id)
    if member.household_id != household.pk:
        raise Stale("该成员刚被转到另一户，请刷新页面后再办理")
    member.household = household
    return member, household


def _checked(facts: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(facts) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not entered by hand: {', '.join(sorted(unknown))}")
    return dict(facts)


def _refuse_second_head(
    household: Household, columns: Mapping[str, Any], *, but: Member | None = None
) -> None:
    if columns.get("relation") != HEAD:
        return
    heads = Member.objects.filter(household=household, relation=HEAD, is_present=True)
    if heads.exclude(pk=but.pk if but else None).exists():
        said = f"本户已有户主，请选择与户主的关系；更换户主请用“{change_label('head')}”"
        raise Unfit(said, {"relation": said})


def _numbers(member: Member, id_number: str, phone: str, on: date, act: Act) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if id_number.strip():
        columns |= number_columns(id_number, on, member_id=member.pk)
        act.after["id_number"] = id_number
    if phone.strip():
        tidy = checked_phone(phone=phone)
        columns |= {"phone_sealed": seal(tidy, of="member.phone"), "phone_key": phone_index(tidy)}
        act.after["phone"] = tidy
    return columns


def _left_before(id_number: str, on: date) -> Member | None:
    told = told_by(id_number, on) if id_number.strip() else None
    if told is None or told.holder_id is None or told.is_holder_present:
        return None
    return Member.objects.select_for_update().get(pk=told.holder_id)


def _code(household: Household) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('shouwang_running_number')")
        (running,) = cursor.fetchone()
    return f"{household.number[:28]}-{running}"


def _told(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if name in EDITABLE}
