"""Tokens by which programs ask: made, shown once, and taken back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.api_tokens import MadeToken, make_token, revoke_token
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.api_scopes import ApiScope, is_open_to
from shouwang.domain.permissions import Permission
from shouwang.records.models import ApiToken
from shouwang.reports.api_token_list import administered_tokens, own_tokens, state_of
from shouwang.web.clock import now
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.forms.api_tokens import TokenForm
from shouwang.web.page import Request, page
from shouwang.web.posting import see_other, show_refusal

COLUMNS = (
    Column("name", "用途", is_fixed=True), Column("owner", "账号"), Column("state", "状态"),
    Column("until", "有效至"), Column("used", "最近使用"), Column("start", "开头"),
    Column("methods", "方法"), Column("addresses", "来源地址"), Column("scopes", "范围"),
    Column("act", "操作", is_fixed=True),
)  # fmt: skip


@page("tokens/", "tokens", "signed_in")
def tokens(request: Request) -> HttpResponse:
    """List one's own tokens."""
    return _list(request, own_tokens(request.viewer), "接口令牌", "tokens", is_own=True)


@page("tokens/all/", "tokens_all", Permission.MANAGE_ROLES)
def tokens_all(request: Request) -> HttpResponse:
    """List the tokens of the accounts of the security administrator's place."""
    return _list(request, administered_tokens(request.viewer), "全部接口令牌", "tokens_all", is_own=False)


@page("tokens/new/", "token_new", "signed_in", methods=("GET", "POST"))
def token_new(request: Request) -> HttpResponse:
    """Make a token and show it once."""
    scopes = [each for each in ApiScope if is_open_to(each, request.viewer.permissions)]
    form = TokenForm(request.POST or None, scopes=scopes)
    if request.method == "POST" and form.is_valid():
        try:
            return _shown_once(request, make_token(actor=request.actor, **form.cleaned_data, at=now()))
        except (NotAllowed, Unfit) as refusal:
            show_refusal(form, refusal)
    context = {
        "heading": "新建接口令牌", "form": form, "submit_label": "建立", "cancel_url": reverse("tokens"),
        "breadcrumbs": [{"label": "接口令牌", "url": reverse("tokens")}, {"label": "新建"}],
    }  # fmt: skip
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)


@page("tokens/<int:token_id>/revoke/", "token_revoke", "signed_in", methods=("POST",))
def token_revoke(request: Request, token_id: int) -> HttpResponse:
    """Take a token back."""
    token = revoke_token(actor=request.actor, token_id=token_id, at=now())
    is_own = token.account_id == request.viewer.account_id
    messages.success(request, f"“{token.name}”已作废，使用它的系统随即不能再访问")
    return see_other(reverse("tokens" if is_own else "tokens_all"))


def _list(
    request: Request, found: QuerySet[ApiToken], heading: str, name: str, *, is_own: bool
) -> HttpResponse:
    paginator = Paginator(found, per_page(request.GET.get("per_page")))
    shown = paginator.get_page(request.GET.get("page"))
    context = {
        "heading": heading, "list_name": name, "columns": COLUMNS, "page": shown, "is_own": is_own,
        "page_numbers": paginator.get_elided_page_range(shown.number, on_each_side=2, on_ends=1),
        "per_page_choices": PER_PAGE_CHOICES, "rows": [_row(each) for each in shown],
    }  # fmt: skip
    return render(request, "tokens/list.html", context)


def _row(token: ApiToken) -> dict[str, Any]:
    tone, words = state_of(token, now())
    return {
        "token": token,
        "scopes": "、".join(ApiScope(each).label for each in token.scopes),
        "methods": "、".join(token.methods),
        "addresses": "、".join(token.addresses) or "不限",
        "tone": tone,
        "state": words,
        "is_valid": tone == "done",
    }


def _shown_once(request: Request, made: MadeToken) -> HttpResponse:
    row = _row(made.token)
    return render(request, "tokens/once.html", {"heading": "接口令牌已建立", "row": row, "text": made.text})
