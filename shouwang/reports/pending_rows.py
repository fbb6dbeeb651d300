"""The sheets of what is not known and what has changed: 待核实, 较上期变化, 重点人群."""

from collections import Counter
from collections.abc import Iterator, Sequence

from shouwang.domain.indicators import indicators
from shouwang.domain.policy import GRADES
from shouwang.domain.tables import FEEDS
from shouwang.engine.difference import CHANGES, HouseholdChange
from shouwang.engine.results import HouseholdResult
from shouwang.exchange.writing import Column, SheetSpec, Style, StyledRow
from shouwang.reports.contents import GRADE_STYLES, Contents, place_rows
from shouwang.reports.warning_rows import HOUSEHOLD, place_cells

_ALL = "全部农户"
_CHANGE_STYLES: dict[str, Style] = {"new": "warn", "graver": "bad", "lighter": "good", "gone": "good"}
_FEED_OF_TABLE = {table: label for label, table in FEEDS.values()} | {"annual_income": "户信息(年度收入)"}


def pending_sheet(contents: Contents) -> SheetSpec:
    """Make 待核实: first what no household's facts could answer, then the households one by one."""
    columns = (
        Column("范围", 9),
        *HOUSEHOLD,
        Column("缺少的数据", 34),
        Column("可由谁补充", 22),
        Column("因此无法判断的规则", 52),
    )
    rows = [*_unjudged(contents), *_not_applicable(contents)]
    households = sum(1 for row in contents.households.values() if row["is_pending"])
    title = f"待核实 {contents.title} 共{households}户 缺数据不等于没有风险"
    return SheetSpec("待核实", columns, _chained(rows, contents), title)


def _chained(rows: list[StyledRow], contents: Contents) -> Iterator[StyledRow]:
    yield from rows
    for household in contents.results.households(where="is_pending"):
        yield _pending(household)


def _pending(household: HouseholdResult) -> StyledRow:
    missing = list(dict.fromkeys(name for rule in household.unknown for name in rule.missing))
    rules = list(dict.fromkeys(rule.label for rule in household.unknown))
    return StyledRow(
        ("本户", *place_cells(household), missing_words(missing), providers(missing), "\n".join(rules))
    )


def _unjudged(contents: Contents) -> Iterator[StyledRow]:
    """Gather the rules nobody's facts could answer by what they lack."""
    from_rule = {rule["name"]: rule for rule in contents.run.header.rules}
    labels = [from_rule[name]["label"] for name in contents.run.header.unjudged if name in from_rule]
    if labels:
        text = "所需数据没有推送,或各户都缺;" + _missing_feeds(contents)
        yield _notice(text, "", labels)


def _missing_feeds(contents: Contents) -> str:
    absent = [label for feed, (label, _) in FEEDS.items() if feed not in contents.run.header.feeds]
    return f"本次没有:{'、'.join(absent)}" if absent else "各来源都已推送"


def _not_applicable(contents: Contents) -> Iterator[StyledRow]:
    grouped: dict[tuple[str, ...], list[str]] = {}
    for each in contents.run.header.not_applicable:
        grouped.setdefault(tuple(each["missing"]), []).append(each["label"])
    for names, labels in grouped.items():
        yield _notice(f"本地未定参数:{'、'.join(names)}", "本级政策制定部门(写入政策包)", labels)


def _notice(missing: str, provider: str, labels: Sequence[str]) -> StyledRow:
    blank = (None,) * len(HOUSEHOLD)
    return StyledRow((_ALL, *blank, missing, provider, "\n".join(dict.fromkeys(labels))), {0: "warn"})


def missing_words(names: Sequence[str]) -> str:
    """Write the labels of missing indicators."""
    return "、".join(indicators()[name].label for name in names)


def providers(names: Sequence[str]) -> str:
    """Write who can supply missing indicators: the deliveries and exports they are computed from."""
    tables = dict.fromkeys(table for name in names for table in indicators()[name].reads)
    return "、".join(dict.fromkeys(_FEED_OF_TABLE.get(table, table) for table in tables))


