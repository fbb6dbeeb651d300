"""Deliveries in reach, by where they stand, and what one of them holds."""

from django.db.models import Count, Q, QuerySet

from shouwang.domain.deliveries import DeliveryState
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Delivery, DeliveryRow, DeliverySheet
from shouwang.records.viewers import Viewer

# Who may hand in or take back may look; who sees households does not therefore see departments' files.
LOOKERS = (Permission.DELIVER_DATA, Permission.IMPORT_DATA, Permission.RUN_SCREENING)
_S = DeliveryState
TABS: dict[str, tuple[str, tuple[DeliveryState, ...]]] = {
    "open": ("待处理", (_S.UNMAPPED, _S.WAITING, _S.QUARANTINED)),
    "running": ("处理中", (_S.RECEIVED, _S.READING)),
    "committed": ("已入库", (_S.COMMITTED,)),
    "ended": ("退回和撤回", (_S.REFUSED, _S.CANCELLED, _S.WITHDRAWN)),
    "all": ("全部", tuple(_S)),
}


def deliveries_in_reach(viewer: Viewer) -> QuerySet[Delivery]:
    """Return the deliveries a viewer may look at."""
    found = Delivery.objects.none()
    for permission in LOOKERS:
        found = found | visible(Delivery.objects.all(), viewer, permission)
    return found


def delivery_list(viewer: Viewer, *, tab: str, department: str = "") -> QuerySet[Delivery]:
    """Return the deliveries of a tab, the newest first."""
    rows = deliveries_in_reach(viewer).filter(state__in=TABS[tab][1])
    if department:
        rows = rows.filter(department=department)
    return rows.select_related("received_by").order_by("-received_at", "-pk")


def delivery_counts(viewer: Viewer, *, department: str = "") -> dict[str, int]:
    """Count the deliveries of each tab: one query."""
    rows = deliveries_in_reach(viewer)
    if department:
        rows = rows.filter(department=department)
    wanted = {name: Count("pk", filter=Q(state__in=states)) for name, (_, states) in TABS.items()}
    counts: dict[str, int] = rows.aggregate(**wanted)
    return counts


def sheets_of(delivery: Delivery) -> list[DeliverySheet]:
    """Return the sheets of a delivery in force or once in force, in order."""
    return list(delivery.sheets.order_by("number"))


def unmatched_reasons(delivery: Delivery) -> list[tuple[str, str, int]]:
    """Return how many rows stand aside, by reason and state."""
    rows = DeliveryRow.objects.filter(delivery=delivery).values_list("reason_code", "state")
    return list(rows.annotate(count=Count("pk")).order_by("reason_code", "state"))
