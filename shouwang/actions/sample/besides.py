"""What goes on beside the cases: clues from other sources, contacts and visits of those watched before."""

from collections.abc import Sequence
from datetime import date, datetime

from shouwang.actions import clue_intake, contact_assigning, visit_recording
from shouwang.actions.refusals import Refusal
from shouwang.actions.sample.people import People
from shouwang.domain.roles import Role
from shouwang.records.models import Household


def report_samples(*, people: People, households: Sequence[Household], on: date, at: datetime) -> int:
    """Report clues from every other source than the screening; returns how many."""
    sources = ("self_declaration", "hotline", "inspection", "petition", "media", "nomination", "department")
    made = 0
    for source, household in zip(sources, households, strict=False):
        role = Role.TOWNSHIP if source in ("hotline", "petition", "media") else Role.VILLAGE
        try:
            clue_intake.report_clue(
                actor=people.at(role, household.division).actor(at),
                source=source,
                text="家里近期支出大，收入减少。",
                household_id=household.pk,
                risks=["income"],
                on=on,
                at=at,
            )
            made += 1
        except Refusal:
            continue
    return made


def watch_over(*, people: People, households: Sequence[Household], on: date, at: datetime) -> int:
    """Give households watched before a contact, and most of them a visit; returns how many visits."""
    visits = 0
    for number, household in enumerate(households):
        cadre = people.cadres[household.division]
        try:
            contact_assigning.assign_contact(
                actor=people.at(Role.TOWNSHIP, household.division).actor(at),
                household_id=household.pk,
                account_id=cadre.account.pk,
                kind="contact",
                reason="",
                on=on,
                at=at,
            )
            if number % 4:
                entry = visit_recording.VisitEntry(
                    "monthly", on, "家中平稳，老人按时服药。", has_guarantees=True
                )
                visit_recording.record_visit(
                    actor=cadre.actor(at), household_id=household.pk, entry=entry, on=on, at=at
                )
                visits += 1
        except Refusal:
            continue
    return visits