def change_sheet(contents: Contents) -> SheetSpec:
    """Make 较上期变化: new, graver and lighter first, then those gone, then those still there."""
    columns = (
        Column("变化", 10),
        *HOUSEHOLD,
        Column("上期等级", 9),
        Column("本期等级", 9),
        Column("新出现的预警", 44),
        Column("不再出现的预警", 44),
        Column("说明", 18),
    )
    if contents.changes is None or contents.previous is None:
        title = f"较上期变化 {contents.title} 未指定上期:下次筛查加上 --previous 本次的运行记录,即可对比"
        return SheetSpec("较上期变化", columns, (), title)
    counts = Counter(change.change for change in contents.changes)
    tally = "、".join(f"{label}{counts[code]}户" for code, label in CHANGES.items())
    title = f"较上期变化 {contents.title} 对比{contents.previous.on:%Y年%m月%d日}:{tally}"
    return SheetSpec("较上期变化", columns, _changes(contents, contents.changes), title)


def _changes(contents: Contents, changes: Sequence[HouseholdChange]) -> Iterator[StyledRow]:
    before = place_rows(contents.previous) if contents.previous is not None else {}
    labels = _rule_labels(contents)
    order = ("graver", "new", "lighter", "gone", "still")
    for change in sorted(changes, key=lambda each: (order.index(each.change), each.household_id)):
        row = contents.households.get(change.household_id) or before.get(change.household_id, {})
        values = (
            CHANGES[change.change],
            change.household_id,
            *(row.get(name) for name in ("head_name", "township", "village", "group_name")),
            GRADES.get(change.grade_before or "", ""),
            GRADES.get(change.grade_now or "", ""),
            "\n".join(labels.get(name, name) for name in change.rules_come),
            "\n".join(labels.get(name, name) for name in change.rules_gone),
            "" if change.is_in_registry else "已不在本期台账",
        )
        styles: dict[int, Style] = {}
        if change.change in _CHANGE_STYLES:
            styles[0] = _CHANGE_STYLES[change.change]
        for column, grade in (
            (len(HOUSEHOLD) + 1, change.grade_before),
            (len(HOUSEHOLD) + 2, change.grade_now),
        ):
            if grade and grade in GRADE_STYLES:
                styles[column] = GRADE_STYLES[grade]
        yield StyledRow(values, styles)


def _rule_labels(contents: Contents) -> dict[str, str]:
    before = (
        {} if contents.previous is None else {r["name"]: r["label"] for r in contents.previous.header.rules}
    )
    return before | contents.rule_labels


def focus_sheet(contents: Contents) -> SheetSpec:
    """Make 重点人群: one row a group, with its households and how many are warned of."""
    columns = (
        Column("重点人群", 40),
        Column("户数", 9, "int"),
        Column("占全部农户", 10, "percent"),
        Column("其中已预警", 9, "int"),
        Column("其中待核实", 9, "int"),
        Column("依据条款", 80),
    )
    return SheetSpec(
        "重点人群", columns, _focus(contents), f"重点人群 {contents.title} 由数据自动判定,不需填报"
    )


def _focus(contents: Contents) -> Iterator[Sequence[str | int | float]]:
    members: dict[tuple[str, str], set[str]] = {}
    table = contents.run.table("finding")
    if table is not None:
        columns = (table[name].to_pylist() for name in ("household_id", "rule", "pack", "kind"))
        for household_id, rule, pack, kind in zip(*columns, strict=True):
            if kind == "focus":
                members.setdefault((rule, pack), set()).add(household_id)
    households, total = contents.households, max(len(contents.households), 1)
    for rule in contents.run.header.rules:
        if rule["kind"] == "focus":
            found = members.get((rule["name"], rule["pack"]), set())
            flagged = sum(1 for each in found if households[each]["is_flagged"])
            pending = sum(1 for each in found if households[each]["is_pending"])
            yield rule["label"], len(found), len(found) / total, flagged, pending, rule["source"]
