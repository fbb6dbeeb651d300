"""Read a pack's calendar.toml: the monthly calendar of who reports what to whom by which day (R27)."""

from dataclasses import replace
from datetime import date

from shouwang.domain.feed_duties import PARTIES, Duty
from shouwang.domain.pack_toml import TomlTable
from shouwang.domain.policy import Policy
from shouwang.domain.tables import FEEDS

_KEYS = (
    "label", "giver", "taker", "feeds", "day", "day_of", "months_after", "remind_days", "source", "reference",
    "note", "from", "to",
)  # fmt: skip
_REMIND_DAYS = 3
_MOST_MONTHS_AFTER = 12


def read_calendar(table: TomlTable) -> dict[str, Duty]:
    """Read a pack's calendar.toml: its duties by name. Raises PackError."""
    return table.named(_duty)


def _duty(name: str, table: TomlTable) -> Duty:
    table.only(*_KEYS)
    giver, taker = (table.choice(key, PARTIES) for key in ("giver", "taker"))
    if giver is None or taker is None:
        raise table.error("giver", f"要写由谁（giver）报给谁（taker）。可用：{'、'.join(PARTIES)}。")
    day, day_of = table.maybe("day", int), table.maybe("day_of", str) or ""
    if (day is None) != bool(day_of):
        raise table.error("day", "day（日）与 day_of（说明此日的参数名）应写且只写一个。")
    if day is not None and not 1 <= day <= 31:
        raise table.error("day", f"应为 1 至 31，现为{day}。")
    return Duty(
        name=name,
        label=table.text("label"),
        giver=giver,
        taker=taker,
        feeds=_feeds(table),
        day=day,
        day_of=day_of,
        months_after=_number(table, "months_after", 0, _MOST_MONTHS_AFTER),
        remind_days=_number(table, "remind_days", _REMIND_DAYS, 31),
        source=table.text("source"),
        is_reference=table.maybe("reference", bool) or False,
        note=table.maybe("note", str) or "",
        from_on=table.maybe("from", date),
        to_on=table.maybe("to", date),
    )


def _feeds(table: TomlTable) -> tuple[str, ...]:
    feeds = table.maybe("feeds", list) or []
    for feed in feeds:
        if feed not in FEEDS:
            raise table.error("feeds", f"不认识数据来源“{feed}”。可用：{'、'.join(FEEDS)}。")
    return tuple(feeds)


def _number(table: TomlTable, key: str, usual: int, most: int) -> int:
    value = table.maybe(key, int)
    if value is None:
        return usual
    if not 0 <= value <= most:
        raise table.error(key, f"应为 0 至 {most}，现为{value}。")
    return value


def duties_of(policy: Policy) -> tuple[Duty, ...]:
    """Return the duties that hold under a policy, each with its day, in the order of the days.

    A narrower pack's duty replaces its namesake; one whose day nobody says is left out.
    """
    found = {name: each for pack in reversed(policy.chain) for name, each in pack.calendar.items()}
    known = (_dated(each, policy) for each in found.values() if each.holds_on(policy.on))
    return tuple(
        sorted((each for each in known if each is not None), key=lambda each: (each.day or 0, each.name))
    )


def _dated(duty: Duty, policy: Policy) -> Duty | None:
    if not duty.day_of:
        return duty
    said = policy.parameters.get(duty.day_of)
    return replace(duty, day=int(said.value)) if said is not None else None
