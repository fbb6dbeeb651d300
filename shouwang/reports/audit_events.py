"""The audit as an auditor reads it: within his place, by person, action, object, day and result."""

from datetime import date, datetime, time, timedelta, timezone

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from shouwang.domain.permissions import Permission
from shouwang.records.account_scope import accounts_of, places_of
from shouwang.records.models import AuditEvent
from shouwang.records.viewers import Viewer

_CHINA = timezone(timedelta(hours=8))
# Acts of the system itself, and of people who were not signed in.
_NOBODY = "0"


def audit_events(
    viewer: Viewer,
    *,
    actor: str = "",
    action: str = "",
    target_kind: str = "",
    target_id: str = "",
    result: str = "",
    from_on: date | None = None,
    to_on: date | None = None,
) -> QuerySet[AuditEvent]:
    """Return the events of an auditor's place, latest first; `to_on` is included.

    An event without a place belongs where its person's account does; nobody's, to every auditor.
    """
    found = AuditEvent.objects.filter(_within(viewer))
    if actor:
        found = found.filter(actor=actor)
    if action:
        found = found.filter(action=action)
    if target_kind:
        found = found.filter(target_kind=target_kind)
    if target_id:
        found = found.filter(target_id=target_id)
    if result:
        found = found.filter(result=result)
    if from_on:
        found = found.filter(at__gte=_midnight(from_on))
    if to_on:
        found = found.filter(at__lt=_midnight(to_on + timedelta(days=1)))
    return found.order_by("-sequence")


def last_check() -> AuditEvent | None:
    """Return the event of the last check of the whole chain."""
    return AuditEvent.objects.filter(action="audit.verify", result="done").order_by("-sequence").first()


def _within(viewer: Viewer) -> Q:
    places = places_of(viewer, Permission.READ_AUDIT)
    if not places:
        return Q(pk__in=[])
    people = accounts_of(viewer, Permission.READ_AUDIT).annotate(key=Cast("pk", CharField()))
    within = Q(division="") & (Q(actor=_NOBODY) | Q(actor__in=people.values("key")))
    for place in places:
        within |= Q(division__startswith=place)
    return within


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time.min, _CHINA)
