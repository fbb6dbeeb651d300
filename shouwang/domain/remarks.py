"""Remarks on a plan or a proposal: how grave, what in one Chinese sentence, and by which clause."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shouwang.domain.policy import Policy

Severity = Literal["must_fix", "consider", "cannot_tell"]
SEVERITIES = {"must_fix": "须改正", "consider": "请核对", "cannot_tell": "无法判断"}


@dataclass(frozen=True)
class Remark:
    """One remark; `code` is stable, `text` holds no personal data, `source` is the clause behind it."""

    code: str
    severity: Severity
    text: str
    source: str


def clause(policy: Policy, *, rules: Sequence[str] = (), parameters: Sequence[str] = ()) -> str:
    """Return the clause of the first rule or parameter the policy has, else the document of the policy."""
    for name in rules:
        if name in policy.rules:
            return policy.rules[name][0].source
    for name in parameters:
        if name in policy.parameters:
            return policy.parameters[name].dated.source
    return policy.answered_by.source


def whole_figure(policy: Policy, name: str) -> int | None:
    """Return a parameter's whole number, None where the policy has no such figure."""
    found = policy.parameters.get(name)
    is_number = found is not None and isinstance(found.value, int) and not isinstance(found.value, bool)
    return int(found.value) if found is not None and is_number else None
