"""A screening in a few lines: households, warned of what, how many pending, and what was left out."""

from collections import Counter
from collections.abc import Iterator

from shouwang.domain.policy import GRADES
from shouwang.domain.tables import FEEDS, RISKS
from shouwang.engine.difference import CHANGES
from shouwang.reports.contents import Contents

_MOST_NOTICES = 12


def summary_lines(contents: Contents) -> Iterator[tuple[bool, str]]:
    """Yield the lines of the summary, each with whether it is a caution."""
    header, households = contents.run.header, contents.households.values()
    flagged = [row for row in households if row["is_flagged"]]
    grades = Counter(row["grade"] for row in flagged)
    pending = sum(1 for row in households if row["is_pending"])
    yield False, f"{contents.title} 筛查完成,运行标识 {header.id}"
    yield False, f"农户 {len(households)} 户;预警 {len(flagged)} 户({_grades(grades)});待核实 {pending} 户"
    if risks := top_risks(contents):
        yield False, "主要风险:" + "、".join(f"{RISKS[risk]}{count}户" for risk, count in risks)
    if contents.changes is not None:
        counts = Counter(change.change for change in contents.changes)
        yield False, "较上期:" + "、".join(f"{label}{counts[code]}户" for code, label in CHANGES.items())
    yield from _left_out(contents)


def _grades(grades: Counter[str]) -> str:
    return "、".join(f"{GRADES[grade]}{grades[grade]}" for grade in GRADES if grades[grade]) or "无"


def top_risks(contents: Contents, most: int = 6) -> list[tuple[str, int]]:
    """Return the commonest risks with the number of households warned of each."""
    table = contents.run.table("finding")
    if table is None:
        return []
    columns = (table[name].to_pylist() for name in ("household_id", "kind", "risk"))
    pairs = {
        (household, risk)
        for household, kind, risk in zip(*columns, strict=True)
        if kind == "warning" and risk
    }
    return Counter(risk for _, risk in pairs).most_common(most)


def _left_out(contents: Contents) -> Iterator[tuple[bool, str]]:
    header = contents.run.header
    counts = header.counts
    if counts.get("unmatched") or counts.get("row_errors"):
        yield (
            True,
            f"未匹配到户的记录 {counts.get('unmatched', 0)} 行,"
            f"读不出的单元格 {counts.get('row_errors', 0)} 处,见工作簿",
        )
    absent = [label for feed, (label, _) in FEEDS.items() if feed not in header.feeds]
    if absent:
        yield True, f"本次没有的数据:{'、'.join(absent)};依赖它们的规则列入待核实,不当作没有问题"
    if header.unjudged:
        yield (
            True,
            f"因数据缺失无人可判断的规则 {len(header.unjudged)} 条;"
            f"本地未定参数而不适用的规则 {len(header.not_applicable)} 条",
        )
    for notice in header.notices[:_MOST_NOTICES]:
        yield True, notice
    if len(header.notices) > _MOST_NOTICES:
        yield True, f"……另有提示 {len(header.notices) - _MOST_NOTICES} 条,见工作簿“依据”"
