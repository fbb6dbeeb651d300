"""Changing a household: its facts, a move, a split, a merger."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.household_edits import edit_household
from shouwang.actions.household_moves import merge_households, move_household, split_household
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.children import is_child
from shouwang.domain.divisions import villages
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Household, Member
from shouwang.reports import household_state
from shouwang.web.clock import now, today
from shouwang.web.conflicts import conflict_page
from shouwang.web.drafts import draft_context
from shouwang.web.forms.households import HouseholdForm, MergeForm, MoveForm, SplitForm
from shouwang.web.household_words import fact
from shouwang.web.page import Request, page
from shouwang.web.posting import answered
from shouwang.web.present import place_name

_BOTH = ("GET", "POST")


def reached(request: Request, household_id: int, permission: Permission) -> Household:
    """Return a household that the viewer may write about. Raises NotThere, NotAllowed."""
    household = household_state.household_of(request.viewer, household_id)
    if household is None:
        raise NotThere
    rows = visible(Household.objects.filter(pk=household_id), request.viewer, permission, is_write=True)
    if not rows.exists():
        raise NotAllowed(f"您在这里没有“{permission.label}”的权限，请由有权限的人员办理")
    return household


def form_page(
    request: Request, form: Form, heading: str, back: str, status: int = 200, **more: Any
) -> HttpResponse:
    """Answer with a form of the household pages."""
    crumbs = [
        {"label": "农户查询", "url": reverse("households")},
        {"label": "农户档案", "url": back},
        {"label": heading},
    ]
    context = {
        "heading": heading,
        "form": form,
        "cancel_url": back,
        "submit_label": "保存",
        "breadcrumbs": crumbs,
        **more,
    }
    return render(request, more.get("template", "households/form.html"), context, status=status)


def change_page(
    request: Request,
    form: Form,
    act: Callable[[Mapping[str, Any]], Any],
    *,
    heading: str,
    said: str | Callable[[Any], str],
    back: str,
    to: str | Callable[[Any], str] = "",
    **more: Any,
) -> HttpResponse:
    """Do the change that was sent and lead on, `back` unless `to` says where; else show its form."""
    done = answered(request, form, act, said=said, to=to or back)
    return done or form_page(request, form, heading, back, 422 if form.errors else 200, **more)


def dated(request: Request, typed: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return what every change is told: by whom, from which day on, why; and the entries `names`."""
    version = typed["version"]
    return {
        "actor": request.actor,
        "version": int(version) if version.isdecimal() else -1,
        "at": now(),
        **{name: typed[name] for name in ("on", "note", *names)},
    }


@page("households/<int:household_id>/edit/", "household_edit", Permission.EDIT_HOUSEHOLD, methods=_BOTH)
def household_edit(request: Request, household_id: int) -> HttpResponse:
    """Change the facts of a household from a day on."""
    household = reached(request, household_id, Permission.EDIT_HOUSEHOLD)
    back = reverse("household", args=[household_id])
    state = household_state.state_of(household, today(), today())
    current = {name: getattr(state.version, name, None) for name in HouseholdForm.names}
    initial = {**current, "on": today(), "version": household.version}
    draft = draft_context(request, f"household:{household_id}:{household.version}")
    draft["entry_url"] = reverse("quality_entry", args=[household_id])
    if request.method == "GET":
        form = HouseholdForm(initial={**initial, **draft["draft_initial"].dict()})
        return form_page(request, form, "修改农户信息", back, sections=_sections(form), **draft)
    form = HouseholdForm(request.POST, initial=initial)

    def act(typed: Mapping[str, Any]) -> Household:
        told = {**form.facts(), "group_name": typed["group_name"] or None, "phone": typed["phone"]}
        usual = dated(request, typed, "collected_by")
        return edit_household(household_id=household_id, changes=told, **usual)

    try:
        return change_page(
            request,
            form,
            act,
            heading="修改农户信息",
            said="已保存，原来的情况留在历史里",
            back=back,
            sections=_sections(form),
            **draft,
        )
    except Stale:
        return conflict_page(request, form, current, str(household.version), back)


