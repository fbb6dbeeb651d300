"""Autosave: the fields of a form are kept sealed on the server, and nothing of them in the browser."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from shouwang.actions.drafts import discard_draft, save_draft
from shouwang.web.clock import now
from shouwang.web.page import Request, page

_NOT_KEPT = {"csrfmiddlewaretoken", "draft_key", "password", "is_confirmed"}


@page("drafts/", "draft", "signed_in", methods=("POST",))
def draft(request: Request) -> HttpResponse:
    """Keep a draft."""
    at = now()
    fields = {name: values for name, values in request.POST.lists() if name not in _NOT_KEPT}
    save_draft(actor=request.actor, key=request.POST.get("draft_key", ""), fields=fields, at=at)
    return JsonResponse({"saved_at": f"{at:%H:%M}"})


@page("drafts/discard/", "draft_discard", "signed_in", methods=("POST",))
def draft_discard(request: Request) -> HttpResponse:
    """Forget a draft and go back to the form."""
    discard_draft(actor=request.actor, key=request.GET.get("key") or request.POST.get("draft_key", ""))
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("home")
    response = HttpResponseRedirect(back)
    response.status_code = 303
    return response
