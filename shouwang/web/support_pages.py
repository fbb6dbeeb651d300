"""What the pages of credit, insurance and donations share: who may act here, forms about a household."""

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.domain.permissions import Permission
from shouwang.records.models import Household
from shouwang.web.assistance import household_facts_shown, name_of
from shouwang.web.page import Request


def may_here(request: Request, household: Household, permission: Permission) -> bool:
    """Tell whether the viewer may do something about a household."""
    viewer = request.viewer
    return bool(viewer.roles_at(permission, household.division, household.pk, household.group_name))


def support_url(household_id: int) -> str:
    """Return the address of a household's tab of credit, insurance and donations."""
    return f"{reverse('household', args=[household_id])}?tab=support"


def household_form(
    request: Request,
    household: Household,
    form: Form,
    heading: str,
    *,
    cancel_url: str = "",
    note: str = "",
    submit_label: str = "保存",
) -> HttpResponse:
    """Show a form about a household, with who it is above."""
    context = {
        "heading": heading,
        "form": form,
        "note": note,
        "name": name_of(request.viewer, household),
        "summary_facts": household_facts_shown(request.viewer, household),
        "submit_label": submit_label,
        "cancel_url": cancel_url or support_url(household.pk),
    }
    return render(request, "support/form.html", context, status=422 if form.errors else 200)
