"""The papers that meet the needs of steps: which paper says which flag, and which step asks for it."""

from shouwang.domain.case_state import CaseState
from shouwang.domain.procedure import Step, Track

# Paper → the flags, counts and days that it says.
SAYS: dict[str, tuple[str, ...]] = {
    "household_check": (
        "has_household_check", "has_two_checkers", "is_within_scope", "has_guarantees", "has_safe_water",
        "is_risk_gone", "is_without_new_risk",
        "months_above_line", "is_whole_no_labour", "is_natural_elimination",
    ),
    "authorisation": ("has_authorisation",),
    "comparison": ("has_comparison_result",),
    "appraisal": ("has_appraisal_record",),
    "notice": ("has_notice_sheet", "has_notice_place"),
    "plan_proposal": ("has_plan_proposal",),
    "announcement": ("has_announcement",),
    "registration": ("has_registration", "has_national_record"),
    "request": ("has_request", "is_elimination_unsafe", "is_wrong_entry"),
}  # fmt: skip


def papers_of(step: Step) -> tuple[str, ...]:
    """Return the papers that a step asks for, in the order of the table."""
    asked = {*step.needs, *step.least, *step.forbids}
    return tuple(paper for paper, flags in SAYS.items() if asked.intersection(flags))


def step_of_paper(state: CaseState, paper: str) -> Step | None:
    """Return the first step not yet done that asks for a paper, or None."""
    return next(
        (step for step in state.track.steps if step.id not in state.done and paper in papers_of(step)), None
    )


def asks_for(track: Track, paper: str) -> bool:
    """Tell whether any step of a track asks for a paper."""
    return any(paper in papers_of(step) for step in track.steps)
