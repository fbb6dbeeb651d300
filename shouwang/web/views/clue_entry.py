"""Clues are brought in by those who have signed in: one, or the list of an event."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.clue_intake import report_clue, report_list
from shouwang.actions.refusals import NotThere, Refusal, Unfit
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import ClueOrigin, Household
from shouwang.records.viewers import Viewer
from shouwang.reports.clue_households import candidates, listed, village_choices
from shouwang.web.clock import now, today
from shouwang.web.forms.clues import ListForm, NewClueForm
from shouwang.web.page import Request, page
from shouwang.web.views.clue_shown import household_choice
from shouwang.web.views.clue_work import refused

_MOST_LINES = 10


@page("clue-new/", "clue_new", Permission.REPORT_CLUE, methods=("GET", "POST"))
def clue_new(request: Request) -> HttpResponse:
    """Record one clue."""
    viewer = request.viewer
    villages = village_choices(viewer, Permission.REPORT_CLUE)
    form = NewClueForm(request.POST or None, villages, initial=_initial(request))
    status, namesakes = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            chosen = request.POST.get("household", "")
            namesakes = [] if chosen.isdecimal() else _meant(viewer, given)
            try:
                origin = _reported(request, given, chosen, namesakes)
            except NotThere:
                raise
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                return _reported_page(request, origin)
    if len(namesakes) > 1:
        form.offer([household_choice(viewer, each) for each in namesakes])
    context = {
        "heading": "线索登记",
        "form": form,
        "sections": _sections(form),
        "submit_label": "登记",
        "cancel_url": reverse("clues"),
        "breadcrumbs": [{"label": "线索管理", "url": reverse("clues")}, {"label": "线索登记"}],
    }
    return render(request, "clues/new.html", context, status=status)


@page("clue-list/", "clue_new_list", Permission.REPORT_CLUE, methods=("GET", "POST"))
def clue_new_list(request: Request) -> HttpResponse:
    """Record the households that one event touched."""
    form = ListForm(request.POST or None, village_choices(request.viewer, Permission.REPORT_CLUE))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                origins, new = _listed(request, form.cleaned_data)
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                merged = len(origins) - new
                messages.success(
                    request, f"已登记 {len(origins)} 户：新线索 {new} 条，并入已有线索 {merged} 条"
                )
                return HttpResponseRedirect(f"{reverse('clues')}?tab=unit", status=303)
    context = {
        "heading": "名单登记",
        "form": form,
        "submit_label": "登记",
        "cancel_url": reverse("clues"),
        "breadcrumbs": [{"label": "线索管理", "url": reverse("clues")}, {"label": "名单登记"}],
    }
    return render(request, "clues/list_form.html", context, status=status)


def _initial(request: Request) -> dict[str, str]:
    """Return the household and the source that the address names, where there are such."""
    named = request.GET.get("household", "")
    rows = visible(Household.objects.all(), request.viewer)
    found = rows.filter(pk=int(named)).first() if named.isdecimal() else None
    return {"source": request.GET.get("source", ""), "number": found.number if found else ""}


def _meant(viewer: Viewer, given: Mapping[str, Any]) -> list[Household]:
    keys = {name: given[name] for name in ("number", "id_number", "named", "division")}
    return candidates(viewer, **keys)


def _reported(request: Request, given: Mapping[str, Any], chosen: str, meant: list[Household]) -> ClueOrigin:
    household_id = int(chosen) if chosen.isdecimal() else None
    if household_id is None and not given["is_not_registered"]:
        household_id = _only(given, meant)
    unlinked = {} if household_id else {"division": given["division"], "named": given["named"]}
    said = {name: given[name] for name in ("source", "text", "phone", "risks", "department", "is_urgent")}
    return report_clue(
        actor=request.actor, household_id=household_id, on=today(), at=now(), **said, **unlinked
    )  # fmt: skip


def _only(given: Mapping[str, Any], meant: list[Household]) -> int:
    if len(meant) == 1:
        return meant[0].pk
    if meant:
        raise Unfit(f"有 {len(meant)} 户同名，请在下面选定一户")
    if given["number"] or given["id_number"]:
        field = "number" if given["number"] else "id_number"
        raise Unfit("没有找到这户，请核对后重填；可能不在您的管辖范围内", {field: "没有找到"})
    if given["named"] and given["division"]:
        reason = "该村台账里没有这个姓名。核对无误的，请勾选“台账里查不到这户”"
        raise Unfit(reason, {"is_not_registered": "确实查不到时勾选"})
    raise Unfit("请填户编号或证件号码，或者填所在村和姓名", {"number": "请指明是哪一户"})


def _reported_page(request: Request, origin: ClueOrigin) -> HttpResponse:
    clue = origin.clue
    joined = "，该户已有在办线索，已合并" if clue.version > 1 else ""
    receipt = f"，回执号 {origin.receipt}，请抄给申报人" if origin.receipt else ""
    messages.success(request, f"已登记线索 {clue.number}{joined}{receipt}")
    return HttpResponseRedirect(reverse("clue", args=[clue.pk]), status=303)


def _listed(request: Request, given: Mapping[str, Any]) -> tuple[list[ClueOrigin], int]:
    found = listed(request.viewer, text=given["numbers"], division=given["division"])
    if found.missing:
        lines = "、".join(str(line) for line in found.missing[:_MOST_LINES])
        more = f"等 {len(found.missing)} 项" if len(found.missing) > _MOST_LINES else ""
        reason = f"名单第 {lines} {more}项没有找到，整份名单都没有登记，请核对后重新提交"
        raise Unfit(reason, {"numbers": f"第 {lines} 项没有找到"})
    return report_list(
        actor=request.actor, source=given["source"], household_ids=[each.pk for each in found.households],
        text=given["text"], risks=given["risks"], on=today(), at=now(),
    )  # fmt: skip


def _sections(form: NewClueForm) -> list[dict[str, object]]:
    who = ["household"] if "household" in form.fields else []
    who += ["number", "id_number", "division", "named", "is_not_registered", "phone"]
    what = ["source", "department", "risks", "text", "is_urgent"]
    return [
        {"title": "哪一户（填一种即可）", "fields": [form[name] for name in who]},
        {"title": "什么情况", "fields": [form[name] for name in what]},
    ]
