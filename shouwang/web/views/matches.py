"""Rows whose person is in doubt: the list, one row beside its candidates, and the decision."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.match_reading import sought_of
from shouwang.actions.match_reviewing import decide_match, refuse_match, unmask_sought
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.departments import department_label
from shouwang.domain.permissions import Permission
from shouwang.records.models import MatchReview
from shouwang.reports import match_reviews as reports
from shouwang.web import match_words as words
from shouwang.web.assistance import list_context, place_choices
from shouwang.web.clock import now
from shouwang.web.columns import Column
from shouwang.web.forms.matches import MatchFilterForm, MatchForm
from shouwang.web.page import Request, page
from shouwang.web.posting import see_other, show_refusal
from shouwang.web.present import may_see_whole, place_name

_MAY = Permission.IMPORT_DATA
COLUMNS = (
    Column("name", "姓名", is_fixed=True), Column("place", "涉及区划"), Column("department", "推送部门"),
    Column("file", "文件"), Column("row", "行号", is_number=True), Column("doubt", "为什么要核"),
    Column("candidates", "候选人", is_number=True), Column("made", "提出时间"), Column("state", "状态"),
    Column("act", "操作", is_fixed=True),
)  # fmt: skip

_SAID = {
    "linked": "已认定，这一行已归入该户",
    "none": "已记为不在库中，这些候选人以后不再提出",
    "waiting": "已排除这名候选人，以后不再提出",
}


@page("matches/", "matches", _MAY)
def matches(request: Request) -> HttpResponse:
    """List the rows that wait for a decision, or those decided."""
    form = MatchFilterForm(request.GET, places=place_choices(request.viewer))
    asked = form.cleaned_data if form.is_valid() else {}
    found = reports.match_reviews(
        request.viewer, state=asked.get("state") or "waiting", prefix=asked.get("place") or ""
    )
    context = list_context(request, found, COLUMNS, heading="比对待核", list_name="matches", filter_form=form)
    context["rows"] = [_line(request, each) for each in context["page"]]
    return render(request, "matches/list.html", context)


def _line(request: Request, review: MatchReview) -> dict[str, Any]:
    tone, label = words.tag_of(review)
    return {
        "review": review,
        "name": words.row_name(request.viewer, review, None),
        "place": place_name(review.division),
        "department": department_label(review.department),
        "doubt": words.doubt_words(review),
        "count": len(review.candidates),
        "tone": tone,
        "label": label,
    }


@page("matches/<int:review_id>/", "match", _MAY, methods=("GET", "POST"))
def match(request: Request, review_id: int) -> HttpResponse:
    """Show a row beside its candidates; the form says which of them it is about, or is not."""
    review = _found(request, review_id)
    form = MatchForm(request.POST or None, initial={"version": review.version})
    if request.method == "POST" and form.is_valid():
        try:
            done = _decided(request, review, form.cleaned_data)
        except (Unfit, NotAllowed) as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _SAID[done.state])
            is_open = done.state == "waiting"
            return see_other(reverse("match", args=[done.pk]) if is_open else reverse("matches"))
    context = _context(request, review, form)
    return render(request, "matches/compare.html", context, status=422 if form.errors else 200)


def _decided(request: Request, review: MatchReview, typed: dict[str, Any]) -> MatchReview:
    """Do what the pressed button says: link:<member>, not:<member>, or none."""
    answer, _, chosen = request.POST.get("answer", "").partition(":")
    given: dict[str, Any] = {
        "actor": request.actor, "review_id": review.pk, "version": typed["version"],
        "reason": typed["reason"], "at": now(),
    }  # fmt: skip
    if answer == "none":
        return refuse_match(member_ids=[each["member"] for each in review.candidates], **given)
    if answer not in ("link", "not") or not chosen.isdigit():
        raise Unfit("请选择“认定为此人”“不是此人”或“都不是”")
    if answer == "link":
        return decide_match(member_id=int(chosen), **given)
    return refuse_match(member_ids=[int(chosen)], **given)


def _context(request: Request, review: MatchReview, form: MatchForm) -> dict[str, Any]:
    says = sought_of(review=review)
    found = reports.standings(request.viewer, review)
    tone, label = words.tag_of(review)
    return {
        "heading": "比对待核",
        "breadcrumbs": [{"label": "比对待核", "url": reverse("matches")}, {"label": "核对"}],
        "review": review,
        "title": words.row_name(request.viewer, review, says),
        "tone": tone,
        "label": label,
        "summary_facts": words.facts_of(review),
        "standings": found,
        "lines": words.compared(request.viewer, review, says, found),
        "may_unmask": bool(says and says.says.get("number"))
        and may_see_whole(request.viewer, "member.id_number", review),
        "is_waiting": review.state == "waiting",
        "hidden_count": sum(each.member is None for each in found),
        "alike_count": reports.alike_count(request.viewer, review),
        "form": form,
    }


@page("matches/<int:review_id>/number/", "match_number", _MAY, methods=("GET", "POST"))
def match_number(request: Request, review_id: int) -> HttpResponse:
    """Ask for the reason, then show the number as the row wrote it, once."""
    review = _found(request, review_id)
    context = {
        "heading": "查看推送行的证件号码", "label": "推送行的证件号码", "place": f"match-number-{review_id}",
        "back_url": reverse("match", args=[review_id]), "unmask_url": request.path,
        "base_template": "base_fragment.html" if request.htmx else None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "households/unmask.html", context)
    reason = request.POST.get("reason", "")
    try:
        value = unmask_sought(actor=request.actor, review_id=review.pk, reason=reason, at=now())
    except Unfit as refusal:
        said = {**context, "reasons": refusal.reasons, "reason": reason}
        return render(request, "households/unmask.html", said, status=422)
    response = render(request, "households/unmask.html", {**context, "value": value})
    response["Cache-Control"] = "no-store"
    return response


def _found(request: Request, review_id: int) -> MatchReview:
    review = reports.match_review(request.viewer, review_id)
    if review is None:
        raise NotThere
    return review
