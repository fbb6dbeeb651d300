"""Who is signed in: the viewer of the request, the second wall around it, and when a session ends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shouwang.actions.acting import Actor
from shouwang.actions.one_time_codes import needs_code
from shouwang.domain.addresses import believed_address
from shouwang.records.access import enter, enter_everywhere, leave
from shouwang.records.models import Account
from shouwang.records.viewers import Viewer, viewer_of
from shouwang.web.clock import now

IDLE_MINUTES = 15
LONGEST_HOURS = 8
LAST_SEEN, STARTED, ADDRESS = "last_seen", "started_at", "address"
# So that not every request writes the session.
_SEEN_EVERY = timedelta(seconds=30)
_BACKEND = "django.contrib.auth.backends.ModelBackend"
# What is open to a person who has to change his password or set one-time passwords up first.
_BEFORE_ALL = ("password", "totp", "sign_out", "ping")
# What signs nobody in: files, and the interface, whose tokens are all it knows.
_WITHOUT_SESSION = ("/static/", "/api/")


def signed_in(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the request its account, viewer and actor, and show the connection what the viewer reaches."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_WITHOUT_SESSION):
            return get_response(request)
        at = now()
        user = request.user
        account = user if user.is_authenticated and not _is_over(request, at) else None
        request.account = account
        try:
            request.viewer = _viewer(account, at)
            request.actor = Actor(request.viewer, uuid4().hex, client_address(request))
            enter(request.viewer if account else None)
            return _first(request) or get_response(request)
        finally:
            _leave()

    return middleware


def _viewer(account: Account | None, at: datetime) -> Viewer:
    """Return the viewer; how far a helper reaches, his own contacts say, which nobody reaches before."""
    if account is None:
        return Viewer(0, "", ())
    enter_everywhere()
    return viewer_of(account, at)


def begin_session(request: HttpRequest, account: Account, at: datetime) -> None:
    """Sign a person in under a new session key; what the old session held is gone."""
    request.session.flush()
    login(request, account, backend=_BACKEND)
    request.session[STARTED] = request.session[LAST_SEEN] = at.isoformat()
    request.session[ADDRESS] = client_address(request)


def client_address(request: HttpRequest) -> str:
    """Return where a request comes from; only the word of the site's own proxies counts."""
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    return believed_address(str(request.META.get("REMOTE_ADDR", "")), told, settings.PROXIES)


def _is_over(request: HttpRequest, at: datetime) -> bool:
    """Tell whether a session was left alone or has lasted too long, and end it then."""
    last, started = _instant(request, LAST_SEEN), _instant(request, STARTED)
    is_idle = last is not None and at - last > timedelta(minutes=IDLE_MINUTES)
    if is_idle or (started is not None and at - started > timedelta(hours=LONGEST_HOURS)):
        logout(request)
        return True
    if started is None:
        request.session[STARTED] = at.isoformat()
    if last is None or at - last > _SEEN_EVERY:
        request.session[LAST_SEEN] = at.isoformat()
    return False


def _instant(request: HttpRequest, name: str) -> datetime | None:
    written = request.session.get(name)
    return datetime.fromisoformat(written) if written else None


def _first(request: HttpRequest) -> HttpResponse | None:
    """Lead a person to what he has to do before all else, or None."""
    account = request.account
    if account is None:
        return None
    wanted = "password" if account.must_change_password else "totp" if _lacks_code(request) else ""
    if not wanted or request.path in {reverse(name) for name in _BEFORE_ALL}:
        return None
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = reverse(wanted)
        return response
    return HttpResponseRedirect(reverse(wanted))


def _lacks_code(request: HttpRequest) -> bool:
    is_asked = settings.REQUIRES_TOTP and needs_code(viewer=request.viewer)
    return is_asked and not request.account.is_totp_confirmed


def _leave() -> None:
    """Show the connection nothing any more; one that cannot be told is closed."""
    try:
        leave()
    except Error:
        connection.close()
