"""How often a rule or a source was right: verdicts and checks counted, the noisy and the silent named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from shouwang.domain.permissions import Permission
from shouwang.domain.policy import PackError
from shouwang.records.access import visible
from shouwang.records.models import Clue, ClueOrigin, Finding, ScreeningRun
from shouwang.records.models.clues import BASIS_WITHDRAWN, CLUE_SOURCES
from shouwang.records.models.runs import DELTA
from shouwang.records.policies import policy_at
from shouwang.records.viewers import Viewer
from shouwang.reports.clue_list import left_out

# Below this many answered clues a rate says nothing; below this share of hits a rule wastes visits.
SMALLEST_SAMPLE = 20
NOISY_BELOW_PERMILLE = 100
HITS, MISSES = ("identify", "monitored"), ("no_risk", "wrong_data", "not_ours")


@dataclass(frozen=True)
class Rate:
    """One rule or source: clues raised, answered, right and wrong; `watched` are neither yet."""

    key: str
    label: str
    raised: int
    hits: int
    misses: int
    watched: int

    @property
    def answered(self) -> int:
        """Return how many were found right or wrong."""
        return self.hits + self.misses

    @property
    def pending(self) -> int:
        """Return how many have no verdict yet."""
        return self.raised - self.answered - self.watched

    @property
    def permille(self) -> int | None:
        """Return the share of hits in a thousand, None where nothing is answered."""
        return self.hits * 1000 // self.answered if self.answered else None

    @property
    def judgement(self) -> str:
        """Name what should be looked at: silent, small, noisy, or fair."""
        if not self.raised:
            return "silent"
        if self.answered < SMALLEST_SAMPLE:
            return "small"
        return "noisy" if (self.permille or 0) < NOISY_BELOW_PERMILLE else "fair"


@dataclass(frozen=True)
class HitRates:
    """Rates over clues received in a period; `missed` were at risk and no rule had warned of them.

    `left_out` are closed clues whose household should perhaps be monitored and is not.
    """

    rules: list[Rate]
    sources: list[Rate]
    hits: int
    missed: int
    runs: int
    left_out: int


def hit_rates(viewer: Viewer, *, from_on: date, to_on: date) -> HitRates:
    """Count what became of the clues received from one day to another, in six queries and the packs."""
    clues = visible(Clue.objects.all(), viewer, Permission.SEE_TOTALS)
    clues = clues.filter(received_on__range=(from_on, to_on)).filter(~Q(state="closed") | ~Q(verdict=""))
    clues = clues.exclude(verdict=BASIS_WITHDRAWN)
    origins = ClueOrigin.objects.filter(clue__in=clues)
    by_rule = _rates(origins.filter(source="screening"), "rule")
    by_source = _rates(origins, "source")
    labels = _labels(viewer, to_on, by_rule)
    runs = ScreeningRun.objects.filter(on__range=(from_on, to_on)).exclude(kind=DELTA).count()
    silent: dict[str, dict[str, int]] = {name: {} for name in labels if name not in by_rule} if runs else {}
    warned = Exists(ClueOrigin.objects.filter(clue=OuterRef("pk"), source="screening"))
    right = clues.filter(verdict__in=HITS)
    total = right.aggregate(hits=Count("pk"), missed=Count("pk", filter=~Q(warned)))
    return HitRates(
        rules=_sorted(_rate(key, labels.get(key, key), found) for key, found in (by_rule | silent).items()),
        sources=_sorted(
            _rate(key, label, by_source[key]) for key, label in CLUE_SOURCES.items() if key in by_source
        ),
        hits=total["hits"],
        missed=total["missed"],
        runs=runs,
        left_out=clues.filter(left_out()).count(),
    )


def _rates(origins: QuerySet[ClueOrigin], by: str) -> dict[str, dict[str, Any]]:
    """Count clues, each once, by what raised them."""
    outcome = Case(
        When(clue__verdict__in=HITS, then=Value(1)),
        When(clue__verdict__in=MISSES, then=Value(2)),
        When(clue__verdict="watch", then=Value(3)),
        default=Value(0),
        output_field=IntegerField(),
    )
    counted = {
        "raised": Count("clue", distinct=True),
        "hits": Count("clue", filter=Q(outcome=1), distinct=True),
        "misses": Count("clue", filter=Q(outcome=2), distinct=True),
        "watched": Count("clue", filter=Q(outcome=3), distinct=True),
    }
    rows = origins.annotate(outcome=outcome).values(by).annotate(**counted).order_by(by)
    return {row.pop(by): row for row in rows}


def _rate(key: str, label: str | None, found: dict[str, Any]) -> Rate:
    return Rate(key, label or key, *(found.get(name, 0) for name in ("raised", "hits", "misses", "watched")))


def _sorted(rates: Iterable[Rate]) -> list[Rate]:
    """Put what wastes most visits first, the silent last."""
    return sorted(rates, key=lambda each: (each.judgement == "silent", -each.misses, each.label))


def _labels(viewer: Viewer, on: date, rules: Iterable[str]) -> dict[str, str]:
    """Return the names of the warning rules that hold where the viewer works, and of others that warned."""
    labels: dict[str, str] = {}
    for prefix in sorted({reach.prefix for reach in viewer.scope(Permission.SEE_TOTALS).reaches})[:50]:
        try:
            held = policy_at(prefix.ljust(12, "0"), on).rules
        except PackError:
            continue
        labels |= {name: rule.label for name, (rule, _) in held.items() if rule.kind == "warning"}
    unnamed = set(rules) - set(labels)
    named = Finding.objects.filter(rule__in=unnamed).order_by("rule", "-pk").distinct("rule")
    return labels | (dict(named.values_list("rule", "label")) if unnamed else {})
