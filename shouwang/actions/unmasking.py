"""Seeing a sealed value whole, once: with the permission, a reason, and a trace in the audit beforehand."""

from datetime import datetime

from shouwang.actions.acting import Actor, acting
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.children import is_child
from shouwang.domain.field_masks import UnmaskError, unmasked
from shouwang.domain.reasons import ReasonError
from shouwang.records.access import visible
from shouwang.records.models import Household, Member
from shouwang.records.sealing import unseal

# "table.column": the sealed column, or None where the plain column of the row itself is masked for the role.
SEALED = {
    "household.phone": "phone_sealed",
    "member.id_number": "id_sealed",
    "member.phone": "phone_sealed",
    "household.head_name": None,
    "member.name": None,
}


def unmask(
    *,
    actor: Actor,
    household_id: int | None = None,
    member_id: int | None = None,
    column: str,
    reason: str,
    at: datetime,
) -> str:
    """Return a value of a household or a member whole. Raises NotThere, NotAllowed, Unfit."""
    table, _, name = column.partition(".")
    if column not in SEALED or (table == "member") != (member_id is not None):
        raise NotThere
    with acting(actor, "unmask", at=at) as act:
        row = _row(actor, household_id, member_id)
        household = row.household if isinstance(row, Member) else row
        roles = actor.viewer.roles_over(household.division, household.pk, household.group_name)
        act.about(row)
        value = _value(row, column, name)
        is_young = is_child(row.birth_date, at.date()) if isinstance(row, Member) else False
        try:
            whole, told = unmasked(roles, column, value, reason, is_child=is_young)
        except UnmaskError as error:
            raise NotAllowed(str(error)) from None
        except ReasonError as error:
            raise Unfit(str(error), {"reason": str(error)}) from None
        if value is None:
            raise Unfit("系统中没有登记这一项，请核实后补录")
        act.reason = told.reason
        act.after = {"column": told.column, "sensitivity": str(told.sensitivity)}
    return str(whole)


def _row(actor: Actor, household_id: int | None, member_id: int | None) -> Household | Member:
    if member_id is not None:
        members = Member.objects.select_related("household").filter(pk=member_id)
        found = visible(members, actor.viewer).first()
    else:
        found = visible(Household.objects.filter(pk=household_id), actor.viewer).first()
    if found is None:
        raise NotThere
    return found


def _value(row: Household | Member, column: str, name: str) -> str | None:
    sealed_name = SEALED[column]
    if sealed_name is None:
        return getattr(row, name) or None
    sealed = getattr(row, sealed_name)
    return None if sealed is None else unseal(bytes(sealed), of=column)
