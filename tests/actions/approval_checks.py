"""Whether cases, their papers, their households and the audit say the same of what was done."""

from collections import Counter
from collections.abc import Iterator
from copy import copy

from shouwang.actions.audit_checks import check_chain
from shouwang.actions.case_standing import stand
from shouwang.records.access import entered_system
from shouwang.records.case_states import TRACK_PAPER, case_state_of
from shouwang.records.models import AuditEvent, Case, HouseholdVersion

LEAVES = {
    "identification": "monitored",
    "elimination": "eliminated",
    "rollback": "monitored",
    "removal": "removed",
}
_STANDING = (
    "status", "is_decided", "is_green_channel", "is_under_notice", "has_open_objection", "turn_roles",
    "turn_steps", "turn_label", "due_on", "not_before", "closed_on",
)  # fmt: skip


def found(first: int) -> dict[str, object]:
    """Check the cases from a number on and the whole chain.

    `wrong` names what is wrong; `events` are those of each case, by its number; `next` is the first case that
    may still change.
    """
    with entered_system():
        cases = list(
            Case.objects.filter(pk__gte=first)
            .select_related("household")
            .prefetch_related("events", "papers")
            .order_by("pk")
        )
        wrong = [
            f"case {case.pk}: {words}"
            for case in cases
            for words in (*wrong_in(case), *_wrong_in_household(case))
        ]
        wrong += _not_about_any_case()
        chain = check_chain()
    if chain.broken:
        wrong.append(chain.message)
    still_open = [case.pk for case in cases if case.status == "open"]
    following = min(still_open, default=cases[-1].pk + 1 if cases else first)
    events = {str(case.pk): case.version for case in cases}
    return {"wrong": wrong, "events": events, "audited": chain.rows, "next": following}


def wrong_in(case: Case) -> Iterator[str]:
    """Say what of a case's own rows and of its lines in the audit does not agree."""
    state = case_state_of(case)
    events = case.events.all()
    if sorted(each.sequence for each in events) != list(range(1, case.version + 1)):
        yield f"{len(events)} events for version {case.version}"
    stood = copy(case)
    stand(case=stood, state=state, today=state.events[-1].on)
    yield from (name for name in _STANDING if getattr(stood, name) != getattr(case, name))
    yield from _wrong_in_audit(case)


def _wrong_in_audit(case: Case) -> Iterator[str]:
    """Every event and every paper has exactly one line, and there is none without."""
    lines = AuditEvent.objects.filter(target_kind="case", target_id=str(case.pk), result="done")
    told = [line for line in lines if line.action not in {"case.open", "case.paper"}]
    if Counter(line.after["version"] for line in told) != Counter(range(2, case.version + 1)):
        yield f"{len(told)} lines for {case.version - 1} events after the opening"
    counts = Counter(line.action for line in lines)
    papers = [paper for paper in case.papers.all() if paper.step_id != TRACK_PAPER]
    if (counts["case.open"], counts["case.paper"]) != (1, len(papers)):
        yield f"{counts} for one opening and {len(papers)} papers"
    if len(case.papers.all()) != len(papers) + 1:
        yield "the track is not kept once"


def _wrong_in_household(case: Case) -> Iterator[str]:
    """The verdict and what it makes of the household stand together or not at all."""
    state = case_state_of(case)
    versions = HouseholdVersion.objects.filter(household=case.household_id, note__contains=case.number)
    is_filed = case.track == "identification" and "registration" in state.done
    if versions.count() != state.is_decided + is_filed:
        yield f"{versions.count()} versions of the household"
    decided = Case.objects.filter(household=case.household_id, is_decided=True).order_by("-pk").first()
    expected = LEAVES[decided.track] if decided else "none"
    if case.household.monitoring != expected:
        yield f"the household is {case.household.monitoring} and not {expected}"


def _not_about_any_case() -> list[str]:
    """Name the lines that speak of a case that is not there."""
    there = {str(pk) for pk in Case.objects.values_list("pk", flat=True)}
    told = AuditEvent.objects.filter(target_kind="case").values_list("target_id", flat=True)
    return [f"a line about case {pk} that is not there" for pk in sorted(set(told) - there)]
