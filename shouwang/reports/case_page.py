"""One case as its page shows it: steps with who and until when, what is missing, papers, objections."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from shouwang.domain.case_checks import fact_reasons, notice_reasons, person_reasons, skip_reasons
from shouwang.domain.case_deadlines import DueItem, due, notice_end
from shouwang.domain.case_papers import papers_of
from shouwang.domain.case_state import CaseState
from shouwang.domain.procedure import ACTORS, FactValue, Step
from shouwang.domain.workdays import workdays
from shouwang.records.access import visible
from shouwang.records.acting_roles import acting_roles
from shouwang.records.case_facts import facts_of, standing_papers
from shouwang.records.case_states import TRACK_PAPER, TrackLost, case_state_of, is_track_changed
from shouwang.records.elimination_facts import elimination_facts
from shouwang.records.models import Attachment, Case, CaseEvent, CasePaper
from shouwang.records.models.cases import PAPERS
from shouwang.records.viewers import Viewer


@dataclass(frozen=True)
class StepLine:
    """A step as the table of steps shows it; `state` is done, now, late, skipped or todo."""

    step: Step
    state: str
    who: str
    days: str
    source: str
    due_on: date | None = None
    done: CaseEvent | None = None


@dataclass(frozen=True)
class NeededPaper:
    """A paper that a step asks for; `is_there` tells whether one stands."""

    kind: str
    label: str
    is_there: bool


@dataclass(frozen=True)
class NextStep:
    """A step whose turn it is: what stands against it, and whether the viewer acts in one of its roles."""

    step: Step
    who: str
    item: DueItem
    reasons: tuple[str, ...]
    papers: tuple[NeededPaper, ...]
    is_mine: bool
    is_skippable: bool
    back_to: tuple[Step, ...] = ()


@dataclass(frozen=True)
class ObjectionLine:
    """An objection with its answer, None while it is open."""

    number: int
    raised: CaseEvent
    answer: CaseEvent | None


@dataclass(frozen=True)
class CasePage:
    """Everything about one case. `lost` says why its track cannot be read; then there are no steps."""

    case: Case
    state: CaseState | None
    events: tuple[CaseEvent, ...]
    papers: tuple[CasePaper, ...]
    steps: tuple[StepLine, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    objections: tuple[ObjectionLine, ...] = ()
    items: tuple[DueItem, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    earlier: tuple[Case, ...] = ()
    facts: dict[str, FactValue] = field(default_factory=dict)
    is_track_changed: bool = False
    lost: str = ""


def case_page(viewer: Viewer, case_id: int, today: date) -> CasePage | None:
    """Return a case within reach, None without one; the number of queries does not grow with its length."""
    rows = Case.objects.select_related("household", "clue").prefetch_related("events__by", "papers__by")
    case = visible(rows.filter(pk=case_id), viewer).first()
    if case is None:
        return None
    events = tuple(sorted(case.events.all(), key=lambda row: row.sequence))
    papers = tuple(
        sorted((p for p in case.papers.all() if p.step_id != TRACK_PAPER), key=lambda row: -row.pk)
    )
    try:
        state = case_state_of(case)
    except TrackLost as lost:
        return CasePage(case, None, events, papers, lost=str(lost))
    facts = facts_of(case, state, elimination_facts(case.household, today))
    items = due(state, today)
    owners = [f"case:{case.pk}", *(f"casepaper:{paper.pk}" for paper in papers)]
    return CasePage(
        case=case,
        state=state,
        events=events,
        papers=papers,
        steps=tuple(_lines(state, events, items)),
        next_steps=tuple(_next(viewer, case, state, facts, items, today)),
        objections=tuple(_objections(events)),
        items=items,
        attachments=tuple(Attachment.objects.filter(owner__in=owners).order_by("-pk")),
        earlier=tuple(case.household.cases.exclude(pk=case.pk).order_by("-pk")),
        facts=facts,
        is_track_changed=is_track_changed(case),
    )


def who(step: Step) -> str:
    """Write who takes a step: 村、驻村工作队."""
    return "、".join(ACTORS[role] for role in step.roles)


def _lines(state: CaseState, events: tuple[CaseEvent, ...], items: tuple[DueItem, ...]) -> Iterator[StepLine]:
    due_items = {item.step_id: item for item in items if item.what == "step"}
    by_step = {event.step_id: event for event in events if event.kind in ("step", "skip")}
    for step in state.track.steps:
        done, item = state.done.get(step.id), due_items.get(step.id)
        if done is not None:
            status = "skipped" if done.kind == "skip" else "done"
        else:
            status = ("late" if item.is_overdue else "now") if item else "todo"
        limits = [limit for limit in step.limits if limit.holds_for(state.traits)]
        parts = [f"{limit.label}内" for limit in limits] + (
            [f"公示{step.notice.label}"] if step.notice else []
        )
        yield StepLine(
            step=step,
            state=status,
            who=who(step),
            days="，".join(parts),
            source=limits[0].source if limits else step.source,
            due_on=item.due_on if item else None,
            done=by_step.get(step.id) if done is not None else None,
        )


def _next(
    viewer: Viewer,
    case: Case,
    state: CaseState,
    facts: dict[str, FactValue],
    items: tuple[DueItem, ...],
    today: date,
) -> Iterator[NextStep]:
    standing = standing_papers(case.papers.all(), state)
    table = workdays()
    for item in items:
        step = state.track.step(item.step_id) if item.what == "step" else None
        if step is None:
            continue
        mine = acting_roles(viewer, case.household, case.track, step.roles)
        reasons = (*notice_reasons(state, step, today, table), *fact_reasons(step, facts))
        against_me = person_reasons(state, step, str(viewer.account_id)) if mine else ()
        before = state.track.before(step.id)
        yield NextStep(
            step=step,
            who=who(step),
            item=item,
            reasons=(*reasons, *against_me),
            papers=tuple(NeededPaper(kind, PAPERS[kind], kind in standing) for kind in papers_of(step)),
            is_mine=bool(mine),
            is_skippable=bool(mine) and step.skip is not None and not list(skip_reasons(step, facts, today)),
            back_to=tuple(each for each in state.track.steps if each.id in before and each.id in state.done),
        )


def _objections(events: tuple[CaseEvent, ...]) -> Iterator[ObjectionLine]:
    answers = {event.objection: event for event in events if event.kind == "answer"}
    for event in events:
        if event.kind == "objection":
            yield ObjectionLine(event.objection, event, answers.get(event.objection))


def last_notice_day(state: CaseState) -> date | None:
    """Return the last day of the notices that hang, None where none does."""
    ends = [end.due_on for step in state.open_steps if (end := notice_end(state, step, workdays()))]
    return max(ends, default=None)
