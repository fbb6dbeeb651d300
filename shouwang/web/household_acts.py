"""What may be begun from the page of a household: each act as a link, where the viewer may do it here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from shouwang.actions.case_opening import OPENERS
from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import TRACKS
from shouwang.records.models import Household
from shouwang.records.viewers import Viewer

_P = Permission


@dataclass(frozen=True)
class _Begin:
    """An act, who may begin it, and at households of which monitoring (any where none is named)."""

    label: str
    page: str
    permissions: tuple[Permission, ...]
    monitoring: frozenset[str] = frozenset()
    query: Mapping[str, str] = field(default_factory=dict)


# The pages that lead back to the household.
_LEADING_BACK = frozenset({"visit_new", "plan_new", "task_new", "contact_assign"})
_WATCHED = frozenset({"monitored"})
_SAFE = frozenset({"eliminated"})
_BEGINS = (
    _Begin("登记走访", "visit_new", (_P.RECORD_VISIT,)),
    _Begin("登记回头看", "visit_new", (_P.LOOK_BACK,), _SAFE, {"kind": "look_back"}),
    _Begin("回头看情况", "look_back", (_P.LOOK_BACK,), _SAFE),
    _Begin("制定帮扶计划", "plan_new", (_P.DRAW_UP_PLAN,)),
    _Begin("派发部门任务", "task_new", (_P.SEND_TASK,)),
    _Begin("登记贷款意愿", "loan_wish_new", (_P.RECORD_VISIT,)),
    _Begin("登记贷款", "loan_new", (_P.RECORD_MEASURE,)),
    _Begin("登记保单", "cover_new", (_P.RECORD_MEASURE,)),
    _Begin("对接捐赠", "gift_new", (_P.SEND_TASK,), _WATCHED),
    _Begin("指定联系人", "contact_assign", (_P.ASSIGN_CONTACT,)),
    _Begin(
        "风险消除条件",
        "elimination",
        (_P.PROPOSE_ELIMINATION, _P.REVIEW_ELIMINATION, _P.CONFIRM_ELIMINATION),
        _WATCHED,
    ),
)  # fmt: skip


def begins_of(viewer: Viewer, household: Household) -> list[dict[str, str]]:
    """Return label, page and address of each act; the act itself looks again at what stands against it."""
    begins = [
        {
            "label": each.label,
            "page": each.page,
            "url": _url(each, household),
        }
        for each in _BEGINS
        if _may(viewer, household, each.permissions)
        and (not each.monitoring or household.monitoring in each.monitoring)
    ]
    if _P.REPORT_CLUE in viewer.permissions:
        begins.append(
            {
                "label": "上报线索",
                "page": "clue_new",
                "url": f"{reverse('clue_new')}?household={household.pk}",
            }
        )
    tracks = [TRACKS[track] for track, openers in OPENERS.items() if _may(viewer, household, openers)]
    if tracks:
        words = f"立案办理（{'、'.join(tracks)}）"
        begins.append({"label": words, "page": "case_open", "url": reverse("case_open", args=[household.pk])})
    return begins


def _url(begin: _Begin, household: Household) -> str:
    query = dict(begin.query)
    if begin.page in _LEADING_BACK:
        query["back"] = reverse("household", args=[household.pk])
    url = reverse(begin.page, args=[household.pk])
    return f"{url}?{urlencode(query)}" if query else url


def may_draw_up_plan(viewer: Viewer, household: Household) -> bool:
    """Tell whether a viewer may draw up the household's plan."""
    return _may(viewer, household, (_P.DRAW_UP_PLAN,))


def may_visit(viewer: Viewer, household: Household) -> bool:
    """Tell whether a viewer may record a visit to the household."""
    return _may(viewer, household, (_P.RECORD_VISIT,))


def may_assign_contact(viewer: Viewer, household: Household) -> bool:
    """Tell whether a viewer may say who answers for the household."""
    return _may(viewer, household, (_P.ASSIGN_CONTACT,))


def _may(viewer: Viewer, household: Household, permissions: tuple[Permission, ...]) -> bool:
    return any(
        viewer.roles_at(each, household.division, household.pk, household.group_name) for each in permissions
    )
