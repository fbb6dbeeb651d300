"""Words, colours and masks: how a value becomes what a person reads. Templates show, views pass on."""

from functools import lru_cache

from shouwang.domain.divisions import name_path
from shouwang.domain.field_masks import Value, Visibility, may_unmask, shown
from shouwang.domain.roles import Role
from shouwang.domain.tables import RISKS
from shouwang.records.models import Clue, Household, MatchReview, Member
from shouwang.records.models.clues import CLUE_STATES
from shouwang.records.models.households import MONITORING
from shouwang.records.viewers import Viewer

HIDDEN = "无权查看"
# What is about a household, or about a row that may be: it says where it belongs.
Placed = Household | Member | Clue | MatchReview
# Tones of `status_tag`.
MONITORING_TONES = {"none": "info", "monitored": "doing", "eliminated": "done", "removed": "stopped"}
CLUE_TONES = {"received": "todo", "dispatched": "doing", "checked": "todo", "closed": "done"}
GRADE_LABELS = {"red": "红色预警", "yellow": "黄色预警", "blue": "蓝色预警", "green": "绿色"}
_TOWNSHIP_WIDTH = 9


def roles_over(viewer: Viewer, row: Placed) -> tuple[Role, ...]:
    """Return the roles in which a viewer sees a row about a household."""
    household = row if isinstance(row, Household) else None
    key = row.pk if household else getattr(row, "household_id", None)
    return viewer.roles_over(row.division, key, household.group_name if household else None) or viewer.roles


def masked(
    viewer: Viewer,
    column: str,
    value: Value,
    row: Placed,
    *,
    is_child: bool | None = False,
) -> str | None:
    """Return a value ("table.column") as a viewer may read it: whole, masked, or HIDDEN; None is unknown."""
    if value is None:
        return None
    seen = shown(roles_over(viewer, row), column, value, is_child=is_child)
    return HIDDEN if seen.how is Visibility.HIDDEN else str(seen.value)


def may_see_whole(viewer: Viewer, column: str, row: Placed, *, is_child: bool | None = False) -> bool:
    """Tell whether a viewer may lift the mask of a column with a reason."""
    return may_unmask(roles_over(viewer, row), column, is_child=is_child)


def head_name(viewer: Viewer, household: Household) -> str:
    """Return the name of the head as a viewer may read it."""
    return masked(viewer, "household.head_name", household.head_name or None, household) or "未填"


@lru_cache(maxsize=20_000)
def place_name(division: str, levels: int = 2) -> str:
    """Write the last levels of a place: 琴城镇 人民路居委会."""
    return " ".join(name_path(division)[-levels:])


def village_name(division: str) -> str:
    """Write a village."""
    return place_name(division, 1)


def local_place(viewer: Viewer, division: str) -> str:
    """Write a village as a list names it: with its township for who reaches more than one."""
    is_wide = any(len(each.prefix) < _TOWNSHIP_WIDTH for each in viewer.reach.reaches)
    return place_name(division) if is_wide else village_name(division)


def risk_words(risks: list[str]) -> str:
    """Write risks: 因病、因学."""
    return "、".join(RISKS.get(each, each) for each in risks)


def monitoring_tag(household: Household) -> tuple[str, str]:
    """Return tone and words of where a household stands."""
    return MONITORING_TONES[household.monitoring], MONITORING[household.monitoring]


def clue_tag(clue: Clue) -> tuple[str, str]:
    """Return tone and words of where a clue stands."""
    return CLUE_TONES[clue.state], CLUE_STATES[clue.state]
