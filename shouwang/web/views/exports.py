"""Exports: choose, see what would come, say what for; own files; other people's requests."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from shouwang.actions.export_choice import HOW, Choice, Outcome, outcome
from shouwang.actions.export_downloads import download_export, downloadable
from shouwang.actions.export_making import MOST_WHILE_WAITING, make_export
from shouwang.actions.export_requests import approve_export, refuse_export, request_export
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.permissions import Permission
from shouwang.exchange.export_profiles import Profile, profiles
from shouwang.exchange.locked_zip import drawn_password
from shouwang.records.models import ExportRequest
from shouwang.reports import export_lists
from shouwang.web.assistance import list_context
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.export_words import STATE_TONES, choice_facts, profile_label
from shouwang.web.forms.exports import (
    ExportAnswerForm,
    ExportChoiceForm,
    ExportFileForm,
    ExportPurposeForm,
    usual_choice,
)
from shouwang.web.page import Request, page
from shouwang.web.posting import answered, see_other, show_refusal
from shouwang.web.present import place_name

_P = Permission
_EITHER = (_P.REQUEST_EXPORT, _P.APPROVE_EXPORT)
COLUMNS = (
    Column("number", "导出编号", is_fixed=True), Column("profile", "内容"), Column("place", "范围"),
    Column("rows", "行数", is_number=True), Column("by", "申请人"), Column("purpose", "用途"),
    Column("asked", "申请时间"), Column("state", "状态"), Column("downloads", "下载", is_number=True),
    Column("act", "操作", is_fixed=True),
)  # fmt: skip
OWN_COLUMNS = tuple(each for each in COLUMNS if each.key != "by")
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv", "zip": "application/zip",
}  # fmt: skip


@page("exports/", "exports", _P.REQUEST_EXPORT)
def exports(request: Request) -> HttpResponse:
    """Show what can be exported, by kind."""
    groups = [(group, list(found)) for group, found in groupby(profiles().values(), lambda each: each.group)]
    context = {"heading": "数据导出", "groups": groups, "own_url": reverse("own_exports")}
    return render(request, "exports/profiles.html", context)


@page("exports/new/<str:profile>/", "export_new", _P.REQUEST_EXPORT, methods=("GET", "POST"))
def export_new(request: Request, profile: str) -> HttpResponse:
    """Choose rows and format, see what comes of it, and ask for it with a purpose."""
    wanted = profiles().get(profile)
    if wanted is None:
        raise NotThere
    form, choice, found = _chosen(request, wanted)
    asked = ExportPurposeForm(
        request.POST if request.method == "POST" else None, initial={"purpose": wanted.purpose}
    )
    if choice is not None and found is not None and request.method == "POST":
        done = answered(
            request,
            asked,
            lambda typed: _asked(request, choice, typed),
            said=lambda made: _said(made),
            to=lambda made: reverse("export", args=[made.pk]),
        )
        if done is not None:
            return done
    context = {
        "heading": wanted.label, "profile": wanted, "form": form, "asked": asked, "found": found,
        "columns": [(header, how, HOW[how]) for header, how in found.columns] if found else [],
        "why": f"须由另一名有审批权限的人员批准：{'；'.join(found.why_approval)}。" if found else "",
        "submit_label": "提交审批" if found and found.why_approval else "生成导出文件",
        "breadcrumbs": [{"label": "数据导出", "url": reverse("exports")}, {"label": wanted.label}],
    }  # fmt: skip
    is_wrong = bool(asked.errors) or bool(request.GET and form.errors) or request.method == "POST"
    return render(request, "exports/new.html", context, status=422 if is_wrong else 200)


def _chosen(request: Request, profile: Profile) -> tuple[ExportChoiceForm, Choice | None, Outcome | None]:
    """Return the form of what is chosen in the address, and what would come of it once it fits."""
    areas = sorted({each.prefix for each in request.viewer.scope(_P.REQUEST_EXPORT).reaches}, key=len)
    usual = usual_choice(profile, areas, today())
    is_first = "to_on" not in request.GET
    given = {**usual, **request.GET.dict()} if is_first else request.GET
    form = ExportChoiceForm(given, profile=profile, areas=areas)
    if not form.is_valid():
        return form, None, None
    try:
        choice = form.choice()
        return form, choice, outcome(viewer=request.viewer, choice=choice)
    except Unfit as refusal:
        show_refusal(form, refusal)
        return form, None, None


def _asked(request: Request, choice: Choice, typed: Any) -> ExportRequest:
    """Ask for it and, where nobody else need allow it and it is short, make it at once."""
    made = request_export(actor=request.actor, choice=choice, **typed, on=today(), at=now())
    if made.state == "approved" and made.row_count <= MOST_WHILE_WAITING:
        made = make_export(actor=request.actor, export_id=made.pk, at=now())
    return made


def _said(made: ExportRequest) -> str:
    return {
        "asked": "已提交，审批后可以生成文件",
        "approved": "已登记，文件在后台生成，完成后会通知您",
    }.get(made.state, "文件已生成，24 小时内可以下载")


@page("my-exports/", "own_exports", _P.REQUEST_EXPORT)
def own_exports(request: Request) -> HttpResponse:
    """List one's own requests."""
    rows = export_lists.own_exports(request.viewer)
    return _list(request, rows, "我的导出", [])


@page("export-approvals/", "export_approvals", _P.APPROVE_EXPORT)
def export_approvals(request: Request) -> HttpResponse:
    """List other people's requests: those that wait, and those decided."""
    waiting = export_lists.exports_to_decide(request.viewer)
    is_past = request.GET.get("tab") == "past"
    url = reverse("export_approvals")
    tabs = [
        {"label": "待审批", "url": url, "is_current": not is_past, "count": waiting.count()},
        {"label": "导出记录", "url": f"{url}?tab=past", "is_current": is_past},
    ]
    rows = export_lists.exports_decided(request.viewer) if is_past else waiting
    return _list(request, rows, "导出审批", tabs)


