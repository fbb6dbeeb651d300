"""What is chosen for an export, and what would come of it: rows, columns as the role gets them, approval."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Literal

from django.conf import settings

from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.divisions import children, find
from shouwang.domain.exporting import IdFormat, column_view, may_have_whole, why_approval
from shouwang.domain.field_masks import Visibility
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role, permissions_of
from shouwang.exchange.export_profiles import ExportColumn, Profile, profiles
from shouwang.records.export_rows import STANDINGS, Selection, selected
from shouwang.records.viewers import Viewer

FileFormat = Literal["xlsx", "csv", "csv_gb"]
FILE_FORMATS = {"xlsx": "Excel 工作簿（.xlsx）", "csv": "CSV（UTF-8）", "csv_gb": "CSV（GB18030）"}
HOW = {
    "clear": "全文",
    "lifted": "全文（须审批）",
    "masked": "脱敏",
    "hidden": "无权查看",
    "empty": "留空待填",
}

_NARROWING = ("standing", "household_class", "monitored_class", "risk", "grade", "group_name")


@dataclass(frozen=True)
class Choice:
    """What is asked for; `area` is a division prefix, the period decides who is new and who is out.

    `id_format` is how ID numbers go out, `is_whole` asks for the other masked values without their mask.
    """

    profile: str
    area: str
    from_on: date
    to_on: date
    standing: str = ""
    household_class: str = ""
    monitored_class: str = ""
    risk: str = ""
    grade: str = ""
    group_name: str = ""
    id_format: str = ""
    is_whole: bool = False
    file_format: FileFormat = "xlsx"

    def as_json(self) -> dict[str, Any]:
        """Return the choice as a request keeps it."""
        return {
            name: str(value) if isinstance(value, date) else value for name, value in asdict(self).items()
        }

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Choice":
        """Return the choice that a request keeps."""
        known = {each.name for each in fields(cls)}
        days = {name: date.fromisoformat(kept[name]) for name in ("from_on", "to_on")}
        return cls(**{name: value for name, value in kept.items() if name in known} | days)

    @property
    def wanted(self) -> Profile:
        """Return the profile. Raises NotThere."""
        found = profiles().get(self.profile)
        if found is None:
            raise NotThere
        return found

    @property
    def number_form(self) -> IdFormat:
        """Return how ID numbers go out."""
        return IdFormat(self.id_format) if self.id_format else self.wanted.id_format

    @property
    def selection(self) -> Selection:
        """Return the rows that are asked for."""
        profile = self.wanted
        return Selection(
            row="person" if profile.row == "person" else "household",
            area=self.area,
            from_on=self.from_on,
            to_on=self.to_on,
            standing=self.standing or profile.status,
            household_class=self.household_class,
            monitored_class=self.monitored_class,
            risk=self.risk,
            grade=self.grade,
            group_name=self.group_name,
            ages=profile.ages,
        )

    def is_whole_for(self, source: str) -> bool:
        """Tell whether a source is asked for without its mask."""
        return self.number_form.is_whole if source.endswith("id_number") else self.is_whole


@dataclass(frozen=True)
class Outcome:
    """What a choice comes to: rows, header and kind (of HOW) of each column, why approval is needed."""

    row_count: int
    columns: tuple[tuple[str, str], ...]
    lifted: tuple[str, ...]
    has_personal: bool
    why_approval: tuple[str, ...]


def roles_for(*, viewer: Viewer, area: str) -> tuple[Role, ...]:
    """Return the roles in which a viewer may export a whole area. Raises NotThere for one out of reach."""
    roles = viewer.roles_at(Permission.REQUEST_EXPORT, area.ljust(12, "0"))
    if not roles:
        raise NotThere
    return roles


def is_outside(*, roles: tuple[Role, ...]) -> bool:
    """Tell whether roles look at an area from outside: its people have no names for them (T09)."""
    return Permission.SEE_NAMES not in permissions_of(roles)


def outcome(*, viewer: Viewer, choice: Choice) -> Outcome:
    """Return what a choice would come to now. Raises NotThere, Unfit."""
    profile, roles = choice.wanted, roles_for(viewer=viewer, area=choice.area)
    _check(choice, profile, roles, viewer)
    columns = tuple((each.header, _how_of(each, roles, choice)) for each in profile.columns)
    lifted = tuple(header for header, how in columns if how == "lifted")
    count = _row_count(viewer, choice, profile)
    return Outcome(
        row_count=count,
        columns=columns or tuple((header, "clear") for header in summary_headers(profile=profile)),
        lifted=lifted,
        has_personal=any(
            column_view(roles, source, is_whole=False).is_personal for source in profile.sources
        ),
        why_approval=why_approval(count, settings.EXPORT_ROWS_WITHOUT_APPROVAL, lifted),
    )


def summary_headers(*, profile: Profile) -> list[str]:
    """Return the headers of a summary's counts."""
    return [
        header
        for block in profile.blocks
        for header in (*(name for name, _ in block.columns), *((block.total,) if block.total else ()))
    ]


def _how_of(column: ExportColumn, roles: tuple[Role, ...], choice: Choice) -> str:
    """Return how a column goes out, a key of HOW."""
    if not column.source:
        return "clear" if column.form == "fixed" else "empty"
    view = column_view(roles, column.source, is_whole=choice.is_whole_for(column.source))
    if view.is_lifted:
        return "lifted"
    return {Visibility.CLEAR: "clear", Visibility.MASKED: "masked"}.get(view.how, "hidden")


def _row_count(viewer: Viewer, choice: Choice, profile: Profile) -> int:
    if profile.row == "place":
        return max(len(children(choice.area)), 1)
    return int(selected(viewer, choice.selection).count())


def _check(choice: Choice, profile: Profile, roles: tuple[Role, ...], viewer: Viewer) -> None:
    wrong: dict[str, str] = {}
    if find(choice.area) is None:
        wrong["area"] = "没有这个区划，请核对代码"
    if choice.from_on > choice.to_on:
        wrong["to_on"] = "止期不能早于起期"
    if choice.standing and choice.standing not in STANDINGS:
        wrong["standing"] = "没有这种状态"
    numbers = [each for each in profile.sources if each.endswith("id_number")]
    if numbers and choice.number_form.is_whole and not may_have_whole(roles, numbers):
        wrong["id_format"] = "您的角色不能导出完整证件号码，请改选脱敏或后 4 位"
    if profile.row == "place" and is_outside(roles=roles):
        # Two summaries of which one is part of the other tell the difference.
        narrowed = any(getattr(choice, name) for name in _NARROWING)
        if narrowed or choice.area not in _own_areas(viewer):
            wrong["area"] = "跨级汇总只能按本级管辖区划整体导出，不加其他条件，以免由差数推算出少数人"
    if choice.file_format not in FILE_FORMATS:
        wrong["file_format"] = "没有这种文件格式"
    if wrong:
        raise Unfit(wrong.values(), wrong)


def _own_areas(viewer: Viewer) -> set[str]:
    return {reach.prefix for reach in viewer.scope(Permission.REQUEST_EXPORT).reaches}
