"""A plan of help as it is typed: weighed against the policy and the household, kept, and read back."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from shouwang.domain.assistance import HouseholdFacts, Plan, PlannedMeasure
from shouwang.domain.measure_entitlement import Basis, Entitlement, entitlement
from shouwang.domain.measures import CONDITIONS
from shouwang.domain.plan_checks import check_plan
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import Remark
from shouwang.records import models
from shouwang.records.household_facts import household_facts
from shouwang.records.policies import policy_at

# What a plan keeps beside its remarks, in the same list: answers asked for, and figures reckoned on.
VERIFIED, BASIS = "verified", "basis"
_FIGURES = ("cost_fen", "own_pay_fen", "eligible_fen", "persons", "premium_fen")


@dataclass(frozen=True)
class MeasureDraft:
    """One measure as typed; `measure` names it in the policy, "" stands for one outside of it."""

    measure: str
    kind: str
    label: str
    risk: str = ""
    department: str = ""
    member_id: int | None = None
    amount_fen: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    basis: Basis = field(default_factory=Basis)

    @property
    def key(self) -> str:
        """Tell one measure of a plan from another."""
        name = self.measure or f"{self.kind}/{self.label}"
        return f"{name}:{self.member_id or ''}"


@dataclass(frozen=True)
class PlanDraft:
    """A plan as typed; conditions: what was asked, answers to `domain.measures.CONDITIONS`."""

    aim: str = ""
    measures: tuple[MeasureDraft, ...] = ()
    conditions: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Weighed:
    """What the policy says to a draft: remarks, and the entitlement of each measure that has one, by key."""

    remarks: list[Remark]
    entitlements: dict[str, Entitlement]

    def working(self, measure: MeasureDraft) -> str:
        """Write the working of a measure: its lines, or what it lacks, with the clauses."""
        found = self.entitlements.get(measure.key)
        return "" if found is None else working_text(found)


def working_text(found: Entitlement) -> str:
    """Write an entitlement with its working and clauses, one line each."""
    lines = [line.text for line in found.due.lines] if found.due else []
    return "\n".join([*lines, found.text, *(f"依据：{source}" for source in found.sources)])


def weighed(
    household: models.Household, draft: PlanDraft, on: date, *, agreed_on: date | None = None
) -> Weighed:
    """Weigh a draft on a day."""
    return weighed_by(
        policy_at(household.division, on), facts_with(household, draft, on), draft, on, agreed_on
    )


def facts_with(household: models.Household, draft: PlanDraft, on: date) -> HouseholdFacts:
    """Return what is known of the household, with what was asked for the draft."""
    known = household_facts(household, on)
    return replace(known, conditions={**known.conditions, **draft.conditions})


def weighed_by(
    policy: Policy, facts: HouseholdFacts, draft: PlanDraft, on: date, agreed_on: date | None = None
) -> Weighed:
    """Weigh a draft by a policy and facts at hand."""
    planned = tuple(_planned(each) for each in draft.measures)
    entitlements = {
        each.key: entitlement(policy.measures[each.measure][0], each.basis, policy)
        for each in draft.measures
        if each.measure in policy.measures
    }
    return Weighed(check_plan(Plan(planned, agreed_on), policy, facts, on), entitlements)


def _planned(each: MeasureDraft) -> PlannedMeasure:
    return PlannedMeasure(
        name=each.measure or None,
        kind=each.kind or None,
        risk=each.risk or None,
        amount_fen=each.amount_fen,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
        person="" if each.member_id is None else str(each.member_id),
        basis=each.basis,
    )


def kept(draft: PlanDraft, remarks: Iterable[Remark]) -> list[dict[str, Any]]:
    """Return what a plan keeps in `remarks`: the remarks, then what was verified and reckoned on."""
    rows: list[dict[str, Any]] = [asdict(each) for each in remarks]
    for name, answer in draft.conditions.items():
        text = f"已核实：{CONDITIONS[name]}——{'是' if answer else '否'}"
        rows.append({"code": VERIFIED, "severity": "noted", "text": text, "name": name, "answer": answer})
    for each in draft.measures:
        figures = {name: getattr(each.basis, name) for name in _FIGURES}
        known = {name: figure for name, figure in figures.items() if figure is not None}
        if known:
            text = f"{each.label}的计算依据已填写"
            row = {"code": BASIS, "severity": "noted", "text": text, "name": each.key, "figures": known}
            rows.append(row)
    return rows


def remarks_of(plan: models.Plan) -> list[dict[str, Any]]:
    """Return the remarks proper of a plan."""
    return [row for row in plan.remarks if row["code"] not in (VERIFIED, BASIS)]


def draft_of(plan: models.Plan) -> PlanDraft:
    """Read a plan back as a draft; its measures should be prefetched."""
    figures = {row["name"]: row["figures"] for row in plan.remarks if row["code"] == BASIS}
    drafts = [_read(each) for each in plan.measures.all()]
    return PlanDraft(
        plan.aim,
        tuple(replace(each, basis=Basis(**figures.get(each.key, {}))) for each in drafts),
        {row["name"]: row["answer"] for row in plan.remarks if row["code"] == VERIFIED},
    )


def _read(row: models.PlanMeasure) -> MeasureDraft:
    return MeasureDraft(
        measure=row.measure,
        kind=row.kind,
        label=row.label,
        risk=row.risk,
        department=row.department,
        member_id=row.member_id,
        amount_fen=row.amount_fen,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
