"""Plans of help as pages show them (R40–R43): what is offered to a household, a plan, the list of plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from shouwang.domain.assistance import Fit, HouseholdFacts, fit, propose
from shouwang.domain.permissions import Permission
from shouwang.domain.policy import Policy
from shouwang.records.access import visible
from shouwang.records.household_facts import household_facts, own_pay_of
from shouwang.records.models import Household, Member, Plan, PlanMeasure, Task
from shouwang.records.plan_drafts import PlanDraft
from shouwang.records.policies import policy_at
from shouwang.records.viewers import Viewer


@dataclass(frozen=True)
class Proposals:
    """What the policy offers a household, and what is known of it."""

    policy: Policy
    facts: HouseholdFacts
    fits: tuple[Fit, ...]
    members: tuple[Member, ...]
    own_pay_fen: dict[int, int]

    @property
    def to_ask(self) -> tuple[str, ...]:
        """The conditions that some measure asks for and nobody knows."""
        wanted = {name for each in self.fits for name in each.measure.needs}
        return tuple(sorted(wanted - set(self.facts.conditions)))


@dataclass(frozen=True)
class PlanPage:
    """One plan with its measures, their tasks, and the plans before it."""

    plan: Plan
    measures: tuple[PlanMeasure, ...]
    earlier: tuple[Plan, ...]
    open_risks: tuple[str, ...]

    @property
    def paid_fen(self) -> int:
        """What has been paid so far."""
        return sum(each.paid_fen or 0 for each in self.measures)


def proposals(household: Household, on: date, *, draft: PlanDraft | None = None) -> Proposals:
    """Return the measures offered to a household on a day; those that do not fit are left out.

    What stands in a draft stays: its measures after those that fit, and its persons though they have left.
    """
    policy, facts = policy_at(household.division, on), household_facts(household, on)
    planned = draft.measures if draft else ()
    fits = propose(policy, facts)
    offered = {each.measure.name for each in fits}
    standing = dict.fromkeys(each.measure for each in planned if each.measure not in offered)
    fits += [fit(policy.measures[name][0], facts) for name in standing if name in policy.measures]
    persons = Q(is_present=True) | Q(pk__in=[each.member_id for each in planned if each.member_id])
    members = Member.objects.filter(persons, household=household).order_by("pk")
    paid = {
        each.member_id: each.inpatient_fen for each in own_pay_of([household.pk], on).get(household.pk, [])
    }
    return Proposals(policy, facts, tuple(fits), tuple(members), paid)


def plan_page(viewer: Viewer, plan_id: int) -> PlanPage | None:
    """Return a plan in reach, None where there is none."""
    rows = visible(Plan.objects.all(), viewer, Permission.SEE_INCOME).filter(pk=plan_id)
    plan = rows.select_related("household__contact", "drawn_up_by", "approved_by", "case").first()
    if plan is None:
        return None
    tasks = Prefetch("tasks", visible(Task.objects.order_by("-pk"), viewer))
    measures = (
        plan.measures.select_related("member", "plan__household").prefetch_related(tasks).order_by("pk")
    )
    earlier = Plan.objects.filter(household_id=plan.household_id).exclude(pk=plan.pk).order_by("-pk")
    found = tuple(measures)
    return PlanPage(plan, found, tuple(earlier[:10]), _without_measure(plan.household.risks, found))


def plan_list(viewer: Viewer, *, prefix: str = "", state: str = "") -> QuerySet[Plan]:
    """Return the plans in reach, with `measure_count`, `done_count` and `paid_fen`."""
    rows = visible(Plan.objects.all(), viewer, Permission.SEE_INCOME)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    if state:
        rows = rows.filter(state=state)
    return rows.select_related("household", "drawn_up_by").annotate(
        measure_count=Count("measures"),
        done_count=Count("measures", filter=Q(measures__state="done")),
        paid_fen=Sum("measures__paid_fen"),
    )


def without_plan(viewer: Viewer, *, prefix: str = "") -> QuerySet[Household]:
    """Return the monitored households in reach that no plan is made for."""
    rows = visible(Household.objects.filter(monitoring="monitored", is_present=True), viewer)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    with_plan = Plan.objects.exclude(state="closed").values("household_id")
    return rows.exclude(pk__in=with_plan).order_by("division", "number")


def measures_of_member(viewer: Viewer, member_id: int) -> QuerySet[PlanMeasure]:
    """Return every measure for one person, the newest first."""
    rows = visible(PlanMeasure.objects.filter(member_id=member_id), viewer, Permission.SEE_INCOME)
    return rows.exclude(plan__state__in=("draft", "returned")).order_by("-pk")


def _without_measure(risks: Sequence[str], measures: Sequence[PlanMeasure]) -> tuple[str, ...]:
    """Return the registered risks that no measure of the plan is aimed at."""
    aimed = {each.risk for each in measures if each.state != "dropped"}
    return tuple(risk for risk in risks if risk not in aimed)
