"""A household's income as the ledger tells it: of the last twelve months, and month by month."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from shouwang.domain.elimination import months_above
from shouwang.domain.periods import Month
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import whole_figure
from shouwang.domain.tables import INCOME_ITEMS
from shouwang.records.models import LEDGERS, Household
from shouwang.records.policies import policy_at

_YEAR = 12
_USUAL_MONTHS = 6
_COSTS = frozenset(item.name for item in INCOME_ITEMS.values() if item.is_cost)
_PARTS = ("wage_fen", "business_fen", "property_fen", "transfer_fen")


@dataclass(frozen=True)
class IncomeFacts:
    """Income per head of the last twelve whole months, and for how many months it was above the line.

    `months_above_line` counts no further than the policy asks; None where the ledger has a gap.
    """

    per_capita_fen: int | None = None
    months_above_line: int | None = None
    is_from_ledger: bool = False


def incomes_of(
    households: Sequence[Household], member_counts: Mapping[int, int | None], on: date
) -> dict[int, IncomeFacts]:
    """Return the income of each household on a day: two queries, one more for each way of counting income."""
    policies = {each.pk: policy_at(each.division, on) for each in households}
    longest = max((_enough(policy) for policy in policies.values()), default=_USUAL_MONTHS)
    since = Month.of(on) - (_YEAR + longest - 1)
    by_items: dict[frozenset[str], list[int]] = defaultdict(list)
    for pk, policy in policies.items():
        by_items[counted_items(policy)].append(pk)
    ledger: dict[int, dict[Month, int]] = {}
    for items, pks in by_items.items():
        ledger |= _monthly(pks, items, since, Month.of(on))
    stated = _stated(list(policies), on.year - 1)
    found: dict[int, IncomeFacts] = {}
    for each in households:
        members = member_counts.get(each.pk)
        found[each.pk] = _income(ledger.get(each.pk, {}), stated.get(each.pk), members, policies[each.pk], on)
    return found


def counted_items(policy: Policy) -> frozenset[str]:
    """Return the items that count as income under a policy (parameters `counts_<item>`); costs always do."""
    flags = {name: policy.parameters.get(f"counts_{name}") for name in INCOME_ITEMS}
    return frozenset(
        name for name, flag in flags.items() if name in _COSTS or flag is None or flag.value is True
    )


def _enough(policy: Policy) -> int:
    return whole_figure(policy, "elimination_months_min") or _USUAL_MONTHS


def _monthly(
    pks: Collection[int], items: frozenset[str], since: Month, until: Month
) -> dict[int, dict[Month, int]]:
    """Sum each month of each household; a month without a row is left out, for it is unknown."""
    rows = (
        LEDGERS["income_entry"]
        .objects.filter(household_id__in=pks, month__gte=since.first_day, month__lt=until.first_day)
        .values("household_id", "month")
        .annotate(
            gained=Sum("amount_fen", filter=Q(item__in=items - _COSTS)),
            spent=Sum("amount_fen", filter=Q(item__in=_COSTS)),
        )
        .values_list("household_id", "month", "gained", "spent")
    )
    found: dict[int, dict[Month, int]] = defaultdict(lambda: defaultdict(int))
    for pk, month, gained, spent in rows:
        found[pk][Month.of(month)] += (gained or 0) - (spent or 0)
    return found


def _stated(pks: Collection[int], year: int) -> dict[int, int | None]:
    """Return the net income of a year's statement, the last of several; its parts where it is blank."""
    rows = LEDGERS["annual_income"].objects.filter(household_id__in=pks, year=year)
    found: dict[int, int | None] = {}
    for row in rows.order_by("load_id", "source_no", "row_no"):
        parts = [getattr(row, name) for name in (*_PARTS, "business_cost_fen")]
        whole = None if None in parts else sum(parts[:-1]) - parts[-1]
        found[row.household_id] = whole if row.net_fen is None else row.net_fen
    return found


def _income(
    ledger: Mapping[Month, int],
    stated_fen: int | None,
    members: int | None,
    policy: Policy,
    on: date,
) -> IncomeFacts:
    if not members:
        return IncomeFacts()
    last = Month.of(on) - 1
    enough = _enough(policy)
    ends = [last - back for back in range(enough)]
    series = [(_per_head(ledger, end, members), _line(policy, end)) for end in ends]
    now = series[0][0] if series else None
    is_from_ledger = now is not None
    if now is None and stated_fen is not None:
        now = stated_fen // members
    return IncomeFacts(now, months_above(series, enough=enough), is_from_ledger)


def _per_head(ledger: Mapping[Month, int], end: Month, members: int) -> int | None:
    """Return the income per head of the twelve months that end with a month, all of them known."""
    window = [end - back for back in range(_YEAR)]
    if any(month not in ledger for month in window):
        return None
    return sum(ledger[month] for month in window) // members


def _line(policy: Policy, month: Month) -> int | None:
    """Return the line of a month, of whichever pack of the place's chain gives it."""
    return whole_figure(Policy(policy.chain, month.last_day), "monitoring_line")
