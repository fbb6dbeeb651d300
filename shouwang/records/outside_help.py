"""Help outside the system (体外循环, R34): a household is helped as monitored ones are, and is not monitored.

S3 (work plan fifteen, 二.2) has it looked for among the households that are not monitored. A household whose
identification is under way is none of them. 低保 and other aid that goes by its own rules is no sign of it.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from shouwang.records.models import Case, Contact, Household, PlanMeasure, Task

_MEASURES = PlanMeasure.objects.filter(plan__state="approved").exclude(state="dropped")
_CONTACTS = Contact.objects.filter(kind="contact", to_on=None)
_TASKS = Task.objects.filter(kind="help").exclude(state="closed")
SIGNS = {"执行中的帮扶计划": _MEASURES, "监测联系人": _CONTACTS, "部门帮扶任务": _TASKS}


def helped_outside(rows: QuerySet[Household]) -> QuerySet[Household]:
    """Narrow households to those that are helped and neither monitored nor being identified."""
    of_one = {"household": OuterRef("pk")}
    helped = Q()
    for signs in SIGNS.values():
        helped |= Q(Exists(signs.filter(**of_one)))
    under_way = Case.objects.filter(track="identification", status="open", **of_one)
    return rows.filter(helped, ~Exists(under_way), monitoring="none", is_present=True)


def signs_of(household: Household) -> list[str]:
    """Return by what a household is helped outside the system, in words; one query at most."""
    if household.monitoring != "none":
        return []
    of_one = {"household": OuterRef("pk")}
    signs = {f"sign_{place}": Exists(rows.filter(**of_one)) for place, rows in enumerate(SIGNS.values())}
    rows = helped_outside(Household.objects.filter(pk=household.pk))
    found = rows.annotate(**signs).values_list(*signs).first() or ()
    return [word for word, is_there in zip(SIGNS, found, strict=False) if is_there]
