"""What went wrong, as RFC 9457 says it: a stable type, Chinese words, and never a value that was sent."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from shouwang.actions.refusals import NotAllowed, NotThere, Refusal, Stale, Unfit

CONTENT_TYPE = "application/problem+json"
_URN = "urn:shouwang:problem:"
# Name of the type → status and title.
KINDS = {
    "bad-request": (400, "请求不完整或格式不对"),
    "unauthenticated": (401, "没有令牌，或令牌无效、过期、已作废"),
    "forbidden": (403, "不允许"),
    "not-found": (404, "没有找到"),
    "method-not-allowed": (405, "这个地址不支持这种方法"),
    "conflict": (409, "与现状冲突"),
    "under-way": (409, "相同的请求正在办理"),
    "precondition-failed": (412, "内容已变"),
    "too-large": (413, "请求过大"),
    "media-type": (415, "不支持这种内容类型"),
    "invalid": (422, "内容不符合要求"),
    "key-reused": (422, "幂等键已用于另一个请求"),
    "precondition-required": (428, "须带 If-Match"),
    "too-many": (429, "请求过于频繁"),
    "failed": (500, "服务器出错"),
}
_BY_STATUS = {status: kind for kind, (status, _) in reversed(KINDS.items())}
_REFUSALS = {NotThere: "not-found", NotAllowed: "forbidden", Stale: "conflict", Unfit: "invalid"}
_REASONS = {
    "missing": "没有填",
    "extra_forbidden": "没有这一项",
    "enum": "不是可选的值",
    "literal_error": "不是可选的值",
    "too_long": "太多",
    "too_short": "太少",
    "string_too_long": "太长",
    "string_too_short": "太短",
    "timezone_aware": "须写明时区",
}
_log = logging.getLogger(__name__)


@dataclass
class Problem(Exception):
    """A request that is not answered as asked."""

    kind: str
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(
    kind: str,
    detail: str = "",
    *,
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return the response that says what went wrong."""
    status, title = KINDS[kind]
    body: dict[str, object] = {"type": _URN + kind, "title": title, "status": status}
    body |= {"detail": detail or title, "errors": list(errors)}
    return JsonResponse(
        body,
        encoder=DjangoJSONEncoder,
        json_dumps_params={"ensure_ascii": False},
        status=status,
        content_type=CONTENT_TYPE,
        headers=dict(headers or {}),
    )


def of_status(response: HttpResponse) -> HttpResponse:
    """Return an error that the framework answered as the problem it is; its own text is not passed on."""
    kind = _BY_STATUS.get(response.status_code, "failed" if response.status_code >= 500 else "bad-request")
    kept = {name: response[name] for name in ("Allow", "Retry-After", "WWW-Authenticate") if name in response}
    return problem(kind, headers=kept)


def of_refusal(refusal: Refusal) -> HttpResponse:
    """Return what an action refused."""
    kind = _REFUSALS.get(type(refusal), "invalid")
    fields = refusal.fields if isinstance(refusal, Unfit) else {}
    errors = [{"where": name, "reason": text} for name, text in fields.items()]
    return problem(kind, "；".join(refusal.reasons), errors=errors)


def answer_problems(api: NinjaAPI) -> None:
    """Have every exception of a view answered as a problem."""
    for kind in (Problem, Refusal, ValidationError, Http404, HttpError, Exception):
        api.add_exception_handler(kind, _of_error)


def _of_error(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error, Problem):
        return problem(error.kind, error.detail, headers=error.headers)
    if isinstance(error, Refusal):
        return of_refusal(error)
    if isinstance(error, ValidationError):
        return _invalid(error)
    if isinstance(error, Http404):
        return of_refusal(NotThere())
    if isinstance(error, HttpError):
        return of_status(HttpResponse(status=error.status_code))
    return failed(request, error)


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say that the program failed; the log has what happened, the answer nothing of it."""
    _log.error("接口出错：%s %s", request.method, request.path, exc_info=error)
    return problem("failed", "服务器出错，已记入日志，请稍后重试")


def _invalid(error: ValidationError) -> HttpResponse:
    errors = [
        {
            "where": ".".join(str(part) for part in each.get("loc", ())),
            "reason": _REASONS.get(str(each.get("type", "")), "格式不对，或超出范围"),
        }
        for each in error.errors
    ]
    return problem("invalid", "有的内容不符合要求，见 errors", errors=errors)
