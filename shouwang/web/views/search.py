"""The search box: what is asked for is personal, so it travels in the body and is kept nowhere."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.domain.children import is_child
from shouwang.domain.permissions import Permission
from shouwang.reports.search import MOST_FOUND, Hit
from shouwang.reports.search import search as search_for
from shouwang.web.clock import today
from shouwang.web.columns import Column
from shouwang.web.household_words import fact, masked_number
from shouwang.web.page import Request, page
from shouwang.web.present import head_name, monitoring_tag, place_name

COLUMNS = (
    Column("who", "姓名", is_fixed=True),
    Column("household", "户主"),
    Column("place", "村组"),
    Column("monitoring", "监测状态"),
    Column("phone", "联系电话"),
    Column("by", "匹配项"),
)


@page("search/", "search", Permission.SEE_HOUSEHOLDS, methods=("GET", "POST"))
def search(request: Request) -> HttpResponse:
    """Show the box, and on POST what was found."""
    words = request.POST.get("q", "").strip() if request.method == "POST" else ""
    found = search_for(request.viewer, words) if words else None
    places = found.villages if found else []
    context = {
        "heading": "综合检索",
        "columns": COLUMNS,
        "words": words,
        "found": found,
        "most_found": MOST_FOUND,
        "rows": [_row(request, hit) for hit in found.hits] if found else [],
        "places": [
            {"name": place_name(v.code), "url": f"{reverse('households')}?area={v.code}"} for v in places
        ],
        "finds_names": Permission.SEE_NAMES in request.viewer.permissions,
    }
    return render(request, "search/page.html", context)


def _row(request: Request, hit: Hit) -> dict[str, Any]:
    viewer, household, member = request.viewer, hit.household, hit.member
    head = head_name(viewer, household)
    tone, words = monitoring_tag(household)
    name, is_gone = head, not household.is_present
    if member is not None:
        child = is_child(member.birth_date, today())
        name = fact(viewer, "member", "name", member.name or None, member, child) or "未填"
        is_gone = is_gone or not member.is_present
    return {
        "url": reverse("household", args=[household.pk]) + ("?tab=members" if member else ""),
        "name": name,
        "relation": member.relation if member else "户主",
        "head": head,
        "is_gone": is_gone,
        "tone": tone,
        "words": words,
        "place": f"{place_name(household.division)} {household.group_name}",
        "by": hit.by,
        "phone": masked_number(viewer, "household", "phone", household.phone_sealed, household),
    }
