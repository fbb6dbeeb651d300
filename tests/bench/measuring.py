"""Each competitor in a process of its own: its wall time, and the peak memory of it and its children."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from tests.bench.work import Work

_INTERVAL = 0.02
_MB = 1024 * 1024


class ChildFailed(Exception):
    """A competitor stopped with an error; the message is the end of what it printed."""


@dataclass(frozen=True)
class Measured:
    """The best of some runs: wall and processor seconds without start-up and imports, peak memory, stages."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    stages: Mapping[str, float] = field(default_factory=dict)


def measure(name: str, work: Work, runs: int) -> Measured:
    """Run a competitor of `child` some times and return its best time with that run's figures."""
    found = [_once(name, work) for _ in range(runs)]
    return min(found, key=lambda each: each.seconds)


def _once(name: str, work: Work) -> Measured:
    places: Sequence[Path] = (work.tables, work.store, work.out)
    command = [sys.executable, "-m", "tests.bench.child", name, *(str(place) for place in places)]
    log = work.out / f"{name}.log"
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as child:
        peak = _watch(child)
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    if child.returncode != 0:
        raise ChildFailed(f"{name}: " + "\n".join(lines[-15:]))
    told = json.loads(lines[-1])
    return Measured(told["seconds"], told["cpu_seconds"], max(peak, told["peak_mb"]), told["stages"])


def _watch(child: "subprocess.Popen[bytes]") -> float:
    """Return the highest sum of the resident memory of a process and its children, in MB."""
    process, peak = psutil.Process(child.pid), 0.0
    while child.poll() is None:
        try:
            family = [process, *process.children(recursive=True)]
            peak = max(peak, sum(each.memory_info().rss for each in family) / _MB)
        except psutil.Error:
            pass
        time.sleep(_INTERVAL)
    return peak
