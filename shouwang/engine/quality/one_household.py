"""One household held against every check, as it is entered: the findings that a whole run would have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from shouwang.engine.quality.book import Asked, Book
from shouwang.engine.quality.reference import Rows, Values, household_values, member_values
from shouwang.engine.reference import answer


@dataclass(frozen=True)
class FoundHere:
    """A check that the household, or the member named, meets; `shown` are the values it reads, in order."""

    asked: Asked
    household_id: str
    person_id: str | None
    shown: tuple[str | None, ...]


@dataclass(frozen=True)
class Answered:
    """One answer about a household (no `person_id`) or a member; None is unknown."""

    asked: Asked
    household_id: str
    person_id: str | None
    answer: bool | None
    values: Values

    @property
    def shown(self) -> tuple[str | None, ...]:
        """The values it reads, in order, written so that they read back."""
        return tuple(_text(self.values.get(name)) for name in self.asked.reads)


def answers_of(rows: Rows, book: Book, months: Mapping[str, date]) -> Iterator[Answered]:
    """Answer every check of a book with one policy for a household and its members.

    months: the newest month of each feed of the household's county.
    """
    [home] = rows["household"]
    number = str(home["household_id"])
    of_home = household_values(rows, book.on, months)
    people = [
        (str(each["person_id"]), {**of_home, **member_values(rows, each, book.on, months)})
        for each in rows.get("member", ())
    ]
    parameters = book.parameters(0)
    for asked in book.asked:
        subjects = people if asked.is_about_members else [(None, of_home)]
        for person_id, values in subjects:
            yield Answered(
                asked, number, person_id, answer(asked.expression.tree, values, parameters), values
            )


def findings_of(rows: Rows, book: Book, months: Mapping[str, date]) -> list[FoundHere]:
    """Return what is found in a household."""
    return [
        FoundHere(each.asked, each.household_id, each.person_id, each.shown)
        for each in answers_of(rows, book, months)
        if each.answer
    ]


def _text(value: int | bool | str | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
