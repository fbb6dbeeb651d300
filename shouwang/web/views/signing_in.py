"""The door: signing in, with a second step where the account has one, out, and keeping a session awake."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from shouwang.actions import one_time_codes, signing_in
from shouwang.records.models import Account
from shouwang.web.clock import now
from shouwang.web.forms.signing_in import CodeForm, SignInForm
from shouwang.web.page import Request, page
from shouwang.web.sessions import begin_session

_PENDING = "pending_account"
_PENDING_FOR = timedelta(minutes=5)


@page("sign-in/", "sign_in", "public", methods=("GET", "POST"))
def sign_in(request: Request) -> HttpResponse:
    """Ask for name and password, then for a one-time password where there is one."""
    if request.account is not None:
        return HttpResponseRedirect(_target(request))
    at = now()
    pending = _pending(request, at)
    if request.method != "POST":
        return _show(request, CodeForm() if pending else SignInForm(), pending)
    if pending is not None and "code" in request.POST:
        return _take_code(request, pending, at)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _show(request, form, None, 422)
    try:
        account = signing_in.check_password(request=request, **form.cleaned_data, **_from(request), at=at)
    except signing_in.SignInRefused as refused:
        form.add_error(None, str(refused))
        return _show(request, form, None, 422)
    if account.is_totp_confirmed:
        request.session.flush()
        request.session[_PENDING] = [account.pk, at.isoformat(), account.get_session_auth_hash()]
        return _show(request, CodeForm(), account)
    return _enter(request, account, at)


@page("sign-out/", "sign_out", "signed_in", methods=("POST",))
def sign_out(request: Request) -> HttpResponse:
    """End this session."""
    signing_in.sign_out(actor=request.actor, at=now())
    logout(request)
    return HttpResponseRedirect(reverse("sign_in"))


@page("ping/", "ping", "signed_in", methods=("POST",))
def ping(request: Request) -> HttpResponse:
    """Keep the session awake: its last use is written on the way in."""
    return HttpResponse(status=204)


def _take_code(request: Request, account: Account, at: datetime) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _show(request, form, account, 422)
    code = form.cleaned_data["code"]
    is_locked = signing_in.is_locked_out(request=request, account=account, at=at)
    if not is_locked and one_time_codes.use_code(account_id=account.pk, code=code, at=at):
        return _enter(request, Account.objects.get(pk=account.pk), at)
    signing_in.code_failed(request=request, account=account, **_from(request), at=at)
    skew = "" if is_locked else one_time_codes.skew_message(account=account, code=code, at=at)
    form.add_error(None, signing_in.REFUSED if is_locked else skew or signing_in.WRONG_CODE)
    return _show(request, form, account, 422)


def _enter(request: Request, account: Account, at: datetime) -> HttpResponse:
    signing_in.sign_in(account=account, **_from(request), at=at)
    target = _target(request)
    begin_session(request, account, at)
    return HttpResponseRedirect(target, status=303)


def _pending(request: Request, at: datetime) -> Account | None:
    """Return who has given his password and not yet his code, for five minutes."""
    written = request.session.get(_PENDING)
    if not written or at - datetime.fromisoformat(written[1]) > _PENDING_FOR:
        return None
    account = Account.objects.filter(pk=written[0], is_active=True).first()
    return account if account and account.get_session_auth_hash() == written[2] else None


def _from(request: Request) -> dict[str, str]:
    return {"address": request.actor.address, "request_id": request.actor.request_id}


def _target(request: Request) -> str:
    """Return where to go after signing in: only ever an address of this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_own = asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts=None, require_https=settings.IS_HTTPS
    )
    return asked if is_own else reverse("home")


def _show(
    request: Request, form: SignInForm | CodeForm, pending: Account | None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "heading": "动态口令" if pending else "登录",
        "is_second_step": pending is not None,
        "next": request.POST.get("next") or request.GET.get("next") or "",
    }
    return render(request, "signing_in/sign_in.html", context, status=status)
