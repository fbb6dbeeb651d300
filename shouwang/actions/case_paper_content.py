"""What each paper must say, checked before it is kept; nothing of it may hold a person's number."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from shouwang.actions.refusals import Unfit
from shouwang.domain.case_state import CaseState
from shouwang.domain.divisions import name_path
from shouwang.domain.masking import contains_personal_number
from shouwang.domain.notice_scan import problems
from shouwang.domain.tables import RISKS
from shouwang.records.models import Case

Content = Mapping[str, Any]
Wrong = dict[str, str]
GROUNDS = {"unsafe": "风险消除不稳定，或整户无劳动力", "wrong_entry": "不符合条件的误纳入"}
CLASSES = ("unstable", "borderline", "sudden")
DEPARTMENTS = (
    "民政",
    "公安（车辆）",
    "市场监管（工商）",
    "住建（房产）",
    "税务",
    "人社（社保）",
    "医保",
    "教育",
    "残联",
    "财政供养",
)
RESULTS = {
    "fit": "未见异常",
    "doubtful": "有疑点，已核实说明",
    "unfit": "不符合条件",
    "not_compared": "未比对",
}
_CHILD_AGE = 18
_TRIPLE = (
    "is_within_scope", "is_sudden_hardship", "has_guarantees", "has_safe_water", "is_risk_gone",
    "is_without_new_risk", "is_whole_no_labour", "is_natural_elimination",
)  # fmt: skip


def checked_content(*, kind: str, content: Content, case: Case, state: CaseState, on: date) -> dict[str, Any]:
    """Return the content of a paper as it is kept: dates as text, unknown answers as None.

    Raises Unfit with every field that is missing or wrong.
    """
    wrong: Wrong = {}
    kept = _CHECKS[kind](content, wrong)
    if kind == "notice":
        _check_notice(kept, wrong, case, state, on)
    elif contains_personal_number(_all_text(kept)):
        wrong["text"] = "内容里有完整的身份证号、手机号或银行卡号，请删去"
    if wrong:
        raise Unfit(wrong.values(), wrong)
    return kept


def _household_check(content: Content, wrong: Wrong) -> dict[str, Any]:
    given = str(content.get("checkers") or "")
    names = (name.strip() for name in re.split("[、，,;；\\s]", given))
    checkers = list(dict.fromkeys(name for name in names if name))
    if len(checkers) < 2:
        wrong["checkers"] = "入户核查须两人以上，请写出每个人的姓名，用顿号分开"
    kept: dict[str, Any] = {"checkers": checkers, "findings": _text(content, "findings", "核查情况", wrong)}
    kept |= {name: content.get(name) for name in _TRIPLE}
    kept["months_above_line"] = content.get("months_above_line")
    kept["risks"] = [risk for risk in content.get("risks") or () if risk in RISKS]
    kept["monitored_class"] = (
        content.get("monitored_class") if content.get("monitored_class") in CLASSES else ""
    )
    return kept


def _authorisation(content: Content, wrong: Wrong) -> dict[str, Any]:
    return {
        "signer": _text(content, "signer", "签字人", wrong),
        "relation": _text(content, "relation", "与户主关系", wrong),
        "adults_signed": content.get("adults_signed"),
    }


def _comparison(content: Content, wrong: Wrong) -> dict[str, Any]:
    rows = [row for row in content.get("results") or () if row.get("result")]
    for row in rows:
        if row["result"] not in RESULTS:
            wrong["results"] = "比对结果请从列表中选择"
    compared_on = content.get("compared_on")
    if compared_on is None:
        wrong["compared_on"] = "请填写比对日期"
    is_kept = content.get("is_new_minimum_living") is True or content.get("is_new_destitute") is True
    if not rows and not is_kept:
        wrong["results"] = "请填写至少一个部门的比对结果；半年内已比对的新纳入低保、特困请注明"
    return {
        "results": [
            {
                "department": row["department"],
                "result": row["result"],
                "text": str(row.get("text") or "").strip(),
            }
            for row in rows
        ],
        "compared_on": compared_on.isoformat() if isinstance(compared_on, date) else None,
        "is_new_minimum_living": content.get("is_new_minimum_living"),
        "is_new_destitute": content.get("is_new_destitute"),
        "text": str(content.get("text") or "").strip(),
    }


def _appraisal(content: Content, wrong: Wrong) -> dict[str, Any]:
    given = {name: content.get(name) for name in ("present_count", "for_count", "against_count")}
    counts = {name: each for name, each in given.items() if isinstance(each, int) and each >= 0}
    if len(counts) < len(given):
        wrong["present_count"] = "请填写到会、同意、反对人数"
    elif counts["for_count"] + counts["against_count"] > counts["present_count"]:
        wrong["for_count"] = "同意与反对人数之和不能多于到会人数"
    elif counts["for_count"] <= counts["against_count"]:
        wrong["for_count"] = "同意人数没有超过反对人数，评议没有通过，应作出不予认定"
    return {
        **given,
        "place": _text(content, "place", "评议地点", wrong),
        "chair": _text(content, "chair", "主持人", wrong),
        "text": str(content.get("text") or "").strip(),
    }


def _notice(content: Content, wrong: Wrong) -> dict[str, Any]:
    return {
        "text": _text(content, "text", "公示内容", wrong),
        "place": _text(content, "place", "公示地点", wrong),
    }


def _check_notice(kept: dict[str, Any], wrong: Wrong, case: Case, state: CaseState, on: date) -> None:
    if found := problems(kept["text"], child_names=_child_names(case, on), allowed=name_path(case.division)):
        wrong["text"] = "；".join(found)
    if on < state.events[-1].on:
        wrong["on"] = f"公示起始日不能早于上一环节的{state.events[-1].on:%Y-%m-%d}"


def _child_names(case: Case, on: date) -> list[str]:
    """Return the names of the members under age; whoever's birth date is unknown counts as one."""
    adult = on.replace(year=on.year - _CHILD_AGE, day=min(on.day, 28))
    members = case.household.members.filter(is_present=True).exclude(name=case.household.head_name)
    return [each.name for each in members if each.birth_date is None or each.birth_date > adult]


