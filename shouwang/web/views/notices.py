"""Notices that hang in the villages."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from shouwang.domain.permissions import Permission
from shouwang.reports.case_notices import NoticeRow, notice_rows, running_notices
from shouwang.web.clock import today
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.page import Request, page
from shouwang.web.present import head_name, local_place
from shouwang.web.views.case_shown import track_label

COLUMNS = (
    Column("head", "户主", is_fixed=True),
    Column("village", "乡镇、村"),
    Column("track", "公示事项"),
    Column("place", "公示地点"),
    Column("start", "起始日"),
    Column("next", "期满次日"),
    Column("left", "剩余"),
    Column("photos", "照片", is_number=True),
    Column("objections", "待答复异议", is_number=True),
    Column("act", "操作", is_fixed=True),
)


@page("notices/", "notices", Permission.SEE_HOUSEHOLDS)
def notices(request: Request) -> HttpResponse:
    """List the running notices with the days left."""
    paginator = Paginator(running_notices(request.viewer), per_page(request.GET.get("per_page")))
    shown = paginator.get_page(request.GET.get("page"))
    shown.object_list = [_shown(request, row) for row in notice_rows(list(shown.object_list), today())]
    context = {
        "heading": "公示管理",
        "list_name": "notices",
        "columns": COLUMNS,
        "page": shown,
        "page_numbers": paginator.get_elided_page_range(shown.number, on_each_side=2, on_ends=1),
        "per_page_choices": PER_PAGE_CHOICES,
        "may_print": Permission.PRINT_DOCUMENT in request.viewer.permissions,
        "may_object": Permission.RECORD_OBJECTION in request.viewer.permissions,
    }
    return render(request, "cases/notices.html", context)


def _shown(request: Request, row: NoticeRow) -> dict[str, object]:
    return {
        "id": row.case.pk,
        "head_name": head_name(request.viewer, row.case.household),
        "place_name": local_place(request.viewer, row.case.division),
        "track": track_label(row.case),
        "place": row.place,
        "starts_on": row.starts_on,
        "next_on": row.next_on,
        "days_left": row.days_left,
        "photo_count": row.photo_count,
        "objection_count": row.objection_count,
    }
