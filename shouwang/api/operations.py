"""How an operation comes into being: with the scope it asks for; there is no other way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_origin, get_type_hints

from django.http import HttpRequest
from ninja import Router
from ninja.params.models import Query
from ninja.security import HttpBearer

from shouwang.api.callers import caller_of
from shouwang.api.problems import Problem
from shouwang.domain.api_scopes import ApiScope, is_open_to
from shouwang.records.models import ApiToken


@dataclass(frozen=True)
class Operation:
    """One operation: where, how, for which scope, and what its address may be followed by."""

    method: str
    path: str
    name: str
    scope: ApiScope
    asks: frozenset[str]


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
        entry = OPERATIONS[name] = Operation(method, path, name, scope, _asked(view))

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


def _asked(view: Callable[..., Any]) -> frozenset[str]:
    """Return the names that a view takes from behind the question mark."""
    hints = get_type_hints(view, include_extras=True).values()
    annotated = [each for each in hints if get_origin(each) is Annotated]
    models = [each.__origin__ for each in annotated if isinstance(each.__metadata__[0], Query)]
    return frozenset(name for each in models for name in each.model_fields)


def check(request: HttpRequest, entry: Operation) -> None:
    """Refuse what the token is not for, its account may nowhere do, or nobody can ask. Raises Problem."""
    caller = caller_of(request)
    if entry.scope not in caller.token.scopes:
        raise Problem("forbidden", f"这个令牌没有“{entry.scope.label}”（{entry.scope}）的范围")
    if not is_open_to(entry.scope, caller.viewer.permissions):
        raise Problem("forbidden", f"账号的角色不能{entry.scope.label}")
    # A misspelt condition that is passed over would answer with more than was meant.
    if not set(request.GET) <= entry.asks:
        known = f"只有：{'、'.join(sorted(entry.asks))}" if entry.asks else "问号后面不带参数"
        raise Problem("invalid", f"网址中有这里没有的参数；{known}")
