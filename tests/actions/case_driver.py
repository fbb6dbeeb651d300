"""Any track of any place walked by whom it asks for: first what a step asks for, then the step itself."""

from django.db import transaction

from shouwang.actions.acting import Actor
from shouwang.actions.case_opening import open_identification, open_track
from shouwang.domain.case_deadlines import due
from shouwang.domain.case_papers import papers_of
from shouwang.domain.case_state import CaseState
from shouwang.domain.procedure import Step
from shouwang.domain.roles import ROLES, Role
from shouwang.records.access import entered_system
from shouwang.records.case_facts import standing_papers
from shouwang.records.case_states import case_state_of
from shouwang.records.models import Case, Contact, Household, Plan
from tests.actions.case_walks import Walk
from tests.world import HERE, Place, account, actor, household

# What a household must be for a track, and who opens it.
STANDING = {
    "identification": "none",
    "elimination": "monitored",
    "rollback": "eliminated",
    "removal": "monitored",
}
# Steps of which another person of the same role took an earlier one.
REVIEWER = "reviewer"


def people_of(place: Place = HERE) -> dict[str, Actor]:
    """Return one person of every role over the first village of a county, and another county officer."""
    codes = {5: place.villages[0], 4: place.townships[0], 3: place.county, 2: place.county[:4]}
    with entered_system():
        made = {
            str(role): account(role, codes.get(max(ROLES[role].levels), place.county[:2])) for role in Role
        }
        made[REVIEWER] = account(Role.COUNTY_OFFICE, place.county)
    return {name: actor(each) for name, each in made.items()}


def homed(people: dict[str, Actor], track: str, place: Place = HERE) -> Walk:
    """Return a household that the track is for, with nobody's case yet."""
    columns = {} if track == "identification" else {"national_number": "GB0007", "risks": ["medical"]}
    # Whole or not at all: the process that makes it may be killed.
    with entered_system(), transaction.atomic():
        home = household(place.villages[0], members=2, monitoring=STANDING[track], **columns)
    return Walk(home, people)


def begun(made: Walk, track: str) -> Walk:
    """Open a case of the household on a track."""
    made.case, given = None, {"household_id": made.home.pk, "opinion": "情况属实"}
    if track == "identification":
        made.case = made.act("township", open_identification, clue_id=None, **given)
    else:
        made.case = made.act("village", open_track, track=track, **given)
    return made


def taker_of(step: Step) -> str:
    """Return who takes a step: the reviewer where the county office has compared before."""
    role = step.roles[0]
    return REVIEWER if role == "county_office" and step.is_review else role


def state_of(made: Walk) -> CaseState:
    """Return the state that the case is in, from its rows."""
    with entered_system():
        return case_state_of(Case.objects.get(pk=made.open_case.pk))


def ready(made: Walk, state: CaseState, step: Step) -> None:
    """Bring what a step asks for and let a notice run out, so that nothing but its taking is left."""
    waits = [item.not_before for item in due(state, made.on) if item.step_id == step.id and item.not_before]
    made.on = max([made.on, *waits])
    with entered_system():
        case = Case.objects.get(pk=made.open_case.pk)
        there = standing_papers(case.papers.all(), state)
    for kind in papers_of(step):
        if kind not in there:
            made.paper(taker_of(step), kind, **_content(kind, state))
    if {"has_contact_person", "has_plan"} & set(step.needs):
        _helped(made)


def walked(made: Walk) -> None:
    """Take every step of the case that is left, a day each."""
    while step := next(iter((state := state_of(made)).open_steps), None):
        made.wait(1)
        ready(made, state, step)
        made.step(taker_of(step), step.id)


def _content(kind: str, state: CaseState) -> dict[str, object]:
    if kind == "request":
        return {"ground": "unsafe" if state.track.id == "rollback" else "wrong_entry"}
    return {}


def _helped(made: Walk) -> None:
    """Give the household somebody to ask and a plan that is approved."""
    helper = made.people["helper"].viewer.account_id
    with entered_system():
        home = Household.objects.get(pk=made.home.pk)
        about = {"household": home, "division": home.division}
        Contact.objects.get_or_create(
            **about, defaults={"account_id": helper, "from_on": made.on, "assigned_by_id": helper}
        )
        Plan.objects.get_or_create(
            **about, state="approved", defaults={"drawn_up_by_id": helper, "drawn_up_on": made.on}
        )
