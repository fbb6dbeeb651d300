"""`shouwang screen`: the main job, from two folders to the explained workbook."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from shouwang.actions.screening import Asked, ScreenedFolder, run_folder, screen_folder
from shouwang.actions.screening_lake import LakePlace
from shouwang.cli.arguments import (
    DeliveriesOption,
    DivisionOption,
    EngineName,
    EngineOption,
    ErrorsOption,
    JsonOption,
    KeepGoingOption,
    LakeOption,
    MappingOption,
    MasterOption,
    OnOption,
    OutOption,
    PackOption,
    PacksOption,
    PreviousOption,
    ScreenedRegistryOption,
    SharedOption,
    day,
    existing_file,
    existing_folder,
    packs_folder,
    required,
)
from shouwang.cli.console import emit, people, say, steps
from shouwang.cli.failures import FINE
from shouwang.cli.lake import refuse_others, screen_snapshots
from shouwang.cli.places import remember_run, site
from shouwang.domain import divisions
from shouwang.engine.results import Results
from shouwang.reports.contents import Contents
from shouwang.reports.json_lines import household_records
from shouwang.reports.summary import summary_lines
from shouwang.reports.warning_list import write_warning_list


def screen(
    registry: ScreenedRegistryOption = None,
    division: DivisionOption = None,
    out: OutOption = None,
    deliveries: DeliveriesOption = None,
    on: OnOption = None,
    previous: PreviousOption = None,
    as_json: JsonOption = False,
    pack: PackOption = None,
    mapping: MappingOption = None,
    packs: PacksOption = None,
    engine: EngineOption = EngineName.DUCKDB,
    keep_going: KeepGoingOption = False,
    errors: ErrorsOption = None,
    lake: LakeOption = None,
    master: MasterOption = None,
    shared: SharedOption = None,
) -> int:
    """按当地当日的政策筛查,写出预警名单工作簿。

    个别行读不出或匹配不到户,不影响完成(退出码 0),会在工作簿和摘要中列明;
    文件被拒绝、日期没有政策等,不写出任何结果(退出码 1)。
    --json 逐行输出有预警、临近预警或待核实的农户,金额以分计。
    --lake 筛查数据湖里各县当日的快照(全省或 --division 指定的一片),每户按当地政策,运行记录写入 --out 文件夹。
    """
    files: dict[str, Any] = {
        "registry": registry, "deliveries": deliveries, "pack": pack, "previous": previous,
        "mapping": mapping, "keep_going": keep_going, "errors_out": errors,
    }  # fmt: skip
    if lake is not None:
        refuse_others("有 --lake 时", {**files, "json": as_json})
        place = LakePlace(existing_folder(lake, "--lake").resolve(), shared)
        return screen_snapshots(
            place, division or "", day(on), required(out, "--out"), packs_folder(packs), engine.value, master
        )
    refuse_others("没有 --lake 时", {"master": master, "shared": shared})
    asked: Any = {**files, "county": division, "on": on, "out": out, "packs": packs, "engine": engine.value}
    return _screen(_checked(asked), as_json)


def _checked(asked: Any) -> Asked:
    """Check what was written on the command line before anything is read."""
    told: Asked = {
        **asked,
        "registry": existing_folder(required(asked["registry"], "--registry"), "--registry"),
        "deliveries": asked["deliveries"] and existing_folder(asked["deliveries"], "--deliveries"),
        "mapping": asked["mapping"] and existing_file(asked["mapping"], "--mapping"),
        "county": required(asked["county"], "--division"),
        "out": required(asked["out"], "--out"),
        "on": day(asked["on"]),
        "packs": packs_folder(asked["packs"]),
        "key": site().key("blind"),
    }
    return told


def _screen(asked: Asked, as_json: bool) -> int:
    with steps(people(to_stderr=True)) as following:
        publish = publisher(asked["errors_out"])
        made = screen_folder(publish=publish, step=following, detail=following.detail, **asked)
    remember_run(made.run.folder)
    if as_json:
        for record in household_records(Results(made.run)):
            emit(record)
    tell(people(to_stderr=as_json), made)
    return FINE


def publisher(errors: Path | None) -> Callable[[ScreenedFolder, Path], None]:
    """Return what writes the workbook of a screening."""

    def publish(made: ScreenedFolder, path: Path) -> None:
        write_warning_list(path, contents(made, errors.name if errors and made.corrections else ""))

    return publish


def contents(made: ScreenedFolder, correction_file: str = "") -> Contents:
    """Gather what the workbook is made from."""
    return Contents(
        run=made.run,
        place_names=divisions.name_path(made.run.header.county),
        changes=made.changes,
        previous=made.previous,
        unmatched=made.staged.unmatched,
        row_errors=made.staged.errors,
        correction_file=correction_file,
    )


def tell(console: Console, made: ScreenedFolder) -> None:
    """Print the summary of a screening and where its outputs are."""
    for is_caution, line in summary_lines(contents(made)):
        say(console, line, "yellow" if is_caution else "")
    say(console, f"工作簿:{made.out}", "bold")
    if made.corrections is not None:
        say(console, f"错误数据:{made.corrections}(改正后放回原文件夹,再次筛查即可)")
    say(console, f"运行记录:{run_folder(out=made.out)}(下期筛查时作为 --previous)")
    say(console, "工作簿和运行记录含农户信息,请按规定保管。", "yellow")
