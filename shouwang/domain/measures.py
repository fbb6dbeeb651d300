"""Measures of help that a circular offers: which risk each answers, for whom, and what it entitles to.

A measure that names no risk is owed to every monitored household; one without a kind is a duty of the cadres
(monitoring, a contact person) and no help that the registry records.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ForWhom = Literal["labour", "no_labour", "either"]
FOR_WHOM: Mapping[str, str] = {"labour": "有劳动能力", "no_labour": "无劳动能力", "either": "不限"}

# Measures of these kinds build on the household's labour (开发式帮扶); the registry counts them so.
DEVELOPMENT_KINDS = ("industry", "employment", "finance", "public_post")

# What a measure may ask of a household besides its risk. The household's answer may be unknown.
CONDITIONS: Mapping[str, str] = {
    "wish_to_develop": "有产业发展意愿",
    "wish_to_work": "有就业意愿",
    "wish_to_train": "有技能培训意愿",
    "wish_to_borrow": "有贷款需求且符合条件",
    "has_loan": "有未还清的小额信贷",
    "cannot_repay_now": "因灾因事故等暂时无法按时还款",
    "can_repay": "具备还款能力",
    "works_outside_county": "有跨县跨区域务工人员",
    "has_preschool_pupil": "有学前教育在读儿童",
    "has_senior_pupil": "有高中及以上在校学生",
    "has_vocational_pupil": "有职业（技工）学校学生",
    "has_dropout": "有失学辍学或辍学风险的适龄儿童少年",
    "has_inpatient": "有住院病人且自付费用高",
    "is_tilt_group": "属特困人员、低保对象或返贫致贫人口",
    "meets_low_income_aid": "符合低保、特困或临时救助条件",
}


@dataclass(frozen=True)
class Shape:
    """A way to reckon an entitlement: the unit of each parameter it takes, by the role it plays."""

    label: str
    parameters: Mapping[str, str]
    is_ceiling: bool = False


SHAPES: Mapping[str, Shape] = {
    "share_with_cap": Shape("按成本比例，每户封顶", {"share": "permille", "cap": "yuan"}, is_ceiling=True),
    "own_pay_share_with_cap": Shape(
        "按个人自付比例，每人每年封顶", {"share": "permille", "cap": "yuan"}, is_ceiling=True
    ),
    "per_person": Shape("按人定额", {"amount": "yuan"}),
    "full_premium": Shape("参保费用全额", {}),
    "critical_illness_tilt": Shape(
        "大病保险倾斜", {"threshold_cut": "permille", "rate_gain": "permille", "has_cap": "flag"}
    ),
}


@dataclass(frozen=True)
class Formula:
    """How much a measure gives: a shape of `SHAPES` and the pack's parameter that plays each of its roles."""

    shape: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Measure:
    """One measure; `limit` and `figures` name parameters of the pack.

    limit: in how many months or days after identification it is due (`measure_months_max` unless named).
    figures: how often or for how many it is owed (visits a month, trained persons), shown beside it.
    """

    name: str
    label: str
    kind: str | None
    risks: tuple[str, ...]
    is_development: bool
    for_whom: ForWhom
    department: str
    source: str
    limit: str = "measure_months_max"
    needs: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    formula: Formula | None = None

    @property
    def is_for_all(self) -> bool:
        """Say whether every monitored household is owed the measure, whatever its risk."""
        return not self.risks
