"""The file of an export: a workbook that says on every page where it came from, or a CSV for a system."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from shouwang.actions.export_choice import HOW, Choice, is_outside
from shouwang.actions.export_table import ExportTable, export_table
from shouwang.domain.divisions import name_path
from shouwang.domain.roles import Role
from shouwang.domain.small_counts import HIDDEN_NOTE
from shouwang.exchange.csv_writing import write_csv
from shouwang.exchange.export_profiles import Profile
from shouwang.exchange.writing import (
    BookProperties,
    Cell,
    Column,
    SheetSpec,
    StyledRow,
    write_workbook,
)
from shouwang.records.export_rows import STANDINGS
from shouwang.records.models import ExportRequest
from shouwang.records.viewers import Viewer

_ENCODINGS = {"csv": "utf-8-sig", "csv_gb": "gb18030"}
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|：', "_"))


class Counted:
    """Rows on their way, counted as they go by."""

    def __init__(self, rows: Iterable[list[Cell] | StyledRow]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[list[Cell] | StyledRow]:
        for row in self._rows:
            # A sum below the rows is none of them.
            self.count += not isinstance(row, StyledRow)
            yield row


def write_export(
    *, viewer: Viewer, request: ExportRequest, roles: tuple[Role, ...], folder: Path, at: datetime
) -> tuple[Path, int]:
    """Write the file of a request into a folder; return it and how many rows it has. Raises WriteError."""
    choice = Choice.of_json(request.chosen)
    table = export_table(viewer=viewer, choice=choice, roles=roles, on=at.date())
    rows, stem = Counted(table.rows), _stem(request, choice)
    if choice.file_format != "xlsx":
        path = folder / f"{stem}.csv"
        plain = (list(row.values) if isinstance(row, StyledRow) else row for row in rows)
        headers = [each.header for each in table.columns]
        # The keys are the formats of a choice, the values encodings that CSV takes.
        write_csv(path, headers, plain, encoding=_ENCODINGS[choice.file_format])  # type: ignore[arg-type]
        return path, rows.count
    path = folder / f"{stem}.xlsx"
    _write_book(path, request, choice, table, rows, viewer=viewer, roles=roles, at=at)
    return path, rows.count


def _write_book(
    path: Path,
    request: ExportRequest,
    choice: Choice,
    table: ExportTable,
    rows: Counted,
    *,
    viewer: Viewer,
    roles: tuple[Role, ...],
    at: datetime,
) -> None:
    profile = choice.wanted
    title = "" if profile.is_all_text else _title(request, choice, viewer)
    sheets = [SheetSpec(profile.sheet, table.columns, rows, title, is_sparse=profile.is_all_text)]
    if not profile.is_all_text:
        sheets.append(_about(request, choice, viewer, rows, roles, at))
    text = mark_text(request=request, viewer=viewer, at=at)
    properties = BookProperties(profile.label, at.replace(tzinfo=None), subject=text, keywords=request.number)
    write_workbook(path, sheets, properties=properties, mark=text)


def mark_text(*, request: ExportRequest, viewer: Viewer, at: datetime) -> str:
    """Return what every page of a file says of itself: who, when, under which number."""
    return f"{viewer.name} {at:%Y-%m-%d %H:%M} 导出，编号 {request.number}，内部资料，不得外传"


def _stem(request: ExportRequest, choice: Choice) -> str:
    place = (name_path(choice.area) or [choice.area])[-1]
    return f"{place}{choice.wanted.label}_{request.number}".translate(_NOT_IN_NAMES)


def _title(request: ExportRequest, choice: Choice, viewer: Viewer) -> str:
    place = "".join(name_path(choice.area)[-2:]) or choice.area
    what = f"{place}　{choice.wanted.label}（{choice.from_on} 至 {choice.to_on}）"
    return f"{what}　编号 {request.number}　{viewer.name}导出"


def _about(
    request: ExportRequest,
    choice: Choice,
    viewer: Viewer,
    rows: Counted,
    roles: tuple[Role, ...],
    at: datetime,
) -> SheetSpec:
    """Describe the file on a sheet of its own, which is written after the rows have been counted."""
    columns = (Column("项目", 18), Column("内容", 90))
    return SheetSpec("导出说明", columns, _about_rows(request, choice, viewer, rows, roles, at))


def _about_rows(
    request: ExportRequest,
    choice: Choice,
    viewer: Viewer,
    rows: Counted,
    roles: tuple[Role, ...],
    at: datetime,
) -> Iterator[list[Cell]]:
    profile = choice.wanted
    yield ["导出编号", request.number]
    yield ["导出内容", f"{profile.label}。{profile.about}"]
    yield ["范围", " ".join(name_path(choice.area)) or choice.area]
    yield ["期间", f"{choice.from_on} 至 {choice.to_on}"]
    yield ["监测状态", STANDINGS.get(choice.selection.standing, "全部农户")]
    yield ["行数", str(rows.count)]
    yield ["导出人", f"{viewer.name}（{'、'.join(each.label for each in roles)}）"]
    yield ["导出时间", f"{at:%Y-%m-%d %H:%M}"]
    yield ["用途", f"{request.get_purpose_display()}：{request.reason}"]
    yield ["审批", "已审批" if request.decided_by_id else "按规定免审批"]
    yield from _seen(request, profile)
    if profile.row == "place" and is_outside(roles=roles):
        yield ["不显示的数", HIDDEN_NOTE]
    yield ["使用要求", "仅限上述用途使用；不得转发、公开或上传到无关系统；用后按规定销毁。"]


def _seen(request: ExportRequest, profile: Profile) -> Iterator[list[Cell]]:
    for how in ("masked", "lifted", "hidden", "empty"):
        if headers := [header for header, seen in request.columns if seen == how]:
            yield [f"{HOW[how]}的列", "、".join(headers)]
