"""How a page comes into being: with its address and the permission it asks for; there is no other way."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Literal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from shouwang.actions.acting import Actor
from shouwang.actions.refusals import NotAllowed
from shouwang.domain.permissions import Permission
from shouwang.records.models import Account
from shouwang.records.viewers import Viewer

# Everybody; or everybody who has signed in, to see what is his own.
Open = Literal["public", "signed_in"]
View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request as the session middleware leaves it."""

    viewer: Viewer
    actor: Actor
    account: Account | None


@dataclass(frozen=True)
class Page:
    """One address: who may ask for it, and by which methods."""

    route: str
    name: str
    permission: Permission | tuple[Permission, ...] | Open
    methods: tuple[str, ...]
    view: View

    def allows(self, viewer: Viewer | None) -> bool:
        """Tell whether a viewer may ask for the page somewhere; where, the view's query says."""
        if self.permission == "public":
            return True
        if viewer is None:
            return False
        if self.permission == "signed_in":
            return True
        wanted = (self.permission,) if isinstance(self.permission, Permission) else self.permission
        return any(each in viewer.permissions for each in wanted)


PAGES: dict[str, Page] = {}


def page(
    route: str,
    name: str,
    permission: Permission | tuple[Permission, ...] | Open,
    *,
    methods: tuple[str, ...] = ("GET",),
) -> Callable[[View], View]:
    """Register a view as the page `name`; a tuple of permissions asks for one of them."""

    def register(view: View) -> View:
        if name in PAGES:
            raise ValueError(f"two pages are called {name}")

        @wraps(view)
        def guarded(request: Request, *args: object, **kwargs: object) -> HttpResponse:
            if request.method not in {*methods, "HEAD", "OPTIONS"}:
                return HttpResponseNotAllowed(methods)
            if entry.permission != "public" and request.account is None:
                return _to_sign_in(request)
            if not entry.allows(request.viewer):
                raise NotAllowed("您的角色不能使用这个页面，如确需使用请联系本级安全管理员授权")
            return view(request, *args, **kwargs)

        entry = Page(route, name, permission, methods, view)
        PAGES[name] = Page(route, name, permission, methods, guarded)
        return guarded

    return register


def patterns() -> list[URLPattern]:
    """Return the address of every registered page."""
    return [path(each.route, each.view, name=each.name) for each in PAGES.values()]


def _to_sign_in(request: Request) -> HttpResponse:
    target = f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)
