"""From what went wrong to one Chinese sentence and an exit code; nobody sees a traceback.

Exit codes: 0 fine, 1 problems found in the input, 2 wrong usage, 3 the environment is not fit.
"""

import errno
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from shouwang.actions.refusals import Refusal
from shouwang.actions.screening import EngineMissing, OutputError
from shouwang.domain.divisions import DivisionError
from shouwang.domain.lake_snapshots import LakeError
from shouwang.domain.periods import PeriodError
from shouwang.domain.policy import PackError
from shouwang.engine.run import RunError
from shouwang.engine.snapshot import SnapshotError
from shouwang.exchange.errors_workbook import OriginalChanged
from shouwang.exchange.limits import ReadError
from shouwang.exchange.mapping import MappingError
from shouwang.exchange.recognising import LayoutError
from shouwang.exchange.staging import StagingError
from shouwang.exchange.writing import WriteError
from shouwang.records.backup_file import BackupError
from shouwang.records.loading_lock import LoadRunning
from shouwang.records.server_database import ServerError
from shouwang.records.site import SiteError
from shouwang.synthetic.county import SyntheticError

FINE, PROBLEMS, USAGE, ENVIRONMENT = 0, 1, 2, 3


class UsageProblem(Exception):
    """An argument cannot be meant so; the message (Chinese) names the option and what to write instead."""


_INPUT = (
    ReadError,
    StagingError,
    MappingError,
    LayoutError,
    PackError,
    RunError,
    SnapshotError,
    OriginalChanged,
    Refusal,
    LoadRunning,
    LakeError,
)
_ASKED = (OutputError, UsageProblem, DivisionError, PeriodError, SyntheticError)
_DATABASE = {"OutOfMemoryException", "IOException"}
_WHY = {
    errno.ENOSPC: "磁盘空间不足,请清理后重试",
    errno.EACCES: "没有权限,请检查文件夹权限,或文件是否正被 Excel、WPS 打开",
    errno.EPERM: "没有权限,请检查文件夹权限,或文件是否正被 Excel、WPS 打开",
    errno.EROFS: "所在磁盘只读,请换一个位置",
    errno.ENOENT: "文件或文件夹不存在,请核对路径",
    errno.ENOTDIR: "路径中有一段不是文件夹,请核对路径",
    errno.EISDIR: "这是文件夹,请指定文件",
    errno.ENAMETOOLONG: "路径过长,请缩短文件名",
    errno.EMFILE: "打开的文件过多,请关闭其他程序或提高系统限制",
}


def failure(error: BaseException) -> tuple[str, int] | None:
    """Return the sentence and the exit code of a known failure, or None."""
    if isinstance(error, _ASKED):
        return _sentence(str(error)), USAGE
    if isinstance(error, _INPUT):
        return _sentence(str(error)), PROBLEMS
    if isinstance(error, SiteError | ServerError | BackupError | EngineMissing | WriteError):
        return str(error), ENVIRONMENT
    if isinstance(error, MemoryError) or type(error).__name__ in _DATABASE:
        return "内存或磁盘空间不足,请关闭其他程序,或把数据按乡镇分批筛查。", ENVIRONMENT
    if isinstance(error, OSError) and error.errno is not None:
        name = f"“{Path(str(error.filename)).name}”:" if error.filename else ""
        return f"{name}{_WHY.get(error.errno, '读写失败,请检查磁盘和权限')}。", ENVIRONMENT
    return None


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "!", "！", "\n")) else f"{text}。"


def usage_sentence(error: Exception) -> str:
    """Say in Chinese what the argument parser found wrong."""
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    name = getattr(parameter, "opts", [""])[-1] if parameter is not None else ""
    if kind == "MissingParameter":
        is_argument = getattr(parameter, "param_type_name", "") == "argument"
        return f"缺少参数 {str(name).upper()}。" if is_argument else f"缺少选项 {name}。"
    if kind == "NoSuchOption":
        near = getattr(error, "possibilities", None)
        advice = f"是否要写 {'、'.join(sorted(near))}?" if near else ""
        return f"没有选项 {getattr(error, 'option_name', '')}。{advice}"
    if kind == "BadParameter":
        return f"选项 {name} 的取值不对,请看帮助中的写法。"
    if kind == "BadOptionUsage":
        return f"选项 {getattr(error, 'option_name', '')} 后面要写一个值,或不应写值。"
    text = str(getattr(error, "message", error))
    if "No such command" in text:
        return f"没有命令 {text.split(chr(39))[1] if chr(39) in text else ''}。"
    return "缺少命令。" if "Missing command" in text else "命令写法不对,多了或少了参数。"


def write_log(error: BaseException, folder: Path, moment: datetime) -> Path | None:
    """Write where an unexpected error arose, and its kind; never its message, which may quote a cell.

    Returns the file, or None where it cannot be written.
    """
    path = folder / f"error-{moment:%Y%m%d-%H%M%S}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(
            "\n".join([f"{moment:%Y-%m-%d %H:%M:%S%z}", *_frames(error)]) + "\n", encoding="utf-8"
        )
    except OSError:
        return None
    return path


def _frames(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield f"{type(error).__module__}.{type(error).__name__}"
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        error = error.__cause__ or error.__context__
