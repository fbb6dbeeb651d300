"""How clues read: rows of the list, the facts of a page, and what a reader may not see."""

from dataclasses import dataclass
from datetime import date

from shouwang.domain.clue_limits import DECLARED
from shouwang.domain.field_masks import FACTS, may_read_finding
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role, permissions_of
from shouwang.records.models import Clue, ClueCheck, ClueOrigin, Household
from shouwang.records.models.clues import CLUE_SOURCES, CLUE_VERDICTS
from shouwang.records.sealing import unseal
from shouwang.records.viewers import Viewer
from shouwang.reports.clue_detail import ClueDetail
from shouwang.reports.clue_evidence import Evidence
from shouwang.web.present import (
    HIDDEN,
    clue_tag,
    local_place,
    masked,
    place_name,
    risk_words,
    roles_over,
    village_name,
)

TURNS = {**{str(role): role.label for role in Role}, "village": "村、驻村工作队"}
# Whom a clue is shown to with what it says of health and income.
VERDICT_TONES = {"identify": "doing", "monitored": "doing", "watch": "info"}


@dataclass(frozen=True)
class ClueRow:
    """One line of the list, ready to be read."""

    id: int
    number: str
    name: str
    village: str
    sources: str
    risks: str
    grade: str
    tone: str
    state: str
    turn: str
    days: int | None
    is_open: bool
    is_urgent: bool
    is_escalated: bool
    verdict: str
    closed_on: date | None
    step: str
    step_label: str


def row_of(viewer: Viewer, clue: Clue, today: date) -> ClueRow:
    """Return a clue as a line; the clue has its sources at hand."""
    tone, state = clue_tag(clue)
    step, step_label = next_step(viewer, clue)
    sources = dict.fromkeys(CLUE_SOURCES[each.source] for each in clue.origins.all())
    return ClueRow(
        id=clue.pk,
        number=clue.number,
        name=name_of(viewer, clue),
        village=local_place(viewer, clue.division),
        sources="、".join(sources),
        risks=risk_words(clue.risks) or "未填",
        grade=clue.grade,
        tone=tone,
        state=state,
        turn=TURNS.get(clue.turn, ""),
        days=(clue.due_on - today).days if clue.due_on and clue.state != "closed" else None,
        is_open=clue.state != "closed",
        is_urgent=clue.is_urgent,
        is_escalated=bool(clue.escalated_to),
        verdict=verdict_words(clue),
        closed_on=clue.closed_on,
        step=step,
        step_label=step_label,
    )


def name_of(viewer: Viewer, clue: Clue) -> str:
    """Return whom a clue is about, as a viewer may read it."""
    name = clue.household.head_name if clue.household else clue.named
    return masked(viewer, "household.head_name", name or None, clue) or "未填"


def verdict_words(clue: Clue) -> str:
    """Return how a clue ended; one that went into another says so."""
    if clue.verdict:
        return CLUE_VERDICTS[clue.verdict]
    return "并入同户线索" if clue.state == "closed" else ""


def next_step(viewer: Viewer, clue: Clue) -> tuple[str, str]:
    """Return the page and words of what a viewer can do next with a clue."""

    def may(permission: Permission) -> bool:
        return _may(viewer, permission, clue)

    if clue.state == "received" and may(Permission.DISPATCH_CLUE):
        return "clue_send", "派发"
    if clue.state == "dispatched" and may(Permission.CHECK_CLUE):
        return "clue_check", "核查"
    if clue.state == "checked" and may(Permission.GIVE_VERDICT):
        return "clue_verdict", "处置"
    return "clue", "查看"


def may_do(viewer: Viewer, clue: Clue) -> dict[str, bool]:
    """Return which buttons the page of a clue shows."""
    is_open = clue.state != "closed"
    may = {
        name: _may(viewer, Permission(name), clue) for name in ("dispatch_clue", "check_clue", "give_verdict")
    }
    return {
        "send": clue.state in ("received", "dispatched") and may["dispatch_clue"],
        "check": clue.state == "dispatched" and may["check_clue"],
        "decide": is_open and may["give_verdict"],
        "send_back": clue.state == "checked" and may["give_verdict"],
        "link": is_open and clue.household_id is None and (may["dispatch_clue"] or may["check_clue"]),
        "answer": not is_open and (may["give_verdict"] or may["check_clue"]),
    }


def _may(viewer: Viewer, permission: Permission, clue: Clue) -> bool:
    group = clue.household.group_name if clue.household else None
    return bool(viewer.roles_at(permission, clue.division, clue.household_id, group))


def sees_facts(viewer: Viewer, clue: Clue) -> bool:
    """Tell whether a viewer may read what a clue says of health and income."""
    return permissions_of(roles_over(viewer, clue)) >= FACTS


def sees_evidence(viewer: Viewer, clue: Clue, evidence: Evidence) -> bool:
    """Tell whether a viewer may read why the screening warned."""
    return may_read_finding(permissions_of(roles_over(viewer, clue)), is_legal=evidence.is_legal)


