"""The first page: what is to be done."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shouwang.web.page import PAGES, Request, page


@page("", "home", "signed_in")
def home(request: Request) -> HttpResponse:
    """Lead to the inbox, or to the first page of the menu that the roles allow."""
    return HttpResponseRedirect(reverse("inbox" if PAGES["inbox"].allows(request.viewer) else "profile"))