def _plan_proposal(content: Content, wrong: Wrong) -> dict[str, Any]:
    return {"text": _text(content, "text", "帮扶计划建议", wrong)}


def _announcement(content: Content, wrong: Wrong) -> dict[str, Any]:
    return {
        "place": _text(content, "place", "公告载体", wrong),
        "text": str(content.get("text") or "").strip(),
    }


def _registration(content: Content, wrong: Wrong) -> dict[str, Any]:
    registered_on = content.get("registered_on")
    number = str(content.get("national_number") or "").strip()
    if registered_on is None and not number:
        wrong["registered_on"] = "请填写录入日期或国家备案号"
    day = registered_on.isoformat() if isinstance(registered_on, date) else ""
    return {"registered_on": day, "national_number": number}


def _request(content: Content, wrong: Wrong) -> dict[str, Any]:
    if content.get("ground") not in GROUNDS:
        wrong["ground"] = "请选择申请事由"
    return {"ground": content.get("ground"), "text": _text(content, "text", "申请理由", wrong)}


def _text(content: Content, name: str, label: str, wrong: Wrong) -> str:
    text = str(content.get(name) or "").strip()
    if not text:
        wrong[name] = f"请填写{label}"
    return text


def _all_text(kept: Mapping[str, Any]) -> str:
    """Join every text of a paper; the number a household is filed under is no person's."""
    return "\n".join(str(value) for name, value in kept.items() if name != "national_number")


_CHECKS: dict[str, Callable[[Content, Wrong], dict[str, Any]]] = {
    "household_check": _household_check,
    "authorisation": _authorisation,
    "comparison": _comparison,
    "appraisal": _appraisal,
    "notice": _notice,
    "plan_proposal": _plan_proposal,
    "announcement": _announcement,
    "registration": _registration,
    "request": _request,
}
