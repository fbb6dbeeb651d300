"""The sheet 依据: all that the list rests on, so that a reader can follow or contest every line of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from shouwang.domain.policy import GRADES, RULE_KINDS
from shouwang.domain.tables import FEEDS, RISKS
from shouwang.engine.explanation import ParameterNote
from shouwang.exchange.writing import Column, SheetSpec, Style, StyledRow
from shouwang.reports.contents import Contents
from shouwang.reports.policy_texts import condition_words
from shouwang.reports.warning_rows import part_name

_MARKED: dict[int, Style] = {0: "strong"}


def basis_sheet(contents: Contents) -> SheetSpec:
    """Make 依据: the run, packs, income window, deliveries, parameters and rules, one row each."""
    columns = (
        Column("类别", 10),
        Column("名称", 36),
        Column("内容", 54),
        Column("等级/起始", 12),
        Column("政策包", 14),
        Column("出处(文件与条款)", 70),
    )
    return SheetSpec(
        "依据", columns, _rows(contents), f"依据 {contents.title} 运行标识 {contents.run.header.id}"
    )


def _rows(contents: Contents) -> Iterator[StyledRow]:
    yield from _identity(contents)
    yield from _packs(contents)
    for scope, policy in enumerate(contents.run.header.policies):
        several = len(contents.run.header.policies) > 1
        where = f"(适用范围{scope + 1})" if several else ""
        yield from _policy(policy, contents.run.header.parameters(scope), where)
    yield from _feeds(contents)
    yield from _rules(contents)


def _line(
    kind: str, name: str, content: object, third: object = "", pack: str = "", source: str = ""
) -> StyledRow:
    return StyledRow((kind, name, str(content), str(third or ""), pack, source), _MARKED)


def _identity(contents: Contents) -> Iterator[StyledRow]:
    header, counts = contents.run.header, contents.run.header.counts
    yield _line(
        "本次运行",
        "运行标识",
        header.id,
        source="由台账、推送数据、政策包和日期算出;同样的输入得到同样的标识",
    )
    yield _line("本次运行", "筛查日期", f"{contents.run.on:%Y-%m-%d}")
    yield _line("本次运行", "地区", " ".join(contents.place_names), source=f"区划代码 {header.county}")
    yield _line("本次运行", "参加筛查的农户", f"{len(contents.households)}户")
    yield _line("本次运行", "未匹配的记录", f"{counts.get('unmatched', 0)}行", source="见“未匹配记录”")
    yield _line("本次运行", "读不出的单元格", f"{counts.get('row_errors', 0)}处", source="见“数据问题”")
    for notice in dict.fromkeys([*header.notices, *contents.extra_notices]):
        yield _line("提示", "", notice)


def _packs(contents: Contents) -> Iterator[StyledRow]:
    for pack_id, pack in contents.run.header.packs.items():
        yield _line(
            "政策包", pack["title"], pack["issuer"], "", pack_id, f"{pack['source']} {pack['url']}".strip()
        )


def _policy(policy: Mapping[str, Any], notes: Mapping[str, ParameterNote], where: str) -> Iterator[StyledRow]:
    yield _line("收入计算", f"年收入的起止{where}", policy["window"], source="人均纯收入等按此周期计算")
    scale = "、".join(GRADES.get(grade, grade) for grade in policy["grade_scale"])
    yield _line("分级", f"由重到轻{where}", scale or "本地未分级")
    counted = {name: note for name, note in notes.items() if name.startswith("counts_")}
    for name, note in notes.items():
        if name not in counted:
            source = f"{note.source} {note.note}".strip()
            yield _line("标准参数", f"{note.label}{where}", note.text, note.from_date, note.pack, source)
    for note in counted.values():
        text = "计入收入" if note.value is True else "不计入收入"
        yield _line("收入项目", f"{note.label}{where}", text, note.from_date, note.pack, note.source)


def _feeds(contents: Contents) -> Iterator[StyledRow]:
    by_feed: dict[str, list[dict[str, Any]]] = {}
    for source in contents.sources.values():
        by_feed.setdefault(source["feed"], []).append(source)
    for feed, (label, _) in FEEDS.items():
        sheets = by_feed.get(feed, [])
        if not sheets:
            yield _line("数据", label, "本次没有;依赖它的规则列入“待核实”")
            continue
        months = sorted({source["month"] for source in sheets if source["month"]})
        text = f"{len(sheets)}张表,{sum(source['row_count'] or 0 for source in sheets)}行"
        if months:
            text += f",{months[0]:%Y年%m月}至{months[-1]:%Y年%m月}共{len(months)}个月"
        yield _line(
            "数据",
            label,
            text,
            source="、".join(dict.fromkeys(source["file"] for source in sheets[:3]))
            + ("等" if len(sheets) > 3 else ""),
        )


def _rules(contents: Contents) -> Iterator[StyledRow]:
    header = contents.run.header
    labels: dict[str, str] = {}
    units: dict[str, str] = {}
    for policy in header.policies:
        for name, note in policy["parameters"].items():
            labels[name], units[name] = note["label"], note["unit"]
    for rule in header.rules:
        points = f";家庭指数“{part_name(rule['part'])}”加{rule['points']}分" if rule["points"] else ""
        risk = f"[{RISKS[rule['risk']]}]" if rule["risk"] else ""
        words = condition_words(rule["when"], labels, units)
        state = "(本次无人可判断)" if rule["name"] in header.unjudged else ""
        yield _line(
            f"规则·{RULE_KINDS[rule['kind']]}", f"{rule['label']}{risk}{state}", f"{words}{points}",
            GRADES.get(rule["grade"] or "", ""), rule["pack"], rule["source"],
        )  # fmt: skip
    for each in header.not_applicable:
        yield _line("规则·未适用", each["label"], f"本地未定参数:{'、'.join(each['missing'])}")
