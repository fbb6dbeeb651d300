"""What each tab of the household page shows; each reads a constant number of rows and queries."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from shouwang.domain.household_changes import change_label
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import permissions_of
from shouwang.records.case_states import step_labels
from shouwang.records.models import Household, MemberVersion
from shouwang.reports import household_papers, household_state, quality_lists
from shouwang.reports.household_money import INCOME_SOURCES, Money, money_of
from shouwang.reports.household_state import HOUSEHOLD_COLUMNS, MEMBER_COLUMNS, State, origin_of, origin_text
from shouwang.web.findings import finding_cards
from shouwang.web.household_history import history
from shouwang.web.household_support import support
from shouwang.web.household_words import MEMBER_FACTS, address, age_class, fact, sealed_fact, words
from shouwang.web.page import Request
from shouwang.web.present import may_see_whole, roles_over
from shouwang.web.quality_words import quality_cards

TABS = {
    "basic": "基本信息",
    "members": "成员",
    "money": "收支台账",
    "findings": "预警与线索",
    "cases": "个案",
    "help": "帮扶",
    "support": "信贷保险",
    "visits": "走访",
    "papers": "资料",
    "history": "历史",
}
_BASIC = (
    ("基本情况", ("group_name", "household_class", "stated_member_count", "alleviated_year", "is_relocated")),
    (
        "监测情况",
        (
            "monitored_class",
            "risks",
            "identified_month",
            "is_risk_eliminated",
            "eliminated_month",
            "elimination_mode",
            "has_contact_person",
        ),
    ),
    (
        "两不愁三保障和饮水",
        (
            "housing_grade",
            "is_dilapidated_housing",
            "has_safe_water",
            "has_uninsured_member",
            "has_dropout",
            "receives_minimum_living",
            "receives_destitute_support",
        ),
    ),
    ("帮扶情况", ("is_no_labour_guaranteed", "has_development_measure", "measures")),
)


def may_see(request: Request, state: State, permission: Permission) -> bool:
    """Tell whether the roles held over the household have a permission."""
    return permission in permissions_of(roles_over(request.viewer, state.household))


def basic(request: Request, state: State) -> dict[str, Any]:
    """Facts with where each comes from."""
    sources = household_state.sources_of(state.versions)
    version = state.version
    sections: list[dict[str, Any]] = []
    for title, names in _BASIC:
        items = []
        for name in names:
            value = getattr(version, name) if version else None
            shown = fact(request.viewer, "household", name, value, state.household)
            origin = (
                origin_of(name, version, state.versions, sources) if version and value is not None else ""
            )
            items.append({"label": HOUSEHOLD_COLUMNS[name].label, "value": shown, "source": origin})
        sections.append({"title": title, "items": items, "source": _shared_source(items)})
    phone = sealed_fact(request.viewer, "household", "phone", state.household)
    sections[0]["items"].insert(0, {"label": "联系电话", "value": phone, "source": ""})
    if version is not None and version.village:
        place = f"{version.township or ''} {version.village}".strip()
        sections[0]["items"].insert(
            0, {"label": "当时所在村" if not state.is_now else "所在村", "value": place}
        )
    return {"sections": sections}


def _shared_source(items: list[dict[str, Any]]) -> str:
    """Return the source most facts share, and leave it out of each of them."""
    sources = Counter(each["source"] for each in items if each["source"])
    shared = sources.most_common(1)[0][0] if sources else ""
    for each in items:
        if each["source"] == shared:
            each["source"] = ""
    return shared


def members(request: Request, state: State) -> dict[str, Any]:
    """Everybody on the day, and those who have left."""
    versions = household_state.members_on(state.household, state.on)
    sources = household_state.sources_of(versions)
    cards = [_person(request, state, each, origin_text(each, sources)) for each in versions]
    gone = [
        {
            "id": each.member_id,
            "name": fact(request.viewer, "member", "name", each.name, each.member, age_class(each, state.on)),
            "relation": each.relation,
            "change": change_label(each.change),
            "on": each.from_on,
            "may_return": each.change in ("enlistment", "imprisonment"),
        }
        for each in household_state.members_gone(state.household)
    ]
    return {
        "persons": cards,
        "gone": gone,
        "may_see_help": may_see(request, state, Permission.SEE_INCOME),
    }


def _person(request: Request, state: State, version: MemberVersion, origin: str) -> dict[str, Any]:
    viewer, row, child = request.viewer, version.member, age_class(version, state.on)
    born, sex = version.birth_date or row.birth_date, version.sex or row.sex or None
    items = [
        {"label": "性别", "value": fact(viewer, "member", "sex", sex, row)},
        {"label": "出生日期", "value": fact(viewer, "member", "birth_date", born, row)},
        {"label": "证件号码", "value": sealed_fact(viewer, "member", "id_number", row, is_child=child)},
        {"label": "联系电话", "value": sealed_fact(viewer, "member", "phone", row, is_child=child)},
    ]
    items += [
        {
            "label": MEMBER_COLUMNS[name].label,
            "value": fact(viewer, "member", name, getattr(version, name), row),
        }
        for name in MEMBER_FACTS
    ]
    name = fact(viewer, "member", "name", version.name or None, row, child)
    return {
        "id": row.pk,
        "name": name or "未填",
        "relation": version.relation or "关系未填",
        "items": items,
        "origin": origin,
        "may_unmask_name": may_see_whole(viewer, "member.name", row, is_child=child),
    }


def money(request: Request, state: State) -> dict[str, Any]:
    """Income of the window against the line, spending, statements."""
    if not may_see(request, state, Permission.SEE_INCOME):
        return {"is_hidden": True}
    household = state.household
    count = state.version.stated_member_count if state.version else household.member_count
    found = money_of(household, count, state.on)
    has_health = may_see(request, state, Permission.SEE_HEALTH)
    sums: dict[str, int] = {}
    for item in found.items:
        if item.is_counted:
            key = "cost" if item.is_cost else item.source
            sums[key] = sums.get(key, 0) + item.amount_fen
    own_pay = _own_pay(request, household, found) if has_health else []
    per_capita = found.income.per_capita_fen
    is_below = None if per_capita is None or found.line_fen is None else per_capita <= found.line_fen
    statements = [{"row": row, "origin": found.origin(row)} for row in found.statements]
    return {
        "money": found,
        "own_pay": own_pay,
        "has_health": has_health,
        "is_below": is_below,
        "statements": statements,
        "sums": [
            *((label, sums.get(label)) for label in INCOME_SOURCES.values()),
            ("经营支出", sums.get("cost")),
        ],
    }


def _own_pay(request: Request, household: Household, found: Money) -> list[dict[str, Any]]:
    """Return the settlements as the viewer may read them."""
    return [
        {
            "on": row.settled_on,
            "name": fact(request.viewer, "member", "name", row.member.name, row.member)
            if row.member
            else None,
            "kind": words("visit_kind", row.visit_kind),
            "total": row.total_fen,
            "paid": row.basic_paid_fen,
            "own": row.own_pay_fen,
            "disease": fact(request.viewer, "own_pay_entry", "disease", row.disease, household),
            "origin": found.origin(row),
        }
        for row in found.own_pay
    ]


def findings(request: Request, state: State) -> dict[str, Any]:
    """Warnings with what explains them, and the clues."""
    permissions = {
        each: may_see(request, state, each)
        for each in (Permission.SEE_INCOME, Permission.SEE_HEALTH, Permission.SEE_LEGAL_EVENTS)
    }
    rows = household_papers.findings_of(request.viewer, state.household, state.on)
    clues = household_papers.clues_of(request.viewer, state.household)
    return {
        "findings": finding_cards(rows, permissions),
        "clues": [_linked("clue", each) for each in clues],
        "quality": quality_cards(request.viewer, quality_lists.standing_of(state.household), state.on),
        "may_recheck": bool(request.viewer.roles_at(Permission.EDIT_HOUSEHOLD, *_place_of(state.household))),
    }


def _place_of(household: Household) -> tuple[str, int, str]:
    return household.division, household.pk, household.group_name


def cases(request: Request, state: State) -> dict[str, Any]:
    """Cases with their events."""
    found = household_papers.cases_of(request.viewer, state.household)
    labels = step_labels({each.pk for each in found})
    for each in found:
        for event in each.events.all():
            event.step_label = labels.get((each.pk, event.step_id), "")
    return {"cases": [_linked("case", each) for each in found]}


def help_(request: Request, state: State) -> dict[str, Any]:
    """Plans with measures, tasks, contacts."""
    viewer, household = request.viewer, state.household
    return {
        "plans": [_linked("plan", each) for each in household_papers.plans_of(viewer, household)],
        "tasks": [_linked("task", each) for each in household_papers.tasks_of(viewer, household)],
        "contacts": household_papers.contacts_of(viewer, household),
    }


def visits(request: Request, state: State) -> dict[str, Any]:
    """Visits, latest first."""
    if not may_see(request, state, Permission.SEE_HEALTH):
        return {"is_hidden": True}
    rows = household_papers.visits_of(request.viewer, state.household)
    return {
        "visits": [_linked("visit", each) for each in rows],
        "new_url": address("visit_new", state.household.pk),
    }


def papers(request: Request, state: State) -> dict[str, Any]:
    """Attachments."""
    if not may_see(request, state, Permission.SEE_HEALTH):
        return {"is_hidden": True}
    return {"papers": household_papers.attachments_of(request.viewer, state.household)}


def _linked(page: str, row: Any) -> dict[str, Any]:
    return {"row": row, "url": address(page, row.pk)}


READERS: dict[str, Callable[[Request, State], dict[str, Any]]] = {
    "basic": basic,
    "members": members,
    "money": money,
    "findings": findings,
    "cases": cases,
    "help": help_,
    "support": support,
    "visits": visits,
    "papers": papers,
    "history": history,
}
