"""How an operation comes into being: with the scope it asks for; there is no other way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.security import HttpBearer

from shouwang.api.callers import caller_of
from shouwang.api.problems import Problem
from shouwang.domain.api_scopes import ApiScope, is_open_to
from shouwang.records.models import ApiToken


@dataclass(frozen=True)
class Operation:
    """One operation: where, how, and for which scope."""

    method: str
    path: str
    name: str
    scope: ApiScope


OPERATIONS: dict[str, Operation] = {}


class Token(HttpBearer):
    """The token, checked at the door already; what it is for is asked before anything sent is looked at."""

    def __init__(self, entry: Operation) -> None:
        super().__init__()
        self.entry = entry

    def __call__(self, request: HttpRequest) -> ApiToken:
        """Return the token of the request. Raises Problem."""
        check(request, self.entry)
        return caller_of(request).token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """Return the token of the request. Raises Problem."""
        return self(request)


def operation(
    router: Router,
    method: str,
    path: str,
    name: str,
    scope: ApiScope,
    *,
    summary: str,
    description: str = "",
    response: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view as the operation `name`, for tokens of a scope whose account may do it somewhere."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        if name in OPERATIONS:
            raise ValueError(f"two operations are called {name}")
        entry = OPERATIONS[name] = Operation(method, path, name, scope)

        register_on = router.api_operation(
            [method],
            path,
            operation_id=name,
            url_name=name,
            summary=summary,
            description=f"{description}范围：`{scope}`（{scope.label}）。",
            response=response,
            auth=Token(entry),
        )
        done: Callable[..., Any] = register_on(view)
        return done

    return register


def check(request: HttpRequest, entry: Operation) -> None:
    """Refuse what the token is not made for, or its account may nowhere do. Raises Problem."""
    caller = caller_of(request)
    if entry.scope not in caller.token.scopes:
        raise Problem("forbidden", f"这个令牌没有“{entry.scope.label}”（{entry.scope}）的范围")
    if not is_open_to(entry.scope, caller.viewer.permissions):
        raise Problem("forbidden", f"账号的角色不能{entry.scope.label}")
