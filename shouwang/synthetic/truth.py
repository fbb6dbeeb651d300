"""Who is really at risk, family by family: judged on the clean facts, and on what dirt leaves of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from shouwang.domain.tables import FEEDS
from shouwang.synthetic.calibration import dirt_rates
from shouwang.synthetic.county import County
from shouwang.synthetic.dirt import DirtPlan, is_lost_kind, lost_through, why_lost
from shouwang.synthetic.facts import Facts, count_facts, nothing_lost
from shouwang.synthetic.frames import Array, Frame
from shouwang.synthetic.monitoring import DEVELOPMENT, FITTING
from shouwang.synthetic.thresholds import Thresholds, families_of_need, income_fell, is_low, own_pay_is_heavy

Judge = Callable[[Facts, Frame, Thresholds], Array]


@dataclass(frozen=True)
class Family:
    """One family of truth: its judge, its reason in Chinese, the fact the reason quotes, the feeds behind it.

    `unit` is 元 for a fact in fen, otherwise what is counted.
    """

    code: str
    label: str
    judge: Judge
    quoted: str
    unit: str
    feeds: tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """One household in one family; `hidden_by` says in Chinese why no rule can find it, "" if one can."""

    household_id: str
    code: str
    reason: str
    is_findable: bool
    hidden_by: str


def _more(fact: str, than: int = 0) -> Judge:
    return lambda facts, households, lines: facts[fact] > than


def _is_monitored(households: Frame) -> Array:
    monitored: Array = (households["monitored_class"] > 0) & ~households["is_eliminated"]
    return monitored


def _has_measure(households: Frame, names: tuple[str, ...]) -> Array:
    return np.array([bool(set(names) & set(given)) for given in households["measures"]], dtype=bool)


def _count(households: Frame, column: str) -> Array:
    return np.array([len(each) for each in households[column]])


# Measures that answer a registered risk, as a checker would hold them against each other.
ANSWERS = {
    "medical": FITTING["medical"][:1],
    "school": ("education", "compulsory_education"),
    "disability": ("security",),
    "housing": ("housing", "relocation"),
    "water": ("water",),
}


def _mismatch(facts: Facts, households: Frame, lines: Thresholds) -> Array:
    wrong = np.zeros(len(households["size"]), dtype=bool)
    for risk, measures in ANSWERS.items():
        has_risk = np.array([risk in risks for risks in households["risks"]], dtype=bool)
        wrong |= has_risk & ~_has_measure(households, measures)
    return wrong & _is_monitored(households) & (_count(households, "measures") > 0)


def _handout_only(facts: Facts, households: Frame, lines: Thresholds) -> Array:
    given = _is_monitored(households) & (_count(households, "measures") > 0)
    only: Array = given & (facts["full_labour"] > 0) & ~_has_measure(households, DEVELOPMENT)
    return only


def _unsafe_elimination(facts: Facts, households: Frame, lines: Thresholds) -> Array:
    trouble = is_low(facts, lines) | facts["housing_unsafe"] | (facts["dropouts"] > 0)
    unsafe: Array = households["is_eliminated"] & trouble
    return unsafe


def _missed(facts: Facts, households: Frame, lines: Thresholds) -> Array:
    never = households["monitored_class"] == 0
    missed: Array = never & families_of_need(facts, households, lines)
    return missed


def _rigid(facts: Facts, households: Frame, lines: Thresholds) -> Array:
    rigid: Array = facts["rigid"] * 100 >= facts["net"] * lines.rigid_percent_of_income
    return rigid


_ALL_SPENDING = ("ledger", "medical", "education", "disaster")
_ANY = (*_ALL_SPENDING, "health", "disability", "employment", "housing", "security", "agriculture")
FAMILIES = tuple(
    Family(*row)
    for row in (
        ("low_income", "人均纯收入低于监测线", lambda f, h, t: is_low(f, t), "per_head", "元", ("ledger",)),
        ("income_fall", "收入骤降", lambda f, h, t: income_fell(f, t), "net", "元", ("ledger",)),
        ("falling_years", "收入连续两年下降", _more("falling_years", 1), "falling_years", "年", ()),
        ("own_pay", "个人自付医疗费过高", own_pay_is_heavy, "own_pay_person", "元", ("medical",)),
        ("rigid_spending", "刚性支出占收入比重过高", _rigid, "rigid", "元", _ALL_SPENDING),
        ("serious_illness", "新患大病", _more("new_serious"), "new_serious", "人", ("health",)),
        ("dropout", "义务教育阶段疑似辍学", _more("dropouts"), "dropouts", "人", ("education",)),
        (
            "many_pupils",
            "非义务教育在校生多",
            lambda f, h, t: f["pupils_beyond"] >= t.many_pupils,
            "pupils_beyond",
            "人",
            ("education",),
        ),
        (
            "education_cost",
            "教育自付费用高",
            lambda f, h, t: f["education_own"] > t.education_yuan * 100,
            "education_own",
            "元",
            ("education",),
        ),
        ("uninsured", "有成员未参加医保", _more("uninsured"), "uninsured", "人", ()),
        ("unsafe_housing", "住房不安全", _more("housing_unsafe"), "housing_unsafe", "处", ("housing",)),
        ("water", "饮水有问题", _more("water_problems"), "water_problems", "项", ("water",)),
        ("severe_disability", "有重度残疾人", _more("severe"), "severe", "人", ()),
        ("no_labour", "整户无劳动力", _more("without_labour"), "members", "人", ()),
        ("job_loss", "务工人员失业", _more("unemployed"), "unemployed", "人", ("employment",)),
        (
            "disaster",
            "因灾损失较大",
            lambda f, h, t: f["disaster_loss"] >= t.disaster_yuan * 100,
            "disaster_loss",
            "元",
            ("disaster",),
        ),
        (
            "house_destroyed",
            "房屋因灾倒塌或严损",
            _more("house_destroyed"),
            "disaster_loss",
            "元",
            ("disaster",),
        ),
        ("accident", "事故致死致残", _more("grave_accident"), "accidents", "起", ("security",)),
        ("project_failure", "产业项目停产", _more("project_stopped"), "farm_loss", "元", ("agriculture",)),
        ("missed", "应纳未纳", _missed, "per_head", "元", _ANY),
        (
            "unsafe_elimination",
            "消除不稳固",
            _unsafe_elimination,
            "per_head",
            "元",
            ("ledger", "housing", "education"),
        ),
        (
            "no_measure",
            "监测对象无帮扶措施",
            lambda f, h, t: _is_monitored(h) & (_count(h, "measures") == 0),
            "members",
            "人",
            (),
        ),
        ("mismatch_measure", "帮扶措施与风险不符", _mismatch, "members", "人", ()),
        ("handout_only", "一兜了之", _handout_only, "full_labour", "名劳动力", ()),
    )
)


def find_truths(county: County, plan: DirtPlan | None, lines: Thresholds) -> Iterator[Truth]:
    """Yield every planted truth, family by family; without a plan nothing hides anything."""
    clean = count_facts(county, nothing_lost(county))
    lost = nothing_lost(county) if plan is None else lost_through(county, plan)
    left = clean if plan is None else count_facts(county, lost)
    for family in FAMILIES:
        is_true = family.judge(clean, county.households, lines)
        can_find = family.judge(left, county.households, lines)
        for home in np.flatnonzero(is_true).tolist():
            hidden = "" if can_find[home] or plan is None else _why_hidden(county, plan, family, home)
            yield Truth(
                str(county.households["household_id"][home]),
                family.code,
                f"{family.label}({_quote(int(clean[family.quoted][home]), family.unit)})",
                not hidden,
                hidden,
            )


def _quote(value: int, unit: str) -> str:
    return f"{value / 100:.2f}元" if unit == "元" else f"{value}{unit}"


def _why_hidden(county: County, plan: DirtPlan, family: Family, home: int) -> str:
    reasons = set()
    for feed in family.feeds:
        if feed == "ledger":
            kinds = plan.ledger[home][is_lost_kind("ledger", plan.ledger[home])]
            reasons |= {f"收支台账:{dirt_rates()['ledger'][kind]['label']}" for kind in kinds}
        else:
            reasons |= {f"{FEEDS[feed][0]}:{reason}" for reason in why_lost(county, plan, feed, home)}
    mine = county.members["household"] == home
    kinds = plan.member[mine][is_lost_kind("identity", plan.member[mine])]
    reasons |= {f"台账:{dirt_rates()['identity'][kind]['label']}" for kind in kinds}
    return ";".join(sorted(reasons)) or "台账中的月份不足"
