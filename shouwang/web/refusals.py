"""Refusals as pages: one body for what is absent and what is out of reach, and no person in any of them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from shouwang.actions.refusals import NotAllowed, NotThere, Refusal, Stale, Unfit

_STATUS = {NotThere: 404, NotAllowed: 403, Stale: 409, Unfit: 422}


class plain_refusals:
    """Turn a refusal that a view did not show itself into a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; anything else goes on."""
        if not isinstance(exception, Refusal):
            return None
        return refused(request, _STATUS.get(type(exception), 422), exception.reasons)


def refused(request: HttpRequest, status: int, reasons: tuple[str, ...]) -> HttpResponse:
    """Return the page of a refusal; for a part of a page, its text only."""
    if request.headers.get("HX-Request"):
        return HttpResponse("；".join(reasons), status=status, content_type="text/plain; charset=utf-8")
    template = f"{status}.html" if status in (400, 403, 404, 409, 422) else "409.html"
    return HttpResponse(render_to_string(template, {"reasons": reasons}, request), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read."""
    return refused(request, 400, ("请求不完整或格式不对，请返回重试",))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request without permission."""
    return refused(request, 403, ("您没有权限办理这件事",))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist."""
    return refused(request, 404, NotThere().reasons)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old."""
    return refused(request, 403, ("页面已过期，请返回上一页刷新后重试",))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error of the program; the log has it, the page nothing of it."""
    return HttpResponse(render_to_string("500.html", {}), status=500)
