"""Read a pack's quality.toml and quality_cases.toml: the data-quality checks and their cases."""

import re
from decimal import Decimal

from shouwang.domain.pack_toml import TYPE_NAMES, TomlTable
from shouwang.domain.policy import Pack, Policy
from shouwang.domain.quality import KINDS, SEVERITIES, SUBJECTS, Check, CheckCase
from shouwang.domain.quality_facts import Fact, facts_of
from shouwang.domain.tables import FEEDS, TABLES

_KEYS = (
    "number", "label", "subject", "severity", "kind", "when", "not_run", "mend", "field", "days", "source",
    "feed", "note", "blocks", "from", "to",
)  # fmt: skip
_EXPECT: dict[str, bool | None] = {"true": True, "false": False, "unknown": None}
_AMOUNT = re.compile(r"-?\d+(\.\d{1,2})?元")
_MOST_DAYS = 365


def read_checks(quality: TomlTable, cases: TomlTable) -> tuple[dict[str, Check], tuple[CheckCase, ...]]:
    """Return a pack's checks by name and their cases. Raises PackError."""
    quality.only("source", "check")
    cases.only("case")
    shared = quality.maybe("source", str) or ""
    checks = quality.part("check").named(lambda name, table: _check(name, table, shared))
    return checks, tuple(_case(row, checks) for row in cases.rows("case"))


def _check(name: str, table: TomlTable, shared: str) -> Check:
    table.only(*_KEYS)
    when, not_run = table.maybe("when", str) or "", table.maybe("not_run", str) or ""
    if bool(when.strip()) == bool(not_run.strip()):
        raise table.error("when", "when（条件）与 not_run（不判的原因）应写且只写一个。")
    feed, kind = table.choice("feed", FEEDS) or "", table.choice("kind", KINDS) or "registry"
    if (kind == "delivery") != bool(feed):
        raise table.error("feed", '账实比对（kind = "delivery"）要写所依据的数据来源 feed，台账自身的不写。')
    subject = table.choice("subject", SUBJECTS)
    if subject is None:
        raise table.error("subject", f"没有填写核查对象。可用：{'、'.join(SUBJECTS)}。")
    return Check(
        name=name,
        number=table.text("number"),
        label=table.text("label"),
        subject=subject,
        # `choice` has checked the word.
        severity=table.choice("severity", SEVERITIES) or "doubt",  # type: ignore[arg-type]
        kind=kind,
        when=when,
        not_run=not_run,
        mend=table.text("mend") if when else table.maybe("mend", str) or "",
        field=_field(table) if when else "",
        days=_days(table),
        source=table.maybe("source", str) or shared or table.text("source"),
        feed=feed,
        note=table.maybe("note", str) or "",
        blocks=table.maybe("blocks", bool) or False,
        from_on=table.day("from") if "from" in table.data else None,
        to_on=table.day("to") if "to" in table.data else None,
    )


def _field(table: TomlTable) -> str:
    field = table.text("field")
    owner, _, column = field.partition(".")
    if owner not in TABLES or column not in {each.name for each in TABLES[owner].columns}:
        raise table.error("field", f"没有“{field}”这一列，应写成“表.列”，例如 member.sex。")
    return field


def _days(table: TomlTable) -> int:
    days = table.maybe("days", int)
    if days is None:
        days = 30
    if not 1 <= days <= _MOST_DAYS:
        raise table.error("days", f"整改期限应为 1 至 {_MOST_DAYS} 天，现为{days}。")
    return days


def _case(row: TomlTable, checks: dict[str, Check]) -> CheckCase:
    row.only("check", "given", "expect")
    check = checks.get(row.text("check"))
    if check is None or not check.when:
        raise row.error("check", "没有这条核查，或这条核查不判，请核对名称。")
    if row.text("expect") not in _EXPECT:
        raise row.error("expect", f"应为 {'、'.join(_EXPECT)} 之一（加引号）。")
    given, known = row.part("given"), facts_of(check.subject)
    for name in given.data:
        if name not in known:
            raise given.error(name, "没有这个事实，请对照 docs/reference/quality.md 核对名称。")
    values = {name: _value(given, name, known[name]) for name in given.data}
    return CheckCase(check.name, values, _EXPECT[row.text("expect")])


def _value(given: TomlTable, name: str, fact: Fact) -> int | bool | str | None:
    value = given.data[name]
    if value == "未知":
        return None
    if fact.unit == "fen":
        if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
            raise given.error(name, f"金额应写成如“6899.99元”的文字，现为“{value}”。")
        return int(Decimal(value.removesuffix("元")) * 100)
    kind = {"flag": bool, "code": str}.get(fact.unit, int)
    if type(value) is not kind:
        raise given.error(name, f"应为{TYPE_NAMES[kind]}，不知道写“未知”，现为“{value}”。")
    return value  # type: ignore[return-value]  # its type has just been asked


def checks_of(policy: Policy) -> dict[str, tuple[Check, Pack]]:
    """Return the checks asked under a policy, by name; a narrower pack's check replaces its namesake.

    Those that are not run are among them, with their reason.
    """
    found = {name: (check, pack) for pack in reversed(policy.chain) for name, check in pack.checks.items()}
    return {name: (check, pack) for name, (check, pack) in found.items() if check.holds_on(policy.on)}
