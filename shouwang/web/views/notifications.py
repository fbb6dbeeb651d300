"""The notifications of the one who is signed in."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.notification_reading import mark_read
from shouwang.records.models import Notification
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.page import Request, page

COLUMNS = (
    Column("text", "内容", is_fixed=True),
    Column("at", "时间"),
    Column("state", "状态"),
)


@page("notifications/", "notifications", "signed_in")
def notifications(request: Request) -> HttpResponse:
    """List them, unread first."""
    rows = Notification.objects.filter(account_id=request.viewer.account_id).order_by("is_read", "-at", "-pk")
    paginator = Paginator(rows, per_page(request.GET.get("per_page")))
    shown = paginator.get_page(request.GET.get("page"))
    numbers = paginator.get_elided_page_range(shown.number, on_each_side=2, on_ends=1)
    return render(
        request,
        "notifications/list.html",
        {
            "heading": "通知",
            "list_name": "notifications",
            "columns": COLUMNS,
            "page": shown,
            "page_numbers": numbers,
            "per_page_choices": PER_PAGE_CHOICES,
            "has_row_check": True,
        },
    )


@page("notifications/read/", "notifications_read", "signed_in", methods=("POST",))
def notifications_read(request: Request) -> HttpResponse:
    """Mark those chosen as read, or all."""
    is_all = request.POST.get("select_all") == "1" or request.GET.get("all") == "1"
    ids = None if is_all else [int(each) for each in request.POST.getlist("row") if each.isdecimal()]
    mark_read(actor=request.actor, ids=ids)
    response = HttpResponseRedirect(reverse("notifications"))
    response.status_code = 303
    return response
