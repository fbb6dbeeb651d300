"""Who is asking: the roles an account holds at this moment and how far each reaches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from shouwang.domain.permissions import Permission
from shouwang.domain.roles import ROLES, Role, conflicts, permissions_of
from shouwang.domain.scope import Reach, Scope
from shouwang.records.models import Account, Contact, RoleGrant


@dataclass(frozen=True)
class Held:
    """One role and its reach; a break-glass grant reads and never writes."""

    role: Role
    reach: Reach
    is_break_glass: bool = False


@dataclass(frozen=True)
class Viewer:
    """One account at one moment. Roles that exclude each other give nothing at all."""

    account_id: int
    name: str
    held: tuple[Held, ...]

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The roles held anywhere, in the order of the table of roles."""
        found = {each.role for each in self.held}
        return () if conflicts(found) else tuple(role for role in Role if role in found)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What is allowed somewhere."""
        return permissions_of(self.roles)

    def scope(self, permission: Permission, *, is_write: bool = False) -> Scope:
        """Return where a permission is held."""
        return Scope(frozenset(each.reach for each in self._holding(permission, is_write)))

    @cached_property
    def reach(self) -> Scope:
        """Everything that some role reaches."""
        return Scope(frozenset(each.reach for each in self.held if self.roles))

    def roles_at(
        self,
        permission: Permission,
        division: str,
        household_id: int | None = None,
        group_name: str | None = None,
    ) -> tuple[Role, ...]:
        """Return the roles by which something may be written about a household, or in a place."""
        key = None if household_id is None else str(household_id)
        return tuple(
            each.role
            for each in self._holding(permission, is_write=True)
            if each.reach.feeds is None and each.reach.covers(division, key, group_name, None)
        )

    def roles_over(
        self, division: str, household_id: int | None, group_name: str | None = None
    ) -> tuple[Role, ...]:
        """Return the roles in which a household is seen; field masks ask for them."""
        key = None if household_id is None else str(household_id)
        return tuple(
            each.role
            for each in self.held
            if self.roles
            and each.reach.covers(division, key, group_name, next(iter(each.reach.feeds or ()), None))
        )

    def _holding(self, permission: Permission, is_write: bool) -> Iterable[Held]:
        if not self.roles:
            return ()
        return (
            each
            for each in self.held
            if permission in ROLES[each.role].permissions and not (is_write and each.reach.is_read_only)
        )


def viewer_of(account: Account, at: datetime) -> Viewer:
    """Return the viewer of an account: two queries, three for helpers. A disabled account holds nothing."""
    if not account.is_active:
        return Viewer(account.pk, account.display_name, ())
    grants = RoleGrant.objects.filter(Q(until_at=None) | Q(until_at__gt=at), account=account, from_at__lte=at)
    rows = list(grants)
    answers_for = _answers_for(account) if any(row.role == Role.HELPER for row in rows) else frozenset()
    return Viewer(account.pk, account.display_name, tuple(_held(row, answers_for) for row in rows))


def _answers_for(account: Account) -> frozenset[str]:
    rows = Contact.objects.filter(account=account, to_on=None).values_list("household_id", flat=True)
    return frozenset(str(each) for each in rows)


def _held(row: RoleGrant, answers_for: frozenset[str]) -> Held:
    role = Role(row.role)
    reach = Reach(
        row.place,
        household_ids=answers_for if role is Role.HELPER else None,
        group_name=row.group_name or None if role is Role.HOUSEHOLD_GROUP else None,
        feeds=frozenset(row.departments) if role is Role.DEPARTMENT else None,
        is_read_only=row.is_break_glass or role is Role.SUPERVISOR,
    )
    return Held(role, reach, row.is_break_glass)
