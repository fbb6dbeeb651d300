"""A finished screening kept in a folder: its identity, its answers, and all that explains them.

run.json           what was screened, by which packs, rules and parameters; notices; counts
household.parquet  one row per household: place, grade, index and parts, answers' inputs (indicators)
finding.parquet    one row per household and true rule       unknown.parquet, near.parquet   likewise
source_row.parquet one row per household and source row      source.parquet  the sheets that were read
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.engine.explanation import ParameterNote
from shouwang.engine.findings import finding_table, near_table, source_row_table, unknown_table
from shouwang.engine.grading import part_names
from shouwang.engine.policy_table import PolicyTable, Variant
from shouwang.engine.screening import Screened
from shouwang.engine.worked_out import fetched

FORMAT = 1
_ORDER = ("household_id", "rule", "pack", "indicator", "row_set", "source_id", "row_no")
_CITED = ("title", "issuer", "source", "url", "digest")
_PLACE = ("township", "village", "group_name", "head_name")


class RunError(Exception):
    """A run folder cannot be read; the message (Chinese) says which file and what to do."""


@dataclass(frozen=True)
class RunHeader:
    """What a run says of itself; see `run.json`. `id` is a digest of all that the answers depend on."""

    id: str
    on: str
    county: str
    packs: dict[str, dict[str, str]]
    policies: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    parts: dict[str, str]
    not_applicable: list[dict[str, Any]]
    unjudged: list[str]
    feeds: list[str]
    notices: list[str]
    counts: dict[str, int]
    format: int = FORMAT

    def parameters(self, scope: int) -> dict[str, ParameterNote]:
        """Return the parameters of a scope by name."""
        return {
            name: ParameterNote(name=name, **note)
            for name, note in self.policies[scope]["parameters"].items()
        }

    def rule(self, name: str, pack: str) -> dict[str, Any]:
        """Return a rule as the run used it."""
        for rule in self.rules:
            if rule["name"] == name and rule["pack"] == pack:
                return rule
        raise RunError(f"运行记录中没有规则“{name}”(政策包 {pack}),文件可能被改动过。")


def write_run(
    screened: Screened,
    folder: Path,
    *,
    county: str,
    notices: Sequence[str] = (),
    counts: Mapping[str, int] | None = None,
    kept: Collection[str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
    write: Callable[[ir.Table, Path], int] | None = None,
) -> RunHeader:
    """Write a screening into an existing empty folder and return its header; kept: the tables wanted.

    write: writes a table, in its order, as one Parquet file and returns its rows; where None a whole table is
    held in memory at once.
    """
    written = {}
    for name, make in _TABLES.items():
        if kept is None or name in kept:
            count = _written(screened, name, make, folder / f"{name}.parquet", write or _write)
            if count is not None:
                progress(name)
                written[name] = count
    header = _header(
        screened, county, notices, {**(counts or {}), **{f"{n}_rows": c for n, c in written.items()}}
    )
    (folder / "run.json").write_text(
        json.dumps(asdict(header), ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8"
    )
    return header


def _sources(screened: Screened) -> ir.Table:
    return screened.snapshot["source"]


def _households(screened: Screened) -> ir.Table:
    table = screened.table
    names = screened.snapshot["household"][["household_id", *_PLACE]]
    answers = {variant.column for variant in table.variants}
    columns = screened.households.columns
    kept = [c for c in columns if c not in answers and not c.startswith(("p_", "near_"))]
    return screened.households[kept].left_join(names, "household_id").drop("household_id_right")


_TABLES: Mapping[str, Callable[[Screened], ir.Table | None]] = {
    "household": _households,
    "finding": finding_table,
    "unknown": unknown_table,
    "near": near_table,
    "source_row": source_row_table,
    "source": _sources,
}


def _written(
    screened: Screened,
    name: str,
    make: Callable[[Screened], ir.Table | None],
    path: Path,
    write: Callable[[ir.Table, Path], int],
) -> int | None:
    """Write one of the run's tables and return its rows, None where the run has none of it."""
    # Which rows are behind the warnings is a matter of what was found, and asked anew.
    if screened.worked_out is None or name == "source_row":
        table = make(screened)
        return None if table is None else write(_in_order(table), path)

    def ordered() -> ir.Table | None:
        made = make(screened)
        return None if made is None else _in_order(made)

    key = (name, screened.unjudged)
    found = fetched(screened.worked_out, key, ordered, screened.snapshot.backend)
    return None if found is None else _kept_whole(found, path)


