"""What the records know of the needs of monitored households, for social help: many at a time (R47)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q, Sum

from shouwang.domain.donations import STANDING_GIFTS, HouseholdNeeds, Offer, RiskNeed
from shouwang.domain.insurance import RISK_OF_EVENT
from shouwang.domain.periods import Month
from shouwang.records.household_facts import household_facts_of, own_pay_of
from shouwang.records.models import LEDGERS, Claim, DonationOffer, Gift, Household, PlanMeasure

# Risk → how its cost is said.
_COST_WORDS = {
    "medical": "近12个月医疗自付",
    "school": "学年自付",
    "disaster": "受灾直接损失",
    "project": "产业损失",
}
_PLANNED = ("planned", "running", "done")
Sums = Mapping[tuple[int, str], int]


def needs_of(households: Sequence[Household], on: date) -> dict[int, HouseholdNeeds]:
    """Return the needs of each household by registered risk; the queries do not grow with their number."""
    pks = [each.pk for each in households]
    since = (Month.of(on) - 12).first_day
    facts = household_facts_of(households, on)
    costs, helped, given = _costs(pks, since, on), _helped(pks, since), _given(pks, since)
    aimed = _aimed(pks)
    gifts = Counter(
        Gift.objects.filter(household_id__in=pks, state__in=STANDING_GIFTS).values_list(
            "household_id", flat=True
        )
    )
    found = {}
    for each in households:
        needs = {
            risk: RiskNeed(
                risk,
                costs.get((each.pk, risk)),
                _COST_WORDS.get(risk, ""),
                helped.get((each.pk, risk), 0),
                given.get((each.pk, risk), 0),
            )
            for risk in each.risks
        }
        unanswered = frozenset(risk for risk in each.risks if risk not in aimed[each.pk])
        found[each.pk] = HouseholdNeeds(
            each.pk, each.grade, facts[each.pk].has_labour, needs, unanswered, gifts[each.pk]
        )
    return found


def offer_of(row: DonationOffer) -> Offer:
    """Return what is left of an offer; its gifts are read once, or come prefetched."""
    gifts = [each for each in row.gifts.all() if each.state in STANDING_GIFTS]
    money = sum(_taken(each.delivered_fen, each.amount_fen) for each in gifts)
    quantity = sum(_taken(each.delivered_quantity, each.quantity) for each in gifts)
    worth = row.amount_fen // row.quantity if row.amount_fen and row.quantity and row.kind != "cash" else None
    is_cash = row.kind == "cash"
    return Offer(
        kind=row.kind,
        unit=row.unit,
        risks=frozenset(row.risks),
        left_fen=max(0, row.amount_fen - money) if is_cash and row.amount_fen is not None else None,
        left_quantity=max(0, row.quantity - quantity) if not is_cash and row.quantity is not None else None,
        per_household_fen=row.per_household_fen,
        per_household_quantity=row.per_household_quantity,
        worth_fen=worth,
        until_on=row.until_on,
        is_open=row.state == "open",
    )


def _taken(delivered: int | None, promised: int | None) -> int:
    return (delivered if delivered is not None else promised) or 0


def _costs(pks: Sequence[int], since: date, on: date) -> dict[tuple[int, str], int]:
    """Sum what each risk has cost each household in the last twelve months, where rows tell: four queries."""
    found: dict[tuple[int, str], int] = {
        (pk, "medical"): sum(each.paid_fen for each in persons) for pk, persons in own_pay_of(pks, on).items()
    }
    newest: dict[tuple[int, int | None], int] = {}
    schooling = LEDGERS["enrolment"].objects.filter(
        household_id__in=pks, delivered_month__range=(since, on), year_own_fen__isnull=False
    )
    for pk, member, fen in schooling.order_by("delivered_month").values_list(
        "household_id", "member_id", "year_own_fen"
    ):
        newest[pk, member] = fen
    for (pk, _), fen in newest.items():
        found[pk, "school"] = found.get((pk, "school"), 0) + fen
    for risk, table, column in (
        ("disaster", "disaster", "direct_loss_fen"),
        ("project", "farm_loss", "loss_fen"),
    ):
        rows = LEDGERS[table].objects.filter(
            household_id__in=pks, occurred_on__range=(since, on), **{f"{column}__isnull": False}
        )
        for pk, fen in rows.values_list("household_id").annotate(Sum(column)).order_by():
            found[pk, risk] = fen
    return found


def _helped(pks: Sequence[int], since: date) -> Sums:
    """Sum what measures give or have given for each risk, and what insurers paid: two queries."""
    found: Counter[tuple[int, str]] = Counter()
    measures = PlanMeasure.objects.filter(
        Q(done_on=None) | Q(done_on__gte=since),
        household_id__in=pks,
        state__in=_PLANNED,
        plan__state__in=("submitted", "approved", "closed"),
    )
    for row in measures.values("household_id", "risk", "kind", "amount_fen", "paid_fen"):
        # What social help is planned is to come from donors; only what was paid of it helps already.
        promised = 0 if row["kind"] == "social" else row["amount_fen"] or 0
        found[row["household_id"], row["risk"]] += promised if row["paid_fen"] is None else row["paid_fen"]
    claims = Claim.objects.filter(household_id__in=pks, state="paid", decided_on__gte=since)
    for pk, event, paid in claims.values_list("household_id", "event", "paid_fen"):
        if event in RISK_OF_EVENT:
            found[pk, RISK_OF_EVENT[event]] += paid or 0
    return found


def _given(pks: Sequence[int], since: date) -> Sums:
    """Sum the gifts that stand, for each risk: one query."""
    found: Counter[tuple[int, str]] = Counter()
    gifts = Gift.objects.filter(household_id__in=pks, state__in=STANDING_GIFTS, proposed_on__gte=since)
    for gift in gifts:
        found[gift.household_id, gift.risk] += _taken(gift.delivered_fen, gift.amount_fen)
    return found


def _aimed(pks: Sequence[int]) -> dict[int, set[str]]:
    """Return the risks that some measure of each household is aimed at: one query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = PlanMeasure.objects.filter(household_id__in=pks, state__in=_PLANNED)
    for pk, risk in rows.values_list("household_id", "risk"):
        found[pk].add(risk)
    return found
