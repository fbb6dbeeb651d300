"""The parent's end of the reading child process: start it, ask it, outlive it."""

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import shouwang
from shouwang.exchange.limits import DEFAULT_LIMITS, Limits, ReadError
from shouwang.exchange.precheck_zip import SheetPart
from shouwang.exchange.shared_strings import LARGE_BYTES
from shouwang.exchange.workbook_blocks import BLOCK_BYTES

BATCH_ROWS = 10_000
_SAVE = "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”再导入"
_REASONS = {
    "password": ("文件设有打开密码", "请向提供单位索取密码，取消密码后另存再导入"),
    "too_many_columns": ("列数超过上限", "请删除右侧无用的列（整列删除）后另存"),
    "no_space": ("临时目录的磁盘空间不足，没有读完", "请清理磁盘后重试，没有写入任何数据"),
    "damaged": ("表格内容损坏，无法解析", f"文件可能在传输中损坏，请重新索取，或{_SAVE.removeprefix('请')}"),
    "unsafe_to_read": ("无法安全读取，读取时超出了内存或时间限制", f"{_SAVE}；仍不行时请拆成几个文件"),
}


class ReaderWorker:
    """Read workbooks one after another in a limited child process; a context manager.

    Owns a temporary folder for what was read, wiped on leaving. A file that kills the child costs that file
    only: the next one gets a new child. `has_limits` is None before the first file, and False where the
    system cannot limit a process (Windows). Not for use by two threads at once.
    """

    def __init__(
        self,
        limits: Limits = DEFAULT_LIMITS,
        *,
        block_bytes: int = BLOCK_BYTES,
        shared_bytes: int = LARGE_BYTES,
    ) -> None:
        self._limits = limits
        self._block_bytes = block_bytes
        self._shared_bytes = shared_bytes
        self._child: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()
        self._folder: Path | None = None
        self.has_limits: bool | None = None

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="shouwang-reading-"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    @property
    def process_id(self) -> int | None:
        """Answer the living child's process id, for measuring; None when there is no child."""
        return self._child.pid if self._child is not None else None

    def new_folder(self) -> Path:
        """Make a fresh folder for one book inside the worker's own."""
        if self._folder is None:
            raise RuntimeError("use ReaderWorker as a context manager")
        return Path(tempfile.mkdtemp(dir=self._folder))

    def read(
        self,
        path: Path,
        folder: Path,
        sheet_parts: list[SheetPart],
        on_rows: Callable[[str, int], None] | None = None,
    ) -> list[dict[str, Any]]:
        """Have `path` read into `folder`; answer one {name, is_hidden, blocks} per sheet.

        Raises ReadError, also when the child died or took too long.
        """
        answer = self._ask(self._request(path, folder, sheet_parts), path.name, on_rows)
        if "error" in answer:
            what, advice = _REASONS[answer["error"]]
            raise ReadError(path.name, answer["error"], what, advice, sheet=answer["sheet"])
        sheets: list[dict[str, Any]] = answer["sheets"]
        return sheets

    def _request(self, path: Path, folder: Path, sheet_parts: list[SheetPart]) -> str:
        return json.dumps(
            {
                "path": str(path.resolve()),
                "folder": str(folder),
                "batch_rows": BATCH_ROWS,
                "block_bytes": self._block_bytes,
                "shared_bytes": self._shared_bytes,
                "most_columns": self._limits.columns,
                "memory_bytes": self._limits.child_memory_bytes,
                "cpu_seconds": self._limits.child_cpu_seconds,
                "sheet_parts": [[part.name, part.part, part.is_hidden, part.columns] for part in sheet_parts],
            }
        )

    def _ask(self, request: str, file: str, on_rows: Callable[[str, int], None] | None) -> dict[str, Any]:
        child = self._child if self._child is not None and self._child.poll() is None else self._start()
        try:
            assert child.stdin is not None
            child.stdin.write(request + "\n")
            child.stdin.flush()
            while True:
                answer = self._next_answer()
                if "rows" not in answer:
                    return answer
                if on_rows is not None:
                    on_rows(answer["sheet"], answer["rows"])
        except (OSError, EOFError, queue.Empty, ValueError):
            self._stop()
            what, advice = _REASONS["unsafe_to_read"]
            raise ReadError(file, "unsafe_to_read", what, advice) from None
        except BaseException:
            self._stop()
            raise

    def _next_answer(self) -> dict[str, Any]:
        line = self._answers.get(timeout=self._limits.child_wall_seconds)
        if not line:
            raise EOFError
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _start(self) -> subprocess.Popen[str]:
        self._stop()
        child = subprocess.Popen(
            [sys.executable, "-m", "shouwang.exchange.reader_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=_environment(),
        )
        self._child = child
        self._answers = queue.Queue()
        threading.Thread(target=_pump, args=(child, self._answers), daemon=True).start()
        try:
            self.has_limits = bool(self._next_answer()["has_limits"])
        except EOFError:
            raise RuntimeError("the reading process does not start") from None
        return child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.close()
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _pump(child: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    """Move the child's lines to a queue; an empty line marks its end."""
    assert child.stdout is not None
    with contextlib.suppress(ValueError, OSError):
        for line in child.stdout:
            answers.put(line)
    answers.put("")


def _environment() -> dict[str, str]:
    """Answer the child's environment: this package first, and an allocator that gives memory back."""
    root = str(Path(shouwang.__path__[0]).parent)
    others = os.environ.get("PYTHONPATH")
    return os.environ | {
        "PYTHONPATH": f"{root}{os.pathsep}{others}" if others else root,
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_MMAP_THRESHOLD_": "1048576",
        "MALLOC_TRIM_THRESHOLD_": "1048576",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
