"""Roles: who holds which, granting and taking back; the security administrator's pages."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.accounts import clear_codes
from shouwang.actions.grants import grant_role, revoke_role
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.departments import DEPARTMENTS
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import ROLES, Role
from shouwang.records.account_scope import accounts_of, places_of
from shouwang.records.models import Account, RoleGrant
from shouwang.reports import account_lists
from shouwang.web.clock import now, today
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.forms.accounts import AccountFilterForm, ReasonForm
from shouwang.web.forms.grants import GrantFilterForm, GrantForm
from shouwang.web.page import Request, page
from shouwang.web.posting import answered, show_refusal
from shouwang.web.present import place_name

COLUMNS = (
    Column("name", "姓名", is_fixed=True), Column("login", "账号"), Column("role", "角色"),
    Column("place", "区划"), Column("narrowed", "范围"), Column("from", "起"),
    Column("until", "止"), Column("state", "状态"),
    Column("by", "授权人"), Column("act", "操作", is_fixed=True),
)  # fmt: skip
PEOPLE_COLUMNS = (
    Column("name", "姓名", is_fixed=True), Column("login", "账号"), Column("place", "所属区划"),
    Column("office", "单位"), Column("roles", "现有角色"), Column("code", "动态口令"),
    Column("act", "操作", is_fixed=True),
)  # fmt: skip


@page("grants/", "grants", Permission.MANAGE_ROLES)
def grants(request: Request) -> HttpResponse:
    """List the grants of the administrator's place."""
    form = GrantFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = account_lists.grants(request.viewer, now(), **asked)
    context = _list(request, found, "角色授权", "grants", COLUMNS) | {
        "filter_form": form,
        "tabs": _tabs("grants"),
    }
    context["rows"] = [_row(each) for each in context["page"]]
    return render(request, "grants/list.html", context)


@page("grants/people/", "grant_people", Permission.MANAGE_ROLES)
def grant_people(request: Request) -> HttpResponse:
    """List the accounts that a role can be granted to."""
    form = AccountFilterForm(request.GET, places=places_of(request.viewer, Permission.MANAGE_ROLES))
    asked = form.cleaned_data if form.is_valid() else {}
    found = account_lists.accounts(request.viewer, Permission.MANAGE_ROLES, **asked)
    context = _list(request, found, "选择授权对象", "grant_people", PEOPLE_COLUMNS)
    context |= {"filter_form": form, "tabs": _tabs("grant_people")}
    context["rows"] = [(each, place_name(each.place), _roles(each)) for each in context["page"]]
    return render(request, "grants/people.html", context)


@page("grants/new/<int:account_id>/", "grant_new", Permission.MANAGE_ROLES, methods=("GET", "POST"))
def grant_new(request: Request, account_id: int) -> HttpResponse:
    """Grant a role to an account."""
    account = accounts_of(request.viewer, Permission.MANAGE_ROLES).filter(pk=account_id).first()
    if account is None:
        raise NotThere
    places = places_of(request.viewer, Permission.MANAGE_ROLES)
    form = GrantForm(request.POST or None, places=places, initial={"from_on": today()})
    if request.method == "POST" and form.is_valid() and _granted(request, account_id, form):
        messages.success(request, f"已授予 {account.display_name}，此人须重新登录")
        return HttpResponseRedirect(reverse("grants"), status=303)
    context = {
        "heading": f"授予角色：{account.display_name}", "form": form, "submit_label": "授予",
        "cancel_url": reverse("grants"),
        "breadcrumbs": [{"label": "角色授权", "url": reverse("grants")}, {"label": "授予角色"}],
    }  # fmt: skip
    return render(request, "grants/new.html", context, status=422 if form.errors else 200)


