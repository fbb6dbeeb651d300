"""One household checked as it stands: on asking, and at entry, where the impossible is refused (R80)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.engine.quality.book import household_book
from shouwang.engine.quality.months import newest_months
from shouwang.engine.quality.one_household import Answered, answers_of
from shouwang.records.models import Household, Member, QualityFinding
from shouwang.records.models.quality import STANDING
from shouwang.records.policies import library
from shouwang.records.quality_rows import own_rows, quality_rows, sheets_of

_Key = tuple[str, int | None]


def recheck_household(*, actor: Actor, household_id: int, on: date, at: datetime) -> int:
    """Check one household anew and bring its findings in line, one act; return how many stand."""
    with acting(actor, "quality.recheck", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, Permission.EDIT_HOUSEHOLD)
        act.about(household)
        _bring_in_line(household, on)
        count = QualityFinding.objects.filter(household=household, state__in=STANDING).count()
        act.after = {"standing": count, "on": on}
    return count


def _bring_in_line(household: Household, on: date) -> None:
    """Open, renew and close the findings of a household; an unknown answer leaves its finding as it is."""
    members = dict(Member.objects.filter(household=household, is_present=True).values_list("code", "pk"))
    held = {
        (each.check_name, each.member_id): each
        for each in QualityFinding.objects.select_for_update().filter(household=household)
    }
    answers = {_key(each, members): each for each in _answers(household, on)}
    for key, found in answers.items():
        if found.answer:
            _found(household, key, found, held.get(key), on)
    for key, finding in held.items():
        if finding.state in STANDING and (key not in answers or answers[key].answer is False):
            finding.state = "mended" if key in answers else "gone"
            finding.closed_on = on
            finding.version += 1
            finding.save(update_fields=["state", "closed_on", "version"])


def _answers(household: Household, on: date) -> list[Answered]:
    rows = quality_rows(household, on)
    if not rows["household"]:
        return []
    months = newest_months(sheets_of(household), on)
    return list(answers_of(rows, household_book(library(), household.division, on), months))


def _key(answer: Answered, members: dict[str, int]) -> _Key:
    return answer.asked.check.name, members.get(answer.person_id) if answer.person_id else None


def _found(household: Household, key: _Key, answer: Answered, held: QualityFinding | None, on: date) -> None:
    check, values = answer.asked.check, dict(zip(answer.asked.reads, answer.shown, strict=True))
    if held is None:
        QualityFinding.objects.create(
            household=household,
            division=household.division,
            member_id=key[1],
            check_name=check.name,
            pack=answer.asked.pack.id,
            label=check.label,
            severity=check.severity,
            kind=check.kind,
            feed=check.feed,
            field=check.field,
            values=values,
            first_seen_on=on,
            last_seen_on=on,
            due_on=on + timedelta(days=check.days),
        )
        return
    if held.state not in STANDING or (held.state == "explained" and held.values != values):
        held.state, held.closed_on, held.due_on = "open", None, on + timedelta(days=check.days)
        held.times_back += 1
        held.version += 1
    held.values, held.last_seen_on = values, on
    held.save()


@contextmanager
def refusing_impossible(*, household: Household, on: date) -> Iterator[None]:
    """Refuse a change that makes the household's facts contradict each other as cannot be true.

    What contradicted itself before the change does not stand against it. Raises Unfit.
    """
    before = _impossible(household, on)
    yield
    after = {key: label for key, label in _impossible(household, on).items() if key not in before}
    if after:
        raise Unfit([f"{label}，请核对后再保存" for label in after.values()])


def _impossible(household: Household, on: date) -> dict[tuple[str, str | None], str]:
    rows = own_rows(household, on)
    if not rows["household"]:
        return {}
    asked = household_book(library(), household.division, on)
    return {
        (each.asked.check.name, each.person_id): each.asked.check.label
        for each in answers_of(rows, asked.blocking, {})
        if each.answer
    }
