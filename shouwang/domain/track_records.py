"""A track as a record that can be kept beside a case, and read back as the same track years later.

A case walks to its end by the track it was opened with, whatever becomes of the pack meanwhile.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from shouwang.domain.procedure import GreenChannel, Notice, ProcedureError, Skip, Step, TimeLimit, Track


def track_record(track: Track) -> dict[str, Any]:
    """Return a track as plain values, fit for JSON."""
    record: dict[str, Any] = json.loads(json.dumps(asdict(track), ensure_ascii=False))
    return record


def track_digest(track: Track) -> str:
    """Return the SHA-256 of a track's record in canonical form: 64 hex digits."""
    text = json.dumps(track_record(track), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def read_track(record: Mapping[str, Any]) -> Track:
    """Return the track of a record. Raises ProcedureError where it is none of this program's."""
    try:
        return _track(record)
    except (KeyError, TypeError, AttributeError) as error:
        raise ProcedureError("保存的程序内容不完整，无法读出，请联系系统管理员从备份恢复。") from error


def _track(record: Mapping[str, Any]) -> Track:
    green, feedback = record["green_channel"], record["feedback"]
    return Track(
        **{
            **record,
            "steps": tuple(_step(each) for each in record["steps"]),
            "green_channel": GreenChannel(**_tuples(green, "roles", "needs")) if green else None,
            "feedback": TimeLimit(**feedback) if feedback else None,
        }
    )


def _step(record: Mapping[str, Any]) -> Step:
    notice, skip = record["notice"], record["skip"]
    return Step(
        **{
            **_tuples(record, "roles", "after", "needs", "forbids"),
            "exempt": {flag: tuple(names) for flag, names in record["exempt"].items()},
            "limits": tuple(TimeLimit(**each) for each in record["limits"]),
            "notice": Notice(**notice) if notice else None,
            "skip": Skip(**_tuples(skip, "flags")) if skip else None,
        }
    )


def _tuples(record: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**record, **{name: tuple(record[name]) for name in names}}