def _in_order(table: ir.Table) -> ir.Table:
    """Return a table in a fixed order, so that the same screening gives the same file."""
    return table.order_by([column for column in _ORDER if column in table.columns])


def _write(table: ir.Table, path: Path) -> int:
    return _kept_whole(table.to_pyarrow(), path)


def _kept_whole(found: pa.Table, path: Path) -> int:
    pq.write_table(found, path, compression="zstd")
    return int(found.num_rows)


def _header(screened: Screened, county: str, notices: Sequence[str], counts: Mapping[str, int]) -> RunHeader:
    table = screened.table
    packs = {pack.id: pack for policy in table.policies for pack in policy.chain}
    unjudged = [v.rule.name for v in table.variants if v.column in screened.unjudged]
    body: dict[str, Any] = {
        "on": table.on.isoformat(),
        "county": county,
        "packs": {pack.id: {key: getattr(pack, key) for key in _CITED} for pack in packs.values()},
        "policies": [_policy(table, scope) for scope in range(len(table.policies))],
        "rules": [_rule(variant) for variant in table.variants],
        "parts": part_names(table),
        "not_applicable": [
            {"rule": n.rule.name, "label": n.rule.label, "scope": n.scope, "missing": list(n.missing)}
            for n in table.not_applicable
        ],
        "unjudged": sorted(set(unjudged)),
        "feeds": sorted(screened.snapshot.feeds),
        "notices": list(notices),
        "counts": dict(sorted(counts.items())),
    }
    read = sorted(str(source.get("sha256")) for source in screened.snapshot.sources.values())
    text = json.dumps([body, read], ensure_ascii=False, sort_keys=True)
    return RunHeader(id=hashlib.sha256(text.encode()).hexdigest()[:16], **body)


def _policy(table: PolicyTable, scope: int) -> dict[str, Any]:
    policy = table.policies[scope]
    notes = {
        name: {
            "value": p.value,
            "label": p.parameter.label,
            "unit": p.parameter.unit,
            "source": p.dated.source,
            "url": p.dated.url,
            "note": p.dated.note,
            "pack": p.pack.id,
            "from_date": p.dated.from_date.isoformat(),
            "is_reference": p.dated.is_reference,
            "is_stale": p.is_stale,
        }
        for name, p in policy.parameters.items()
    }
    return {
        "key": list(policy.key),
        "window": str(table.regimes[scope].window),
        "class_names": policy.class_names,
        "grade_scale": list(policy.grade_scale),
        "parameters": notes,
    }


def _rule(variant: Variant) -> dict[str, Any]:
    rule = asdict(variant.rule)
    return {**rule, "pack": variant.pack.id, "scopes": list(variant.scopes)}


@dataclass(frozen=True)
class Run:
    """A run read back from its folder."""

    folder: Path
    header: RunHeader

    def table(self, name: str) -> pa.Table | None:
        """Return one of the run's tables, or None where the run has none of that name."""
        path = self.folder / f"{name}.parquet"
        return pq.read_table(path) if path.exists() else None

    @property
    def on(self) -> date:
        """The day that was screened."""
        return date.fromisoformat(self.header.on)


def read_run(folder: Path) -> Run:
    """Read a run's folder; RunError where it is not one."""
    path = folder / "run.json"
    if not path.is_file():
        raise RunError(
            f"“{folder.name}”不是一次筛查的运行记录:缺少 run.json。请指定筛查时生成的 .run 文件夹。"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        header = RunHeader(**content)
    except (ValueError, TypeError) as error:
        raise RunError(f"“{folder.name}”的 run.json 无法读取,文件可能不完整。请重新筛查。") from error
    if header.format != FORMAT:
        raise RunError(f"“{folder.name}”由其他版本生成(格式 {header.format}),请用当前版本重新筛查。")
    return Run(folder, header)
