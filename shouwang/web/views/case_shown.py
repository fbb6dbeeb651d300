"""How a case becomes what its page shows: tags, steps, facts of papers, the line of events."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse

from shouwang.actions.case_paper_content import GROUNDS, RESULTS
from shouwang.domain.case_deadlines import DueItem
from shouwang.domain.case_state import EVENT_KINDS, STATUSES
from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import ACTORS, COUNTS, FLAGS, TRACKS
from shouwang.domain.wording import value
from shouwang.records.models import Case, CaseEvent, CasePaper, Household
from shouwang.records.models.cases import PAPERS
from shouwang.records.viewers import Viewer
from shouwang.reports.case_page import CasePage
from shouwang.reports.household_open import under_way
from shouwang.web.present import HIDDEN, clue_tag, risk_words

_TONES = {"open": "doing", "completed": "done", "rejected": "stopped", "withdrawn": "stopped"}
_EVENT_TONES = {
    "send_back": "returned",
    "objection": "todo",
    "reject": "overdue",
    "step": "done",
    "skip": "done",
}
_LABELS = {
    "checkers": "核查人", "findings": "核查情况", "is_within_scope": "初判符合监测范围",
    "risks": "返贫致贫风险", "monitored_class": "拟归类别", "signer": "签字人", "relation": "与户主关系",
    "adults_signed": "成年成员均已授权",
    "compared_on": "比对日期", "results": "比对结果", "present_count": "到会人数", "for_count": "同意人数",
    "against_count": "反对人数", "place": "地点", "chair": "主持人", "text": "内容",
    "registered_on": "录入日期", "national_number": "国家备案号", "ground": "申请事由", **FLAGS, **COUNTS,
}  # fmt: skip
_HEALTHY = {"findings", "risks", "results"}


def case_tags(case: Case, today: date) -> list[tuple[str, str]]:
    """Return tone and words of where a case stands, the plainest first."""
    tags = [(_TONES[case.status], STATUSES[case.status])]
    if case.status == "open" and case.is_decided:
        tags = [("doing", "已审定，待落实")]
    if case.is_green_channel:
        tags.append(("red", "绿色通道，补齐程序"))
    if case.is_under_notice:
        tags.append(("info", "公示中"))
    if case.has_open_objection:
        tags.append(("todo", "有异议待答复"))
    if case.due_on and case.due_on < today and case.turn_steps:
        tags.append(("overdue", f"超期 {(today - case.due_on).days} 天"))
    if case.escalated_to:
        tags.append(("overdue", f"已提级至{ACTORS[case.escalated_to]}"))
    return tags


def list_tags(case: Case, today: date) -> list[tuple[str, str]]:
    """Return what a list says of a case: that it is under way only where that is all."""
    tags = case_tags(case, today)
    return tags[1:] if case.status == "open" and not case.is_decided and len(tags) > 1 else tags


def turn_words(case: Case) -> str:
    """Say who must act next, at what, by when: 轮到乡镇办理“乡镇审核”，期限 2026-12-08."""
    if not case.turn_steps:
        return "没有待办理的环节"
    who = "、".join(ACTORS[role] for role in case.turn_roles)
    wait = f"，{case.not_before}起可办（公示期满）" if case.not_before else ""
    limit = f"，期限 {case.due_on}" if case.due_on else "，没有规定时限"
    return f"轮到{who}办理“{case.turn_label}”{wait}{limit}"


def turn_lines(items: Iterable[DueItem], today: date) -> list[str]:
    """Say each thing to be done on its own line, the most urgent first."""
    lines = []
    for item in items:
        who = "、".join(ACTORS[role] for role in item.roles)
        what = f"办理“{item.label}”" if item.what == "step" else item.label
        wait = f"，{item.not_before}起可办（公示期满）" if item.not_before and item.not_before > today else ""
        limit = f"，期限 {item.due_on}" if item.due_on else ""
        lines.append(f"轮到{who}{what}{wait}{limit}")
    return lines


def step_bar(shown: CasePage) -> list[dict[str, str]]:
    """Return the steps for the bar."""
    return [
        {
            "label": line.step.label,
            "state": line.state,
            "note": str(line.done.on if line.done else line.due_on or ""),
        }
        for line in shown.steps
    ]


def event_line(shown: CasePage) -> list[dict[str, Any]]:
    """Return the events, the newest first."""
    labels = {step.step.id: step.step.label for step in shown.steps}
    return [
        {
            "at": f"{event.on}",
            "title": _event_title(event, labels),
            "text": "；".join(part for part in (event.opinion, event.note) if part),
            "by": _by(event),
            "tone": "overdue" if event.note.startswith("逾期") else _EVENT_TONES.get(event.kind, "info"),
        }
        for event in reversed(shown.events)
    ]


def _by(event: CaseEvent) -> str:
    if event.kind == "objection":
        return f"{event.by.display_name}登记"
    return f"{ACTORS.get(event.role, event.role)} {event.by.display_name}"


def _event_title(event: CaseEvent, labels: Mapping[str, str]) -> str:
    label = labels.get(event.step_id, event.step_id)
    if event.kind == "send_back":
        return f"退回到“{label}”"
    if event.kind == "answer":
        return f"答复第{event.objection}条异议：{'成立' if event.is_upheld else '不成立'}"
    if event.kind == "objection":
        return f"第{event.objection}条异议"
    return f"{EVENT_KINDS[event.kind]}“{label}”" if label else EVENT_KINDS[event.kind]


def paper_card(paper: CasePaper, viewer: Viewer) -> dict[str, Any]:
    """Return a paper as its card shows it; who may not see health does not read what was found."""
    hidden = _HEALTHY if Permission.SEE_HEALTH not in viewer.permissions else set()
    names = {"signer", "chair", "checkers"} if Permission.SEE_NAMES not in viewer.permissions else set()
    return {
        "kind": paper.kind,
        "label": PAPERS[paper.kind] if paper.kind != "other" else "先行救助说明",
        "on": paper.on,
        "by": paper.by.display_name,
        "facts": [
            {"label": label, "value": HIDDEN if name in hidden | names else _words(name, paper.content[name])}
            for name, label in _LABELS.items()
            if paper.content.get(name) not in (None, "", [])
        ],
    }


def _words(name: str, said: Any) -> str:
    if name == "risks":
        return risk_words(said)
    if name == "ground":
        return GROUNDS.get(said, said)
    if name == "results":
        rows = (
            f"{row['department']}：{RESULTS.get(row['result'], '')}{row['text'] and '，' + row['text']}"
            for row in said
        )
        return "；".join(rows)
    return "、".join(said) if isinstance(said, list) else value(said, "text")


def track_label(case: Case) -> str:
    """Name the track, and which episode it is where the household has come in before."""
    return TRACKS[case.track] + (f"（第{case.episode}次纳入）" if case.episode > 1 else "")


def under_way_of(viewer: Viewer, household: Household, today: date) -> list[dict[str, Any]]:
    """Say what is being done for a household, each with its page and the days left."""
    found = under_way(viewer, household)
    clues = [
        (f"线索 {each.number}（{clue_tag(each)[1]}）", "clue", each.pk, each.due_on) for each in found.clues
    ]
    cases = [
        (
            f"{track_label(each)}：{turn_words(each)}",
            "case",
            each.pk,
            each.due_on if each.turn_steps else None,
        )
        for each in found.cases
    ]
    return [
        {"words": words, "url": reverse(page, args=[key]), "days": (due_on - today).days if due_on else None}
        for words, page, key, due_on in clues + cases
    ]
