"""What happened to a household, from every table, latest first (the right column of its page)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import QuerySet
from django.utils.timezone import localtime

from shouwang.domain.after_elimination import DECISIONS
from shouwang.domain.case_state import EVENT_KINDS
from shouwang.domain.credit_support import LOAN_ORIGINS, LOAN_STATES
from shouwang.domain.field_masks import without_numbers
from shouwang.domain.household_changes import change_label
from shouwang.domain.insurance import CLAIM_STATES, COVER_KINDS
from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import TRACKS
from shouwang.domain.wording import amount
from shouwang.records.access import visible
from shouwang.records.case_states import step_labels
from shouwang.records.models import (
    Attachment,
    CaseEvent,
    Claim,
    Clue,
    ClueCheck,
    ClueOrigin,
    Contact,
    Finding,
    Gift,
    Household,
    HouseholdVersion,
    Loan,
    LookBack,
    Plan,
    PlanMeasure,
    Task,
    Visit,
)
from shouwang.records.models.clues import CLUE_SOURCES, CLUE_VERDICTS
from shouwang.records.models.plans import PLAN_STATES
from shouwang.records.models.visits import CONTACT_KINDS, VISIT_KINDS
from shouwang.records.viewers import Viewer

_MOST_OF_A_KIND = 30
_MOST = 60
_TEXT = 120


@dataclass(frozen=True)
class Happening:
    """One thing that happened: the day, what, a text without personal numbers, who, and the page it is on."""

    on: date
    at: datetime | None
    title: str
    text: str = ""
    by: str = ""
    page: str = ""
    page_id: int | None = None
    tone: str = "info"


def timeline(viewer: Viewer, household: Household, until: date) -> list[Happening]:
    """Return what happened up to a day, latest first, at most 60: seventeen queries whatever there is."""
    by_day: dict[date, list[list[Happening]]] = {}
    for stage, read in enumerate(_READERS):
        for each in read(viewer, household):
            if each.on <= until:
                by_day.setdefault(each.on, [[] for _ in _READERS])[stage].append(each)
    days = (_in_order(stages) for _, stages in sorted(by_day.items(), reverse=True))
    return [each for day in days for each in day][:_MOST]


def _in_order(stages: list[list[Happening]]) -> list[Happening]:
    """Order a day, latest first: by the hour, and what has none by its place in the work.

    What has no hour stands after all of its own and of earlier stages (a clue before a case before a plan).
    """
    timed = [(each.at, stage, each) for stage, rows in enumerate(stages) for each in rows if each.at]
    timed.sort(key=lambda one: one[0])
    ordered = [(stage, each) for _, stage, each in timed]
    for stage, rows in enumerate(stages):
        for each in reversed([row for row in rows if row.at is None]):
            earlier = [place for place, one in enumerate(ordered) if one[0] <= stage]
            ordered.insert(earlier[-1] + 1 if earlier else 0, (stage, each))
    return [each for _, each in reversed(ordered)]


def _rows(
    viewer: Viewer, rows: QuerySet, order: str, permission: Permission = Permission.SEE_HOUSEHOLDS
) -> QuerySet:
    return visible(rows, viewer, permission).order_by(order, "-pk")[:_MOST_OF_A_KIND]


def _short(text: str) -> str:
    said = without_numbers(" ".join(text.split()))
    return said if len(said) <= _TEXT else f"{said[:_TEXT]}…"


def _versions(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = HouseholdVersion.objects.filter(household=household).select_related("entered_by")
    for row in _rows(viewer, rows, "-from_on"):
        by = row.entered_by.display_name if row.entered_by else ""
        yield Happening(row.from_on, row.recorded_at, change_label(row.change), _short(row.note), by)


def _findings(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = Finding.objects.filter(household=household, kind="warning").select_related("run")
    found = _rows(viewer, rows, "-run__on", Permission.SEE_HEALTH)
    runs = [(run, list(group)) for run, group in groupby(found, key=lambda each: each.run)]
    for at, (run, warnings) in enumerate(runs):
        # A later screening that finds the same again is no news.
        if at + 1 < len(runs) and _warned(warnings) == _warned(runs[at + 1][1]):
            continue
        labels = "、".join(dict.fromkeys(each.label for each in warnings))
        grades = {each.grade for each in warnings}
        tone = next((each for each in ("red", "yellow", "blue") if each in grades), "todo")
        if len(warnings) == 1:
            yield Happening(run.on, run.ran_at, f"筛查预警：{labels}", _short(warnings[0].reason), tone=tone)
        else:
            yield Happening(run.on, run.ran_at, f"筛查预警 {len(warnings)} 条", _short(labels), tone=tone)


def _warned(warnings: list[Finding]) -> set[tuple[str, str, str]]:
    return {(each.rule, each.grade, each.reason) for each in warnings}


def _clue_origins(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = ClueOrigin.objects.filter(clue__household=household).select_related("clue")
    told = set()
    for row in _rows(viewer, rows, "-received_at"):
        title = f"线索：{CLUE_SOURCES.get(row.source, row.source)}"
        day = localtime(row.received_at).date()
        if (row.clue_id, day, title) not in told:
            told.add((row.clue_id, day, title))
            yield Happening(day, row.received_at, title, row.clue.number, "", "clue", row.clue_id, "todo")


def _clue_checks(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = ClueCheck.objects.filter(clue__household=household).select_related("by")
    for row in _rows(viewer, rows, "-checked_on", Permission.SEE_HEALTH):
        said = _short(row.findings)
        yield Happening(
            row.checked_on,
            row.recorded_at,
            "入户核查",
            said,
            row.by.display_name,
            "clue",
            row.clue_id,
            "doing",
        )


def _verdicts(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = Clue.objects.filter(household=household, closed_on__isnull=False).select_related("verdict_by")
    for row in _rows(viewer, rows, "-closed_on"):
        by = row.verdict_by.display_name if row.verdict_by else ""
        title = f"线索办结：{CLUE_VERDICTS.get(row.verdict, '已办结')}"
        yield Happening(row.closed_on, None, title, "", by, "clue", row.pk, "done")


def _case_events(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = CaseEvent.objects.filter(case__household=household).select_related("case", "by")
    found = list(_rows(viewer, rows, "-recorded_at"))
    labels = step_labels({row.case_id for row in found})
    for row in found:
        tone = {"send_back": "returned", "objection": "todo", "reject": "stopped"}.get(row.kind, "doing")
        what = f"{EVENT_KINDS.get(row.kind, row.kind)}{labels.get((row.case_id, row.step_id), '')}"
        title = f"{TRACKS.get(row.case.track, '个案')}：{what}"
        yield Happening(
            row.on,
            row.recorded_at,
            title,
            _short(row.opinion),
            row.by.display_name,
            "case",
            row.case_id,
            tone,
        )


def _plans(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = Plan.objects.filter(household=household).select_related("drawn_up_by")
    for row in _rows(viewer, rows, "-drawn_up_on"):
        by, title = row.drawn_up_by.display_name, f"帮扶计划（{PLAN_STATES.get(row.state, row.state)}）"
        yield Happening(row.drawn_up_on, None, title, _short(row.aim), by, "plan", row.pk, "doing")


def _measures(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = PlanMeasure.objects.filter(household=household, done_on__isnull=False)
    for row in _rows(viewer, rows, "-done_on"):
        yield Happening(
            row.done_on, None, f"落实措施：{row.label}", _short(row.result), "", "plan", row.plan_id, "done"
        )


def _tasks(viewer: Viewer, household: Household) -> Iterator[Happening]:
    for row in _rows(viewer, Task.objects.filter(household=household), "-sent_on"):
        yield Happening(row.sent_on, None, f"派发部门任务 {row.number}", "", "", "task", row.pk, "doing")
        if row.answered_on:
            yield Happening(row.answered_on, None, f"部门反馈 {row.number}", "", "", "task", row.pk, "done")


def _visits(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = Visit.objects.filter(household=household).select_related("by")
    for row in _rows(viewer, rows, "-visited_on", Permission.SEE_HEALTH):
        title = VISIT_KINDS.get(row.kind, "走访")
        tone = "todo" if row.problems else "done"
        yield Happening(
            row.visited_on,
            row.recorded_at,
            title,
            _short(row.found),
            row.by.display_name,
            "visit",
            row.pk,
            tone,
        )


def _look_backs(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = LookBack.objects.filter(household=household).select_related("by")
    for row in _rows(viewer, rows, "-on", Permission.SEE_HEALTH):
        title = f"回头看研判：{DECISIONS.get(row.decision, row.decision)}"
        text, by = _short(row.opinion), row.by.display_name
        yield Happening(row.on, row.recorded_at, title, text, by, "look_back", household.pk, "doing")


def _loans(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = Loan.objects.filter(household=household)
    for row in _rows(viewer, rows, "-granted_on", Permission.SEE_INCOME):
        title = f"{LOAN_ORIGINS.get(row.origin, '贷款')}：{row.lender}"
        yield Happening(row.granted_on, None, title, amount(row.amount_fen), "", "loan", row.pk, "doing")
        if row.closed_on:
            title = f"贷款{LOAN_STATES.get(row.state, '结清')}"
            yield Happening(row.closed_on, None, title, row.lender, "", "loan", row.pk, "done")


def _claims(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = Claim.objects.filter(household=household).select_related("cover")
    for row in _rows(viewer, rows, "-claimed_on", Permission.SEE_INCOME):
        kind = COVER_KINDS.get(row.cover.kind, "保险")
        yield Happening(row.claimed_on, None, f"{kind}报案", "", "", "cover", row.cover_id, "todo")
        if row.decided_on:
            text = amount(row.paid_fen) if row.paid_fen else ""
            title = f"{kind}理赔{CLAIM_STATES.get(row.state, '')}"
            yield Happening(row.decided_on, None, title, text, "", "cover", row.cover_id, "done")


def _gifts(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = Gift.objects.filter(household=household, delivered_on__isnull=False)
    for row in _rows(viewer, rows, "-delivered_on", Permission.SEE_INCOME):
        title = f"社会捐赠：{row.donor_name}"
        yield Happening(row.delivered_on, None, title, _short(row.text), "", "gift", row.pk, "done")


def _contacts(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = Contact.objects.filter(household=household).select_related("account")
    for row in _rows(viewer, rows, "-from_on"):
        kind, name = CONTACT_KINDS.get(row.kind, "联系人"), row.account.display_name
        yield Happening(row.from_on, None, f"{kind}：{name}", _short(row.reason))
        if row.to_on:
            yield Happening(row.to_on, None, f"{kind}结束：{name}", _short(row.reason), tone="stopped")


def _attachments(viewer: Viewer, household: Household) -> Iterator[Happening]:
    rows = Attachment.objects.filter(household=household).select_related("by")
    for row in _rows(viewer, rows, "-added_at", Permission.SEE_HEALTH):
        by, day = row.by.display_name, localtime(row.added_at).date()
        yield Happening(day, row.added_at, f"上传资料：{row.title}", "", by, "attachment", row.pk)


_READERS: tuple[Callable[[Viewer, Household], Iterator[Happening]], ...] = (
    _versions, _findings, _clue_origins, _clue_checks, _verdicts, _case_events, _plans, _measures, _tasks,
    _visits, _look_backs, _loans, _claims, _gifts, _contacts, _attachments,
)  # fmt: skip
