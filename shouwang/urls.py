"""Every address; pages say theirs in `web.pages`, the interface in `api.app`."""

from django.urls import path

from shouwang.api.app import api
from shouwang.web.pages import urlpatterns as page_patterns

urlpatterns = [*page_patterns, path("api/v1/", api.urls)]
handler400 = "shouwang.web.refusals.bad_request"
handler403 = "shouwang.web.refusals.forbidden"
handler404 = "shouwang.web.refusals.not_found"
handler500 = "shouwang.web.refusals.server_error"
