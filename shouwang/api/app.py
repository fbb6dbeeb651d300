"""The interface as a whole: its operations, its description, and what it answers where there is nothing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from shouwang.actions.refusals import NotThere
from shouwang.api import casework, deliveries, findings, households, reference
from shouwang.api.description import WORDS, completed
from shouwang.api.problems import answer_problems, of_refusal


class Readable(JSONRenderer):
    """JSON in which Chinese can be read."""

    json_dumps_params: Mapping[str, Any] = MappingProxyType({"ensure_ascii": False})


class Interface(NinjaAPI):
    """The interface, whose description also names the problems."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the OpenAPI document."""
        return completed(super().get_openapi_schema(**options))


api = Interface(
    title="守望接口",
    version="1",
    description=WORDS,
    docs_url=None,
    renderer=Readable(),
    urls_namespace="api-1",
)
nowhere = Router()


@nowhere.api_operation(["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:rest}", include_in_schema=False)
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an address that there is not, as one that is out of reach."""
    return of_refusal(NotThere())


# Last: it takes every address that the others have left.
for router in (*(each.router for each in (reference, households, casework, findings, deliveries)), nowhere):
    api.add_router("", router)
answer_problems(api)
