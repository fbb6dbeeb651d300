"""The tab of a household's history: every version with what it changed."""

from collections.abc import Mapping
from typing import Any

from shouwang.actions.household_versions import HOUSEHOLD_FACTS, MEMBER_FACTS
from shouwang.domain.household_changes import change_label
from shouwang.records.models import MemberVersion
from shouwang.reports import household_papers, household_state
from shouwang.reports.household_state import HOUSEHOLD_COLUMNS, MEMBER_COLUMNS, State, origin_text
from shouwang.web.clock import today
from shouwang.web.household_words import age_class, fact
from shouwang.web.page import Request


def history(request: Request, state: State) -> dict[str, Any]:
    """Every version with what it changed, of the household and its members."""
    sources = household_state.sources_of(state.versions)
    before: dict[Any, Any] = {}
    entries = []
    people = household_papers.member_versions_of(state.household)
    for row in sorted([*state.versions, *people], key=lambda each: (each.from_on, each.pk)):
        is_person = isinstance(row, MemberVersion)
        key = ("member", row.member_id) if is_person else ("household", 0)
        names, table = (MEMBER_FACTS, "member") if is_person else (HOUSEHOLD_FACTS, "household")
        entries.append(_entry(request, state, row, before.get(key), names, table, origin_text(row, sources)))
        before[key] = row
    return {"entries": entries[::-1][:200]}


def _entry(
    request: Request, state: State, row: Any, earlier: Any, names: tuple[str, ...], table: str, origin: str
) -> dict[str, Any]:
    about = row.member if table == "member" else state.household
    child = age_class(row, today()) if table == "member" else False
    columns: Mapping[str, Any] = MEMBER_COLUMNS if table == "member" else HOUSEHOLD_COLUMNS
    who = fact(request.viewer, "member", "name", row.name, about, child) if table == "member" else "本户"
    changed = [
        {
            "label": columns[name].label,
            "before": fact(request.viewer, table, name, old, about, child),
            "after": fact(request.viewer, table, name, new, about, child),
        }
        for name, old, new in household_state.differences(earlier, row, names)
        if earlier is not None and name in columns
    ]
    return {
        "on": row.from_on,
        "to_on": row.to_on,
        "who": who or "未填",
        "change": change_label(row.change),
        "note": row.note,
        "origin": origin,
        "changed": changed,
        "is_first": earlier is None,
    }
