"""Plans, measures and remarks in words and colours, masked as the viewer may read them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from shouwang.actions.measure_records import is_over
from shouwang.domain.children import is_child
from shouwang.domain.departments import department_label
from shouwang.domain.permissions import Permission
from shouwang.domain.remarks import SEVERITIES, Remark
from shouwang.domain.tables import MEASURES, RISKS
from shouwang.records.models import Member, PlanMeasure
from shouwang.records.viewers import Viewer
from shouwang.web.present import masked

PLAN_TONES = {
    "draft": "draft",
    "submitted": "todo",
    "approved": "doing",
    "returned": "returned",
    "closed": "stopped",
}
MEASURE_TONES = {"planned": "todo", "running": "doing", "done": "done", "dropped": "stopped"}
_SEVERITY_TONES = {"must_fix": "red", "consider": "yellow", "cannot_tell": "unknown"}


def member_name(viewer: Viewer, member: Member, on: date) -> str:
    """Return a member's name as the viewer may read it."""
    child = is_child(member.birth_date, on)
    return masked(viewer, "member.name", member.name or None, member, is_child=child) or "未填"


def member_choices(viewer: Viewer, members: Iterable[Member], on: date) -> list[tuple[str, str]]:
    """Return the members of a household to choose from."""
    found = []
    for each in members:
        gone = "" if each.is_present else "，已不在户"
        found.append((str(each.pk), f"{member_name(viewer, each, on)}（{each.relation or '未填'}{gone}）"))
    return found


def remark_rows(remarks: Iterable[Remark | dict[str, Any]]) -> list[dict[str, Any]]:
    """Return remarks with tone and label."""
    rows = [asdict(each) if isinstance(each, Remark) else dict(each) for each in remarks]
    for row in rows:
        row["tone"] = _SEVERITY_TONES[row["severity"]]
        row["label"] = SEVERITIES[row["severity"]]
    return rows


def measure_rows(viewer: Viewer, measures: Sequence[PlanMeasure], on: date) -> list[dict[str, Any]]:
    """Return the measures of a plan as its table shows them."""
    return [
        {
            "measure": each,
            "kind": MEASURES.get(each.kind, "干部职责"),
            "risk": RISKS.get(each.risk, ""),
            "department": department_label(each.department),
            "person": member_name(viewer, each.member, on) if each.member else "全户",
            "tone": MEASURE_TONES[each.state],
            "is_over": is_over(measure=each),
            "may_record": each.state in ("planned", "running") and may_record(viewer, each),
        }
        for each in measures
    ]


def may_record(viewer: Viewer, measure: PlanMeasure) -> bool:
    """Tell whether a viewer may say what became of a measure; a department may where its task leads to it."""
    group_name = measure.plan.household.group_name
    roles = viewer.roles_at(Permission.RECORD_MEASURE, measure.division, measure.household_id, group_name)
    return bool(roles) or any(task.department in _departments(viewer) for task in measure.tasks.all())


def _departments(viewer: Viewer) -> set[str]:
    return {name for each in viewer.held for name in each.reach.feeds or ()}
