"""Plans of help: what a household needs to be known for, and which of the policy's measures fit it.

Measures follow risks (缺什么补什么), and a household with labour is offered development measures first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from shouwang.domain.measure_entitlement import Basis
from shouwang.domain.measures import CONDITIONS, DEVELOPMENT_KINDS, FOR_WHOM, Measure
from shouwang.domain.policy import Policy
from shouwang.domain.tables import MEASURES, RISKS
from shouwang.domain.three_valued import all_of, any_of, opposite


@dataclass(frozen=True)
class HouseholdFacts:
    """What is known of a monitored household when its plan is made; None is unknown.

    risks: codes of `tables.RISKS`. conditions: answers to `measures.CONDITIONS`; one left out is unknown.
    Persons are counted in the household; `working_persons` are those at work now.
    """

    risks: frozenset[str] | None = None
    has_labour: bool | None = None
    identified_on: date | None = None
    has_contact_person: bool | None = None
    labour_persons: int | None = None
    working_persons: int | None = None
    trained_persons: int | None = None
    uninsured_persons: int | None = None
    conditions: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedMeasure:
    """One measure of a plan, by its name in the policy or only by its kind (`tables.MEASURES`).

    risk: the risk it is to answer, None where the plan does not say. person: any mark that tells one person
    of the household from another, "" for the whole household. basis: the figures its amount rests on.
    """

    name: str | None = None
    kind: str | None = None
    risk: str | None = None
    amount_fen: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    person: str = ""
    basis: Basis = field(default_factory=Basis)


@dataclass(frozen=True)
class Plan:
    """A household's plan of help; `agreed_on` None is not yet agreed."""

    measures: tuple[PlannedMeasure, ...] = ()
    agreed_on: date | None = None


@dataclass(frozen=True)
class Fit:
    """Whether a measure fits a household (None is unknown), and why.

    risks: the registered risks it answers. to_verify: what must be asked first, in words.
    """

    measure: Measure
    answer: bool | None
    risks: tuple[str, ...]
    to_verify: tuple[str, ...]
    why: str


def fit(measure: Measure, facts: HouseholdFacts) -> Fit:
    """Say whether one measure fits: it answers a risk or builds on labour, for those it is meant for."""
    met = tuple(risk for risk in measure.risks if facts.risks is not None and risk in facts.risks)
    labour = labour_answer(measure, facts.has_labour)
    conditions = {name: facts.conditions.get(name) for name in measure.needs}
    answer = all_of((answers_some_risk(measure, facts), labour, *conditions.values()))
    to_verify = [CONDITIONS[name] for name, known in conditions.items() if known is None]
    if labour is None:
        to_verify.insert(0, f"是否{FOR_WHOM[measure.for_whom]}")
    if facts.risks is None and not measure.is_for_all:
        to_verify.insert(0, "返贫致贫风险")
    return Fit(measure, answer, met, tuple(to_verify), _why(measure, met, facts))


def answers_some_risk(measure: Measure, facts: HouseholdFacts) -> bool | None:
    """Say whether the household's risks (or its labour, for a development measure) call for the measure."""
    if measure.is_for_all:
        return True
    by_risk = None if facts.risks is None else bool(facts.risks & set(measure.risks))
    return any_of((by_risk, facts.has_labour if measure.is_development else False))


def labour_answer(measure: Measure, has_labour: bool | None) -> bool | None:
    """Say whether the household's labour is what the measure asks for."""
    if measure.for_whom == "either":
        return True
    return has_labour if measure.for_whom == "labour" else opposite(has_labour)


def _why(measure: Measure, met: tuple[str, ...], facts: HouseholdFacts) -> str:
    if met:
        return f"对应{'、'.join(RISKS[risk] for risk in met)}"
    if measure.is_for_all:
        return "所有监测对象都应落实"
    if measure.is_development and facts.has_labour:
        return "有劳动能力，优先落实开发式帮扶"
    return "与已登记的风险不对应" if facts.risks is not None else "返贫致贫风险未知"


def propose(policy: Policy, facts: HouseholdFacts) -> list[Fit]:
    """Return the measures that fit or may fit: the sure ones, development for labour, the place's own first.

    One that may fit (answer None) says what to verify; one that does not fit is left out.
    """
    nearest_first = sorted(policy.measures.values(), key=lambda found: policy.chain.index(found[1]))
    fits = [fit(measure, facts) for measure, _ in nearest_first]
    offered = [each for each in fits if each.answer is not False]

    def rank(each: Fit) -> tuple[bool, bool, bool]:
        is_first = each.measure.is_development and facts.has_labour is True
        return (each.answer is None, not is_first, each.measure.is_for_all)

    return sorted(offered, key=rank)


def plan_of(fits: Iterable[Fit], agreed_on: date | None = None) -> Plan:
    """Return the plan that takes up what is offered, to be filled in with amounts and dates."""
    return Plan(tuple(PlannedMeasure(each.measure.name, each.measure.kind) for each in fits), agreed_on)


def kind_of(planned: PlannedMeasure, policy: Policy) -> str | None:
    """Return the kind of a planned measure: as stated, else that of the policy's measure."""
    if planned.kind is not None or planned.name not in policy.measures:
        return planned.kind
    return policy.measures[planned.name][0].kind


def is_development(planned: PlannedMeasure, policy: Policy) -> bool:
    """Say whether a planned measure builds on labour: as the policy's measure says, else by its kind."""
    if planned.name in policy.measures:
        return policy.measures[planned.name][0].is_development
    return planned.kind in DEVELOPMENT_KINDS


def risks_answered(planned: PlannedMeasure, policy: Policy) -> frozenset[str] | None:
    """Return the risks a planned measure may answer: those of the policy's measure, else of its kind.

    None where the policy has no measure of the kind, so that nobody can tell.
    """
    if planned.name in policy.measures:
        return frozenset(policy.measures[planned.name][0].risks)
    of_kind = [measure for measure, _ in policy.measures.values() if measure.kind == planned.kind]
    return frozenset(risk for measure in of_kind for risk in measure.risks) if of_kind else None


def label_of(planned: PlannedMeasure, policy: Policy) -> str:
    """Name a planned measure as officials do."""
    if planned.name in policy.measures:
        return policy.measures[planned.name][0].label
    return MEASURES.get(planned.kind or "", "未写明的措施")
