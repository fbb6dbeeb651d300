"""A request with an Idempotency-Key is answered once; sent again, it gets the same answer (T53)."""

import re
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse

from shouwang.actions.api_answers import Answer, OtherRequest, UnderWay, claimed, request_digest
from shouwang.api.callers import caller_of
from shouwang.api.problems import problem

KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")
# Sent again, such a request may fare otherwise: nothing was done yet.
_NOT_KEPT = frozenset({401, 403, 412, 428, 429})


def answered_once(request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Answer a request, or give the answer it had before."""
    key = request.headers.get("Idempotency-Key", "")
    if request.method != "POST" or not KEY.fullmatch(key):
        return get_response(request)
    caller = caller_of(request)
    digest = request_digest(parts=_parts(request))
    try:
        with claimed(token=caller.token, key=key, request_sha256=digest, at=caller.at) as claim:
            if claim.answer is not None:
                return _again(claim.answer)
            response = get_response(request)
            if response.status_code < 500 and response.status_code not in _NOT_KEPT:
                headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
                claim.keep(Answer(response.status_code, headers, response.content))
            return response
    except UnderWay:
        return problem(
            "under-way", "请等前一个请求有了结果，再用同一个幂等键重试", headers={"Retry-After": "2"}
        )
    except OtherRequest:
        return problem("key-reused", "同一个幂等键只能用于同一个请求；内容改了，请换一个新的键")


def _parts(request: HttpRequest) -> Iterator[bytes]:
    yield f"{request.method} {request.get_full_path()}".encode()
    if not str(request.content_type or "").startswith("multipart/"):
        yield request.body
        return
    for name, values in sorted(request.POST.lists()):
        yield "\0".join([name, *values]).encode("utf-8", "surrogatepass")
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield f"{name}\0{file.name}".encode("utf-8", "surrogatepass")
            yield from file.chunks()
            file.seek(0)


def _again(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
    response["Idempotent-Replayed"] = "true"
    return response
