"""Contact persons: who answers for whom, who is missing, assigning and handing over."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.contact_assigning import assign_contact, eligible_accounts, hand_over_all
from shouwang.actions.refusals import NotThere
from shouwang.domain.permissions import Permission
from shouwang.records.models import Household
from shouwang.reports.contact_list import (
    account_in_charge,
    contact_list,
    contacts_of_household,
    handed_households,
    loads,
)
from shouwang.web.assistance import (
    found_household,
    household_facts_shown,
    list_context,
    name_of,
    place_choices,
)
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.contacts import AssignForm, HandoverForm
from shouwang.web.forms.plans import PlaceForm
from shouwang.web.page import Request, page
from shouwang.web.posting import answered, back_of
from shouwang.web.present import risk_words, village_name

_P = Permission
TABS = {"all": "监测对象", "missing": "没有联系人", "loads": "按人员"}
COLUMNS = (
    Column("household", "户主", is_fixed=True),
    Column("village", "行政村"),
    Column("risks", "登记风险"),
    Column("contact", "联系人"),
    Column("visited", "最近走访"),
    Column("act", "操作", is_fixed=True),
)
LOAD_COLUMNS = (
    Column("name", "人员", is_fixed=True),
    Column("office", "单位"),
    Column("households", "联系户数", is_number=True),
    Column("monitored", "其中监测中", is_number=True),
    Column("visited", "最近走访"),
    Column("act", "操作", is_fixed=True),
)


@page("contacts/", "contacts", (_P.ASSIGN_CONTACT, _P.RECORD_VISIT))
def contacts(request: Request) -> HttpResponse:
    """List the monitored households by contact person, those without one, or each person's load."""
    viewer = request.viewer
    form = PlaceForm(request.GET, places=place_choices(viewer))
    prefix = form.found.get("place", "")
    tab = request.GET.get("tab", "all")
    tab = tab if tab in TABS else "all"
    missing = contact_list(viewer, prefix=prefix, is_missing=True)
    counts = {"missing": missing.count()}
    tabs = [
        {
            "label": label,
            "url": f"{reverse('contacts')}?tab={key}",
            "is_current": key == tab,
            "count": counts.get(key),
        }
        for key, label in TABS.items()
    ]
    shared: dict[str, Any] = {"heading": "联系人", "filter_form": form, "tabs": tabs, "tab": tab}
    may_assign = _P.ASSIGN_CONTACT in viewer.permissions
    if tab == "loads":
        context = list_context(
            request, loads(viewer, prefix=prefix), LOAD_COLUMNS, list_name="contact_loads", **shared
        )
        return render(request, "contacts/list.html", {**context, "may_assign": may_assign})
    rows = missing if tab == "missing" else contact_list(viewer, prefix=prefix)
    context = list_context(request, rows, COLUMNS, list_name="contacts", **shared)
    context["rows"] = [_row(request, each) for each in context["page"]]
    return render(request, "contacts/list.html", context)


def _row(request: Request, household: Household) -> dict[str, Any]:
    return {
        "household": household,
        "name": name_of(request.viewer, household),
        "village": village_name(household.division),
        "risks": risk_words(household.risks),
        "may_assign": bool(request.viewer.roles_at(_P.ASSIGN_CONTACT, household.division)),
    }


@page("households/<int:household_id>/contact/", "contact_assign", _P.ASSIGN_CONTACT, methods=("GET", "POST"))
def contact_assign(request: Request, household_id: int) -> HttpResponse:
    """Make somebody answer for a household, in the place of whoever did."""
    household = found_household(request, household_id, _P.ASSIGN_CONTACT)
    # Leaders are chosen from a wider circle; the act checks who fits the kind.
    accounts = list(eligible_accounts(division=household.division, kind="leader", at=now()))
    form = AssignForm(request.POST or None, accounts=accounts)
    back = back_of(request, reverse("contacts"))
    done = answered(
        request,
        form,
        lambda typed: assign_contact(
            actor=request.actor,
            household_id=household_id,
            account_id=typed["account"],
            kind=typed["kind"],
            reason=typed["reason"],
            on=today(),
            at=now(),
        ),
        said="联系人已指定，新联系人现在就能看到这户",
        to=back,
    )
    if done is not None:
        return done
    context = {
        "heading": "指定联系人",
        "form": form,
        "name": name_of(request.viewer, household),
        "summary_facts": household_facts_shown(request.viewer, household),
        "history": contacts_of_household(household),
        "submit_label": "确定",
        "cancel_url": back,
    }
    return render(request, "contacts/assign.html", context, status=422 if form.errors else 200)


@page("contacts/<int:account_id>/handover/", "contact_handover", _P.ASSIGN_CONTACT, methods=("GET", "POST"))
def contact_handover(request: Request, account_id: int) -> HttpResponse:
    """Hand over every household of one person to another."""
    leaving = account_in_charge(request.viewer, account_id)
    if leaving is None:
        raise NotThere
    households = list(handed_households(request.viewer, account_id)[:200])
    accounts = [
        each
        for each in eligible_accounts(division=households[0].division, kind="leader", at=now())
        if each.pk != account_id
    ]
    form = HandoverForm(request.POST or None, accounts=accounts)
    results: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        names = {each.pk: name_of(request.viewer, each) for each in households}
        done = hand_over_all(
            actor=request.actor,
            from_account_id=account_id,
            to_account_id=form.cleaned_data["account"],
            reason=form.cleaned_data["reason"],
            on=today(),
            at=now(),
        )
        results = [{"name": names.get(pk, str(pk)), "why_not": why_not} for pk, why_not in done]
        if not any(row["why_not"] for row in results):
            messages.success(request, f"{len(results)}户已全部移交，没有一户脱管")
            return HttpResponseRedirect(f"{reverse('contacts')}?tab=loads", status=303)
    context = {
        "heading": f"移交{leaving.display_name}联系的全部农户",
        "form": form,
        "results": results,
        "households": [_row(request, each) for each in households],
        "submit_label": "全部移交",
        "cancel_url": f"{reverse('contacts')}?tab=loads",
    }
    return render(request, "contacts/handover.html", context, status=422 if form.errors or results else 200)
