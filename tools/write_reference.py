"""Write the generated pages of docs/reference from the code and the packs: `make reference`.

`--check` writes nothing and exits 1 where a page is not current; tests/house runs that check.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from shouwang.domain import wording
from shouwang.domain.citations import read_documents
from shouwang.domain.indicators import indicators
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import GRADES, RULE_KINDS, Pack
from shouwang.domain.quality import SCORE_WORDS, SEVERITIES, SUBJECTS
from shouwang.domain.quality_facts import facts
from shouwang.domain.tables import FEEDS, RISKS, TABLES
from shouwang.exchange.layouts import layouts
from tools.api_reference import api_lines

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"
_NOTE = "> 本页由 `make reference` 生成,请勿手改。\n"


def pages() -> dict[str, Callable[[], Iterator[str]]]:
    """Return the generated pages: file name → its lines."""
    return {
        "indicators.md": _indicators,
        "packs.md": _packs,
        "files.md": _files,
        "quality.md": _quality,
        "api.md": api_lines,
    }


def _indicators() -> Iterator[str]:
    yield "# Indicators 指标目录\n"
    yield _NOTE
    yield "What a rule may read. `on` is the day of the screening; W is the income window of the household's"
    yield "policy, S the twelve months ending with the month of `on`, H the six full months before it.\n"
    yield "| indicator | 名称 | unit | 数据表 | meaning | unknown when |"
    yield "|---|---|---|---|---|---|"
    for each in indicators().values():
        tables = "、".join(TABLES[name].label for name in each.reads)
        cells = (f"`{each.name}`", each.label, each.unit, tables, each.meaning, each.unknown)
        yield _row(*cells)


def _packs() -> Iterator[str]:
    folder = default_packs_folder()
    library = load_library(folder)
    yield "# 政策包\n"
    yield _NOTE
    yield "每个政策包对应一份文件。取值规则:区划最窄者优先,同一区划取施行日期最近者。\n"
    yield "## 出处简称\n"
    yield "| 简称 | 文件 |"
    yield "|---|---|"
    for document in read_documents(folder).values():
        yield _row(document.short, document.title)
    yield "\n## 一览\n"
    yield "| 政策包 | 名称 | 区划 | 自 | 至 | 参数 | 规则 | 案例 |"
    yield "|---|---|---|---|---|---|---|---|"
    for pack in library.packs.values():
        counts = (str(len(pack.parameters)), str(len(pack.rules)), str(len(pack.cases)))
        ends = str(pack.in_force_to or "")
        yield _row(f"`{pack.id}`", pack.title, _place(pack), str(pack.in_force_from), ends, *counts)
    for pack in library.packs.values():
        yield from _pack(pack)


def _place(pack: Pack) -> str:
    return "原文隐去,只可按名引用" if pack.place is None else pack.place or "全国"


def _pack(pack: Pack) -> Iterator[str]:
    yield f"\n## {pack.id}:{pack.title}\n"
    yield f"发文:{pack.issuer}。出处:{pack.source} {pack.url}".rstrip() + "\n"
    if pack.parameters:
        yield "| 参数 | 名称 | 取值 | 自 | 至 | 出处 |"
        yield "|---|---|---|---|---|---|"
    for parameter in pack.parameters.values():
        for value in parameter.values:
            shown = wording.value(value.value, parameter.unit) + ("(参考值)" if value.is_reference else "")
            ends = str(value.to_date or "")
            source = f"{value.source} {value.note}".strip()
            yield _row(f"`{parameter.name}`", parameter.label, shown, str(value.from_date), ends, source)
    if pack.rules:
        yield "\n| 规则 | 名称 | 类别 | 等级 | 风险 | 条件 | 出处 |"
        yield "|---|---|---|---|---|---|---|"
    for rule in pack.rules.values():
        kind, grade = RULE_KINDS[rule.kind], GRADES.get(rule.grade or "", "")
        risk = RISKS.get(rule.risk or "", "")
        yield _row(f"`{rule.name}`", rule.label, kind, grade, risk, f"`{rule.when}`", rule.source)

    if pack.measures:
        yield "\n| 帮扶措施 | 名称 | 应对的风险 | 责任部门 | 出处 |"
        yield "|---|---|---|---|---|"
    for measure in pack.measures.values():
        risks = "、".join(RISKS[risk] for risk in measure.risks) or "所有监测对象"
        yield _row(f"`{measure.name}`", measure.label, risks, measure.department, measure.source)
    for track in pack.procedure.tracks.values() if pack.procedure else ():
        yield f"\n程序({track.label}):"
        yield "\n| 步骤 | 名称 | 由谁办理 | 出处 |"
        yield "|---|---|---|---|"
        for step in track.steps:
            yield _row(f"`{step.id}`", step.label, "、".join(step.roles), step.source)


def _files() -> Iterator[str]:
    yield "# 能读的表格\n"
    yield _NOTE
    yield "按表头名称(及同义词)识别,与列的位置无关;xlsx、xls、csv(UTF-8、GB18030)均可。带 * 的列必须有。\n"
    for layout in layouts().values():
        yield f"\n## {layout.label}(`{layout.feed}`)\n"
        yield "、".join(
            f"{column.header}{'*' if column.is_required else ''}" for column in layout.columns.values()
        )


def _quality() -> Iterator[str]:
    yield "# Data quality 数据质量核查\n"
    yield _NOTE
    yield "A check's `when` holds where the data are faulty. It reads the facts below; an unknown fact leaves"
    yield "it unknown, and that is no finding. A delivery check needs its feed of the last six months.\n"
    yield f"{SCORE_WORDS}\n"
    packs = [pack for pack in load_library(default_packs_folder()).packs.values() if pack.checks]
    for pack in packs:
        run = [check for check in pack.checks.values() if check.when]
        left = [check for check in pack.checks.values() if not check.when]
        yield f"## {pack.id}: {len(run)} run, {len(left)} not run\n"
        yield "| 编号 | 对象 | 程度 | 内容 | 条件 | 依据的推送 | 怎样整改 | 期限（天） | 说明 |"
        yield "|---|---|---|---|---|---|---|---|---|"
        for each in run:
            feed = FEEDS[each.feed][0] if each.feed else ""
            since = f"自{each.from_on}起" if each.from_on else ""
            note = "；".join(
                part for part in (since, each.note, "录入时即拒绝" if each.blocks else "") if part
            )
            kind, grave = SUBJECTS[each.subject], SEVERITIES[each.severity]
            yield _row(
                each.number, kind, grave, each.label, f"`{each.when}`", feed, each.mend, str(each.days), note
            )
        yield "\n| 编号 | 内容 | 不判的原因 |"
        yield "|---|---|---|"
        for each in left:
            yield _row(each.number, each.label, each.not_run)
    yield "\n## Facts 事实\n"
    yield "| fact | 名称 | unit | of | column | feed | meaning |"
    yield "|---|---|---|---|---|---|---|"
    for fact in facts().values():
        yield _row(
            f"`{fact.name}`",
            fact.label,
            fact.unit,
            fact.of,
            fact.column,
            fact.feed,
            fact.meaning or "as it stands",
        )


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def stale_pages(is_writing: bool) -> list[str]:
    """Return the pages that are not current, writing them if asked."""
    stale = []
    for name, lines in pages().items():
        text = "\n".join(lines()) + "\n"
        path = REFERENCE / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if is_writing:
                path.write_text(text, encoding="utf-8")
    return stale


def main() -> int:
    """Write the pages, or check them with --check."""
    is_checking = "--check" in sys.argv[1:]
    stale = stale_pages(is_writing=not is_checking)
    for name in stale:
        sys.stderr.write(
            f"docs/reference/{name}: {'not current, run make reference' if is_checking else 'written'}\n"
        )
    return 1 if is_checking and stale else 0


if __name__ == "__main__":
    sys.exit(main())
