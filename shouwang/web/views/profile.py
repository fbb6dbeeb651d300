"""One's own account: what one is, the password, and one-time passwords."""

from datetime import datetime
from urllib.parse import quote

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime

from shouwang.actions.one_time_codes import begin_codes, confirm_codes, needs_code, secret_of
from shouwang.actions.passwords import change_password
from shouwang.actions.refusals import Unfit
from shouwang.domain.password_rules import PROFILES
from shouwang.records.models import RoleGrant
from shouwang.reports.account_lists import is_running
from shouwang.web.clock import now
from shouwang.web.forms.profile import ConfirmCodeForm, PasswordForm
from shouwang.web.page import Request, page
from shouwang.web.present import place_name
from shouwang.web.sessions import begin_session

_ISSUER = "守望"


@page("profile/", "profile", "signed_in")
def profile(request: Request) -> HttpResponse:
    """Show who one is here and what one may do where."""
    account = request.account
    assert account is not None
    at = now()
    held = [each for each in RoleGrant.objects.filter(account=account).order_by("pk") if is_running(each, at)]
    facts = [
        {"label": "姓名", "value": account.display_name}, {"label": "账号", "value": account.login},
        {"label": "所属区划", "value": place_name(account.place, 3)},
        {"label": "单位", "value": account.office},
        {"label": "密码修改时间", "value": _minute(account.password_changed_at)},
        {"label": "动态口令", "value": "已启用" if account.is_totp_confirmed else "未启用"},
    ]  # fmt: skip
    roles = [(each.get_role_display(), place_name(each.place, 3), each) for each in held]
    context = {"heading": "我的账号", "facts": facts, "roles": roles}
    return render(request, "profile/profile.html", context)


@page("password/", "password", "signed_in", methods=("GET", "POST"))
def password(request: Request) -> HttpResponse:
    """Change one's own password; every other session ends."""
    account = request.account
    assert account is not None
    is_temporary = account.must_change_password
    form = PasswordForm(request.POST or None, is_temporary=is_temporary, help_text=_rules())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            changed = change_password(
                actor=request.actor, old=given.get("old", ""), new=given["new"], at=now()
            )
        except Unfit as refusal:
            for reason in refusal.reasons:
                form.add_error("old" if "old" in refusal.fields else "new", reason)
        else:
            begin_session(request, changed, now())
            messages.success(request, "密码已修改，其他地方的登录已全部退出")
            return HttpResponseRedirect(reverse("home"), status=303)
    context = {
        "heading": "设置新密码" if is_temporary else "修改密码",
        "form": form,
        "submit_label": "修改密码",
    }
    context |= {"is_temporary": is_temporary, "cancel_url": "" if is_temporary else reverse("profile")}
    return render(request, "profile/password.html", context, status=422 if form.errors else 200)


@page("totp/", "totp", "signed_in", methods=("GET", "POST"))
def totp(request: Request) -> HttpResponse:
    """Set one-time passwords up: a new secret, its code as a picture, the first password, recovery codes."""
    account = request.account
    assert account is not None
    if account.is_totp_confirmed:
        return render(request, "profile/totp.html", {"heading": "动态口令", "is_on": True})
    form = ConfirmCodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and "code" not in request.POST:
        begin_codes(actor=request.actor, at=now())
        return HttpResponseRedirect(reverse("totp"), status=303)
    if form.is_bound and form.is_valid():
        try:
            codes = confirm_codes(actor=request.actor, code=form.cleaned_data["code"], at=now())
            return render(request, "profile/totp.html", {"heading": "动态口令已启用", "codes": codes})
        except Unfit as refusal:
            form.add_error("code", "；".join(refusal.reasons))
    secret = secret_of(account=account)
    context = {
        "heading": "设置动态口令", "form": form, "secret": _in_groups(secret),
        "picture": _picture(account.login, secret) if secret else "",
        "is_required": settings.REQUIRES_TOTP and needs_code(viewer=request.viewer),
    }  # fmt: skip
    return render(request, "profile/totp.html", context, status=422 if form.errors else 200)


def _picture(login: str, secret: str) -> str:
    """Return the address that a telephone reads, as a picture in the page."""
    issuer = quote(_ISSUER)
    address = f"otpauth://totp/{issuer}:{quote(login)}?secret={secret}&issuer={issuer}"
    return segno.make(address, error="m").svg_data_uri(scale=5)


def _in_groups(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _rules() -> str:
    asked = PROFILES[settings.PASSWORD_PROFILE]
    kinds = f"，含大写字母、小写字母、数字、符号中的至少 {asked.kinds} 种" if asked.kinds > 1 else ""
    return f"至少 {asked.fewest_signs} 位{kinds}；不能含账号、姓名、地名或常见词。"


def _minute(at: datetime | None) -> str | None:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else None
