"""What the household page lists beside the facts: warnings, clues, cases, help, visits, papers."""

from datetime import date

from django.db.models import Prefetch

from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.last_screenings import last_runs
from shouwang.records.models import (
    Attachment,
    Case,
    CaseEvent,
    Clue,
    Contact,
    Finding,
    Household,
    MemberVersion,
    Plan,
    Task,
    Visit,
)
from shouwang.records.viewers import Viewer

_MOST = 100


def findings_of(viewer: Viewer, household: Household, on: date) -> list[Finding]:
    """Return the findings of the household's last run up to a day, warnings first: three queries."""
    last = last_runs(household.division[:6], [household.pk], on=on).get(household.pk)
    rows = visible(Finding.objects.filter(household=household, run_id=last), viewer)
    return sorted(rows.select_related("run"), key=lambda each: (each.kind != "warning", each.pk))


def clues_of(viewer: Viewer, household: Household) -> list[Clue]:
    """Return the clues with their sources and checks, latest first: three queries."""
    rows = visible(Clue.objects.filter(household=household), viewer)
    return list(rows.prefetch_related("origins", "checks").order_by("-received_on", "-pk")[:_MOST])


def cases_of(viewer: Viewer, household: Household) -> list[Case]:
    """Return the cases with their events, latest first: two queries."""
    events = CaseEvent.objects.select_related("by").order_by("sequence")
    rows = visible(Case.objects.filter(household=household), viewer)
    return list(rows.prefetch_related(Prefetch("events", events)).order_by("-opened_on", "-pk")[:_MOST])


def plans_of(viewer: Viewer, household: Household) -> list[Plan]:
    """Return the plans with their measures, latest first: two queries."""
    rows = visible(Plan.objects.filter(household=household), viewer).select_related(
        "drawn_up_by", "approved_by"
    )
    return list(rows.prefetch_related("measures").order_by("-drawn_up_on", "-pk")[:_MOST])


def tasks_of(viewer: Viewer, household: Household) -> list[Task]:
    """Return the tasks of departments, latest first."""
    rows = visible(Task.objects.filter(household=household), viewer)
    return list(rows.select_related("sent_by").order_by("-sent_on", "-pk")[:_MOST])


def contacts_of(viewer: Viewer, household: Household) -> list[Contact]:
    """Return who answers and answered for the household, those of now first."""
    rows = visible(Contact.objects.filter(household=household), viewer).select_related("account")
    return sorted(rows, key=lambda each: (each.to_on is not None, each.kind, -each.from_on.toordinal()))


def visits_of(viewer: Viewer, household: Household) -> list[Visit]:
    """Return the visits, latest first."""
    rows = visible(Visit.objects.filter(household=household), viewer, Permission.SEE_HEALTH)
    return list(rows.select_related("by").order_by("-visited_on", "-pk")[:_MOST])


def attachments_of(viewer: Viewer, household: Household) -> list[Attachment]:
    """Return the attachments without their bytes, latest first."""
    rows = visible(Attachment.objects.filter(household=household), viewer, Permission.SEE_HEALTH)
    return list(rows.select_related("by").order_by("-added_at", "-pk")[:_MOST])


def member_versions_of(household: Household) -> list[MemberVersion]:
    """Return every version of those who are or were in the household, oldest first."""
    rows = MemberVersion.objects.filter(household=household)
    return list(rows.select_related("member", "entered_by", "load").order_by("from_on", "pk"))
