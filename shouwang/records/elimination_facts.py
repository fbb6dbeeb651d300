"""What the records know of a household whose elimination is weighed, or looked back at; many at a time.

Each answer rests on rows of the registry, the ledgers, the plans and the visits; where none of them tells, it
stays unknown and the page asks for it to be verified.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Sum

from shouwang.domain.elimination import EliminationFacts
from shouwang.domain.periods import Month
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import whole_figure
from shouwang.domain.three_valued import opposite
from shouwang.records.household_income import IncomeFacts, incomes_of
from shouwang.records.household_members import MemberCounts, counts, members_of, versions_of
from shouwang.records.models import LEDGERS, Clue, Household, HouseholdVersion, PlanMeasure, Source, Visit
from shouwang.records.policies import policy_at

_UNSAFE_HOUSING = {"C", "D"}
_TAKEN_UP = {"running", "done"}


@dataclass
class Readings:
    """All that was read about one household."""

    version: HouseholdVersion | None = None
    members: MemberCounts = field(default_factory=MemberCounts)
    income: IncomeFacts = field(default_factory=IncomeFacts)
    own_pay_fen: int | None = None
    measures: list[PlanMeasure] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    open_clues: list[Clue] = field(default_factory=list)


def elimination_facts(household: Household, on: date) -> EliminationFacts:
    """Return what is known of one household on a day."""
    return elimination_facts_of([household], on)[household.pk]


def elimination_facts_of(households: Sequence[Household], on: date) -> dict[int, EliminationFacts]:
    """Return what is known of each household on a day; the queries do not grow with their number."""
    readings = _read(households, on)
    return {each.pk: _facts(each, readings[each.pk], on) for each in households}


def _read(households: Sequence[Household], on: date) -> dict[int, Readings]:
    pks = [each.pk for each in households]
    versions, members = versions_of(pks, on), members_of(pks, on)
    measures, visits, clues = _measures(pks), _visits(pks, on), _open_clues(pks)
    own_pay = _own_pay(households, on)
    added = {pk: counts(members.get(pk, []), versions.get(pk), on) for pk in pks}
    incomes = incomes_of(households, {each.pk: _head_count(each, added[each.pk]) for each in households}, on)
    return {
        pk: Readings(
            versions.get(pk), added[pk], incomes[pk], own_pay.get(pk), measures[pk], visits[pk], clues[pk]
        )
        for pk in pks
    }


def _head_count(household: Household, added: MemberCounts) -> int | None:
    return added.members if added.members is not None else household.member_count


def _measures(pks: Collection[int]) -> dict[int, list[PlanMeasure]]:
    found: dict[int, list[PlanMeasure]] = defaultdict(list)
    rows = PlanMeasure.objects.filter(household_id__in=pks)
    for row in rows.exclude(plan__state__in=("draft", "returned")):
        found[row.household_id].append(row)
    return found


def _visits(pks: Collection[int], on: date) -> dict[int, list[Visit]]:
    """Return the visits of the last year, the newest first."""
    found: dict[int, list[Visit]] = defaultdict(list)
    since = (Month.of(on) - 12).first_day
    rows = Visit.objects.filter(household_id__in=pks, visited_on__lte=on, visited_on__gte=since)
    for row in rows.order_by("-visited_on", "-pk"):
        found[row.household_id].append(row)
    return found


def _open_clues(pks: Collection[int]) -> dict[int, list[Clue]]:
    found: dict[int, list[Clue]] = defaultdict(list)
    for row in Clue.objects.filter(household_id__in=pks).exclude(state="closed"):
        found[row.household_id or 0].append(row)
    return found


def _own_pay(households: Sequence[Household], on: date) -> dict[int, int]:
    """Sum what each household paid for treatment in the last twelve months.

    A household without a settlement paid nothing where its county's medical feed is loaded, and is left out,
    unknown, where it is not.
    """
    since = Month.of(on) - 12
    rows = (
        LEDGERS["own_pay_entry"]
        .objects.filter(household__in=households, settled_on__gte=since.first_day, settled_on__lte=on)
        .values("household_id")
        .annotate(paid=Sum("own_pay_fen"))
    )
    fed = set(
        Source.objects.filter(feed="medical", load__state="done")
        .values_list("load__county", flat=True)
        .distinct()
    )
    found = {each.pk: 0 for each in households if each.division[:6] in fed}
    return found | {row["household_id"]: row["paid"] or 0 for row in rows}


def _facts(household: Household, read: Readings, on: date) -> EliminationFacts:
    policy = policy_at(household.division, on)
    version = read.version
    has_measure = _has_measure(read)
    seen = {name: _said(read.visits, name) for name in ("has_guarantees", "has_safe_water", "is_income_well")}
    facts = EliminationFacts(
        identified_on=household.identified_on,
        income_per_capita_fen=read.income.per_capita_fen,
        months_above_line=read.income.months_above_line,
        is_income_stable=seen["is_income_well"],
        is_spending_settled=_spending(household, read, policy),
        is_insured=_with_visit(_none(read.members.uninsured_persons), seen["has_guarantees"]),
        is_schooled=_with_visit(opposite(read.members.has_dropout), seen["has_guarantees"]),
        is_housing_safe=_with_visit(_housing(version), seen["has_guarantees"]),
        is_water_safe=_with_visit(version.has_safe_water if version else None, seen["has_safe_water"]),
        is_without_labour=_without_labour(read),
        is_natural=_natural(version, has_measure),
        has_measure=has_measure,
        new_risks=_new_risks(read),
    )
    return _with_open_risks(facts, household, read)


def _none(count: int | None) -> bool | None:
    return None if count is None else count == 0


def _said(visits: Sequence[Visit], name: str) -> bool | None:
    """Return the newest answer of the visits to a question."""
    return next((answer for visit in visits if (answer := getattr(visit, name)) is not None), None)


def _with_visit(recorded: bool | None, seen: bool | None) -> bool | None:
    """Join the register and the newest visit: a visit fills a gap; where the two differ nobody knows."""
    if recorded is None or seen is None:
        return seen if recorded is None and seen else recorded
    return recorded if recorded == seen else None


def _housing(version: HouseholdVersion | None) -> bool | None:
    if version is None:
        return None
    if version.housing_grade:
        return version.housing_grade not in _UNSAFE_HOUSING
    return opposite(version.is_dilapidated_housing)


def _spending(household: Household, read: Readings, policy: Policy) -> bool | None:
    """Tell whether what was paid for treatment stays below the pack's line for the household's class."""
    name = "own_pay_line_alleviated" if household.household_class == "alleviated" else "own_pay_line_ordinary"
    line = whole_figure(policy, name)
    return None if line is None or read.own_pay_fen is None else read.own_pay_fen < line


def _without_labour(read: Readings) -> bool | None:
    if read.members.labour_persons is not None:
        return read.members.labour_persons == 0
    return True if read.version and read.version.is_no_labour_guaranteed else None


def _has_measure(read: Readings) -> bool | None:
    if any(each.state in _TAKEN_UP for each in read.measures):
        return True
    stated = read.version.measures if read.version else None
    if stated is None:
        return False if read.measures else None
    return bool(stated.strip("|"))


def _natural(version: HouseholdVersion | None, has_measure: bool | None) -> bool | None:
    """A risk that was helped away did not go by itself."""
    if version is not None and version.elimination_mode:
        return bool(version.elimination_mode == "natural")
    return False if has_measure else None


def _new_risks(read: Readings) -> frozenset[str] | None:
    """Return the risks of open clues and of the newest visit; none only where a visit has asked."""
    found = {risk for clue in read.open_clues for risk in (clue.risks or ["other"])}
    seen = _said(read.visits, "has_new_risk")
    if seen and not found:
        found.add("other")
    return frozenset(found) if found or seen is not None else None


def _with_open_risks(facts: EliminationFacts, household: Household, read: Readings) -> EliminationFacts:
    answers = {risk: is_gone(risk, facts, read) for risk in household.risks}
    standing = frozenset(risk for risk, gone in answers.items() if gone is False)
    is_unknown = not household.risks or None in answers.values()
    return replace(facts, open_risks=None if is_unknown and not standing else standing)


def is_gone(risk: str, facts: EliminationFacts, read: Readings) -> bool | None:
    """Tell whether a risk is gone: by the fact it is about, else by its help done and a visit since."""
    direct = {
        "housing": facts.is_housing_safe,
        "water": facts.is_water_safe,
        "medical": facts.is_spending_settled,
        "labour": False if facts.is_without_labour else None,
    }.get(risk)
    if direct is not None:
        return direct
    if risk == "employment" and read.members.working_persons:
        return True
    if risk == "income" and facts.months_above_line is not None:
        return facts.months_above_line > 0
    return _helped_away(risk, read)


def _helped_away(risk: str, read: Readings) -> bool | None:
    """Done measures and a visit since that found nothing new end a risk; one still helped stands."""
    aimed = [each for each in read.measures if each.risk == risk and each.state != "dropped"]
    if not aimed:
        return None
    if any(each.state != "done" or each.done_on is None for each in aimed):
        return False
    last_on = max(each.done_on for each in aimed if each.done_on)
    since = [visit for visit in read.visits if visit.visited_on >= last_on]
    return opposite(_said(since, "has_new_risk"))