def _sections(form: HouseholdForm) -> list[dict[str, Any]]:
    return form.sections(
        ("基本情况", ("group_name", "phone", "household_class", "alleviated_year", "is_relocated")),
        ("住房和饮水", ("housing_grade", "is_dilapidated_housing", "has_safe_water")),
        (
            "保障和帮扶",
            (
                "receives_minimum_living",
                "receives_destitute_support",
                "is_no_labour_guaranteed",
                "has_development_measure",
            ),
        ),
    )


@page("households/<int:household_id>/move/", "household_move", Permission.MOVE_HOUSEHOLD, methods=_BOTH)
def household_move(request: Request, household_id: int) -> HttpResponse:
    """Move a household to another village."""
    household = reached(request, household_id, Permission.MOVE_HOUSEHOLD)
    back = reverse("household", args=[household_id])
    initial = {"on": today(), "version": household.version}
    form = MoveForm(request.POST or None, initial=initial, villages=_villages(request, household))
    hint = "迁移后档案、个案和台账随户转入新村，原村不能再查看；联系人不在新村的，须重新落实。"
    return change_page(
        request,
        form,
        lambda typed: move_household(
            household_id=household_id, **dated(request, typed, "division", "group_name")
        ),
        heading="整户迁移",
        said=lambda moved: f"已迁入{place_name(moved.division)}",
        back=back,
        hint=hint,
    )


def _villages(request: Request, household: Household) -> list[tuple[str, str]]:
    """Return the villages that one may move a household to: of the counties and townships reached."""
    reaches = request.viewer.scope(Permission.MOVE_HOUSEHOLD, is_write=True).reaches
    prefixes = sorted({each.prefix for each in reaches if len(each.prefix) >= 6})
    found = [each for prefix in prefixes for each in villages(prefix)]
    return [(each.code, place_name(each.code)) for each in found if each.code != household.division]


@page("households/<int:household_id>/split/", "household_split", Permission.MOVE_HOUSEHOLD, methods=_BOTH)
def household_split(request: Request, household_id: int) -> HttpResponse:
    """Make a new household of some members."""
    household = reached(request, household_id, Permission.MOVE_HOUSEHOLD)
    back = reverse("household", args=[household_id])
    members = (
        Member.objects.filter(household=household, is_present=True).exclude(relation="户主").order_by("pk")
    )
    persons = [(str(each.pk), _person(request, each)) for each in members]
    form = SplitForm(
        request.POST or None, initial={"on": today(), "version": household.version}, persons=persons
    )
    return change_page(
        request,
        form,
        lambda typed: split_household(
            household_id=household_id,
            member_ids=[int(each) for each in typed["members"]],
            head_id=int(typed["head"]),
            **dated(request, typed, "number", "group_name"),
        ),
        heading="分户",
        said=lambda founded: f"已分户，新户编号 {founded.number}",
        back=back,
        to=lambda founded: reverse("household", args=[founded.pk]),
    )


@page("households/<int:household_id>/merge/", "household_merge", Permission.MOVE_HOUSEHOLD, methods=_BOTH)
def household_merge(request: Request, household_id: int) -> HttpResponse:
    """Let a household join another of its village."""
    household = reached(request, household_id, Permission.MOVE_HOUSEHOLD)
    back = reverse("household", args=[household_id])
    form = MergeForm(request.POST or None, initial={"on": today(), "version": household.version})
    hint = "并户后本户成员转入所填的户，本户档案保留为历史。"

    def act(typed: Mapping[str, Any]) -> Household:
        into = visible(Household.objects.filter(number=typed["into"]), request.viewer).first()
        if into is None:
            said = "没有找到这个户编号，可能不在您的管辖范围内"
            raise Unfit(said, {"into": said})
        return merge_households(household_id=household_id, into_id=into.pk, **dated(request, typed))

    return change_page(
        request,
        form,
        act,
        heading="并户",
        said=lambda merged: f"已并入户 {merged.number}",
        back=back,
        to=lambda merged: reverse("household", args=[merged.pk]),
        hint=hint,
    )


def _person(request: Request, member: Member) -> str:
    child = is_child(member.birth_date, today())
    name = fact(request.viewer, "member", "name", member.name or None, member, child) or "未填"
    return f"{name}（{member.relation or '关系未填'}）"