@page("grants/<int:grant_id>/revoke/", "grant_revoke", Permission.MANAGE_ROLES, methods=("GET", "POST"))
def grant_revoke(request: Request, grant_id: int) -> HttpResponse:
    """Take a role back, with the reason."""
    mine = accounts_of(request.viewer, Permission.MANAGE_ROLES)
    grant = RoleGrant.objects.filter(pk=grant_id, account__in=mine).select_related("account").first()
    if grant is None:
        raise NotThere
    form = ReasonForm(request.POST or None)
    done = answered(
        request,
        form,
        lambda typed: revoke_role(actor=request.actor, grant_id=grant_id, at=now(), **typed),
        said=f"已收回 {grant.account.display_name} 的“{Role(grant.role).label}”",
        to=reverse("grants"),
    )
    if done is not None:
        return done
    heading = f"收回角色：{grant.account.display_name}　{Role(grant.role).label}（{place_name(grant.place)}）"
    return _reason_page(request, form, heading, "收回")


@page(
    "grants/clear-code/<int:account_id>/",
    "grant_clear_code",
    Permission.MANAGE_ROLES,
    methods=("GET", "POST"),
)
def grant_clear_code(request: Request, account_id: int) -> HttpResponse:
    """Take one-time passwords off an account whose telephone is lost."""
    account = accounts_of(request.viewer, Permission.MANAGE_ROLES).filter(pk=account_id).first()
    if account is None:
        raise NotThere
    form = ReasonForm(request.POST or None)
    done = answered(
        request,
        form,
        lambda typed: clear_codes(actor=request.actor, account_id=account_id, at=now(), **typed),
        said=f"已清除 {account.display_name} 的动态口令",
        to=reverse("grant_people"),
    )
    if done is not None:
        return done
    return _reason_page(request, form, f"清除动态口令：{account.display_name}", "清除")


def _granted(request: Request, account_id: int, form: GrantForm) -> bool:
    at, given = now(), form.cleaned_data
    try:
        grant_role(
            actor=request.actor, account_id=account_id, role=Role(given["role"]), place=given["place"],
            group_name=given["group_name"], departments=given["departments"], reason=given["reason"],
            from_at=form.from_at(at), until_at=form.until_at(), at=at,
        )  # fmt: skip
    except (NotAllowed, Unfit) as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _add(form: GrantForm | ReasonForm, reasons: tuple[str, ...]) -> None:
    for reason in reasons:
        form.add_error(None, reason)


def _reason_page(request: Request, form: ReasonForm, heading: str, label: str) -> HttpResponse:
    context = {
        "heading": heading, "form": form, "submit_label": label, "submit_tone": "danger",
        "cancel_url": reverse("grants"),
    }  # fmt: skip
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)


def _list(
    request: Request, found: Any, heading: str, name: str, columns: tuple[Column, ...]
) -> dict[str, Any]:
    paginator = Paginator(found, per_page(request.GET.get("per_page")))
    shown = paginator.get_page(request.GET.get("page"))
    return {
        "heading": heading, "list_name": name, "columns": columns, "page": shown,
        "page_numbers": paginator.get_elided_page_range(shown.number, on_each_side=2, on_ends=1),
        "per_page_choices": PER_PAGE_CHOICES,
    }  # fmt: skip


def _tabs(current: str) -> list[dict[str, object]]:
    labels = {"grants": "授权记录", "grant_people": "按人授权"}
    return [
        {"label": label, "url": reverse(name), "is_current": name == current}
        for name, label in labels.items()
    ]


def _row(grant: RoleGrant) -> dict[str, object]:
    at = now()
    is_over = grant.until_at is not None and grant.until_at <= at
    state = (
        ("stopped", "已结束") if is_over else ("doing", "有效") if grant.from_at <= at else ("info", "未开始")
    )
    return {
        "grant": grant, "role": Role(grant.role).label, "place": place_name(grant.place), "tone": state[0],
        "state": state[1], "is_over": is_over, "narrowed": _narrowed(grant),
        "by": grant.granted_by.display_name if grant.granted_by else "系统",
    }  # fmt: skip


def _narrowed(grant: RoleGrant) -> str:
    named = "、".join(DEPARTMENTS.get(each, each) for each in grant.departments)
    return grant.group_name or named or ("所联系农户" if grant.role == Role.HELPER else "全部")


def _roles(account: Account) -> str:
    at = now()
    held = [each.role for each in account.grants.all() if account_lists.is_running(each, at)]
    return "、".join(dict.fromkeys(ROLES[Role(each)].label for each in held)) or "未授权"
