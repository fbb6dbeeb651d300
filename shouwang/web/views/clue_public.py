"""Families declare by themselves and ask how far it is: no account, and nothing said back about anybody."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.clue_declaration import Progress, TooMany, declare, progress_of
from shouwang.actions.refusals import NotThere, Refusal
from shouwang.reports.clue_households import served_villages
from shouwang.web.clock import now, today
from shouwang.web.forms.clues import DeclarationForm, ProgressForm
from shouwang.web.page import Request, page
from shouwang.web.posting import show_refusal


@page("declare/", "declare", "public", methods=("GET", "POST"))
def declare_page(request: Request) -> HttpResponse:
    """Take a declaration and show its receipt number."""
    form = DeclarationForm(request.POST or None, served_villages())
    status, receipt = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if form.cleaned_data["website"]:
                return _thanked(request, "SB00000000000-AAAA")
            try:
                receipt = _declared(request, form)
            except Refusal as refusal:
                show_refusal(form, refusal)
                status = 429 if isinstance(refusal, TooMany) else 422
            else:
                return _thanked(request, receipt)
    context = {
        "heading": "农户自主申报",
        "form": form,
        "trap": form["website"],
        "submit_label": "提交申报",
        "progress_url": reverse("declare_progress"),
        "has_villages": bool(form.fields["division"].choices[1:]),
    }
    return render(request, "clues/declare.html", context, status=status)


@page("declare/progress/", "declare_progress", "public", methods=("GET", "POST"))
def declare_progress(request: Request) -> HttpResponse:
    """Show state and verdict to who knows the receipt number and the digits."""
    form = ProgressForm(request.POST or None)
    found: Progress | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                found = progress_of(
                    actor=request.actor, receipt=given["receipt"], tail=given["tail"], at=now()
                )
                status = 200
            except TooMany as refusal:
                show_refusal(form, refusal)
                status = 429
            except NotThere:
                form.add_error(None, "没有查到。请核对回执号和电话后四位")
    context = {
        "heading": "申报进度查询",
        "form": form,
        "found": found,
        "submit_label": "查询",
        "facts": _facts(found) if found else [],
        "declare_url": reverse("declare"),
    }
    return render(request, "clues/progress.html", context, status=status)


def _declared(request: Request, form: DeclarationForm) -> str:
    given = form.cleaned_data
    return declare(
        actor=request.actor, named=given["named"], division=given["division"], phone=given["phone"],
        risks=given["risks"], text=given["text"], is_for_other=given["whom"] == "other", on=today(), at=now(),
    )  # fmt: skip


def _thanked(request: Request, receipt: str) -> HttpResponse:
    context = {"heading": "申报已收到", "receipt": receipt, "progress_url": reverse("declare_progress")}
    return render(request, "clues/declared.html", context)


def _facts(found: Progress) -> list[dict[str, object]]:
    facts: list[dict[str, object]] = [
        {"label": "回执号", "value": found.receipt},
        {"label": "收到日期", "value": f"{found.received_on}"},
        {"label": "进度", "value": found.state},
    ]
    if found.closed_on is None:
        return [*facts, {"label": "办理期限", "value": f"{found.due_on or ''}"}]
    reason: list[dict[str, object]] = [{"label": "理由", "value": found.reason}] if found.reason else []
    return [
        *facts,
        {"label": "办结日期", "value": f"{found.closed_on}"},
        {"label": "结论", "value": found.verdict or "合并办理"},
        *reason,
    ]
