"""The forms of a clue's way: brought in, sent, checked, decided, sent back, linked, answered."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.attachments import add_attachment
from shouwang.actions.case_opening import open_identification
from shouwang.actions.clue_check import record_check
from shouwang.actions.clue_dispatch import CHECKING_ROLES, dispatch_clue
from shouwang.actions.clue_feedback import give_feedback
from shouwang.actions.clue_linking import link_household
from shouwang.actions.clue_verdict import WITHOUT_CHECK, give_verdict, return_clue
from shouwang.actions.drafts import discard_draft
from shouwang.actions.refusals import NotAllowed, NotThere, Refusal, Stale, Unfit
from shouwang.domain.permissions import Permission
from shouwang.records.models import Clue
from shouwang.records.models.clues import CLUE_SOURCES, CLUE_VERDICTS, GIVEN_VERDICTS
from shouwang.reports.clue_detail import clue_of
from shouwang.reports.clue_households import candidates
from shouwang.web.clock import now, today
from shouwang.web.drafts import draft_context
from shouwang.web.forms.clues import CheckForm, DispatchForm, FeedbackForm, LinkForm, ReasonForm, VerdictForm
from shouwang.web.page import Request, page
from shouwang.web.posting import show_refusal
from shouwang.web.views.clue_shown import household_choice, name_of

_STATUS = {Stale: 409, NotAllowed: 403}
_MOST_PHOTOS = 9
_P = Permission


@page("clues/<int:clue_id>/dispatch/", "clue_send", _P.DISPATCH_CLUE, methods=("GET", "POST"))
def clue_send(request: Request, clue_id: int) -> HttpResponse:
    """Send one clue to be checked."""
    clue = _clue(request, clue_id)
    form = DispatchForm(request.POST or None, initial={"version": clue.version, "to": "village"})

    def act(given: Mapping[str, Any]) -> str:
        dispatch_clue(actor=request.actor, clue_id=clue_id, on=today(), at=now(), **given)
        return f"已派发给{CHECKING_ROLES[given['to']]}核查"

    return _worked(request, clue, form, act, heading="派发线索", submit_label="派发")


@page("clues/<int:clue_id>/check/", "clue_check", _P.CHECK_CLUE, methods=("GET", "POST"))
def clue_check(request: Request, clue_id: int) -> HttpResponse:
    """Record a visit, with photos."""
    clue = _clue(request, clue_id)
    draft = draft_context(request, f"clue_check:{clue_id}:{clue.version}")
    initial = {"version": clue.version, "checked_on": today(), "checkers": f"{request.viewer.name}、"}
    typed = draft["draft_initial"]
    kept = {**typed.dict(), "risks": typed.getlist("risks"), "version": clue.version} if typed else {}
    form = CheckForm(request.POST or None, request.FILES or None, initial={**initial, **kept})

    def act(_: Mapping[str, Any]) -> str:
        check = record_check(actor=request.actor, clue_id=clue_id, on=today(), at=now(), **form.entries())
        discard_draft(actor=request.actor, key=draft["draft_key"])
        refused = _photos(request, clue, f"cluecheck:{check.pk}" if clue.household_id else f"clue:{clue.pk}")
        for reason in refused:
            messages.warning(request, f"照片没有保存：{reason}")
        return "核查结果已提交，等待处置"

    names = ["checked_on", "checkers", "is_at_risk", "risks"]
    facts = ["income", "spending", "has_guarantees", "has_safe_water", "findings", "opinion", "photos"]
    sections = [
        {"title": "核查结论", "fields": [form[name] for name in names]},
        {"title": "核查情况", "fields": [form[name] for name in facts]},
    ]
    return _worked(
        request, clue, form, act, heading="入户核查", submit_label="提交核查", sections=sections, **draft
    )


@page("clues/<int:clue_id>/verdict/", "clue_verdict", _P.GIVE_VERDICT, methods=("GET", "POST"))
def clue_verdict(request: Request, clue_id: int) -> HttpResponse:
    """Close a clue; where it is to be identified, open the case."""
    clue = _clue(request, clue_id)
    form = VerdictForm(request.POST or None, _offered(clue), initial={"version": clue.version})

    def act(given: Mapping[str, Any]) -> str:
        give_verdict(actor=request.actor, clue_id=clue_id, on=today(), at=now(), **given)
        return _after_verdict(request, clue, given)

    return _worked(
        request, clue, form, act, heading="作出处置结论", submit_label="办结", checks=_checks(clue)
    )


@page("clues/<int:clue_id>/return/", "clue_return", _P.GIVE_VERDICT, methods=("GET", "POST"))
def clue_return(request: Request, clue_id: int) -> HttpResponse:
    """Send a checked clue back."""
    clue = _clue(request, clue_id)
    form = ReasonForm(request.POST or None, initial={"version": clue.version})

    def act(given: Mapping[str, Any]) -> str:
        return_clue(actor=request.actor, clue_id=clue_id, on=today(), at=now(), **given)
        return "已退回重新核查"

    return _worked(
        request,
        clue,
        form,
        act,
        heading="退回重新核查",
        submit_label="退回",
        checks=_checks(clue),
        submit_tone="danger",
    )


@page("clues/<int:clue_id>/link/", "clue_link", (_P.DISPATCH_CLUE, _P.CHECK_CLUE), methods=("GET", "POST"))
def clue_link(request: Request, clue_id: int) -> HttpResponse:
    """Say which household a clue is about; namesakes of the village are offered."""
    clue = _clue(request, clue_id)
    namesakes = candidates(request.viewer, named=clue.named, division=clue.division)
    offered = [household_choice(request.viewer, each) for each in namesakes]
    form = LinkForm(request.POST or None, offered, initial={"version": clue.version})

    def act(given: Mapping[str, Any]) -> str:
        meant, version = _household(request, given), given["version"]
        kept = link_household(
            actor=request.actor, clue_id=clue_id, version=version, household_id=meant, on=today(), at=now()
        )
        merged = f"，与已有线索 {kept.number} 合并办理" if kept.pk != clue_id else ""
        return f"已关联农户{merged}"

    note = (
        ""
        if offered
        else "村里的台账没有这个姓名，请用户编号或证件号码查找；确实没有的，先在农户台账里新增。"
    )
    return _worked(request, clue, form, act, heading="关联农户", submit_label="关联", note=note)


@page(
    "clues/<int:clue_id>/feedback/",
    "clue_feedback",
    (_P.GIVE_VERDICT, _P.CHECK_CLUE),
    methods=("GET", "POST"),
)
def clue_feedback(request: Request, clue_id: int) -> HttpResponse:
    """Record that sources were told."""
    clue = _clue(request, clue_id)
    pending = clue.origins.filter(fed_back_on=None).order_by("pk")
    offered = [
        (str(each.pk), f"{CLUE_SOURCES[each.source]}　{each.receipt or each.department}") for each in pending
    ]
    form = FeedbackForm(
        request.POST or None, offered,
        initial={"version": clue.version, "origins": [key for key, _ in offered], "text": _answer(clue)},
    )  # fmt: skip

    def act(given: Mapping[str, Any]) -> str:
        ids = [int(each) for each in given["origins"]]
        said = {"version": given["version"], "text": given["text"], "origin_ids": ids}
        give_feedback(actor=request.actor, clue_id=clue_id, on=today(), at=now(), **said)
        return f"已记录向 {len(ids)} 个来源反馈"

    return _worked(request, clue, form, act, heading="反馈来源", submit_label="记录反馈")


def refused(form: forms.Form, refusal: Refusal) -> int:
    """Put the reasons of a refusal onto a form and return the status to answer with."""
    show_refusal(form, refusal)
    return _STATUS.get(type(refusal), 422)


def _worked(
    request: Request,
    clue: Clue,
    form: forms.Form,
    act: Callable[[Mapping[str, Any]], str],
    **shown: object,
) -> HttpResponse:
    """Show a form; where it is sent and fits, do the act and go back to the clue with what it says."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = act(form.cleaned_data)
            except NotThere:
                raise
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                messages.success(request, done)
                return HttpResponseRedirect(reverse("clue", args=[clue.pk]), status=303)
    name = name_of(request.viewer, clue)
    context = {
        "form": form,
        "clue": clue,
        "about": f"{clue.number}　{name}　办理期限 {clue.due_on}",
        "cancel_url": reverse("clue", args=[clue.pk]),
        "breadcrumbs": [
            {"label": "线索管理", "url": reverse("clues")},
            {"label": clue.number, "url": reverse("clue", args=[clue.pk])},
            {"label": shown["heading"]},
        ],
        **shown,
    }
    return render(request, "clues/work.html", context, status=status)


