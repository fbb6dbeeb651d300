"""What the sample people write into the papers of a case: plain, and about nobody."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from shouwang.domain.divisions import name_path
from shouwang.domain.notice_text import NoticeFacts, notice_text
from shouwang.domain.procedure import Step
from shouwang.records.models import Case

_GOOD = {
    "is_within_scope": True,
    "is_sudden_hardship": None,
    "has_guarantees": True,
    "has_safe_water": True,
    "is_risk_gone": True,
    "is_without_new_risk": True,
    "is_whole_no_labour": False,
    "is_natural_elimination": False,
    "months_above_line": 8,
}


def content_of(kind: str, case: Case, step: Step, on: date) -> Mapping[str, Any]:
    """Return the content of a paper of a kind."""
    texts: dict[str, Mapping[str, Any]] = {
        "household_check": {
            **_GOOD,
            "checkers": "样例干部甲、样例干部乙",
            "findings": "入户看了住房、饮水和就医票据，家庭收支与反映的情况一致。",
            "risks": list(case.household.risks) or ["medical"],
            "monitored_class": "borderline",
        },
        "authorisation": {"signer": "户主", "relation": "本人", "adults_signed": True},
        "comparison": {
            "results": [
                {"department": "公安（车辆）", "result": "fit"},
                {"department": "住建（房产）", "result": "fit"},
                {"department": "市场监管（工商）", "result": "doubtful", "text": "名下个体户已停业，已核实"},
            ],
            "compared_on": on,
        },
        "appraisal": {
            "present_count": 23,
            "for_count": 22,
            "against_count": 1,
            "place": "村党群服务中心",
            "chair": "村支部书记",
        },
        "notice": {"place": "村务公开栏、组内公示点", "text": _sheet(case, step, on)},
        "plan_proposal": {"text": "缺什么补什么：医疗救助、公益岗位，孩子按学段资助。"},
        "announcement": {"place": "县政府网站、村务公开栏"},
        "registration": {"registered_on": on},
        "request": {"ground": "unsafe", "text": "回头看发现收入来源不稳。"},
    }
    return texts[kind]


def _sheet(case: Case, step: Step, on: date) -> str:
    if step.notice is None:
        return ""
    township, village = name_path(case.division)[-2:]
    return notice_text(
        NoticeFacts(
            track=case.track,
            township=township,
            village=village,
            head_name=case.household.head_name,
            group_name=case.household.group_name,
            member_count=case.household.member_count,
            class_name="边缘易致贫户",
            starts_on=on,
            ends_on=on + timedelta(days=step.notice.days),
            days_label=step.notice.label,
        )
    )
