"""Who asks: the token, and the viewer it acts for."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import HttpRequest

from shouwang.actions.acting import Actor
from shouwang.records.models import ApiToken
from shouwang.records.viewers import Viewer


@dataclass(frozen=True)
class Caller:
    """A token at this instant; `viewer` is its account's; each operation asks for a scope."""

    token: ApiToken
    viewer: Viewer
    actor: Actor
    at: datetime


class ApiRequest(HttpRequest):
    """A request as the door leaves it."""

    caller: Caller


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks; the door has let nobody through without."""
    return cast(ApiRequest, request).caller
