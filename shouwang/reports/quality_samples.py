"""Samples of the three-way comparison: lists, a sample with its households, what the system says of each."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from shouwang.domain.quality_sample import ITEMS, agreement
from shouwang.domain.tables import MEASURES, RISKS
from shouwang.records.access import visible
from shouwang.records.models import HouseholdVersion, MemberVersion, QualitySample, SampledHousehold
from shouwang.records.models.ledgers import LEDGERS
from shouwang.records.viewers import Viewer

_CLASSES = {
    "unstable": "脱贫不稳定户",
    "borderline": "边缘易致贫户",
    "sudden": "突发严重困难户",
    "none": "非监测对象",
}
_UNKNOWN = "未填"


@dataclass(frozen=True)
class SampleCounts:
    """How far a sample is: households compared, items that agree, items compared."""

    checked: int
    agreeing: int
    compared: int


def samples(viewer: Viewer, area: str = "") -> QuerySet[QualitySample]:
    """Return the samples in reach, the newest first, with `checked` households counted."""
    rows = visible(QualitySample.objects.all(), viewer)
    if area:
        rows = rows.filter(division__range=(area.ljust(12, "0"), area.ljust(12, "9")))
    done = Count("households", filter=Q(households__checked_on__isnull=False))
    return rows.annotate(checked=done).select_related("drawn_by").order_by("-drawn_on", "-pk")


def sample_of(viewer: Viewer, sample_id: int) -> QualitySample | None:
    """Return a sample in reach."""
    return visible(QualitySample.objects.filter(pk=sample_id), viewer).select_related("drawn_by").first()


def sampled(sample: QualitySample) -> list[SampledHousehold]:
    """Return the households of a sample in the order of the draw."""
    rows = SampledHousehold.objects.filter(sample=sample).select_related("household", "checked_by")
    return list(rows.order_by("place"))


def sampled_of(viewer: Viewer, sampled_id: int) -> SampledHousehold | None:
    """Return one household of a sample in reach."""
    rows = visible(SampledHousehold.objects.filter(pk=sampled_id), viewer)
    return rows.select_related("household", "sample").first()


def counts_of(rows: list[SampledHousehold]) -> SampleCounts:
    """Count what has been compared."""
    agreeing, compared = agreement(each.results for each in rows)
    return SampleCounts(sum(1 for each in rows if each.checked_on), agreeing, compared)


def system_says(household_ids: list[int], on: date) -> dict[int, dict[str, str]]:
    """Return what the system says of each item, by household; a constant number of queries."""
    homes = HouseholdVersion.objects.filter(household__in=household_ids, to_on=None)
    members: dict[int, list[MemberVersion]] = {}
    present = MemberVersion.objects.filter(household__in=household_ids, to_on=None, member__is_present=True)
    for each in present.select_related("member"):
        members.setdefault(each.household_id, []).append(each)
    incomes: dict[int, tuple[int, int]] = {}
    rows = LEDGERS["annual_income"].objects.filter(household__in=household_ids, year__lte=on.year)
    for key, year, income in rows.values_list("household_id", "year", "net_per_capita_fen"):
        if income is not None and year > incomes.get(key, (0, 0))[0]:
            incomes[key] = (year, income)
    return {
        home.household_id: _said(home, members.get(home.household_id, []), incomes.get(home.household_id))
        for home in homes
    }


def _said(
    home: HouseholdVersion, members: list[MemberVersion], income: tuple[int, int] | None
) -> dict[str, str]:
    insured = [each.has_resident_medical_insurance or each.has_employee_medical_insurance for each in members]
    working = [
        each for each in members if (each.migrant_months or 0) > 0 or (each.public_post_months or 0) > 0
    ]
    said = {
        "members": f"{len(members)} 人",
        "monitored_class": _CLASSES.get(home.monitored_class or "", _UNKNOWN),
        "risks": _words(home.risks, RISKS),
        "income": f"{income[0]} 年 {income[1] / 100:,.0f} 元" if income else _UNKNOWN,
        "housing": f"{home.housing_grade} 级" if home.housing_grade else _UNKNOWN,
        "water": _yes(home.has_safe_water, "安全", "不安全"),
        "insurance": f"参保 {sum(1 for each in insured if each)} 人，共 {len(members)} 人",
        "aid": _aid(home),
        "work": f"{len(working)} 人",
        "measures": _words(home.measures, MEASURES),
    }
    assert said.keys() == ITEMS.keys()
    return said


def _words(text: str | None, words: dict[str, str]) -> str:
    if text is None:
        return _UNKNOWN
    return "、".join(words.get(code, code) for code in text.split("|") if code) or "无"


def _yes(value: bool | None, yes: str, no: str) -> str:
    return _UNKNOWN if value is None else yes if value else no


def _aid(home: HouseholdVersion) -> str:
    low = _yes(home.receives_minimum_living, "享受低保", "不享受低保")
    return f"{low}；{_yes(home.receives_destitute_support, '享受特困', '不享受特困')}"
