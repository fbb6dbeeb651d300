"""What a person typed into a form and did not send, given back to the form."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from shouwang.actions.drafts import read_draft
from shouwang.web.page import Request


def draft_of(request: Request, key: str) -> tuple[QueryDict, datetime] | None:
    """Return the fields kept of a form, as a form's data or initial, and when they were kept."""
    found = read_draft(account_id=request.viewer.account_id, key=key)
    if found is None:
        return None
    fields = QueryDict(mutable=True)
    for name, values in found[0].items():
        fields.setlist(name, values)
    return fields, found[1]


def draft_context(request: Request, key: str) -> dict[str, Any]:
    """Return what a form page needs to keep and discard its draft; `initial` is what was kept, or empty."""
    found = draft_of(request, key)
    return {
        "draft_key": key,
        "draft_url": reverse("draft"),
        "draft_restored_at": found[1] if found else None,
        "draft_discard_url": f"{reverse('draft_discard')}?key={key}" if found else "",
        "draft_initial": found[0] if found else QueryDict(),
    }
