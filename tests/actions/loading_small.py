"""A registry of a few households of one person each, written by hand and loaded."""

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

from shouwang.actions.loading import Loaded
from tests.actions.loading_world import load
from tests.exchange import samples
from tests.world import NOW


def deliver(folder: Path, *rows: list[Any], name: str = "医保_2026年10月.xlsx") -> None:
    samples.xlsx(folder / "deliveries" / name, {"Sheet1": [samples.MEDICAL_HEADERS, *rows]})


def registry(
    folder: Path, households: list[list[Any]], members: list[list[Any]], more: dict[str, Any] | None = None
) -> None:
    """Write the registry anew."""
    shutil.rmtree(folder / "registry", ignore_errors=True)
    samples.xlsx(folder / "registry" / "户信息.xlsx", {"Sheet1": [samples.HOUSEHOLD_HEADERS, *households]})
    headers, extra = samples.MEMBER_HEADERS, more or {}
    samples.xlsx(
        folder / "registry" / "家庭成员信息.xlsx",
        {"Sheet1": [[*headers, *extra], *([*row, *extra.values()] for row in members)]},
    )


def load_small(folder: Path, on: date = samples.ON, at: datetime = NOW, **asked: Any) -> Loaded:
    return load(folder, on=on, at=at, **asked)


def people(*serials: int, **changes: Any) -> tuple[list[list[Any]], list[list[Any]]]:
    return [samples.household(each, **changes) for each in serials], [
        samples.member(each, each) for each in serials
    ]
