"""One open clue a household: what several sources say of it comes together, and nothing is lost (R28)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shouwang.actions.clue_entries import due_on
from shouwang.actions.household_names import initials
from shouwang.actions.numbering import next_number, next_numbers
from shouwang.domain.policy import GRADES
from shouwang.domain.roles import Role
from shouwang.domain.tables import RISKS
from shouwang.records.models import Clue, ClueOrigin, Household

_BATCH = 1000
_MERGED = ["risks", "grade", "due_on", "is_urgent", "version"]
# A village that hears of it itself needs nobody to send it there.
_OWN_GROUND = (Role.VILLAGE, Role.RESIDENT_TEAM)


@dataclass(frozen=True)
class Word:
    """What one source says of one household."""

    source: str
    text: str = ""
    risks: tuple[str, ...] = ()
    grade: str = ""
    rule: str = ""
    finding_id: int | None = None
    department: str = ""
    receipt: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class Teller:
    """Who brings it in, in which role, and when; the public and the site itself have no account."""

    account_id: int | None
    role: str
    on: date
    at: datetime


def gather(*, words: Sequence[tuple[Household, Word]], teller: Teller) -> tuple[list[ClueOrigin], int]:
    """Add what is said to the open clues of locked households, or open them; return origins and new clues.

    The callers hold the rows of the households, by which two at once cannot open two clues.
    """
    open_clues = _open_clues(words)
    fresh: dict[int, Clue] = {}
    merged: dict[int, Clue] = {}
    for household, word in words:
        clue = open_clues.get(household.pk) or fresh.get(household.pk)
        if clue is None:
            fresh[household.pk] = _opened(household, word, teller)
            continue
        merge(clue=clue, word=word, on=teller.on)
        if household.pk in open_clues:
            merged[clue.pk] = clue
    numbers = next_numbers(kind="clue", divisions=[each.division for each in fresh.values()], on=teller.on)
    for clue, number in zip(fresh.values(), numbers, strict=True):
        clue.number = number
    Clue.objects.bulk_create(fresh.values(), batch_size=_BATCH)
    for clue in merged.values():
        clue.version += 1
    Clue.objects.bulk_update(merged.values(), _MERGED, batch_size=_BATCH)
    origins = [
        origin_of(clue=open_clues.get(household.pk) or fresh[household.pk], word=word, teller=teller)
        for household, word in words
    ]
    return ClueOrigin.objects.bulk_create(origins, batch_size=_BATCH), len(fresh)


def open_unlinked(
    *, division: str, named: str, phone_sealed: bytes | None, word: Word, teller: Teller
) -> ClueOrigin:
    """Open a clue on somebody who is not found in the registry yet."""
    clue = _new(division, word, teller)
    clue.number = next_number(kind="clue", division=division, on=teller.on)
    clue.named, clue.named_pinyin, clue.phone_sealed = named, initials(named), phone_sealed
    clue.save(force_insert=True)
    origin = origin_of(clue=clue, word=word, teller=teller)
    origin.save(force_insert=True)
    return origin


def merge(*, clue: Clue, word: Word, on: date) -> None:
    """Let one more source be heard: risks united, the graver grade, the earlier day; the caller saves."""
    clue.risks = [each for each in RISKS if each in {*clue.risks, *word.risks}]
    clue.grade = graver(grades=(clue.grade, word.grade))
    clue.is_urgent = clue.is_urgent or word.is_urgent
    days = (clue.due_on, due_on(division=clue.division, sources=(word.source,), received_on=on))
    clue.due_on = min(each for each in days if each is not None)


def graver(*, grades: Iterable[str]) -> str:
    """Return the gravest grade, empty where there is none."""
    held = set(grades)
    return next((each for each in GRADES if each in held), "")


def origin_of(*, clue: Clue, word: Word, teller: Teller) -> ClueOrigin:
    """Return the row that keeps one source of a clue; the caller saves."""
    return ClueOrigin(
        clue=clue,
        division=clue.division,
        source=word.source,
        rule=word.rule,
        finding_id=word.finding_id,
        department=word.department,
        text=word.text,
        receipt=word.receipt,
        reported_by_id=teller.account_id,
        received_at=teller.at,
    )


def _open_clues(words: Sequence[tuple[Household, Word]]) -> dict[int, Clue]:
    ids = {household.pk for household, _ in words}
    found = Clue.objects.filter(household_id__in=ids).exclude(state="closed")
    held = found.select_for_update(of=("self",)).order_by("pk")
    return {clue.household_id: clue for clue in held if clue.household_id is not None}


def _opened(household: Household, word: Word, teller: Teller) -> Clue:
    clue = _new(household.division, word, teller)
    clue.household = household
    clue.named, clue.named_pinyin = household.head_name, household.head_pinyin
    return clue


def _new(division: str, word: Word, teller: Teller) -> Clue:
    is_there = teller.role in _OWN_GROUND
    return Clue(
        division=division,
        risks=[each for each in RISKS if each in word.risks],
        grade=word.grade,
        state="dispatched" if is_there else "received",
        turn=str(Role.VILLAGE if is_there else Role.TOWNSHIP),
        received_on=teller.on,
        due_on=due_on(division=division, sources=(word.source,), received_on=teller.on),
        is_urgent=word.is_urgent,
        dispatched_by_id=teller.account_id if is_there else None,
        dispatched_on=teller.on if is_there else None,
    )
