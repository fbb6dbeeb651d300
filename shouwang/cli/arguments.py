"""Arguments that several commands read the same way."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from shouwang.cli.chinese import today
from shouwang.cli.failures import UsageProblem
from shouwang.domain.pack_files import default_packs_folder

_Value = TypeVar("_Value")
PacksOption = Annotated[
    Path | None, typer.Option("--packs", help="政策包文件夹;不写则用随程序附带的。", show_default=False)
]
PackOption = Annotated[
    str | None,
    typer.Option("--pack", help="按名称使用一个政策包(用于来源未写明地区的示例包)。", show_default=False),
]
OnOption = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="日期,如 2025-07-01;不写则为今天。", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="在标准输出写 JSON,文字说明改写到标准错误。")]
RegistryOption = Annotated[
    Path,
    typer.Option(
        "--registry", help="台账文件夹:监测系统导出的家庭成员表和户表,原样放入。", show_default=False
    ),
]
DeliveriesOption = Annotated[
    Path | None,
    typer.Option("--deliveries", help="部门推送文件夹:各部门的表格,原样放入。", show_default=False),
]
ScreenedRegistryOption = Annotated[
    Path | None, typer.Option("--registry", help="台账文件夹,见 check。", show_default=False)
]
DivisionOption = Annotated[
    str | None,
    typer.Option("--division", help="行政区划代码:2、4、6、9 或 12 位。", show_default=False),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="写出的工作簿,以 .xlsx 结尾;运行记录放在同名的 .run 文件夹。筛查数据湖时是新建的文件夹。",
        show_default=False,
    ),
]
LakeOption = Annotated[
    Path | None,
    typer.Option("--lake", help="数据湖文件夹:筛查其中各县当日的快照,代替台账文件夹。", show_default=False),
]
MasterOption = Annotated[
    str | None,
    typer.Option("--master", help="Spark 集群地址,如 spark://host:7077 或 yarn。", show_default=False),
]
SharedOption = Annotated[
    str | None,
    typer.Option(
        "--shared",
        metavar="URI",
        help="同一个数据湖在集群各节点上的地址,如 hdfs://… 或 s3a://…;路径相同则不用写。",
        show_default=False,
    ),
]
PreviousOption = Annotated[
    Path | None, typer.Option("--previous", help="上期的 .run 文件夹,用于比较变化。", show_default=False)
]
MappingOption = Annotated[
    Path | None, typer.Option("--mapping", help="列名对应文件(TOML)。", show_default=False)
]
KeepGoingOption = Annotated[
    bool, typer.Option("--keep-going", help="有文件读不出时跳过它继续,并在提示中列出。")
]
ErrorsOption = Annotated[
    Path | None,
    typer.Option("--errors", help="把出错的行写成可改正、可再读入的工作簿(.xlsx)。", show_default=False),
]


class EngineName(StrEnum):
    """The engines a screening can run on."""

    DUCKDB = "duckdb"
    SPARK = "spark"


EngineOption = Annotated[EngineName, typer.Option("--engine", help="计算引擎;spark 需另外安装。")]


def day(text: str | None) -> date:
    """Read `--on`; today where it is not written. Raises UsageProblem."""
    if text is None:
        return today()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageProblem(f"--on 应写作 2025-07-01 这样的日期,现为“{text}”。") from None


def packs_folder(told: Path | None) -> Path:
    """Return the folder of packs told, or the program's own; UsageProblem where it is not one."""
    if told is None:
        return default_packs_folder()
    return existing_folder(told, "--packs")


def required(value: _Value | None, option: str) -> _Value:
    """Return what an option says; UsageProblem where it is needed in this use and not there."""
    if value is None:
        raise UsageProblem(f"缺少选项 {option}。用 --help 查看用法。")
    return value


def existing_folder(path: Path, option: str) -> Path:
    """Return the path; UsageProblem where it is no folder."""
    if path.is_dir():
        return path
    what = "是文件,不是文件夹" if path.exists() else "不存在"
    raise UsageProblem(f"{option} 指定的文件夹“{path}”{what}。请核对路径。")


def existing_file(path: Path, option: str) -> Path:
    """Return the path; UsageProblem where it is no file."""
    if path.is_file():
        return path
    raise UsageProblem(
        f"{option} 指定的文件“{path}”{'是文件夹' if path.exists() else '不存在'}。请核对路径。"
    )