def said_by(viewer: Viewer, clue: Clue, origin: ClueOrigin) -> str:
    """Return the words of a source as a viewer may read them; who reported them always may."""
    held = permissions_of(roles_over(viewer, clue))
    is_own = origin.reported_by_id == viewer.account_id
    if origin.source == "petition" and Permission.SEE_LEGAL_EVENTS not in held and not is_own:
        return "信访内容按规定不公开，请联系乡镇"
    if not is_own and not held >= FACTS:
        return HIDDEN
    return masked(viewer, "household.household_class", origin.text, clue) or "未填"


def phone_of(viewer: Viewer, clue: Clue) -> str:
    """Return the telephone number given with a clue, masked."""
    if clue.phone_sealed is None:
        return ""
    return masked(viewer, "household.phone", unseal(clue.phone_sealed, of="clue.phone"), clue) or ""


def steps_of(detail: ClueDetail, today: date) -> list[dict[str, str]]:
    """Return the bar 受理→派发→核查→处置→反馈."""
    clue = detail.clue
    at = {"received": 1, "dispatched": 2, "checked": 3, "closed": 4 if detail.pending else 5}[clue.state]
    is_late = clue.state != "closed" and clue.due_on is not None and clue.due_on < today
    checked = f"{detail.checks[0].checked_on}" if detail.checks else ""
    told = max((str(each.fed_back_on) for each in detail.origins if each.fed_back_on), default="")
    notes = [str(clue.received_on), str(clue.dispatched_on or ""), checked, str(clue.closed_on or ""), told]
    steps = []
    for place, label in enumerate(("受理", "派发", "核查", "处置", "反馈")):
        state = "done" if place < at else "now" if place == at else "todo"
        if state == "now" and is_late:
            state = "late"
        if state == "done" and place in (1, 2) and not notes[place]:
            state = "skipped"
        note = (
            notes[place]
            if state in ("done", "skipped")
            else f"{clue.due_on} 前"
            if place == at and clue.due_on
            else ""
        )
        steps.append(
            {
                "label": label,
                "state": state,
                "note": note if clue.state != "closed" or state == "done" else "",
            }
        )
    return steps


def summary_of(viewer: Viewer, detail: ClueDetail) -> list[dict[str, object]]:
    """Return the facts at the head of a clue's page."""
    clue = detail.clue
    sources = "、".join(dict.fromkeys(CLUE_SOURCES[each.source] for each in detail.origins))
    due = {
        "label": "办理期限",
        "value": _day(clue.due_on),
        "source": f"{detail.limit}，{detail.limit_source}",
    }
    facts: list[dict[str, object]] = [
        {"label": "所在村", "value": place_name(clue.division)},
        {"label": "来源", "value": sources},
        {"label": "风险类型", "value": risk_words(clue.risks)},
        {"label": "联系电话", "value": phone_of(viewer, clue)},
        {"label": "受理日期", "value": _day(clue.received_on)},
    ]
    if clue.state != "closed":
        return [*facts, {"label": "当前办理", "value": TURNS.get(clue.turn, "")}, due]
    facts += ({"label": "办结日期", "value": _day(clue.closed_on)}, due)
    if not any(each.source in DECLARED for each in detail.origins):
        return facts
    told_by: dict[str, object] = {
        "label": "反馈期限",
        "value": _day(detail.feedback_due_on),
        "source": detail.feedback_source,
    }
    return [*facts, told_by]


def check_facts(viewer: Viewer, clue: Clue, check: ClueCheck) -> list[dict[str, object]]:
    """Return what a visit found, as a viewer may read it."""
    if not sees_facts(viewer, clue):
        return [{"label": "核查情况", "value": HIDDEN}]
    said = {None: None, True: "是", False: "否"}
    return [
        {"label": "核查人", "value": check.checkers},
        {"label": "有返贫致贫风险", "value": said[check.is_at_risk]},
        {"label": "风险类型", "value": risk_words(check.risks) or "无"},
        {"label": "人均纯收入（元）", "value": _yuan(check.income_per_capita_fen)},
        {"label": "刚性支出（元）", "value": _yuan(check.rigid_spending_fen)},
        {"label": "三保障有保障", "value": said[check.has_guarantees]},
        {"label": "饮水安全", "value": said[check.has_safe_water]},
    ]


def household_choice(viewer: Viewer, household: Household) -> tuple[str, str]:
    """Return a household as a choice: number, masked head, village and group."""
    name = masked(viewer, "household.head_name", household.head_name or None, household) or "未填"
    words = f"{household.number}　{name}　{village_name(household.division)}{household.group_name}"
    return str(household.pk), words


def _day(on: date | None) -> object:
    return None if on is None else on.isoformat()


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen // 100:,}.{fen % 100:02d}" if fen % 100 else f"{fen // 100:,}"
