"""Worked cases of the checks: each must be answered as it says, in plain Python and on DuckDB."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa

from shouwang.domain.policy import Pack, PackLibrary, Policy
from shouwang.domain.quality import Check, CheckCase
from shouwang.domain.quality_facts import facts
from shouwang.engine import translation
from shouwang.engine.quality.book import compile_check
from shouwang.engine.reference import answer
from shouwang.engine.rule_tree import Expression

_ANSWERS = {True: "成立", False: "不成立", None: "未知"}
_ARROW = {"flag": pa.bool_(), "code": pa.string()}


@dataclass(frozen=True)
class PreparedCheck:
    """A case with its check compiled and the policy that gives its parameters."""

    pack: Pack
    check: Check
    case: CheckCase
    policy: Policy
    expression: Expression

    @property
    def parameters(self) -> dict[str, int | bool | str]:
        """The policy's parameter values by name."""
        return {name: p.value for name, p in self.policy.parameters.items()}

    def failure(self, got: bool | None) -> str | None:
        """Say what is wrong with an answer, or None where it is the one expected."""
        if got is self.case.expect:
            return None
        return (
            f"政策包“{self.pack.id}”核查 {self.check.name} 的算例（{dict(self.case.given)}）"
            f"应为{_ANSWERS[self.case.expect]}，实为{_ANSWERS[got]}。"
        )


def prepare_check_cases(library: PackLibrary) -> Iterator[PreparedCheck]:
    """Yield every case of every pack, on the first day that its check and its pack hold. PackError."""
    for pack in library.packs.values():
        for case in pack.check_cases:
            check = pack.checks[case.check]
            on = max(day for day in (pack.in_force_from, check.from_on) if day)
            policy = library.resolve_named(pack.id, on)
            units = {name: p.unit for each in reversed(policy.chain) for name, p in each.parameters.items()}
            yield PreparedCheck(pack, check, case, policy, compile_check(check, pack, units))


def answer_in_python(prepared: PreparedCheck) -> bool | None:
    """Answer a case by the reference evaluator."""
    return answer(prepared.expression.tree, prepared.case.given, prepared.parameters)


def answers_on(backend: ibis.BaseBackend, cases: Sequence[PreparedCheck]) -> list[bool | None]:
    """Answer cases on a backend by their checks' Ibis expressions, in order."""
    names = sorted({name for each in cases for name in each.expression.indicators})
    types = [(name, _ARROW.get(facts()[name].unit, pa.int64())) for name in names]
    rows = [
        {"place": place, **{name: each.case.given.get(name) for name in each.expression.indicators}}
        for place, each in enumerate(cases)
    ]
    table = ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema([("place", pa.int64()), *types])))
    branches = []
    for place, each in enumerate(cases):
        parameters = {name: translation.literal(value) for name, value in each.parameters.items()}
        answered = translation.condition(each.expression.tree, table, parameters)
        branches.append((table.place == place, answered))
    answers = table.select("place", answer=ibis.cases(*branches)).order_by("place")
    return list(backend.to_pyarrow(answers)["answer"].to_pylist())


def check_problems(library: PackLibrary) -> list[str]:
    """Return what is wrong with the checks of all packs, in Chinese: cases answered otherwise, or lacking.

    Every check that is run needs a case where it holds, one where it does not, and one unknown.
    """
    problems = [
        failure
        for prepared in prepare_check_cases(library)
        if (failure := prepared.failure(answer_in_python(prepared)))
    ]
    for pack in library.packs.values():
        tried: dict[str, set[bool | None]] = {}
        for case in pack.check_cases:
            tried.setdefault(case.check, set()).add(case.expect)
        for name, check in pack.checks.items():
            absent = [_ANSWERS[each] for each in (True, False, None) if each not in tried.get(name, set())]
            if check.when and absent:
                problems.append(f"政策包“{pack.id}”的核查 {name} 缺少算例：{'、'.join(absent)}。")
    return problems
