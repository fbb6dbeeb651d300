"""Data-quality checks (R80): what a check says, how grave it is, how it is mended, and cases that try it.

A check is a condition that faulty data fulfil. It reads the facts of `quality_facts`; a pack's quality.toml
holds it, so that checks are dated and a place can replace one by a check of the same name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Severity = Literal["error", "doubt", "hint"]
# How grave, what it weighs in the score of a place, and the tone it is shown in.
SEVERITIES = {"error": "错误", "doubt": "可疑", "hint": "提示"}
WEIGHTS = {"error": 10, "doubt": 4, "hint": 1}
# What one answer of a check is about. Of a pair, the finding names the member who is not the head.
SUBJECTS = {"household": "户", "member": "人", "pair": "户主与成员"}
# A delivery check holds the registry against what departments delivered (account against reality).
KINDS = {"registry": "台账自身", "delivery": "账实比对"}


@dataclass(frozen=True)
class Check:
    """One check: `when` holds where the data are faulty; empty where `not_run` says why it is not asked.

    `note` says what part of the original question the tables can answer; `field` is the column to mend
    ("member.sex"). `feed` names the delivery a delivery check needs. `blocks`: what is entered by hand so is
    refused, because it cannot be true.
    """

    name: str
    number: str
    label: str
    subject: str
    severity: Severity
    kind: str
    when: str
    not_run: str
    mend: str
    field: str
    days: int
    source: str
    feed: str = ""
    note: str = ""
    blocks: bool = False
    from_on: date | None = None
    to_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the check is asked on a day."""
        starts = self.from_on is None or self.from_on <= day
        return starts and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True)
class CheckCase:
    """With `given` facts a check must answer `expect`; None is unknown, and so is a fact not given."""

    check: str
    given: Mapping[str, int | bool | str | None]
    expect: bool | None


def score(households: int, weighted: int) -> int | None:
    """Return the score of a place in tenths: 100 less the weight of open findings a household, at least 0.

    weighted: the sum of WEIGHTS over its open findings. None where there is no household.
    """
    if households <= 0:
        return None
    return max(0, 1000 - weighted * 100 // households)


SCORE_WORDS = (
    "得分＝100－（错误×10＋可疑×4＋提示×1）×10÷户数，最低 0 分；只计未办结的问题，已说明情况的不计。"
)
