"""`shouwang init`, `load`, `undo-load`, `screen-records`: a site, what comes into it, and its warnings."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from shouwang.cli.arguments import (
    DeliveriesOption,
    KeepGoingOption,
    MappingOption,
    OnOption,
    PacksOption,
    RegistryOption,
    day,
    existing_file,
    existing_folder,
    packs_folder,
)
from shouwang.cli.chinese import SHANGHAI
from shouwang.cli.console import people, say, show_table, steps
from shouwang.cli.failures import FINE
from shouwang.cli.places import site
from shouwang.domain.tables import TABLES
from shouwang.records.opening import migrate, opened
from shouwang.records.site import KEYS

if TYPE_CHECKING:
    from shouwang.actions.acting import Actor
    from shouwang.actions.loading import Loaded

CountyOption = Annotated[str, typer.Option("--county", help="县级行政区划代码,6 位。", show_default=False)]
_FATES = {
    "new": "新增", "changed": "变更", "same": "相同", "missing": "台账中没有", "later": "本系统已更新",
    "left": "已不在册", "held": "以本系统为准",
}  # fmt: skip


def init(
    county: Annotated[
        str | None, typer.Option("--county", help="启用的县,6 位代码;可多次运行增加。", show_default=False)
    ] = None,
) -> int:
    """建立站点:文件夹、密钥、数据库和表,并启用一个县的区划。可重复运行,已有的不动。"""
    here = site()
    for name in KEYS:
        here.key(name)
    with opened(here):
        migrate()
        from shouwang.actions.loading_places import serve_county

        count = serve_county(actor=_system(), county=county, at=_now()) if county else 0
    say(people(), f"站点已就绪:{here.home}", "bold")
    if county:
        say(people(), f"已启用县 {county} 的区划 {count} 个")
    say(
        people(),
        "密钥文件(*.key)请连同数据库一起备份(shouwang backup);丢失密钥后证件号码无法还原。",
        "yellow",
    )
    return FINE


def load(
    registry: RegistryOption,
    county: CountyOption,
    deliveries: DeliveriesOption = None,
    on: OnOption = None,
    mapping: MappingOption = None,
    keep_going: KeepGoingOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览数量,不改动数据。")] = False,
) -> int:
    """把台账和部门表格导入数据库:要么全部写入,要么不留痕迹;同样的内容只导入一次。

    台账中没有的户和人不会删除,只计数;空白不覆盖已有内容;同一来源同一月份以本次为准。
    """
    asked: dict[str, Any] = {
        "registry": existing_folder(registry, "--registry"),
        "deliveries": None if deliveries is None else existing_folder(deliveries, "--deliveries"),
        "mapping": None if mapping is None else existing_file(mapping, "--mapping"),
        "county": county,
        "on": day(on),
        "keep_going": keep_going,
        "is_preview": dry_run,
    }
    with opened(site()), steps(people(to_stderr=True)) as following:
        migrate()
        from shouwang.actions.loading import load_folder
        from shouwang.actions.quality_runs import run_quality
        from shouwang.records.bulk import refresh_statistics

        made = load_folder(actor=_system(), at=_now(), step=following, detail=following.detail, **asked)
        if not dry_run and not made.is_repeat:
            following("更新统计信息")
            refresh_statistics()
            following("核查数据质量")
            run_quality(actor=_system(), county=county, on=asked["on"], at=_now())
    _tell(people(), made, dry_run)
    return FINE


def undo_load(
    load_id: Annotated[int, typer.Argument(metavar="ID", help="导入批次号,见导入时的输出。")],
) -> int:
    """撤销一次导入,恢复到导入之前;之后又有修改的会列出,并拒绝撤销。"""
    with opened(site()):
        migrate()
        from shouwang.actions.undoing_load import undo_load as take_back

        take_back(actor=_system(), load_id=load_id, at=_now())
    say(people(), f"已撤销导入批次 {load_id},数据恢复到导入之前", "bold")
    return FINE


def screen_records(
    county: CountyOption,
    on: OnOption = None,
    packs: PacksOption = None,
) -> int:
    """按当日政策筛查数据库里的一个县,保存预警和依据,并生成线索。"""
    at, asked_on = _now(), day(on)
    with opened(site()), steps(people(to_stderr=True)) as following:
        migrate()
        from shouwang.actions.clue_screening import raise_from_run
        from shouwang.actions.screening_records import screen_records as screen
        from shouwang.records.access import entered_system

        run = screen(
            actor=_system(), county=county, on=asked_on, at=at, packs=packs_folder(packs), progress=following
        )
        following("生成线索")
        with entered_system():
            raised = raise_from_run(actor=_system(), run_id=run.pk, on=asked_on, at=at)
        findings = run.counts.get("findings", 0)
    say(people(), f"筛查完成:{run.on},预警和归类共 {findings} 条", "bold")
    say(people(), f"新线索 {raised.new} 条,并入已有线索 {raised.merged} 条,没有变化 {raised.unchanged} 条")
    return FINE


def _tell(console: Console, made: "Loaded", is_preview: bool) -> None:
    if made.is_repeat:
        say(console, f"这些内容已导入过(批次 {made.load_id}),没有再做任何改动", "bold")
        return
    title = "预览:将要导入" if is_preview else f"导入完成,批次 {made.load_id}"
    rows = [
        [label, *(made.counts[table][fate] for fate in _FATES)]
        for table, label in (("household", "农户"), ("member", "成员"))
    ]
    show_table(console, title, ["", *_FATES.values()], rows, right=range(1, len(_FATES) + 1))
    ledgers = [
        [TABLES[table].label, *counts.values()]
        for table, counts in made.counts["ledgers"].items()
        if any(counts.values())
    ]
    show_table(console, "", ["台账和部门数据", "新增", "已有", "替换"], ledgers, right=(1, 2, 3))
    rest = made.counts["rows"]
    if rest["error"] or rest["unmatched"]:
        say(
            console,
            f"有错误的单元格或行 {rest['error']} 处,没有匹配到户的 {rest['unmatched']} 行;"
            "用 shouwang check 查看",
            "yellow",
        )
    for notice in made.notices:
        say(console, notice, "yellow")
    if not is_preview:
        say(console, f"如需撤销:shouwang undo-load {made.load_id}")


def _now() -> datetime:
    return datetime.now(SHANGHAI)


def _system() -> "Actor":
    from shouwang.actions.acting import Actor
    from shouwang.records.viewers import Viewer

    return Actor(Viewer(0, "系统", ()))
