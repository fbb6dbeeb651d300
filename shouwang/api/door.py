"""The door of the interface: token, address, method, rate and size; problems, never a cookie (T18, T54)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from shouwang.actions.acting import Actor
from shouwang.actions.api_tokens import is_from_allowed, token_of
from shouwang.actions.delivery_receiving import MOST_BYTES
from shouwang.api.callers import Caller
from shouwang.api.clock import now
from shouwang.api.once import answered_once
from shouwang.api.problems import CONTENT_TYPE, Problem, failed, of_status, problem
from shouwang.domain.addresses import believed_address
from shouwang.records.access import enter, enter_everywhere, leave
from shouwang.records.api_windows import counted
from shouwang.records.models import ApiToken
from shouwang.records.viewers import viewer_of

ROOT = "/api/"
# What the interface is like, without anything of anybody.
PUBLIC = ("/api/v1/openapi.json",)
_SCHEME = "bearer "
_MINUTE = timedelta(minutes=1)
_MOST_FORM_BYTES = MOST_BYTES + (1 << 20)
Answer = Callable[[HttpRequest], HttpResponse]


def by_token(get_response: Answer) -> Answer:
    """Let programs in by their tokens; everything that is not the interface goes on untouched."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ROOT):
            return get_response(request)
        try:
            response = _answered(request, get_response)
        except Problem as found:
            response = problem(found.kind, found.detail, headers=found.headers)
        except RequestDataTooBig:
            response = problem("too-large")
        except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
            response = problem("bad-request")
        except Error as error:
            response = failed(request, error)
        return _finished(request, response)

    return middleware


def _answered(request: HttpRequest, get_response: Answer) -> HttpResponse:
    _check_size(request)
    if request.path in PUBLIC:
        return get_response(request)
    at = now()
    address = believed_address(
        str(request.META.get("REMOTE_ADDR", "")),
        str(request.META.get("HTTP_X_FORWARDED_FOR", "")),
        settings.PROXIES,
    )
    token = _token(request, address, at)
    _count(token, address, at)
    try:
        # How far a helper reaches, his own contacts say, which nobody reaches before.
        enter_everywhere()
        viewer = viewer_of(token.account, at)
        enter(viewer)
        request.caller = Caller(token, viewer, Actor(viewer, uuid4().hex, address), at)
        return answered_once(request, get_response)
    finally:
        try:
            leave()
        except Error:
            connection.close()


def _check_size(request: HttpRequest) -> None:
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    is_form = str(request.content_type or "").startswith("multipart/")
    most = _MOST_FORM_BYTES if is_form else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if not said.isdigit():
        raise Problem("bad-request")
    if int(said) > most:
        raise Problem("too-large", f"请求不能超过 {most >> 20} MB，请分几次推送")


def _token(request: HttpRequest, address: str, at: datetime) -> ApiToken:
    said = str(request.META.get("HTTP_AUTHORIZATION", ""))
    text = said[len(_SCHEME) :].strip() if said[: len(_SCHEME)].lower() == _SCHEME else ""
    token = token_of(text=text, at=at) if text else None
    if token is None:
        said = "请在 Authorization 头中带上 Bearer 令牌；令牌在“我的账号—接口令牌”中建立"
        raise Problem("unauthenticated", said, {"WWW-Authenticate": 'Bearer realm="shouwang"'})
    if not is_from_allowed(token=token, address=address):
        raise Problem("forbidden", "这个令牌不能从这个来源地址使用")
    method = "GET" if request.method == "HEAD" else str(request.method)
    # A method that nothing here knows is told as such, whatever the token may do.
    if method in ("GET", "POST") and method not in token.methods:
        raise Problem("forbidden", f"这个令牌不能用 {method} 方法")
    return token


def _count(token: ApiToken, address: str, at: datetime) -> None:
    window = at.replace(second=0, microsecond=0)
    if counted(token, window=window, address=address, at=at) > settings.API_REQUESTS_A_MINUTE:
        wait = max(1, int((window + _MINUTE - at).total_seconds()) + 1)
        said = f"每分钟最多 {settings.API_REQUESTS_A_MINUTE} 次请求，请 {wait} 秒后再试"
        raise Problem("too-many", said, {"Retry-After": str(wait)})


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code >= 400 and not response.get("Content-Type", "").startswith(CONTENT_TYPE):
        response = of_status(response)
    if request.method == "GET" and response.status_code == 200 and not response.streaming:
        if "ETag" not in response:
            response["ETag"] = etag_of(response.content)
        if _names(request.headers.get("If-None-Match", ""), response["ETag"]):
            response = HttpResponse(status=304, headers={"ETag": response["ETag"]})
            del response["Content-Type"]
    response.cookies.clear()
    del response["Vary"]
    response["Vary"] = "Authorization"
    return response


def etag_of(content: bytes) -> str:
    """Return the tag by which a content is told from what it becomes."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def _names(said: str, tag: str) -> bool:
    return said.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in said.split(","))
