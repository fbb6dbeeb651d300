"""Changing who belongs to a household, and the facts of a person."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions import member_changes
from shouwang.actions.member_identity import told_by
from shouwang.actions.refusals import NotThere, Stale
from shouwang.domain.children import is_child
from shouwang.domain.household_changes import change_label
from shouwang.domain.permissions import Permission
from shouwang.records.models import Household, Member, MemberVersion
from shouwang.reports import household_state
from shouwang.web.clock import today
from shouwang.web.conflicts import conflict_page
from shouwang.web.drafts import draft_context
from shouwang.web.forms.households import HeadForm, JoiningForm, LeavingForm, MemberForm, ReturnForm
from shouwang.web.household_words import SEXES, fact
from shouwang.web.page import Request, page
from shouwang.web.views.household_edits import change_page, dated, form_page, reached

_P = Permission.EDIT_HOUSEHOLD
_BOTH = ("GET", "POST")
_IDENTITY = ("name", "relation", "id_number", "sex", "birth_date", "phone")
_LIVING = ("education", "school_stage", "labour", "migrant_months", "workplace", "public_post_months")
_HEALTH = (
    "has_chronic_illness",
    "has_serious_illness",
    "is_disabled",
    "disability_kind",
    "disability_grade",
)
_SECURITY = (
    "has_resident_medical_insurance",
    "has_employee_medical_insurance",
    "has_pension",
    "receives_minimum_living",
    "is_destitute",
    "is_dropout",
)


@page("households/<int:household_id>/members/new/", "member_new", _P, methods=_BOTH)
def member_new(request: Request, household_id: int) -> HttpResponse:
    """Let somebody join a household."""
    household = reached(request, household_id, _P)
    back = _back(household_id)
    form = JoiningForm(request.POST or None, initial={"on": today(), "version": household.version})
    sections = form.sections(
        ("人员", ("change", *_IDENTITY[:-1])), ("其他", ("education", "school_stage", "labour"))
    )
    return change_page(
        request,
        form,
        lambda typed: member_changes.add_member(
            household_id=household_id, facts=form.facts(), **dated(request, typed, "change", "id_number")
        ),
        heading="人员增加",
        said="已登记人员增加",
        back=back,
        sections=sections,
        template="households/member_form.html",
    )


@page("members/<int:member_id>/edit/", "member_edit", _P, methods=_BOTH)
def member_edit(request: Request, member_id: int) -> HttpResponse:
    """Change the facts of a person from a day on."""
    member, _, back = _reached(request, member_id)
    now_held, current = _held(member)
    token = member_changes.token_of(version=now_held)
    initial = {**current, "on": today(), "version": token}
    draft = draft_context(request, f"member:{member_id}:{token}")
    more: dict[str, Any] = {
        "template": "households/member_form.html",
        "entry_url": f"{reverse('quality_entry', args=[member.household_id])}?member={member.pk}",
        **draft,
    }
    if request.method == "GET":
        form = MemberForm(initial={**initial, **draft["draft_initial"].dict()})
        return form_page(request, form, "修改成员信息", back, sections=_sections(form), **more)
    form = MemberForm(request.POST, initial=initial)

    def act(typed: Mapping[str, Any]) -> MemberVersion:
        usual = dated(request, typed, "id_number", "phone")
        del usual["version"]
        return member_changes.edit_member(
            member_id=member_id, token=typed["version"], changes=form.facts(), **usual
        )

    try:
        return change_page(
            request,
            form,
            act,
            heading="修改成员信息",
            said="已保存，原来的情况留在历史里",
            back=back,
            sections=_sections(form),
            **more,
        )
    except Stale:
        return conflict_page(request, form, current, token, back)


def _held(member: Member) -> tuple[MemberVersion, dict[str, Any]]:
    """Return the version in force with what the form shows of it. Raises NotThere."""
    held = MemberVersion.objects.filter(member=member, to_on=None).first()
    if held is None:
        raise NotThere
    current = {name: getattr(held, name) for name in MemberForm.names}
    for name in ("sex", "birth_date"):
        current[name] = current[name] or getattr(member, name) or None
    return held, current


def _sections(form: MemberForm) -> list[dict[str, Any]]:
    return form.sections(
        ("身份", _IDENTITY), ("就学和就业", _LIVING), ("健康和残疾", _HEALTH), ("保障", _SECURITY)
    )


@page("members/<int:member_id>/leave/", "member_leave", _P, methods=_BOTH)
def member_leave(request: Request, member_id: int) -> HttpResponse:
    """Let a person leave his household."""
    member, household, back = _reached(request, member_id)
    form = LeavingForm(request.POST or None, initial={"on": today(), "version": household.version})
    return change_page(
        request,
        form,
        lambda typed: member_changes.remove_member(member_id=member_id, **dated(request, typed, "change")),
        heading=f"人员减少：{_name(request, member)}",
        said=lambda _: f"已登记{change_label(form.cleaned_data['change'])}",
        back=back,
    )


@page("members/<int:member_id>/return/", "member_return", _P, methods=_BOTH)
def member_return(request: Request, member_id: int) -> HttpResponse:
    """Let a person come back from the army or prison."""
    member, household, back = _reached(request, member_id)
    form = ReturnForm(request.POST or None, initial={"on": today(), "version": household.version})
    return change_page(
        request,
        form,
        lambda typed: member_changes.return_member(member_id=member_id, **dated(request, typed)),
        heading=f"办理返回：{_name(request, member)}",
        said="已登记返回",
        back=back,
    )


@page("members/<int:member_id>/head/", "member_head", _P, methods=_BOTH)
def member_head(request: Request, member_id: int) -> HttpResponse:
    """Make a member the head of his household."""
    member, household, back = _reached(request, member_id)
    form = HeadForm(request.POST or None, initial={"on": today(), "version": household.version})
    return change_page(
        request,
        form,
        lambda typed: member_changes.change_head(
            member_id=member_id, **dated(request, typed, "relation_of_old")
        ),
        heading=f"设为户主：{_name(request, member)}",
        said="已变更户主",
        back=back,
    )


@page("members/identity/", "identity_check", _P, methods=("POST",))
def identity_check(request: Request) -> HttpResponse:
    """Tell at once what an entered number says, and whether somebody within reach has it already."""
    raw = request.POST.get("id_number", "")
    if not raw.strip():
        return HttpResponse("")
    told = told_by(raw, today())
    is_other = told.holder_id is not None and told.holder_id != _holder_of(request.POST.get("version", ""))
    filled = MemberForm(initial={"sex": told.sex, "birth_date": told.birth_date})
    for name in ("sex", "birth_date"):
        filled.fields[name].widget.attrs["hx-swap-oob"] = "true"
    holder_url = reverse("household", args=[told.holder_household_id]) if is_other else ""
    context = {
        "told": told,
        "sex": SEXES.get(told.sex, ""),
        "is_other": is_other,
        "holder_url": holder_url,
        "filled": filled,
    }
    return render(request, "households/identity.html", context)


def _holder_of(token: str) -> int | None:
    """Return whose facts the form shows; a form for somebody new has no such token."""
    version, is_token, _ = token.partition("-")
    if not is_token or not version.isdecimal():
        return None
    return MemberVersion.objects.filter(pk=int(version)).values_list("member_id", flat=True).first()


def _reached(request: Request, member_id: int) -> tuple[Member, Household, str]:
    member = household_state.member_of(request.viewer, member_id)
    if member is None:
        raise NotThere
    household = reached(request, member.household_id, _P)
    return member, household, _back(household.pk)


def _name(request: Request, member: Member) -> str:
    child = is_child(member.birth_date, today())
    return fact(request.viewer, "member", "name", member.name or None, member, child) or "未填"


def _back(household_id: int) -> str:
    return f"{reverse('household', args=[household_id])}?tab=members"
