"""Policy packs: check them, and answer which policy holds for a place on a day."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from shouwang.domain import divisions
from shouwang.domain.pack_files import load_library, load_pack
from shouwang.domain.policy import Pack, PackError, PackLibrary, Policy
from shouwang.engine.cases import failing_cases
from shouwang.engine.policy_table import compile_rule, policy_window
from shouwang.engine.quality.book import compile_check
from shouwang.engine.quality.cases import check_problems


@dataclass(frozen=True)
class PackReport:
    """What a check of packs found; `problems` are Chinese sentences, empty where all is well."""

    packs: int
    parameters: int
    rules: int
    cases: int
    checks: int = 0
    check_cases: int = 0
    problems: list[str] = field(default_factory=list)
    rules_without_cases: list[str] = field(default_factory=list)


def check_packs(*, folder: Path) -> PackReport:
    """Load every pack, compile every rule and check, run every case through the reference engine.

    Goes on after a pack that is wrong, so that one look shows all; raises PackError where there is no folder.
    """
    problems = _broken_packs(folder)
    if problems:
        return PackReport(0, 0, 0, 0, problems=problems)
    try:
        library = load_library(folder)
    except PackError as error:
        return PackReport(0, 0, 0, 0, problems=[str(error)])
    problems = [problem for pack in library.packs.values() for problem in _rule_problems(library, pack)]
    if not problems:
        try:
            problems = [*failing_cases(library), *check_problems(library)]
        except PackError as error:
            problems = [str(error)]
    packs = library.packs.values()
    return PackReport(
        packs=len(packs),
        parameters=sum(len(pack.parameters) for pack in packs),
        rules=sum(len(pack.rules) for pack in packs),
        cases=sum(len(pack.cases) for pack in packs),
        checks=sum(len(pack.checks) for pack in packs),
        check_cases=sum(len(pack.check_cases) for pack in packs),
        problems=problems,
        rules_without_cases=_uncased(library),
    )


def _broken_packs(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise PackError(f"找不到政策包文件夹“{folder}”,请核对路径。")
    problems = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name[0] not in "._":
            try:
                load_pack(path)
            except PackError as error:
                problems.append(str(error))
    return problems


def _rule_problems(library: PackLibrary, pack: Pack) -> list[str]:
    """Compile the pack's rules with the parameters of the packs it extends, and its income window."""
    policy = library.resolve_named(pack.id, pack.in_force_from)
    units = {name: p.unit for each in reversed(policy.chain) for name, p in each.parameters.items()}
    problems = []
    for rule in pack.rules.values():
        try:
            compile_rule(rule, pack, units)
        except PackError as error:
            problems.append(str(error))
    for check in pack.checks.values():
        try:
            if check.when:
                compile_check(check, pack, units)
        except PackError as error:
            problems.append(str(error))
    try:
        policy_window(policy, pack.in_force_from)
    except PackError as error:
        problems.append(str(error))
    except ValueError as error:
        problems.append(f"政策包“{pack.id}”的收入计算周期(income_window)不认识:{error}。")
    return problems


def _uncased(library: PackLibrary) -> list[str]:
    """Return the rules that no case of any pack tries."""
    tried = {case.rule for pack in library.packs.values() for case in pack.cases}
    return sorted(
        f"{pack.id}:{name}" for pack in library.packs.values() for name in pack.rules if name not in tried
    )


@dataclass(frozen=True)
class Answer:
    """The policy that holds for a place on a day; `division` and `names` are empty for a pack asked by name.

    `remark` says in Chinese which wider pack answered, where it was not the place's own.
    """

    policy: Policy
    on: date
    division: str
    names: list[str]
    remark: str


def policy_answer(*, packs: Path, division: str | None, pack: str | None, on: date) -> Answer:
    """Return the policy of a division, or of a pack by name.

    Raises DivisionError for what is no code, NoPolicyError where nothing holds, PackError for broken packs.
    """
    library = load_library(packs)
    if pack is not None:
        policy = library.resolve_named(pack, on)
        return Answer(policy, on, "", [], _named_remark(policy))
    code = significant(division=division or "")
    policy = library.resolve(code, on)
    names = divisions.name_path(division or "")
    return Answer(policy, on, code, names, _place_remark(policy, code, names))


def significant(*, division: str) -> str:
    """Return a division code without the zeros that only fill it up to a level; raises DivisionError."""
    code = divisions.normalise(division)
    found = divisions.find(division)
    if found is not None:
        return found.prefix
    for width in (2, 4, 6, 9):
        if not code[width:].strip("0"):
            return code[:width]
    return code


def _place_remark(policy: Policy, code: str, names: list[str]) -> str:
    pack = policy.answered_by
    place = pack.place or ""
    if place == code:
        return ""
    wide = "全国" if not place else "".join(divisions.name_path(place)) or place
    who = "区划表中没有这个代码" if not names else f"{names[-1]}在这一天没有自己的政策包"
    return f"{who},由上级政策包回答:{wide}《{pack.title}》({pack.id})。"


def _named_remark(policy: Policy) -> str:
    if not policy.answered_by.is_hidden_place:
        return "按名称指定了政策包,没有核对地区。"
    return "示例政策包:来源没有写明地区,只能按名称使用,不会自动用于任何地方。"


def all_packs(*, packs: Path) -> list[Pack]:
    """Return every pack, the widest place first, hidden places last."""
    found = load_library(packs).packs.values()
    return sorted(
        found,
        key=lambda pack: (pack.place is None, len(pack.place or ""), pack.place or "", pack.in_force_from),
    )
