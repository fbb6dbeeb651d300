"""Columns of equal length, and the small arithmetic on months and days that everything here shares."""

from datetime import date
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# One array per column, all of one length.
Frame = dict[str, Array]


def random_stream(seed: int, name: str) -> np.random.Generator:
    """Return one maker's own generator, so that changing one maker leaves the others' numbers alone."""
    return np.random.default_rng([seed, crc32(name.encode())])


def month_index(day: date) -> int:
    """Number the months: year × 12 + month − 1."""
    return day.year * 12 + day.month - 1


def month_text(month: int) -> str:
    """Write a month number as YYYYMM."""
    return f"{month // 12}{month % 12 + 1:02d}"


def months_of(days: Array) -> Array:
    """Number the months of dates; dates count from 1970."""
    return days.astype("datetime64[M]").astype(np.int64) + 1970 * 12


def first_days(months: Array) -> Array:
    """Return the first day of each numbered month."""
    return (np.asarray(months) - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")


def days_in(rng: np.random.Generator, months: Array, last_day: int = 28) -> Array:
    """Draw a day within each numbered month."""
    drawn: Array = first_days(months) + rng.integers(0, last_day, len(months)).astype("timedelta64[D]")
    return drawn


def take(frame: Frame, rows: Array) -> Frame:
    """Return the chosen rows of a frame."""
    return {name: column[rows] for name, column in frame.items()}


def length(frame: Frame) -> int:
    """Count the rows of a frame."""
    return len(next(iter(frame.values()))) if frame else 0


def stack(*frames: Frame) -> Frame:
    """Put frames of the same columns under each other."""
    return {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}


def texts(*values: str) -> Array:
    """Make a vocabulary that can be indexed by an array of codes."""
    return np.array(values, dtype=object)


def any_by(owner: Array, flags: Array, count: int) -> Array:
    """Say for each owner 0..count-1 whether any of its rows is flagged."""
    found: Array = np.bincount(owner[flags], minlength=count) > 0
    return found


def sum_by(owner: Array, amounts: Array, count: int) -> Array:
    """Add up whole amounts per owner 0..count-1, exactly."""
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, owner, amounts.astype(np.int64))
    return total


def yuan(amounts: Array) -> Array:
    """Round yuan to whole fen, to the jiao."""
    fen: Array = np.rint(np.asarray(amounts, dtype=np.float64) * 10).astype(np.int64) * 10
    return fen
