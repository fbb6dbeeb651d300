"""Requests for exports in lists: one's own, those that wait for one's decision, and those decided."""

from django.db.models import Q, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import ExportRequest
from shouwang.records.viewers import Viewer


def own_exports(viewer: Viewer) -> QuerySet[ExportRequest]:
    """Return what the viewer has asked for and may still know of, the newest first."""
    rows = visible(_rows(), viewer, Permission.REQUEST_EXPORT)
    return rows.filter(requested_by_id=viewer.account_id).order_by("-requested_at", "-pk")


def exports_to_decide(viewer: Viewer) -> QuerySet[ExportRequest]:
    """Return what waits for a second person who the viewer can be, the oldest first."""
    rows = visible(_rows(), viewer, Permission.APPROVE_EXPORT, is_write=True)
    waiting = rows.filter(state="asked").exclude(requested_by_id=viewer.account_id)
    return waiting.order_by("requested_at", "pk")


def exports_decided(viewer: Viewer) -> QuerySet[ExportRequest]:
    """Return every request of the viewer's area that is past asking, for who approves there."""
    rows = visible(_rows(), viewer, Permission.APPROVE_EXPORT).exclude(state="asked")
    return rows.order_by("-requested_at", "-pk")


def export_of(viewer: Viewer, export_id: int) -> ExportRequest | None:
    """Return a request as its requester or as who approves in its area, else None."""
    asked = visible(_rows(), viewer, Permission.REQUEST_EXPORT).filter(requested_by_id=viewer.account_id)
    decided = visible(_rows(), viewer, Permission.APPROVE_EXPORT)
    return _rows().filter(Q(pk__in=asked.values("pk")) | Q(pk__in=decided.values("pk")), pk=export_id).first()


def _rows() -> QuerySet[ExportRequest]:
    return ExportRequest.objects.select_related("requested_by", "decided_by")
