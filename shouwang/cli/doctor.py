"""`shouwang doctor`: what this machine has, and what is missing."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Literal

from shouwang import __version__
from shouwang.actions.policies import check_packs
from shouwang.cli.console import people, say
from shouwang.cli.failures import ENVIRONMENT, FINE
from shouwang.cli.places import site, var_folder
from shouwang.domain.pack_files import default_packs_folder
from shouwang.domain.policy import PackError

_LIBRARIES = (
    "duckdb",
    "ibis-framework",
    "sqlglot",
    "pyarrow",
    "numpy",
    "python-calamine",
    "xlsxwriter",
    "typer",
    "rich",
)
_GIBIBYTE = 1024**3
_MEMORY_WANTED, _DISK_WANTED = 4, 2
_SIGNS = {"good": ("✓", "green"), "caution": ("!", "yellow"), "bad": ("✗", "bold red")}


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `bad` means that the program cannot work here."""

    state: Literal["good", "caution", "bad"]
    text: str


def doctor() -> int:
    """检查本机环境:版本、程序库、内存、磁盘、政策包、密钥文件权限、资源限制。不能工作时退出码为 3。"""
    findings = list(examine())
    console = people()
    say(console, f"守望 {__version__} 环境检查", "bold")
    for finding in findings:
        sign, style = _SIGNS[finding.state]
        say(console, f"{sign} {finding.text}", style)
    bad = sum(1 for finding in findings if finding.state == "bad")
    say(console, f"有 {bad} 项不满足,请按提示处理。" if bad else "可以使用。", "bold")
    return ENVIRONMENT if bad else FINE


def examine() -> Iterator[Finding]:
    """Look at everything in turn."""
    is_supported = sys.version_info >= (3, 11)
    yield Finding(
        "good" if is_supported else "bad",
        f"Python {platform.python_version()}(需要 3.11 以上),{platform.system()}",
    )
    yield from _libraries()
    yield _processor()
    yield _memory()
    yield _disk()
    yield from _packs()
    yield _key()
    yield _limits()
    yield _spark()


def _libraries() -> Iterator[Finding]:
    found, missing = [], []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Finding("bad", f"缺少程序库:{'、'.join(missing)}。请重新安装(make setup)。")
    yield Finding("good", f"程序库:{'、'.join(found)}")


def _processor() -> Finding:
    return Finding("good", f"处理器 {os.cpu_count() or 1} 核")


def _memory() -> Finding:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIBIBYTE
    except (AttributeError, ValueError, OSError):
        return Finding("caution", "内存大小无法得知;筛查一个县建议 4 GB 以上。")
    state: Literal["good", "caution"] = "good" if size >= _MEMORY_WANTED else "caution"
    return Finding(state, f"内存 {size:.1f} GB(建议 {_MEMORY_WANTED} GB 以上)")


def _disk() -> Finding:
    free = shutil.disk_usage(os.getcwd()).free / _GIBIBYTE
    if free < 0.2:
        return Finding("bad", f"当前磁盘只剩 {free:.1f} GB,请清理。")
    state: Literal["good", "caution"] = "good" if free >= _DISK_WANTED else "caution"
    return Finding(state, f"当前磁盘可用 {free:.1f} GB(建议 {_DISK_WANTED} GB 以上)")


def _packs() -> Iterator[Finding]:
    try:
        report = check_packs(folder=default_packs_folder())
    except PackError as error:
        yield Finding("bad", str(error))
        return
    for problem in report.problems:
        yield Finding("bad", problem)
    if not report.problems:
        yield Finding(
            "good", f"政策包 {report.packs} 个,规则 {report.rules} 条,算例 {report.cases} 个,全部通过"
        )


def _key() -> Finding:
    problem = site().key_problem("blind")
    if problem:
        return Finding("bad" if "长度" in problem or "无法读取" in problem else "caution", problem)
    folder = var_folder()
    parent = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(parent, os.W_OK):
        return Finding(
            "bad", f"文件夹“{parent}”不能写入;请改权限,或用环境变量 SHOUWANG_VAR 指定另一个文件夹。"
        )
    state = "已有,只有本人能读" if site().key_path("blind").exists() else "首次筛查时生成"
    return Finding("good", f"盲索引密钥文件:{state}")


def _limits() -> Finding:
    if find_spec("resource") is None:
        return Finding("caution", "本系统不能限制读表进程的内存;请只读取来源可靠的表格。")
    return Finding("good", "读表进程可限制内存和时间")


def _spark() -> Finding:
    has_library, has_java = find_spec("pyspark") is not None, shutil.which("java") is not None
    if has_library and has_java:
        return Finding("good", "Spark(可选)可用")
    missing = "、".join(name for name, there in (("pyspark", has_library), ("Java", has_java)) if not there)
    return Finding("good", f"Spark(可选)未安装:缺少{missing};不影响使用")
