"""What the pages of help and elimination share: rows in reach, choices of place, lists, refusals on forms."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from shouwang.actions.refusals import NotAllowed, NotThere
from shouwang.domain.divisions import children, villages
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Household
from shouwang.records.viewers import Viewer
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.page import Request
from shouwang.web.present import head_name, monitoring_tag, place_name, risk_words

_TOWNSHIP_WIDTH, _VILLAGE_WIDTH = 9, 12
_PREFIX_WIDTHS = {2: 4, 4: 6, 6: 9}


def found_row(rows: QuerySet[Any], viewer: Viewer, pk: int, permission: Permission | None = None) -> Any:
    """Return a row in reach. Raises NotThere out of reach, NotAllowed in reach without the permission."""
    row = visible(rows, viewer).filter(pk=pk).first()
    if row is None:
        raise NotThere
    if permission is not None and not visible(rows, viewer, permission).filter(pk=pk).exists():
        raise NotAllowed(f"您在这里没有“{permission.label}”的权限，请由有权限的人员办理")
    return row


def found_household(request: Request, pk: int, permission: Permission | None = None) -> Household:
    """Return a household in reach."""
    found: Household = found_row(Household.objects.select_related("contact"), request.viewer, pk, permission)
    return found


def place_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the places a viewer may narrow a list to: one level below each that he reaches."""
    found: dict[str, str] = {}
    for reach in viewer.reach.reaches:
        width = len(reach.prefix)
        if width == _VILLAGE_WIDTH:
            found[reach.prefix] = place_name(reach.prefix, 1)
        elif width == _TOWNSHIP_WIDTH:
            found |= {each.code: each.name for each in villages(reach.prefix.ljust(12, "0"))}
        else:
            below = children(reach.prefix.ljust(12, "0"))
            found |= {each.code[: _PREFIX_WIDTHS[width]]: each.name for each in below}
    return [("", "全部"), *sorted(found.items())]


def list_context(
    request: Request, rows: Sequence[Any] | QuerySet[Any], columns: Iterable[Column], **context: Any
) -> dict[str, Any]:
    """Return what a list page needs; `context` gives heading, list_name and what else it shows."""
    paginator = Paginator(rows, per_page(request.GET.get("per_page")))
    page = paginator.get_page(request.GET.get("page"))
    return {
        "columns": tuple(columns),
        "page": page,
        "page_numbers": paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "per_page_choices": PER_PAGE_CHOICES,
        **context,
    }


def household_facts_shown(viewer: Viewer, household: Household) -> list[dict[str, object]]:
    """Return the few facts of a household that stand above every page about it."""
    return [
        {"label": "户编号", "value": household.number},
        {"label": "所在村", "value": f"{place_name(household.division)} {household.group_name}"},
        {"label": "人口", "value": household.member_count},
        {"label": "监测状态", "value": monitoring_tag(household)[1]},
        {"label": "登记风险", "value": risk_words(household.risks)},
        {"label": "识别日期", "value": str(household.identified_on) if household.identified_on else None},
        {"label": "联系人", "value": household.contact.display_name if household.contact else "没有联系人"},
    ]


def name_of(viewer: Viewer, household: Household) -> str:
    """Return the name of the head as the viewer may read it."""
    return head_name(viewer, household)
