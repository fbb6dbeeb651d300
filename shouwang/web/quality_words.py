"""Findings of data quality in words: gravity, state, values as the viewer may read them, where to mend."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from shouwang.actions.household_edits import EDITABLE as OF_HOUSEHOLD
from shouwang.actions.member_changes import EDITABLE as OF_MEMBER
from shouwang.domain.children import is_child
from shouwang.domain.permissions import Permission
from shouwang.domain.quality import SEVERITIES, Check
from shouwang.domain.quality_facts import Fact, facts
from shouwang.domain.tables import FEEDS, TABLES
from shouwang.records.models import Household, QualityFinding
from shouwang.records.models.quality import QUALITY_STATES
from shouwang.records.policies import library
from shouwang.records.viewers import Viewer
from shouwang.web.household_words import fact as shown_fact
from shouwang.web.household_words import words as column_words
from shouwang.web.present import HIDDEN, masked

SEVERITY_TONES = {"error": "red", "doubt": "yellow", "hint": "info"}
STATE_TONES = {"open": "todo", "explained": "doing", "mended": "done", "gone": "stopped"}
HIDDEN_LABEL = "涉及您无权查看的内容，请由有权限的人员处理"
_WORDS = {
    "status": {
        "new": "新增", "current": "在享", "stopped": "停发", "refused": "未批准", "enrolled": "在校",
        "suspected_dropout": "疑似辍学", "suspended": "休学", "employed": "在岗", "unemployed": "失业或返乡",
    },
    "sex": {"male": "男", "female": "女"},
}  # fmt: skip
_UNITS = {"persons": "人", "months": "个月", "years": "岁", "items": "类", "grade": "级"}


def severity_tag(severity: str) -> tuple[str, str]:
    """Return tone and words of how grave a finding is."""
    return SEVERITY_TONES[severity], SEVERITIES[severity]


def state_tag(finding: QualityFinding) -> tuple[str, str]:
    """Return tone and words of where a finding stands."""
    return STATE_TONES[finding.state], QUALITY_STATES[finding.state]


def check_of(finding: QualityFinding) -> Check | None:
    """Return the check that found it, None where its pack has it no more."""
    pack = library().packs.get(finding.pack)
    return pack.checks.get(finding.check_name) if pack else None


def values_shown(viewer: Viewer, finding: QualityFinding) -> list[dict[str, Any]]:
    """Return the values that the check read, each as the viewer may read it."""
    known = facts()
    return [
        {"label": known[name].label, "value": _value(viewer, finding, known[name], text)}
        for name, text in finding.values.items()
        if name in known
    ]


def may_read(viewer: Viewer, columns: Iterable[str], household: Household) -> bool:
    """Tell whether the viewer may read every column of a household or its members."""
    return all(masked(viewer, column, "值", household) != HIDDEN for column in columns)


def label_shown(viewer: Viewer, finding: QualityFinding) -> str:
    """Return what is wrong; a label that tells of something the viewer may not see is withheld."""
    hidden = any(each["value"] == HIDDEN for each in values_shown(viewer, finding))
    return HIDDEN_LABEL if hidden else finding.label


def _value(viewer: Viewer, finding: QualityFinding, fact: Fact, text: str | None) -> str | None:
    # Whether a value may be read is asked with a word that holds nothing: blanks are hidden likewise.
    if masked(viewer, fact.column, "值", finding.household) == HIDDEN:
        return HIDDEN
    return None if text is None else fact_words(fact, text)


def fact_words(fact: Fact, text: str) -> str:
    """Write the value of a fact: true → 是, 202304 → 2023-04, 39999 fen → 399.99 元."""
    if fact.unit == "flag":
        return "是" if text == "true" else "否"
    if fact.unit == "fen":
        return f"{int(text) / 100:,.2f} 元"
    if fact.unit == "month":
        return f"{text[:4]}-{text[4:]}"
    if fact.unit in _UNITS:
        return f"{text} {_UNITS[fact.unit]}"
    column = fact.column.partition(".")[2]
    kind = "sex" if fact.name.endswith("sex") else column
    return _WORDS.get(kind, {}).get(text) or column_words(column, text) or text


def member_name(viewer: Viewer, finding: QualityFinding, on: date) -> str:
    """Return whom a finding is about: the member's name as the viewer may read it, else the household."""
    member = finding.member
    if member is None:
        return "本户"
    child = is_child(member.birth_date, on)
    return shown_fact(viewer, "member", "name", member.name or None, member, child) or "未填"


def field_words(field: str) -> str:
    """Name the column to mend: 家庭成员 · 性别."""
    owner, _, column = field.partition(".")
    return f"{TABLES[owner].label} · {TABLES[owner].column(column).label}" if owner in TABLES else field


def feed_words(feed: str) -> str:
    """Name the department a delivery check rests on."""
    return FEEDS[feed][0] if feed in FEEDS else ""


def mend_url(viewer: Viewer, finding: QualityFinding) -> str:
    """Return where the field is mended: its form if the viewer may edit it by hand, else the household."""
    household, (owner, _, column) = finding.household, finding.field.partition(".")
    home = reverse("household", args=[household.pk])
    may = viewer.roles_at(Permission.EDIT_HOUSEHOLD, household.division, household.pk, household.group_name)
    if may and owner == "household" and column in OF_HOUSEHOLD:
        return reverse("household_edit", args=[household.pk])
    if may and owner == "member" and column in OF_MEMBER and finding.member_id:
        return reverse("member_edit", args=[finding.member_id])
    return f"{home}?tab=members" if owner == "member" else home


def quality_cards(viewer: Viewer, found: list[QualityFinding], on: date) -> list[dict[str, Any]]:
    """Return the findings of a household as its page shows them."""
    return [
        {
            "url": reverse("quality_finding", args=[each.pk]),
            "label": label_shown(viewer, each),
            "severity": severity_tag(each.severity),
            "state": state_tag(each),
            "person": member_name(viewer, each, on),
            "days": (each.due_on - on).days if each.state == "open" else None,
        }
        for each in found
    ]
