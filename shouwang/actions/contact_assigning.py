"""Contact persons (R42): assigned, handed over, never missing; the duty stands while the risk stands."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from shouwang.actions.acting import Act, Actor, acting, locked
from shouwang.actions.household_versions import new_version
from shouwang.actions.notifying import notify
from shouwang.actions.refusals import NotThere, Refusal, Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import visible
from shouwang.records.models import Account, Contact, Household, HouseholdVersion, RoleGrant
from shouwang.records.models.visits import CONTACT_KINDS

HANDOVER_REASONS = ("工作调动", "退休", "长期患病", "驻村轮换", "辞职离岗", "其他原因")
_ROLES = (Role.HELPER, Role.VILLAGE, Role.RESIDENT_TEAM, Role.TOWNSHIP)
# Leaders answer for households from the county as well.
_LEADERS = (*_ROLES, Role.COUNTY_OFFICE, Role.CITY, Role.DEPARTMENT)


def assign_contact(
    *,
    actor: Actor,
    household_id: int,
    account_id: int,
    kind: str,
    reason: str,
    on: date,
    at: datetime,
) -> Contact:
    """Make an account answer for a household; the one before is relieved in the same act, with the reason."""
    with acting(actor, "contact.assign", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, Permission.ASSIGN_CONTACT)
        return _assign(act, actor, household, account_id, kind, reason, on, at)


def hand_over_all(
    *, actor: Actor, from_account_id: int, to_account_id: int, reason: str, on: date, at: datetime
) -> list[tuple[int, str]]:
    """Hand over every household in reach that an account answers for; each is an act of its own.

    Returns one pair per household: its key and "" where it was handed over, else why not. Raises NotThere
    where the account answers for none in reach.
    """
    rows = visible(Contact.objects.all(), actor.viewer, Permission.ASSIGN_CONTACT, is_write=True)
    held = list(rows.filter(account_id=from_account_id, to_on=None).values_list("household_id", "kind"))
    if not held:
        raise NotThere
    results = []
    for household_id, kind in held:
        try:
            assign_contact(
                actor=actor,
                household_id=household_id,
                account_id=to_account_id,
                kind=kind,
                reason=reason,
                on=on,
                at=at,
            )
            results.append((household_id, ""))
        except Refusal as refusal:
            results.append((household_id, str(refusal)))
    return results


def eligible_accounts(*, division: str, kind: str, at: datetime) -> Iterable[Account]:
    """Return the active accounts that may answer for a household of a village, by name."""
    widths = (2, 4, 6, 9, 12) if kind == "leader" else (9, 12)
    grants = RoleGrant.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at),
        role__in=[str(role) for role in (_LEADERS if kind == "leader" else _ROLES)],
        place__in=[division[:width] for width in widths],
        from_at__lte=at,
        is_break_glass=False,
    )
    return Account.objects.filter(is_active=True, grants__in=grants).distinct().order_by("display_name", "pk")


def _assign(
    act: Act,
    actor: Actor,
    household: Household,
    account_id: int,
    kind: str,
    reason: str,
    on: date,
    at: datetime,
) -> Contact:
    before = Contact.objects.filter(household=household, kind=kind, to_on=None).first()
    wrong = _wrong(household, before, account_id, kind, reason, on, at)
    if wrong:
        raise Unfit(wrong.values(), wrong)
    act.about(household, actor.viewer.roles_at(Permission.ASSIGN_CONTACT, household.division)[0])
    act.reason = reason
    act.before = {"contact": before.account_id if before else None}
    act.after = {"contact": account_id, "kind": kind}
    if before is not None:
        before.to_on, before.reason = on, reason
        before.save(update_fields=["to_on", "reason"])
    contact = Contact.objects.create(
        household=household,
        division=household.division,
        account_id=account_id,
        kind=kind,
        from_on=on,
        assigned_by_id=actor.viewer.account_id,
    )
    if kind == "contact":
        _write_present(actor, household, account_id, on, at)
    text = f"您被指定为一户的{CONTACT_KINDS[kind]}"
    notify(accounts=[account_id], kind="contact", text=text, link=f"/households/{household.pk}/", at=at)
    return contact


def _wrong(
    household: Household,
    before: Contact | None,
    account_id: int,
    kind: str,
    reason: str,
    on: date,
    at: datetime,
) -> dict[str, str]:
    if kind not in CONTACT_KINDS:
        return {"kind": "请选择联系人类别"}
    wrong = {}
    eligible = {account.pk for account in eligible_accounts(division=household.division, kind=kind, at=at)}
    if account_id not in eligible:
        wrong["account"] = "所选人员在本村没有可担任联系人的角色，请先由安全管理员授权或另选他人"
    if before is not None and before.account_id == account_id:
        wrong["account"] = "这户现在就由所选人员联系，不必变更"
    if before is not None and not reason:
        wrong["reason"] = "变更联系人请选择原因"
    if before is not None and before.from_on > on:
        wrong["on"] = "变更日期不能早于现任联系人的起始日期"
    return wrong


def _write_present(actor: Actor, household: Household, account_id: int, on: date, at: datetime) -> None:
    """Keep the household's own row and, where it said otherwise, its version in step."""
    version = HouseholdVersion.objects.filter(household=household, to_on=None).first()
    if version is not None and version.has_contact_person is not True and version.from_on <= on:
        entered_by = actor.viewer.account_id
        new_version(
            household,
            on=on,
            at=at,
            change="edit",
            note="指定监测联系人",
            entered_by=entered_by,
            has_contact_person=True,
            contact=Account.objects.get(pk=account_id),
        )
        return
    household.contact_id, household.version = account_id, household.version + 1
    household.save()