def _list(
    request: Request, rows: QuerySet[ExportRequest], heading: str, tabs: Iterable[dict[str, Any]]
) -> HttpResponse:
    tabs = list(tabs)
    columns, name = (COLUMNS, "export_approvals") if tabs else (OWN_COLUMNS, "exports")
    context = list_context(request, rows, columns, heading=heading, list_name=name, tabs=tabs)
    context["rows"] = [
        {
            "row": each,
            "profile": profile_label(each.profile),
            "place": place_name(each.division, 1),
            "tone": STATE_TONES[_state(each)],
            "label": _state_label(each),
            "rows": each.row_count if each.made_rows is None else each.made_rows,
        }
        for each in context["page"]
    ]
    return render(request, "exports/list.html", context)


def _state(made: ExportRequest) -> str:
    is_over = made.state == "made" and made.expires_at is not None and made.expires_at <= now()
    return "expired" if is_over else str(made.state)


def _state_label(made: ExportRequest) -> str:
    return "已过期" if _state(made) == "expired" else str(made.get_state_display())


@page("exports/<int:export_id>/", "export", _EITHER)
def export(request: Request, export_id: int) -> HttpResponse:
    """Show one request: to its requester, and to who approves in its area."""
    return _shown(request, _found(request, export_id))


def _found(request: Request, export_id: int) -> ExportRequest:
    found = export_lists.export_of(request.viewer, export_id)
    if found is None:
        raise NotThere
    return found


def _shown(request: Request, made: ExportRequest, form: ExportAnswerForm | None = None) -> HttpResponse:
    is_own = made.requested_by_id == request.viewer.account_id
    may_decide = (
        made.state == "asked"
        and not is_own
        and bool(request.viewer.roles_at(_P.APPROVE_EXPORT, made.division))
    )
    context = {
        "heading": "导出申请", "row": made, "is_own": is_own, "may_decide": may_decide,
        "tone": STATE_TONES[_state(made)], "state": _state(made), "label": _state_label(made),
        "title": profile_label(made.profile), "facts": choice_facts(made),
        "columns": [(header, how, HOW.get(how, how)) for header, how in made.columns],
        "form": form or ExportAnswerForm(initial={"version": made.version}),
        "makes_here": made.row_count <= MOST_WHILE_WAITING,
        "breadcrumbs": [
            {"label": "我的导出" if is_own else "导出审批",
             "url": reverse("own_exports" if is_own else "export_approvals")},
            {"label": made.number},
        ],
    }  # fmt: skip
    return render(request, "exports/export.html", context, status=422 if form and form.errors else 200)


@page("exports/<int:export_id>/decide/", "export_decide", _P.APPROVE_EXPORT, methods=("POST",))
def export_decide(request: Request, export_id: int) -> HttpResponse:
    """Allow or refuse somebody else's request."""
    made = _found(request, export_id)
    form = ExportAnswerForm(request.POST)
    is_refused = request.POST.get("answer") == "refuse"
    decide = refuse_export if is_refused else approve_export
    done = answered(
        request,
        form,
        lambda typed: decide(actor=request.actor, export_id=export_id, **typed, at=now()),
        said="已退回申请" if is_refused else "已批准，申请人可以生成文件",
        to=reverse("export_approvals"),
    )
    return done or _shown(request, made, form)


@page("exports/<int:export_id>/make/", "export_make", _P.REQUEST_EXPORT, methods=("POST",))
def export_make(request: Request, export_id: int) -> HttpResponse:
    """Make the file of one's own approved request now."""
    try:
        make_export(actor=request.actor, export_id=export_id, at=now())
        messages.success(request, "文件已生成，24 小时内可以下载")
    except Unfit as refusal:
        messages.error(request, "；".join(refusal.reasons))
    return see_other(reverse("export", args=[export_id]))


@page("exports/<int:export_id>/file/", "export_file", _P.REQUEST_EXPORT, methods=("GET", "POST"))
def export_file(request: Request, export_id: int) -> HttpResponse:
    """Offer one's own file with a password drawn for this once; on POST give it, and write that down."""
    made = downloadable(actor=request.actor, export_id=export_id, at=now())
    drawn = {"is_locked": True, "password": drawn_password()}
    form = ExportFileForm(request.POST if request.method == "POST" else None, initial=drawn)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"] if form.cleaned_data["is_locked"] else ""
        try:
            if form.cleaned_data["is_locked"] and not password:
                raise Unfit("请填写打开密码，或取消加密", {"password": "请填写打开密码，或取消加密"})
            ready = download_export(actor=request.actor, export_id=export_id, password=password, at=now())
        except Unfit as refusal:
            show_refusal(form, refusal)
        else:
            response = StreamingHttpResponse(ready.blocks, content_type=_TYPES[ready.name.rpartition(".")[2]])
            response["Content-Disposition"] = content_disposition_header(True, ready.name)
            response["Content-Length"] = str(ready.size_bytes)
            response["Cache-Control"] = "no-store"
            response["X-Content-Type-Options"] = "nosniff"
            return response
    context = {
        "heading": "下载导出文件", "form": form, "row": made, "submit_label": "下载",
        "cancel_url": reverse("export", args=[made.pk]),
        "breadcrumbs": [{"label": "我的导出", "url": reverse("own_exports")}, {"label": made.number}],
    }  # fmt: skip
    response = render(request, "exports/file.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response
