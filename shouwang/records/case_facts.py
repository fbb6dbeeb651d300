"""What is known of a case for the needs of its steps; what nobody has said is unknown, not untrue."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from shouwang.domain.case_papers import SAYS
from shouwang.domain.case_state import CaseState
from shouwang.domain.divisions import name_path
from shouwang.domain.elimination import EliminationFacts
from shouwang.domain.notice_scan import problems
from shouwang.domain.procedure import FactValue
from shouwang.domain.three_valued import all_of
from shouwang.records.models import Case, CasePaper, Clue, Contact, Plan, PlanMeasure

# Papers that must be made anew when their step has been sent back; the others still say what they said.
RENEWED = frozenset({"household_check", "comparison", "appraisal", "notice", "announcement"})
_IS_THERE = frozenset(flag for flags in SAYS.values() for flag in flags if flag.startswith("has_")) - {
    "has_guarantees", "has_safe_water", "has_two_checkers", "has_notice_sheet",
}  # fmt: skip
GREEN_PAPER = "green_channel"
Content = Mapping[str, Any]


def facts_of(case: Case, state: CaseState, known: EliminationFacts) -> dict[str, FactValue]:
    """Return what a step may ask for; a flag left out is of a paper that is missing.

    `known` is what the records say of the household.
    """
    papers = standing_papers(case.papers.all(), state)
    check = papers.get("household_check", {})
    facts = {
        **_identification(papers, check),
        **_notice(papers.get("notice"), case.division),
        **_elimination(check, known),
        **_reversal(papers),
        **_origin(case),
        **_assistance(case, papers),
        **_comparison(papers.get("comparison")),
        **_hardship(case, papers, check),
    }
    # A paper that is not there is missing rather than untrue.
    return {name: fact for name, fact in facts.items() if not (name in _IS_THERE and fact is False)}


def standing_papers(papers: Iterable[CasePaper], state: CaseState) -> dict[str, Content]:
    """Return the content of the latest paper of each kind that no sending back has undone, by kind.

    Papers that belong to an act ("other") are named by their step.
    """
    fallen = _last_fall(state)
    found: dict[str, Content] = {}
    for paper in sorted(papers, key=lambda row: row.pk):
        if paper.kind in RENEWED and paper.content.get("after_event", 0) < fallen.get(paper.step_id, 0):
            continue
        found[paper.step_id if paper.kind == "other" else paper.kind] = paper.content
    return found


def _last_fall(state: CaseState) -> dict[str, int]:
    """Return for each step the number of the last event that sent it back."""
    return {
        step: number
        for number, event in enumerate(state.events, start=1)
        if event.kind == "send_back"
        for step in state.track.from_step(event.step_id)
    }


def _identification(papers: Mapping[str, Content], check: Content) -> dict[str, FactValue]:
    registration = papers.get("registration", {})
    return {
        "has_household_check": "household_check" in papers,
        "has_two_checkers": len(check["checkers"]) >= 2 if check else None,
        "is_within_scope": check.get("is_within_scope"),
        "has_authorisation": "authorisation" in papers,
        "has_appraisal_record": "appraisal" in papers,
        "has_announcement": "announcement" in papers,
        "has_registration": bool(registration.get("registered_on")),
        "has_national_record": bool(registration.get("national_number")),
    }


def _notice(notice: Content | None, division: str) -> dict[str, FactValue]:
    if notice is None:
        return {"has_notice_sheet": False, "has_notice_place": False}
    text = notice.get("text", "")
    return {
        "has_notice_sheet": bool(text) and not problems(text, allowed=name_path(division)),
        "has_notice_place": bool(notice.get("place")),
    }


def _elimination(check: Content, known: EliminationFacts) -> dict[str, FactValue]:
    """Join what the visit found with what the records say: a no of either stands, an unknown of both too.

    Whether a risk is gone is for those who were there to judge, so the visit is heard first.
    """
    recorded = all_of((known.is_insured, known.is_schooled, known.is_housing_safe))
    months = [each for each in (known.months_above_line, check.get("months_above_line")) if each is not None]
    return {
        "has_guarantees": _both(check.get("has_guarantees"), recorded),
        "has_safe_water": _both(check.get("has_safe_water"), known.is_water_safe),
        "is_risk_gone": _first(check.get("is_risk_gone"), _is_empty(known.open_risks)),
        "is_without_new_risk": _first(check.get("is_without_new_risk"), _is_empty(known.new_risks)),
        "is_whole_no_labour": _either(check.get("is_whole_no_labour"), known.is_without_labour),
        "is_natural_elimination": _first(check.get("is_natural_elimination"), known.is_natural),
        "months_above_line": min(months) if months else None,
    }


def _reversal(papers: Mapping[str, Content]) -> dict[str, FactValue]:
    request = papers.get("request")
    ground = request.get("ground") if request else None
    return {
        "has_request": request is not None,
        "is_elimination_unsafe": ground == "unsafe" if ground else None,
        "is_wrong_entry": ground == "wrong_entry" if ground else None,
    }


def _origin(case: Case) -> dict[str, FactValue]:
    return {"is_self_declared": is_self_declared(case.clue)}


def is_self_declared(clue: Clue | None) -> bool:
    """Tell whether the household itself asked."""
    return clue is not None and clue.origins.filter(source="self_declaration").exists()


def _assistance(case: Case, papers: Mapping[str, Content]) -> dict[str, FactValue]:
    plans = Plan.objects.filter(household_id=case.household_id)
    this_time = plans.exclude(state="closed")
    done = PlanMeasure.objects.filter(household_id=case.household_id, state="done")
    contacts = Contact.objects.filter(household_id=case.household_id, to_on=None, kind="contact")
    return {
        "has_plan_proposal": "plan_proposal" in papers or this_time.exclude(state="returned").exists(),
        "has_contact_person": contacts.exists(),
        "has_plan": this_time.filter(state="approved").exists(),
        "has_measures_done": done.exists(),
    }


def _comparison(comparison: Content | None) -> dict[str, FactValue]:
    if comparison is None:
        return {
            "has_comparison_result": False,
            "is_new_minimum_living": None,
            "is_new_destitute": None,
            "compared_on": None,
        }
    compared = comparison.get("compared_on")
    return {
        "has_comparison_result": bool(comparison.get("results")),
        "is_new_minimum_living": comparison.get("is_new_minimum_living"),
        "is_new_destitute": comparison.get("is_new_destitute"),
        "compared_on": date.fromisoformat(compared) if compared else None,
    }


def _hardship(case: Case, papers: Mapping[str, Content], check: Content) -> dict[str, FactValue]:
    said = papers.get(GREEN_PAPER, {})
    is_sudden = True if "is_sudden_hardship" in case.traits else None
    return {
        "is_sudden_hardship": _first(
            said.get("is_sudden_hardship"), _first(check.get("is_sudden_hardship"), is_sudden)
        ),
        "is_plainly_true": said.get("is_plainly_true"),
    }


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is None or second is None:
        return second if first is None else first
    return first and second


def _either(first: bool | None, second: bool | None) -> bool | None:
    if first is None or second is None:
        return second if first is None else first
    return first or second


def _first(first: bool | None, second: bool | None) -> bool | None:
    return second if first is None else first


def _is_empty(names: frozenset[str] | None) -> bool | None:
    return None if names is None else not names
