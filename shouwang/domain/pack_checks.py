"""Check that what a pack's rules, reasons and cases name exists in the pack or in those it extends."""

import re

from shouwang.domain.indicators import indicators
from shouwang.domain.measure_files import check_measures
from shouwang.domain.policy import Pack, PackError, Rule

_TEXT_LITERAL = re.compile(r"'[^']*'")
_PARAMETER = re.compile(r":([A-Za-z_][A-Za-z0-9_]*)")
_REASON_PLACE = re.compile(r"\{([^{}]*)\}")


def parameters_named(when: str) -> frozenset[str]:
    """Return the names of the `:parameters` of an expression; text literals do not count."""
    return frozenset(_PARAMETER.findall(_TEXT_LITERAL.sub("''", when)))


def places_named(reason: str) -> frozenset[str]:
    """Return what stands between braces in a reason: an indicator, or `:` and a parameter."""
    return frozenset(_REASON_PLACE.findall(reason))


def check_names(chain: tuple[Pack, ...]) -> None:
    """Check the first pack of a chain (each pack extends the next); raises PackError."""
    pack = chain[0]
    check_measures(chain)
    parameters = {name for link in chain for name in link.parameters}
    rules = {name for link in chain for name in link.rules}
    parts = {name for link in chain for name in link.index_parts}
    for rule in pack.rules.values():
        where = f"政策包“{pack.id}”的 rules.toml 中规则“{rule.name}”"
        for name in sorted(parameters_named(rule.when) - parameters):
            raise PackError(f"{where}用到参数“:{name}”，但本包及所继承的包都没有定义，请定义或改名。")
        _check_reason(rule, where, parameters)
        if rule.part is not None and rule.part not in parts:
            known = "、".join(sorted(parts))
            raise PackError(f"{where}的 part“{rule.part}”不在 index_parts 中。可用：{known}。")
    for case in pack.cases:
        if case.rule not in rules:
            raise PackError(f"政策包“{pack.id}”的 cases.toml 中“{case.title}”所试的规则“{case.rule}”不存在。")


def _check_reason(rule: Rule, where: str, parameters: set[str]) -> None:
    for place in sorted(places_named(rule.reason)):
        known = place[1:] in parameters if place.startswith(":") else place in indicators()
        if not known:
            raise PackError(f"{where}的理由里“{{{place}}}”既不是指标也不是参数，请改正。")
    if rule.reason.count("{") != len(_REASON_PLACE.findall(rule.reason)):
        raise PackError(f"{where}的理由里花括号不成对，请改正。")
