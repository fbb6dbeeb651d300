"""Break-glass: one's own looks outside one's area, and those of others into it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.breaking_glass import close_glass, open_glass
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.models import RoleGrant
from shouwang.reports.account_lists import glass_into, is_running, own_glass
from shouwang.web.clock import now
from shouwang.web.columns import Column
from shouwang.web.forms.break_glass import BreakGlassForm
from shouwang.web.page import Request, page
from shouwang.web.present import place_name

_SHOWN = 50
OWN_COLUMNS = (
    Column("place", "区划", is_fixed=True), Column("reason", "理由"), Column("from", "起"),
    Column("until", "止"), Column("state", "状态"), Column("act", "操作", is_fixed=True),
)  # fmt: skip
INTO_COLUMNS = (
    Column("who", "查看人", is_fixed=True), Column("role", "角色"), Column("place", "所看区划"),
    Column("reason", "理由"), Column("from", "起"), Column("until", "止"),
    Column("state", "状态", is_fixed=True),
)  # fmt: skip


@page("break-glass/", "break_glass", Permission.BREAK_GLASS, methods=("GET", "POST"))
def break_glass(request: Request) -> HttpResponse:
    """Ask for a look outside one's area, and list the looks of both kinds."""
    form = BreakGlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            grant = open_glass(actor=request.actor, **form.cleaned_data, at=now())
        except Unfit as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, f"已开放 {place_name(grant.place)}，只可查看，到时自动收回")
            return HttpResponseRedirect(reverse("break_glass"), status=303)
    context = {
        "heading": "紧急越界查看", "form": form, "submit_label": "开始查看",
        "own": [_row(each) for each in own_glass(request.viewer)[:_SHOWN]], "own_columns": OWN_COLUMNS,
        "into": [_row(each) for each in glass_into(request.viewer)[:_SHOWN]], "into_columns": INTO_COLUMNS,
    }  # fmt: skip
    return render(request, "grants/break_glass.html", context, status=422 if form.errors else 200)


@page("break-glass/<int:grant_id>/close/", "break_glass_close", Permission.BREAK_GLASS, methods=("POST",))
def break_glass_close(request: Request, grant_id: int) -> HttpResponse:
    """End one's own look before its time."""
    close_glass(actor=request.actor, grant_id=grant_id, at=now())
    messages.success(request, "已结束越界查看")
    return HttpResponseRedirect(reverse("break_glass"), status=303)


def _row(grant: RoleGrant) -> dict[str, object]:
    is_open = is_running(grant, now())
    return {
        "grant": grant,
        "place": place_name(grant.place, 3),
        "role": Role(grant.role).label,
        "is_open": is_open,
    }
