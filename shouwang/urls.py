"""Every address; pages say theirs in `web.pages`."""

from shouwang.web.pages import urlpatterns as page_patterns

urlpatterns = page_patterns
handler400 = "shouwang.web.refusals.bad_request"
handler403 = "shouwang.web.refusals.forbidden"
handler404 = "shouwang.web.refusals.not_found"
handler500 = "shouwang.web.refusals.server_error"
