"""The acts on a case, each a form of its own; afterwards the page says whose turn it is and until when."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.case_endings import give_feedback, reject, send_back, withdraw
from shouwang.actions.case_objections import answer_objection, raise_objection
from shouwang.actions.case_opening import OPENERS, SAYABLE, open_identification, open_track
from shouwang.actions.case_steps import skip_step, start_green_channel, take_step
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import TRACKS
from shouwang.domain.step_permissions import STEP_PERMISSIONS
from shouwang.records.access import visible
from shouwang.records.models import Case, Household
from shouwang.reports.case_page import CasePage, case_page
from shouwang.web.clock import now, today
from shouwang.web.forms.cases import ActForm, AnswerForm, GreenForm, OpenForm, SendBackForm
from shouwang.web.page import Request, page
from shouwang.web.present import head_name
from shouwang.web.views.case_shown import turn_words

ACTS = tuple(dict.fromkeys(each for roles in STEP_PERMISSIONS.values() for each in roles.values()))
_OPENERS = tuple(dict.fromkeys(each for one in OPENERS.values() for each in one))
_BOTH = ("GET", "POST")


def case_of(request: Request, case_id: int) -> CasePage:
    """Return the case of a page within reach; raises NotThere."""
    shown = case_page(request.viewer, case_id, today())
    if shown is None or shown.state is None:
        raise NotThere
    return shown


def asked(
    request: Request, shown: CasePage, form: Form, act: Callable[..., Case], heading: str, **words: Any
) -> HttpResponse:
    """Show a form, or do its act and go back to the case; what stands against it is shown on the form.

    `words` named `act_*` go to the act, the others to the template.
    """
    if form.is_bound and form.is_valid():
        fixed = {name.removeprefix("act_"): value for name, value in words.items() if name.startswith("act_")}
        try:
            done = act(actor=request.actor, case_id=shown.case.pk, at=now(), **fixed, **form.cleaned_data)
        except Unfit as unfit:
            add_refusal(form, unfit)
        else:
            messages.success(request, f"已办理。{turn_words(done)}")
            return HttpResponseRedirect(reverse("case", args=[shown.case.pk]), status=303)
    context = {
        "heading": heading,
        "breadcrumbs": crumbs(shown, heading),
        "shown": shown,
        "form": form,
        "cancel_url": reverse("case", args=[shown.case.pk]),
        "who_name": head_name(request.viewer, shown.case.household),
        **{name: value for name, value in words.items() if not name.startswith("act_")},
    }
    return render(request, "cases/act.html", context, status=422 if form.errors else 200)


def add_refusal(form: Form, unfit: Unfit) -> None:
    """Put what stands against an act where it belongs on its form."""
    named = {name: text for name, text in unfit.fields.items() if name in form.fields}
    for name, text in named.items():
        form.add_error(name, text)
    for reason in unfit.reasons:
        if reason not in named.values():
            form.add_error(None, reason)


def crumbs(shown: CasePage, heading: str) -> list[dict[str, str]]:
    """Return the way to a form of a case."""
    return [
        {"label": "个案办理", "url": reverse("cases")},
        {"label": shown.case.number, "url": reverse("case", args=[shown.case.pk])},
        {"label": heading},
    ]


def _form(request: Request, shown: CasePage, made: type[ActForm] = ActForm, **words: Any) -> ActForm:
    return made(request.POST or None, version=shown.case.version, today=today(), **words)


def _with(act: Callable[..., Case], renamed: str) -> Callable[..., Case]:
    """Give an act the words of the form under its own name for them."""
    return lambda opinion, **words: act(**{renamed: opinion}, **words)


@page("cases/<int:case_id>/steps/<slug:step_id>/", "case_step", ACTS, methods=_BOTH)
def case_step(request: Request, case_id: int, step_id: str) -> HttpResponse:
    """Take a step."""
    shown = case_of(request, case_id)
    line = next((each for each in shown.next_steps if each.step.id == step_id), None)
    step = shown.state.track.step(step_id) if shown.state else None
    if step is None:
        raise NotThere
    form = _form(
        request,
        shown,
        label=f"{step.label}意见",
        is_optional=not step.is_review,
        initial={"on": _day_of(shown, step_id)},
    )
    return asked(
        request, shown, form, take_step, step.label, act_step_id=step_id, line=line, submit_label="确认办理"
    )


def _day_of(shown: CasePage, step_id: str) -> object:
    """A notice step is of the day its sheet says."""
    sheet = next(
        (paper for paper in shown.papers if paper.kind == "notice" and paper.step_id == step_id), None
    )
    return sheet.on if sheet else today()


@page("cases/<int:case_id>/skip/<slug:step_id>/", "case_skip", ACTS, methods=_BOTH)
def case_skip(request: Request, case_id: int, step_id: str) -> HttpResponse:
    """Leave out a step that was done lately."""
    shown = case_of(request, case_id)
    step = shown.state.track.step(step_id) if shown.state else None
    if step is None or step.skip is None:
        raise NotThere
    form = _form(request, shown, label="沿用说明")
    return asked(
        request,
        shown,
        form,
        skip_step,
        f"沿用“{step.label}”结果",
        act_step_id=step_id,
        source=step.skip.source,
    )


@page("cases/<int:case_id>/send-back/", "case_send_back", ACTS, methods=_BOTH)
def case_send_back(request: Request, case_id: int) -> HttpResponse:
    """Send a case back."""
    shown = case_of(request, case_id)
    steps = {step.id: step.label for line in shown.next_steps if line.is_mine for step in line.back_to}
    form = _form(request, shown, SendBackForm, steps=list(steps.items()))
    text = "退回到的环节及其后的环节须重新办理，已有记录保留。"
    return asked(request, shown, form, _with(send_back, "reason"), "退回", note=text, submit_label="退回")


@page("cases/<int:case_id>/reject/", "case_reject", ACTS, methods=_BOTH)
def case_reject(request: Request, case_id: int) -> HttpResponse:
    """End a case without what it asked for."""
    shown = case_of(request, case_id)
    form = _form(request, shown, label="不予认定的理由")
    text = "办理后本案终止。理由会告知农户，请写明不符合哪一条。"
    return asked(
        request,
        shown,
        form,
        _with(reject, "reason"),
        "不予认定",
        note=text,
        submit_label="不予认定",
        submit_tone="danger",
    )


@page("cases/<int:case_id>/withdraw/", "case_withdraw", ACTS, methods=_BOTH)
def case_withdraw(request: Request, case_id: int) -> HttpResponse:
    """End a case at the wish of those who asked."""
    shown = case_of(request, case_id)
    form = _form(request, shown, label="撤回理由")
    return asked(
        request, shown, form, _with(withdraw, "reason"), "撤回", submit_label="撤回", submit_tone="danger"
    )


@page(
    "cases/<int:case_id>/green-channel/", "case_green_channel", Permission.OPEN_GREEN_CHANNEL, methods=_BOTH
)
def case_green_channel(request: Request, case_id: int) -> HttpResponse:
    """Record help before the procedure."""
    shown = case_of(request, case_id)
    form = _form(request, shown, GreenForm, label="先行救助和帮扶内容")
    green = shown.state.track.green_channel if shown.state else None
    text = "先行救助帮扶后，识别程序的每一步仍须补齐。"
    return asked(
        request, shown, form, start_green_channel, "启动绿色通道", note=text,
        source=green.source if green else "", submit_label="启动",
    )  # fmt: skip


@page(
    "cases/<int:case_id>/objections/", "case_objection",
    (Permission.RECORD_OBJECTION, Permission.ANSWER_OBJECTION), methods=_BOTH,
)  # fmt: skip
def case_objection(request: Request, case_id: int) -> HttpResponse:
    """Record an objection."""
    shown = case_of(request, case_id)
    form = _form(request, shown, label="异议内容")
    text = "记下提出的事实和要求，不写提出人的证件号、电话。登记人不能答复这条异议，由乡镇或县级核查答复。"
    return asked(request, shown, form, raise_objection, "登记异议", note=text, submit_label="登记")


@page(
    "cases/<int:case_id>/objections/<int:number>/",
    "case_objection_answer",
    Permission.ANSWER_OBJECTION,
    methods=_BOTH,
)
def case_objection_answer(request: Request, case_id: int, number: int) -> HttpResponse:
    """Answer an objection."""
    shown = case_of(request, case_id)
    line = next((each for each in shown.objections if each.number == number), None)
    if line is None:
        raise NotThere
    form = _form(request, shown, AnswerForm, label="核查情况和答复")
    return asked(
        request, shown, form, answer_objection, f"答复第{number}条异议", act_number=number,
        note=line.raised.opinion, submit_label="答复",
    )  # fmt: skip


@page(
    "cases/<int:case_id>/feedback/",
    "case_feedback",
    (Permission.REVIEW_CASE, Permission.CONFIRM_CASE),
    methods=_BOTH,
)
def case_feedback(request: Request, case_id: int) -> HttpResponse:
    """Record that the household was told."""
    shown = case_of(request, case_id)
    form = _form(request, shown, label="反馈内容和方式")
    return asked(request, shown, form, give_feedback, "反馈结果", submit_label="登记反馈")


@page("households/<int:household_id>/cases/new/", "case_open", _OPENERS, methods=_BOTH)
def case_open(request: Request, household_id: int) -> HttpResponse:
    """Open a case of a household."""
    home = visible(Household.objects.filter(pk=household_id), request.viewer).first()
    if home is None:
        raise NotThere
    tracks = [
        (track, TRACKS[track]) for track, some in OPENERS.items() if set(some) & request.viewer.permissions
    ]
    form = OpenForm(
        request.POST or None, tracks=tracks, initial={"on": today(), "track": request.GET.get("track")}
    )
    if form.is_bound and form.is_valid():
        try:
            opened = _open(request, home, form.cleaned_data)
        except Unfit as unfit:
            add_refusal(form, unfit)
        else:
            messages.success(request, f"已立案{opened.number}。{turn_words(opened)}")
            return HttpResponseRedirect(reverse("case", args=[opened.pk]), status=303)
    context = {
        "heading": f"立案办理：{head_name(request.viewer, home)}",
        "breadcrumbs": [{"label": "个案办理", "url": reverse("cases")}, {"label": "立案"}],
        "form": form,
        "submit_label": "立案",
        "cancel_url": reverse("cases"),
    }
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)


def _open(request: Request, home: Household, given: dict[str, Any]) -> Case:
    words = {
        "actor": request.actor,
        "household_id": home.pk,
        "on": given["on"],
        "at": now(),
        "opinion": given["opinion"],
    }
    if given["track"] != "identification":
        return open_track(track=given["track"], **words)
    traits = {name: True if name in given["traits"] else None for name in SAYABLE}
    return open_identification(clue_id=None, traits=traits, **words)
