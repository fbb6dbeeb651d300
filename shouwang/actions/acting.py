"""The frame of every write: one transaction, one audit event; if the audit cannot be written nothing is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from shouwang.actions.refusals import NotAllowed, NotThere, Refusal, Stale
from shouwang.domain.audit_chain import AuditValue, Entry, Result, Row, preferred_algorithm, sealed
from shouwang.domain.field_masks import Value, for_audit
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import visible
from shouwang.records.models import AuditEvent
from shouwang.records.viewers import Viewer

# One writer of the chain at a time; the lock falls with the transaction.
_AUDIT_LOCK = 0x5348_5741


@dataclass(frozen=True)
class Actor:
    """Who acts: a viewer, and from where. `request_id` is 32 hex digits or empty."""

    viewer: Viewer
    request_id: str = ""
    address: str = ""


@dataclass
class Act:
    """What the audit will say of an act; filled in while it runs. Values are masked when it is written."""

    target_kind: str = ""
    target_id: str = ""
    division: str = ""
    role: str = ""
    reason: str = ""
    before: dict[str, Value] = field(default_factory=dict)
    after: dict[str, Value] = field(default_factory=dict)

    def about(self, row: Model, role: Role | str = "") -> None:
        """Name the row the act is about, and the role it is done in."""
        self.target_kind, self.target_id = row._meta.model_name or "", str(row.pk)
        self.division = str(getattr(row, "division", "") or "")
        self.role = str(role) or self.role


@contextmanager
def acting(actor: Actor, action: str, *, at: datetime) -> Iterator[Act]:
    """Run a block as one act of `actor`. A refusal undoes it and is audited as refused, then raised on."""
    act = Act(role="+".join(actor.viewer.roles))
    try:
        with transaction.atomic():
            yield act
            append_event(actor, action, act, at=at)
    except Refusal as refusal:
        act.reason, act.before, act.after = str(refusal), {}, {}
        with transaction.atomic():
            append_event(actor, action, act, at=at, result=Result.REFUSED)
        raise


def append_event(actor: Actor, action: str, act: Act, *, at: datetime, result: Result = Result.DONE) -> None:
    """Add one row to the chain, in the running transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_AUDIT_LOCK])
    last = AuditEvent.objects.order_by("-sequence").first()
    entry = Entry(
        sequence=last.sequence + 1 if last else 1,
        at=at,
        actor=str(actor.viewer.account_id),
        role=act.role,
        division=act.division,
        action=action,
        target_kind=act.target_kind,
        target_id=act.target_id,
        result=result,
        reason=act.reason[:500],
        before=_masked(act.target_kind, act.before),
        after=_masked(act.target_kind, act.after),
        request_id=actor.request_id,
        address=actor.address,
        algorithm=preferred_algorithm(),
    )
    row = sealed(as_row(last) if last else None, entry, settings.SITE.key("audit"))
    fields = {name: getattr(entry, name) for name in Entry.__slots__}
    AuditEvent.objects.create(
        **{**fields, "before": dict(entry.before), "after": dict(entry.after), "digest": row.digest}
    )


def as_row(event: AuditEvent) -> Row:
    """Return a stored event as the chain knows it."""
    fields = {name: getattr(event, name) for name in Entry.__slots__}
    return Row(Entry(**{**fields, "result": Result(event.result)}), event.digest)


def _masked(kind: str, values: Mapping[str, Value]) -> dict[str, AuditValue]:
    """Mask each value by the rule of its column; a list or a day is written as text."""
    return {name: _plain(for_audit(f"{kind}.{name}", value)) for name, value in values.items()}


def _plain(value: object) -> AuditValue:
    return value if isinstance(value, str | int | bool | None) else str(value)


def locked(
    actor: Actor,
    queryset: QuerySet,
    pk: int,
    permission: Permission,
    *,
    version: int | None = None,
) -> Any:
    """Lock and return a row for a write by `permission`.

    Raises NotThere out of reach, NotAllowed within reach without the permission, Stale where `version` is not
    the row's: somebody else has changed it since the page was shown.
    """
    row = visible(queryset.filter(pk=pk), actor.viewer).select_for_update(of=("self",)).first()
    if row is None:
        raise NotThere
    if not visible(queryset.filter(pk=pk), actor.viewer, permission, is_write=True).exists():
        raise NotAllowed(f"您在这里没有“{permission.label}”的权限，请由有权限的人员办理")
    if version is not None and version != row.version:
        raise Stale("这条记录刚被他人更新，请刷新页面，核对后再办理")
    return row


def require(actor: Actor, permission: Permission, division: str) -> Role:
    """Return the role by which an act is allowed in a place, or raise NotAllowed."""
    roles = actor.viewer.roles_at(permission, division)
    if not roles:
        raise NotAllowed(f"您在这里没有“{permission.label}”的权限，请由有权限的人员办理")
    return roles[0]
