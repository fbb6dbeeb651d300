"""Accounts and who is signed in: the system administrator's pages."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions import accounts as acts
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.account_scope import places_of
from shouwang.records.lock_outs import locked_out
from shouwang.records.models import Account
from shouwang.reports import account_lists
from shouwang.web.clock import now
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.forms.accounts import AccountFilterForm, AccountForm
from shouwang.web.page import Request, page
from shouwang.web.present import place_name

COLUMNS = (
    Column("name", "姓名", is_fixed=True), Column("login", "账号"), Column("place", "所属区划"),
    Column("office", "单位"), Column("roles", "角色"), Column("state", "状态"), Column("seen", "最近登录"),
    Column("act", "操作", is_fixed=True),
)  # fmt: skip
ONLINE_COLUMNS = (
    Column("name", "姓名", is_fixed=True), Column("login", "账号"), Column("place", "所属区划"),
    Column("started", "登录时间"), Column("seen", "最近操作"), Column("address", "来源地址"),
    Column("act", "操作", is_fixed=True),
)  # fmt: skip


@page("accounts/", "accounts", Permission.MANAGE_USERS)
def accounts(request: Request) -> HttpResponse:
    """List the accounts of the administrator's place."""
    places = places_of(request.viewer, Permission.MANAGE_USERS)
    form = AccountFilterForm(request.GET, places=places)
    asked = form.cleaned_data if form.is_valid() else {}
    found = account_lists.accounts(request.viewer, Permission.MANAGE_USERS, **asked)
    context = _list(request, found, "用户", "accounts", COLUMNS) | {"filter_form": form}
    locked = locked_out(list(context["page"]), now())
    context["rows"] = [_row(each, request) | {"is_locked": each.pk in locked} for each in context["page"]]
    return render(request, "accounts/list.html", context)


@page("accounts/new/", "account_new", Permission.MANAGE_USERS, methods=("GET", "POST"))
def account_new(request: Request) -> HttpResponse:
    """Make an account and show its password once."""
    places = places_of(request.viewer, Permission.MANAGE_USERS)
    form = AccountForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            opened = acts.create_account(actor=request.actor, **form.cleaned_data, at=now())
            return _shown_once(request, opened, "账号已建立")
        except (NotAllowed, Unfit) as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
    context = {
        "heading": "新增用户", "form": form, "submit_label": "建立账号", "cancel_url": reverse("accounts"),
        "breadcrumbs": [{"label": "用户", "url": reverse("accounts")}, {"label": "新增用户"}],
    }  # fmt: skip
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)


@page(
    "accounts/<int:account_id>/reset-password/", "account_reset", Permission.MANAGE_USERS, methods=("POST",)
)
def account_reset(request: Request, account_id: int) -> HttpResponse:
    """Give a new temporary password and show it once."""
    if request.POST.get("is_confirmed") != "1":
        return _confirm(request, "重置密码", "原密码随即失效，此人须用新的临时密码登录并修改。")
    opened = acts.reset_password(actor=request.actor, account_id=account_id, at=now())
    return _shown_once(request, opened, "密码已重置")


@page("accounts/<int:account_id>/disable/", "account_disable", Permission.MANAGE_USERS, methods=("POST",))
def account_disable(request: Request, account_id: int) -> HttpResponse:
    """Disable an account."""
    if request.POST.get("is_confirmed") != "1":
        return _confirm(request, "停用账号", "此人随即退出登录，不能再登录；已保存的内容不受影响。")
    account = acts.disable_account(actor=request.actor, account_id=account_id, at=now())
    return _done(request, account, "已停用，此人所有登录随即失效")


@page("accounts/<int:account_id>/enable/", "account_enable", Permission.MANAGE_USERS, methods=("POST",))
def account_enable(request: Request, account_id: int) -> HttpResponse:
    """Enable an account again."""
    account = acts.enable_account(actor=request.actor, account_id=account_id, at=now())
    return _done(request, account, "已启用")


@page("accounts/<int:account_id>/unlock/", "account_unlock", Permission.MANAGE_USERS, methods=("POST",))
def account_unlock(request: Request, account_id: int) -> HttpResponse:
    """Let an account try to sign in again."""
    account = acts.unlock_account(actor=request.actor, account_id=account_id, at=now())
    return _done(request, account, "已解除锁定")


@page("accounts/<int:account_id>/end-sessions/", "account_end", Permission.MANAGE_USERS, methods=("POST",))
def account_end(request: Request, account_id: int) -> HttpResponse:
    """End every session of an account."""
    if request.POST.get("is_confirmed") != "1":
        return _confirm(request, "强制下线", "此人正在进行的操作会中断，已保存的内容不受影响。", "online")
    account = acts.end_sessions(actor=request.actor, account_id=account_id, at=now())
    return _done(request, account, "已强制下线", "online")


@page("online/", "online", Permission.MANAGE_USERS)
def online(request: Request) -> HttpResponse:
    """List who is signed in."""
    found = account_lists.online(request.viewer, now())
    context = _list(request, found, "在线用户", "online", ONLINE_COLUMNS)
    context["rows"] = [(each, place_name(each.account.place)) for each in context["page"]]
    return render(request, "accounts/online.html", context)


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


def _row(account: Account, request: Request) -> dict[str, object]:
    at = now()
    grants = (each for each in account.grants.all() if not each.is_break_glass)
    held = [each for each in grants if account_lists.is_running(each, at)]
    return {
        "account": account,
        "place": place_name(account.place),
        "roles": "、".join(dict.fromkeys(Role(each.role).label for each in held)) or "未授权",
        "is_self": account.pk == request.viewer.account_id,
    }


def _confirm(request: Request, heading: str, text: str, back: str = "accounts") -> HttpResponse:
    context = {
        "heading": heading, "text": text, "count": 1, "form_url": request.path, "cancel_url": reverse(back),
        "submit_label": heading, "submit_tone": "danger",
    }  # fmt: skip
    return render(request, "components/confirm_page.html", context)


def _done(request: Request, account: Account, said: str, back: str = "accounts") -> HttpResponse:
    messages.success(request, f"{account.display_name}：{said}")
    return HttpResponseRedirect(reverse(back), status=303)


def _shown_once(request: Request, opened: acts.Opened, heading: str) -> HttpResponse:
    context = {"heading": heading, "opened": opened, "place": place_name(opened.account.place)}
    return render(request, "accounts/password_once.html", context)
