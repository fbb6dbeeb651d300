"""Read the procedure of a pack from `procedure.toml`, and say in Chinese what is wrong where.

Each table is a track; its `step` list is in order, and a step follows the one before it unless `after` says
otherwise. Every step has its source.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import get_args

from shouwang.domain.citations import Document, cite
from shouwang.domain.pack_toml import TomlTable
from shouwang.domain.procedure import (
    ACTORS,
    CLOSED,
    COUNTS,
    DAYS,
    FLAGS,
    OPENED,
    TRACKS,
    GreenChannel,
    Notice,
    Procedure,
    ProcedureError,
    Skip,
    Step,
    TimeLimit,
    Track,
)
from shouwang.domain.workdays import DayKind

_KINDS: tuple[DayKind, ...] = get_args(DayKind)


def read_procedure(table: TomlTable) -> Procedure | None:
    """Build the procedure of a pack; None where its file is absent or empty. Raises PackError."""
    table.only(*TRACKS)
    return Procedure(table.named(_track)) if table.data else None


def cite_procedure(procedure: Procedure | None, documents: Mapping[str, Document]) -> Procedure | None:
    """Return the procedure with every citation written out."""
    if procedure is None:
        return None

    def written(source: str) -> str:
        return cite(source, documents)

    return Procedure({name: _cited(track, written) for name, track in procedure.tracks.items()})


def _cited(track: Track, written: Callable[[str], str]) -> Track:
    green, feedback = track.green_channel, track.feedback
    return replace(
        track,
        source=written(track.source),
        steps=tuple(_cited_step(step, written) for step in track.steps),
        green_channel=replace(green, source=written(green.source)) if green else None,
        feedback=replace(feedback, source=written(feedback.source)) if feedback else None,
    )


def _cited_step(step: Step, written: Callable[[str], str]) -> Step:
    return replace(
        step,
        source=written(step.source),
        limits=tuple(replace(limit, source=written(limit.source)) for limit in step.limits),
        skip=replace(step.skip, source=written(step.skip.source)) if step.skip else None,
    )


def _track(name: str, table: TomlTable) -> Track:
    table.only("label", "source", "reference", "green_channel", "feedback", "step")
    rows = table.rows("step")
    if not rows:
        raise table.error("step", "没有任何步骤，请至少写一个。")
    steps: list[Step] = []
    for row in rows:
        steps.append(_step(row, steps[-1].id if steps else None))
    try:
        return Track(
            id=name,
            label=table.text("label"),
            source=table.text("source"),
            steps=tuple(steps),
            pack_id=table.pack,
            green_channel=_green_channel(table.part("green_channel")),
            feedback=_feedback(table.part("feedback")),
            is_reference=table.maybe("reference", bool) or False,
        )
    except ProcedureError as error:
        raise table.error("step", str(error)) from error


def _step(row: TomlTable, previous: str | None) -> Step:
    row.only(
        "id", "label", "stage", "roles", "source", "after", "needs", "least", "forbids", "exempt", "limits",
        "notice", "skip", "review", "decides",
    )  # fmt: skip
    has_after = row.data.get("after") is not None
    least, exempt = row.part("least"), row.part("exempt")
    least.only(*COUNTS)
    exempt.only(*FLAGS)
    asked = (*FLAGS, *COUNTS)
    return Step(
        id=row.text("id"),
        label=row.text("label"),
        stage=row.maybe("stage", str) or row.text("label"),
        roles=_roles(row),
        source=row.text("source"),
        after=_names(row, "after") if has_after else tuple(name for name in (previous,) if name),
        needs=_names(row, "needs", FLAGS),
        least={name: _number(least, name) for name in least.data},
        forbids=_names(row, "forbids", FLAGS),
        exempt={flag: _names(exempt, flag, asked) for flag in exempt.data},
        limits=tuple(_limit(limit, limit.text("from")) for limit in row.rows("limits")),
        notice=_notice(row.part("notice")),
        skip=_skip(row.part("skip")),
        is_review=row.maybe("review", bool) or False,
        is_deciding=row.maybe("decides", bool) or False,
    )


def _limit(table: TomlTable, counted_from: str) -> TimeLimit:
    table.only("days", "kind", "from", "source", "only_if", "unless")
    return TimeLimit(
        days=_number(table, "days"),
        kind=_kind(table),
        counted_from=counted_from,
        source=table.text("source"),
        only_if=table.choice("only_if", FLAGS),
        unless=table.choice("unless", FLAGS),
    )


def _feedback(table: TomlTable) -> TimeLimit | None:
    if not table.data:
        return None
    if table.choice("from", (OPENED, CLOSED)) is None:
        raise table.error("from", f"应写 {OPENED}（受理）或 {CLOSED}（办结）。")
    return _limit(table, table.text("from"))


def _notice(table: TomlTable) -> Notice | None:
    table.only("days", "kind", "place")
    return Notice(_number(table, "days"), _kind(table), table.text("place")) if table.data else None


def _skip(table: TomlTable) -> Skip | None:
    table.only("flags", "fact", "months", "source")
    if not table.data:
        return None
    fact, flags = table.choice("fact", DAYS), _names(table, "flags", FLAGS)
    if fact is None or not flags:
        raise table.error(
            "fact", f"应写 flags（何种情形）和 fact（以何日为准）。fact 可用：{'、'.join(DAYS)}。"
        )
    months = _number(table, "months") if "months" in table.data else None
    return Skip(flags, fact, table.text("source"), months)


def _green_channel(table: TomlTable) -> GreenChannel | None:
    table.only("label", "roles", "needs", "source")
    if not table.data:
        return None
    return GreenChannel(
        table.text("label"), _roles(table), _names(table, "needs", FLAGS), table.text("source")
    )


def _roles(table: TomlTable) -> tuple[str, ...]:
    roles = _names(table, "roles", ACTORS)
    if not roles:
        raise table.error("roles", f"没有写由谁办理。可用：{'、'.join(ACTORS)}。")
    return roles


def _names(
    table: TomlTable, key: str, known: Mapping[str, str] | tuple[str, ...] | None = None
) -> tuple[str, ...]:
    names = table.maybe(key, list) or []
    for name in names:
        if not isinstance(name, str) or (known is not None and name not in known):
            hint = f"可用：{'、'.join(known)}。" if known is not None else "请写名称。"
            raise table.error(key, f"不认识“{name}”。{hint}")
    if len(set(names)) != len(names):
        raise table.error(key, "同一个名称写了两次，请删去一个。")
    return tuple(names)


def _number(table: TomlTable, key: str) -> int:
    value = table.maybe(key, int)
    if value is None or not 1 <= value <= 3650:
        raise table.error(key, f"应为 1 至 3650 的整数，现为“{'空' if value is None else value}”。")
    return value


def _kind(table: TomlTable) -> DayKind:
    for kind in _KINDS:
        if table.choice("kind", _KINDS) == kind:
            return kind
    raise table.error("kind", f"没有写按何种日计。可用：{'、'.join(_KINDS)}。")