def _clue(request: Request, clue_id: int) -> Clue:
    clue = clue_of(request.viewer, clue_id)
    if clue is None:
        raise NotThere
    return clue


def _checks(clue: Clue) -> list[object]:
    return list(clue.checks.order_by("-pk")[:1])


def _offered(clue: Clue) -> list[tuple[str, str]]:
    """Return the verdicts that fit the clue as it stands."""
    is_monitored = clue.household is not None and clue.household.monitoring == "monitored"
    unfit = {"identify"} if is_monitored or clue.household is None else {"monitored"}
    unfit |= {"monitored"} if clue.household is None else set()
    if clue.state != "checked":
        unfit |= set(GIVEN_VERDICTS) - WITHOUT_CHECK
    return [(key, label) for key, label in GIVEN_VERDICTS.items() if key not in unfit]


def _after_verdict(request: Request, clue: Clue, given: Mapping[str, Any]) -> str:
    if given["verdict"] != "identify" or clue.household_id is None:
        return f"线索已办结：{CLUE_VERDICTS[given['verdict']]}"
    try:
        case = open_identification(
            actor=request.actor, household_id=clue.household_id, clue_id=clue.pk, on=today(), at=now(),
            opinion=given["reason"],
        )  # fmt: skip
    except Refusal as refusal:
        messages.warning(request, f"个案没有立上：{refusal}")
        return "线索已办结：启动识别程序"
    return f"线索已办结，已立案 {case.number}"


def _household(request: Request, given: Mapping[str, Any]) -> int:
    """Return the household that is ticked, or the one that the entered number finds."""
    if given.get("household"):
        return int(given["household"])
    found = candidates(request.viewer, number=given["number"], id_number=given["id_number"])
    if len(found) != 1:
        field = "id_number" if given["id_number"] else "number"
        raise Unfit("没有找到这户，请核对编号；可能不在您的管辖范围内", {field: "没有找到"})
    return found[0].pk


def _answer(clue: Clue) -> str:
    return f"已告知处置结论：{CLUE_VERDICTS[clue.verdict]}" if clue.verdict else ""


def _photos(request: Request, clue: Clue, owner: str) -> list[str]:
    """Keep the photos of a visit, each an act of its own; return why some were not kept."""
    refused = []
    for photo in request.FILES.getlist("photos")[:_MOST_PHOTOS]:
        try:
            add_attachment(
                actor=request.actor, household_id=clue.household_id, owner=owner, title="核查照片",
                content=photo.read(), content_type=photo.content_type or "", at=now(),
            )  # fmt: skip
        except Refusal as refusal:
            refused.append(str(refusal))
    return refused
