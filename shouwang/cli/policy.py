"""`shouwang policy list | show | check`: what is in force where, and whether the packs are sound."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from shouwang.actions.policies import Answer, all_packs, check_packs, policy_answer
from shouwang.cli.arguments import JsonOption, OnOption, PackOption, PacksOption, day, packs_folder
from shouwang.cli.chinese import Command, Group
from shouwang.cli.console import emit, people, say, show_table
from shouwang.cli.failures import FINE, PROBLEMS, UsageProblem
from shouwang.domain import divisions
from shouwang.domain.policy import GRADES, RULE_KINDS, Pack, Policy, ResolvedParameter
from shouwang.domain.quality import SEVERITIES
from shouwang.domain.quality_files import checks_of
from shouwang.reports.policy_texts import parameter_record, policy_record, rule_words

app = typer.Typer(cls=Group, help="政策包:列出、查看、检查。", no_args_is_help=True)


@app.command("list", cls=Command)
def list_packs(packs: PacksOption = None, as_json: JsonOption = False) -> int:
    """列出全部政策包:名称、地区、施行时间、参数和规则的条数。"""
    found = all_packs(packs=packs_folder(packs))
    if as_json:
        for pack in found:
            emit(_pack_record(pack))
        return FINE
    rows = [
        (
            p.id,
            _place(p),
            f"{p.in_force_from}",
            f"{p.in_force_to or ''}",
            len(p.parameters),
            len(p.rules),
            len(p.cases),
            p.title,
        )
        for p in found
    ]
    headers = ("政策包", "地区", "施行自", "至", "参数", "规则", "算例", "名称")
    show_table(people(), f"政策包 {len(found)} 个", headers, rows, right=(4, 5, 6))
    return FINE


def _pack_record(pack: Pack) -> dict[str, Any]:
    return {
        "id": pack.id, "title": pack.title, "issuer": pack.issuer, "source": pack.source, "url": pack.url,
        "place": pack.place, "in_force_from": f"{pack.in_force_from}",
        "in_force_to": f"{pack.in_force_to}" if pack.in_force_to else None, "extends": pack.extends,
        "parameters": len(pack.parameters), "rules": len(pack.rules), "cases": len(pack.cases),
    }  # fmt: skip


def _place(pack: Pack) -> str:
    if pack.place is None:
        return "(来源未写明)"
    return "".join(divisions.name_path(pack.place)) or pack.place if pack.place else "全国"


@app.command("show", cls=Command)
def show(
    division: Annotated[
        str | None, typer.Option("--division", help="行政区划代码:2、4、6、9 或 12 位。")
    ] = None,
    on: OnOption = None,
    pack: PackOption = None,
    packs: PacksOption = None,
    as_json: JsonOption = False,
) -> int:
    """查看某地某日执行的标准和规则,每个数值注明条款和来自哪个政策包。"""
    if (division is None) == (pack is None):
        raise UsageProblem("请写 --division 区划代码,或写 --pack 政策包名称,两者写一个。")
    answer = policy_answer(packs=packs_folder(packs), division=division, pack=pack, on=day(on))
    if as_json:
        emit(policy_record(answer.policy, answer.on, answer.division, answer.names, answer.remark))
    else:
        _show(answer)
    return FINE


def _show(answer: Answer) -> None:
    console, policy = people(), answer.policy
    place = "".join(answer.names) or answer.division or policy.answered_by.id
    say(console, f"{place} {answer.on:%Y-%m-%d} 执行的政策", "bold")
    if answer.remark:
        say(console, answer.remark, "yellow")
    say(console, "政策包(从本地到上级)", "bold cyan")
    for each in policy.chain:
        say(console, f"  {each.id} 《{each.title}》 {each.issuer},自{each.in_force_from}")
        say(console, f"      来源:{each.source}", "dim")
    say(console, "标准与参数", "bold cyan")
    for name, parameter in policy.parameters.items():
        if not name.startswith("counts_"):
            _show_parameter(console, name, parameter)
    _show_counted(console, policy)
    _show_rules(console, policy)
    _show_checks(console, policy)


def _show_parameter(console: Console, name: str, parameter: ResolvedParameter) -> None:
    record = parameter_record(parameter)
    say(console, f"  {record['label']}:{record['text']} [{name},{record['pack']},自{record['from']}]")
    note = f";说明:{record['note']}" if record["note"] else ""
    say(console, f"      出处:{record['source']}{note}", "dim")


def _show_counted(console: Console, policy: Policy) -> None:
    items = [p for name, p in policy.parameters.items() if name.startswith("counts_")]
    for is_counted, title in ((True, "计入收入的项目"), (False, "不计入收入的项目")):
        labels = [p.parameter.label for p in items if (p.value is True) == is_counted]
        if labels:
            say(console, title, "bold cyan")
            say(console, f"  {'、'.join(labels)}")
    for source in dict.fromkeys(p.dated.source for p in items):
        say(console, f"      出处:{source}", "dim")


def _show_rules(console: Console, policy: Policy) -> None:
    for kind, title in RULE_KINDS.items():
        rules = [(rule, pack) for rule, pack in policy.rules.values() if rule.kind == kind]
        if rules:
            say(console, f"规则·{title}({len(rules)}条)", "bold cyan")
        for rule, pack in rules:
            grade = f"({GRADES[rule.grade]})" if rule.grade else ""
            say(console, f"  {rule.label}{grade}:{rule_words(rule, policy)} [{rule.name},{pack.id}]")
            say(console, f"      条款:{rule.source}", "dim")


def _show_checks(console: Console, policy: Policy) -> None:
    checks = [(check, pack) for check, pack in checks_of(policy).values() if not check.not_run]
    if checks:
        say(console, f"数据质量核查({len(checks)}项)", "bold cyan")
    for check, pack in checks:
        grave = SEVERITIES[check.severity]
        say(console, f"  {check.number} {check.label}({grave},{check.days}天) [{check.name},{pack.id}]")


@app.command("check", cls=Command)
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="政策包文件夹;不写则检查随程序附带的。", show_default=False)
    ] = None,
) -> int:
    """检查政策包:读取全部文件,编译每条规则和数据核查,用参照引擎运行每个算例。发现问题时退出码为 1。"""
    report = check_packs(folder=packs_folder(folder))
    console = people()
    for problem in report.problems:
        say(console, f"✗ {problem}", "red")
    if report.problems:
        say(console, f"发现 {len(report.problems)} 个问题。", "bold red")
        return PROBLEMS
    say(
        console,
        f"政策包 {report.packs} 个,参数 {report.parameters} 个,规则 {report.rules} 条,"
        f"算例 {report.cases} 个,全部通过。",
    )
    if report.checks:
        say(console, f"数据质量核查 {report.checks} 项,算例 {report.check_cases} 个,全部通过。")
    if report.rules_without_cases:
        say(
            console,
            f"尚无算例的规则 {len(report.rules_without_cases)} 条:{'、'.join(report.rules_without_cases)}。",
            "yellow",
        )
    return FINE
