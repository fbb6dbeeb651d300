"""What the records know of a household when its plan of help is made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from shouwang.domain.assistance import HouseholdFacts
from shouwang.domain.periods import Month
from shouwang.domain.three_valued import any_of
from shouwang.records.household_members import counts, members_of, versions_of
from shouwang.records.models import LEDGERS, Household, HouseholdVersion, MemberVersion, PlanMeasure

_TILT_CLASSES = {"unstable"}
_UNDER_SCHOOL = ("学龄前", "学前", "幼儿")
_SENIOR = ("高中", "高一", "高二", "高三", "中职", "高职", "大专", "本科", "大学", "硕士", "博士", "技校")
_VOCATIONAL = ("中职", "高职", "技工", "技校", "职业")
_ELSEWHERE = ("县外", "省外", "市外", "外省", "外县", "境外")


@dataclass(frozen=True)
class OwnPay:
    """What one person paid himself for treatment in the last twelve months, and in hospital among it."""

    member_id: int
    paid_fen: int
    inpatient_fen: int


def household_facts(household: Household, on: date) -> HouseholdFacts:
    """Return what is known of one household on a day."""
    return household_facts_of([household], on)[household.pk]


def household_facts_of(households: Sequence[Household], on: date) -> dict[int, HouseholdFacts]:
    """Return what is known of each household on a day; the queries do not grow with their number."""
    pks = [each.pk for each in households]
    versions, members = versions_of(pks, on), members_of(pks, on)
    paid = own_pay_of(pks, on)
    loans = _loans(pks)
    trained = set(
        PlanMeasure.objects.filter(household_id__in=pks, measure="skill_training", state="done").values_list(
            "household_id", "member_id"
        )
    )
    return {
        each.pk: _facts(
            each,
            versions.get(each.pk),
            members.get(each.pk, []),
            paid=paid.get(each.pk, []),
            loan_fen=loans.get(each.pk),
            trained=sum(pk == each.pk for pk, _ in trained),
            on=on,
        )
        for each in households
    }


def own_pay_of(pks: Iterable[int], on: date) -> dict[int, list[OwnPay]]:
    """Return what each household's persons paid for treatment in the last twelve months: one query."""
    rows = (
        LEDGERS["own_pay_entry"]
        .objects.filter(
            household_id__in=pks,
            member__isnull=False,
            settled_on__gte=(Month.of(on) - 12).first_day,
            settled_on__lte=on,
        )
        .values("household_id", "member_id", "visit_kind")
        .annotate(paid=Sum("own_pay_fen"))
    )
    found: dict[int, dict[int, OwnPay]] = {}
    for row in rows:
        persons = found.setdefault(row["household_id"], {})
        before = persons.get(row["member_id"], OwnPay(row["member_id"], 0, 0))
        paid = row["paid"] or 0
        in_hospital = paid if row["visit_kind"] == "inpatient" else 0
        persons[row["member_id"]] = OwnPay(
            row["member_id"], before.paid_fen + paid, before.inpatient_fen + in_hospital
        )
    return {pk: list(persons.values()) for pk, persons in found.items()}


def _loans(pks: Iterable[int]) -> dict[int, int]:
    """Return what each household still owes by its latest delivered month."""
    found: dict[int, tuple[date, int]] = {}
    rows = (
        LEDGERS["credit"]
        .objects.filter(household_id__in=pks)
        .values_list("household_id", "delivered_month")
        .annotate(balance=Sum("balance_fen"))
    )
    for pk, month, balance in rows:
        if month is not None and month >= found.get(pk, (month, 0))[0]:
            found[pk] = (month, balance or 0)
    return {pk: balance for pk, (_, balance) in found.items()}


def _facts(
    household: Household,
    version: HouseholdVersion | None,
    members: Sequence[MemberVersion],
    *,
    paid: Sequence[OwnPay],
    loan_fen: int | None,
    trained: int,
    on: date,
) -> HouseholdFacts:
    added = counts(members, version, on)
    is_registered = bool(household.risks) or (version is not None and version.risks is not None)
    conditions = {
        "has_preschool_pupil": _some_pupil(members, _UNDER_SCHOOL),
        "has_senior_pupil": _some_pupil(members, _SENIOR),
        "has_vocational_pupil": _some_pupil(members, _VOCATIONAL),
        "has_dropout": added.has_dropout,
        "has_inpatient": True if any(each.inpatient_fen > 0 for each in paid) else None,
        "works_outside_county": _some(members, "workplace", _ELSEWHERE),
        "has_loan": None if loan_fen is None else loan_fen > 0,
        "is_tilt_group": _is_tilted(household, version),
        "meets_low_income_aid": True if _has_aid(version) else None,
    }
    return HouseholdFacts(
        risks=frozenset(household.risks) if is_registered else None,
        has_labour=None if added.labour_persons is None else added.labour_persons > 0,
        identified_on=household.identified_on,
        has_contact_person=household.contact_id is not None,
        labour_persons=added.labour_persons,
        working_persons=added.working_persons,
        trained_persons=trained or None,
        uninsured_persons=added.uninsured_persons,
        conditions={name: answer for name, answer in conditions.items() if answer is not None},
    )


def _some(members: Iterable[MemberVersion], name: str, words: tuple[str, ...]) -> bool | None:
    """Tell whether some member's text holds one of the words; blanks leave it unknown."""
    said = [getattr(each, name) for each in members]
    return (
        any_of(None if not text else any(word in text for word in words) for text in said) if said else None
    )


def _some_pupil(members: Iterable[MemberVersion], words: tuple[str, ...]) -> bool | None:
    """Tell whether some member is at such a school; most members' blank says that they are no pupils."""
    said = [each.school_stage for each in members if each.school_stage]
    return any(word in text for text in said for word in words) or (None if not said else False)


def _has_aid(version: HouseholdVersion | None) -> bool | None:
    if version is None:
        return None
    return any_of((version.receives_minimum_living, version.receives_destitute_support))


def _is_tilted(household: Household, version: HouseholdVersion | None) -> bool | None:
    """特困人员、低保对象或返贫致贫人口."""
    return True if _has_aid(version) or household.monitored_class in _TILT_CLASSES else _has_aid(version)
