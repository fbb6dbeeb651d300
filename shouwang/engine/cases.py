"""Worked cases of the packs: each must be answered as it says, by every engine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa

from shouwang.domain.indicators import indicators
from shouwang.domain.policy import Case, NoPolicyError, Pack, PackError, PackLibrary, Policy
from shouwang.engine import translation
from shouwang.engine.policy_table import compile_rule
from shouwang.engine.reference import answer
from shouwang.engine.rule_tree import Expression

_ANSWERS = {True: "成立", False: "不成立", None: "未知"}
_ARROW = {"fen": pa.int64(), "flag": pa.bool_(), "code": pa.string(), "grade": pa.string()}


@dataclass(frozen=True)
class PreparedCase:
    """A case with the policy that holds for it and its rule compiled."""

    pack: Pack
    case: Case
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
            f"政策包“{self.pack.id}”的案例“{self.case.title}”:规则 {self.case.rule} "
            f"应为{_ANSWERS[self.case.expect]},实为{_ANSWERS[got]}。"
        )


def prepare_cases(library: PackLibrary) -> Iterator[PreparedCase]:
    """Yield every case of every pack; PackError for a case that names what does not exist."""
    for pack in library.packs.values():
        for case in pack.cases:
            yield _prepare(library, pack, case)


def _prepare(library: PackLibrary, pack: Pack, case: Case) -> PreparedCase:
    where = f"政策包“{pack.id}”的案例“{case.title}”"
    try:
        policy = (
            library.resolve(case.division, case.on)
            if case.division
            else library.resolve_named(pack.id, case.on)
        )
    except NoPolicyError as error:
        raise PackError(f"{where}:{error}") from None
    for name in case.given:
        if name not in indicators():
            raise PackError(f"{where}给出了不存在的指标“{name}”,请对照指标目录检查拼写。")
    if case.rule not in policy.rules:
        raise PackError(f"{where}所指的规则“{case.rule}”在{case.on:%Y-%m-%d}不适用,请核对规则名与日期。")
    rule, owner = policy.rules[case.rule]
    units = {name: p.unit for each in reversed(policy.chain) for name, p in each.parameters.items()}
    expression = compile_rule(rule, owner, units)
    missing = [name for name in expression.parameters if name not in policy.parameters]
    if missing:
        raise PackError(f"{where}:规则“{case.rule}”的参数{'、'.join(missing)}在{case.on:%Y-%m-%d}没有值。")
    return PreparedCase(pack, case, policy, expression)


def answer_in_python(prepared: PreparedCase) -> bool | None:
    """Answer a case by the reference engine."""
    return answer(prepared.expression.tree, prepared.case.given, prepared.parameters)


def answers_on(backend: ibis.BaseBackend, cases: Sequence[PreparedCase]) -> list[bool | None]:
    """Answer cases on a backend (DuckDB, Spark) by their rules' Ibis expressions, in order.

    One table holds a row per case with every indicator that any of them reads; one query answers them all.
    """
    names = sorted({name for case in cases for name in case.expression.indicators})
    types = [(name, _ARROW.get(indicators()[name].unit, pa.int64())) for name in names]
    rows = [
        {"place": place, **{name: case.case.given.get(name) for name in case.expression.indicators}}
        for place, case in enumerate(cases)
    ]
    table = ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema([("place", pa.int64()), *types])))
    branches = []
    for place, case in enumerate(cases):
        parameters = {name: translation.literal(value) for name, value in case.parameters.items()}
        answered = translation.condition(case.expression.tree, table, parameters)
        branches.append((table.place == place, answered))
    answers = table.select("place", answer=ibis.cases(*branches)).order_by("place")
    return list(backend.to_pyarrow(answers)["answer"].to_pylist())


def failing_cases(library: PackLibrary) -> list[str]:
    """Return what is wrong, in Chinese, with the cases that the reference engine answers otherwise."""
    found = (prepared.failure(answer_in_python(prepared)) for prepared in prepare_cases(library))
    return [failure for failure in found if failure]
