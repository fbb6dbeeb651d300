"""A form that is sent: the act is tried, what is refused stands on the form, what is done leads on."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from shouwang.actions.refusals import NotAllowed, Refusal, Unfit
from shouwang.web.page import Request


def see_other(target: str) -> HttpResponse:
    """Lead on after a form."""
    return HttpResponseRedirect(target, status=303)


def back_of(request: Request, usual: str) -> str:
    """Return where one came from, as the link that led here says: a page of this site, or the usual."""
    asked = request.GET.get("back", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else usual


def show_refusal(form: Form, refusal: Refusal) -> None:
    """Put what an act refused on its form: at the field it names, else above all fields."""
    fields = refusal.fields if isinstance(refusal, Unfit) else {}
    for name, text in fields.items():
        form.add_error(name if name in form.fields else None, text)
    for reason in refusal.reasons:
        if reason not in fields.values():
            form.add_error(None, reason)


def answered(
    request: Request,
    form: Form,
    act: Callable[[Mapping[str, Any]], Any],
    *,
    said: str | Callable[[Any], str],
    to: str | Callable[[Any], str],
) -> HttpResponse | None:
    """Do the act of a form that was sent and fits, say so and lead on; None where the form is to be shown.

    `act` is given what was typed and returns what it made, which `said` and `to` may depend on. Stale and
    NotThere go on.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        made = act(form.cleaned_data)
    except (Unfit, NotAllowed) as refusal:
        show_refusal(form, refusal)
        return None
    messages.success(request, said if isinstance(said, str) else said(made))
    return see_other(to if isinstance(to, str) else to(made))
