"""The papers of a case: entering each, and the sheets that are printed, signed and put up."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.attachments import add_attachment
from shouwang.actions.case_papers import add_paper
from shouwang.actions.refusals import NotThere, Refusal, Unfit
from shouwang.domain.divisions import name_path
from shouwang.domain.monitored_class import monitored_class
from shouwang.domain.notice_text import NoticeFacts, notice_text, notice_title
from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import Step
from shouwang.domain.workdays import workdays
from shouwang.records.case_facts import standing_papers
from shouwang.records.models import CasePaper
from shouwang.records.models.cases import PAPERS
from shouwang.records.policies import policy_at
from shouwang.reports.case_page import CasePage
from shouwang.web.clock import now, today
from shouwang.web.forms.case_papers import form_class
from shouwang.web.page import Request, page
from shouwang.web.present import head_name, place_name
from shouwang.web.views.case_acts import ACTS, add_refusal, case_of, crumbs

_P = Permission
_ADDERS = tuple(
    dict.fromkeys(
        (*ACTS, _P.PROPOSE_ELIMINATION, _P.RECORD_AUTHORISATION, _P.REQUEST_COMPARISON, _P.POST_NOTICE,
         _P.DRAW_UP_PLAN, _P.ANNOUNCE_CASE)
    )
)  # fmt: skip


@page("cases/<int:case_id>/papers/<slug:kind>/", "case_paper", _ADDERS, methods=("GET", "POST"))
def case_paper(request: Request, case_id: int, kind: str) -> HttpResponse:
    """Enter a paper."""
    shown = case_of(request, case_id)
    made = form_class(kind, shown.case.track)
    if made is None:
        raise NotThere
    words = {"version": shown.case.version, "today": today(), "initial": _initial(request, shown, kind)}
    form = made(request.POST, request.FILES, **words) if request.method == "POST" else made(**words)
    if form.is_bound and form.is_valid():
        try:
            paper = add_paper(
                actor=request.actor, case_id=case_id, version=form.cleaned_data["version"], kind=kind,
                content=form.content(), on=form.cleaned_data["on"], at=now(),
            )  # fmt: skip
        except Unfit as unfit:
            add_refusal(form, unfit)
        else:
            _keep_files(
                request, shown, f"casepaper:{paper.pk}", PAPERS[kind], form.cleaned_data.get("photos")
            )
            messages.success(request, f"已登记{PAPERS[kind]}。材料齐了，请继续办理当前环节。")
            return HttpResponseRedirect(reverse("case", args=[case_id]), status=303)
    context = {
        "heading": PAPERS[kind],
        "breadcrumbs": crumbs(shown, PAPERS[kind]),
        "shown": shown,
        "who_name": head_name(request.viewer, shown.case.household),
        "form": form,
        "submit_label": "保存",
        "cancel_url": reverse("case", args=[case_id]),
    }
    return render(request, "cases/act.html", context, status=422 if form.errors else 200)


def _keep_files(request: Request, shown: CasePage, owner: str, title: str, files: Any) -> None:
    """Keep the photos, each an act of its own; the paper stands even where one cannot be read."""
    for each in files or ():
        try:
            add_attachment(
                actor=request.actor, household_id=shown.case.household_id, owner=owner, title=title,
                content=each.read(), content_type=each.content_type or "", at=now(),
            )  # fmt: skip
        except Refusal as refusal:
            messages.warning(request, f"“{each.name}”没有保存：{refusal}")


@page("cases/<int:case_id>/photos/", "case_photo", (_P.POST_NOTICE, _P.ANNOUNCE_CASE), methods=("POST",))
def case_photo(request: Request, case_id: int) -> HttpResponse:
    """Add photos to a case, such as of a notice where it hangs."""
    shown = case_of(request, case_id)
    files = request.FILES.getlist("photos")
    if not files:
        messages.warning(request, "请先选择照片")
    _keep_files(request, shown, f"case:{case_id}", "公示照片", files)
    if files:
        messages.success(request, "照片已上传")
    back = "notices" if request.POST.get("back") == "notices" else "case"
    return HttpResponseRedirect(reverse(back, args=[] if back == "notices" else [case_id]), status=303)


def _initial(request: Request, shown: CasePage, kind: str) -> dict[str, object]:
    """Fill in what is known: a sheet written from the facts, the risks of the clue."""
    if kind == "household_check" and shown.case.clue:
        return {"risks": shown.case.clue.risks}
    if kind == "comparison":
        return {"compared_on": today()}
    step = _notice_step(shown)
    if kind != "notice" or step is None or step.notice is None:
        return {}
    return {"place": step.notice.place, "text": notice_text(notice_facts(shown, step, today()))}


def _notice_step(shown: CasePage) -> Step | None:
    return next((line.step for line in shown.steps if line.step.notice), None)


def notice_facts(shown: CasePage, step: Step, starts_on: date) -> NoticeFacts:
    """Gather what a notice says of the household and of the days it hangs."""
    case, home = shown.case, shown.case.household
    notice = step.notice
    ends_on = workdays().add_days(starts_on, notice.days, notice.kind).due_on if notice else starts_on
    names = policy_at(home.division, starts_on).class_names
    papers = standing_papers(case.papers.all(), shown.state) if shown.state else {}
    chosen = papers.get("household_check", {}).get("monitored_class", "")
    is_sudden = "is_sudden_hardship" in case.traits
    path = name_path(home.division)
    return NoticeFacts(
        track=case.track,
        township=path[-2] if len(path) > 1 else "",
        village=path[-1],
        head_name=home.head_name,
        group_name=home.group_name,
        member_count=home.member_count,
        class_name=names.get(chosen) or monitored_class(home.household_class, names, is_sudden=is_sudden),
        starts_on=starts_on,
        ends_on=ends_on,
        days_label=notice.label if notice else "",
    )


@page("cases/<int:case_id>/notice/", "notice_print", _P.PRINT_DOCUMENT)
def notice_print(request: Request, case_id: int) -> HttpResponse:
    """Show the sheet of a notice as it is put up, on one page of A4."""
    shown = case_of(request, case_id)
    step = _notice_step(shown)
    sheet: CasePaper | None = next((paper for paper in shown.papers if paper.kind == "notice"), None)
    if step is None or sheet is None:
        raise Unfit("还没有登记公示内容，请先由村登记公示")
    context = {
        "heading": notice_title(shown.case.track),
        "breadcrumbs": crumbs(shown, "打印公示"),
        "lines": sheet.content["text"].splitlines(),
        "number": shown.case.number,
        "place": sheet.content["place"],
        "back_url": reverse("case", args=[case_id]),
    }
    return render(request, "cases/notice_sheet.html", context)


@page("cases/<int:case_id>/authorisation/", "authorisation_print", _P.PRINT_DOCUMENT)
def authorisation_print(request: Request, case_id: int) -> HttpResponse:
    """Show the letter of authorisation with what is known filled in; numbers are written by hand."""
    shown = case_of(request, case_id)
    home = shown.case.household
    members = [
        {"name": head_name(request.viewer, home), "relation": "户主"},
        *({"name": "", "relation": ""} for _ in range(max((home.member_count or 1) - 1, 3))),
    ]
    context = {
        "heading": "承诺授权书",
        "breadcrumbs": crumbs(shown, "打印授权书"),
        "village": place_name(home.division),
        "group_name": home.group_name,
        "head_name": head_name(request.viewer, home),
        "members": members,
        "number": shown.case.number,
        "back_url": reverse("case", args=[case_id]),
    }
    return render(request, "cases/authorisation_sheet.html", context)
