"""The checks of a whole county on DuckDB and those of one household in plain Python find the same."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from random import Random

import ibis
import pytest

from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.quality_facts import facts
from shouwang.engine import duckdb
from shouwang.engine.quality.answering import QualityAnswers, answer_checks
from shouwang.engine.quality.book import Book, book
from shouwang.engine.quality.one_household import Answered, answers_of, findings_of
from tests.engine.factories import Row, Rows, random_regime, random_rows, snapshot_of

LIBRARY = load_library(default_packs_folder())
ON = date(2024, 5, 17)
COUNTIES = {"530521": "530521100201", "530522": "530522100201"}
MONTHS = {
    "530521": {
        feed: date(2024, 5, 1)
        for feed in (
            "employment",
            "civil_affairs",
            "education",
            "disability",
            "security",
            "medical",
            "health",
        )
    },
    "530522": {
        feed: date(2024, 4, 1) for feed in ("employment", "water", "credit", "housing", "civil_affairs")
    },
}
WORDS = {
    "relation": ("户主", "配偶", "之子", "之女", "之母", "其他", None),
    "school_stage": (None, "", "学龄前儿童", "学前教育", "小学", "七年级", "普通高中一年级", "中职二年级"),
    "education": (None, "文盲或半文盲", "小学", "初中", "大专", "本科及以上", "其他"),
    "public_post_months": (None, 0, 3),
}  # fmt: skip


def rows_of_two_counties(random: Random, households: int) -> Rows:
    rows = random_rows(random, ON, random_regime(random, ON), households)
    for home in rows["household"]:
        home["division"] = random.choice(list(COUNTIES.values()))
    for member in rows["member"]:
        member |= {name: random.choice(words) for name, words in WORDS.items()}
        member["migrant_months"] = random.choice((None, 0, 0, 4))
    for row in rows["enrolment"]:
        row["aid_name"] = random.choice((None, "雨露计划", "营养餐"))
    for table in rows.values():
        for row in table:
            if "delivered_month" in row and random.random() < 0.7:
                row["delivered_month"] = random.choice((date(2024, 5, 1), date(2024, 4, 1)))
    return rows


@dataclass(frozen=True)
class Both:
    """The same households checked at once, and one by one."""

    answers: QualityAnswers
    book: Book
    alone: dict[str, tuple[Rows, Book, dict[str, date]]]


@pytest.fixture(scope="module")
def both() -> Both:
    rows = rows_of_two_counties(Random(20_240_517), 400)
    backend = ibis.duckdb.connect()
    asked = book(LIBRARY, COUNTIES.values(), "530521", ON)
    keep = partial(duckdb.materialise, backend=backend)
    answers = answer_checks(snapshot_of(backend, rows, ()), asked, MONTHS, materialise=keep)
    books = {place: book(LIBRARY, [place], place[:6], ON) for place in COUNTIES.values()}
    alone = {}
    for home in rows["household"]:
        number = home["household_id"]
        own = {name: [row for row in table if row["household_id"] == number] for name, table in rows.items()}
        alone[number] = (own, books[home["division"]], MONTHS[home["division"][:6]])
    return Both(answers, asked, alone)


def test_a_county_at_once_and_each_household_alone_are_answered_alike(both: Both) -> None:
    fast = {
        (each.check.name, row["household_id"], row.get("person_id")): row[each.column]
        for is_member, table in both.answers.tables.items()
        for row in table.to_pyarrow().to_pylist()
        for each in both.book.asked
        if each.is_about_members is is_member
    }
    slow = {_key(each): each.answer for own in both.alone.values() for each in answers_of(*own)}

    assert {key: (fast[key], slow[key]) for key in slow if fast[key] is not slow[key]} == {}
    assert fast.keys() == slow.keys()


def test_the_facts_of_a_member_and_a_household_are_those_of_the_reference(both: Both) -> None:
    fast: dict[tuple[str, str | None], Row] = {
        (row["household_id"], row.get("person_id")): row
        for table in both.answers.tables.values()
        for row in table.to_pyarrow().to_pylist()
    }
    tried: set[str] = set()
    for own in both.alone.values():
        for each in answers_of(*own):
            row = fast[(each.household_id, each.person_id)]
            differing = {name: (row[name], each.values.get(name)) for name in row.keys() & facts().keys()}
            assert {n: two for n, two in differing.items() if two[0] != two[1]} == {}, each.household_id
            tried |= {name for name in differing if each.values.get(name) is not None}

    assert tried >= both.book.wanted()


def test_what_is_found_is_shown_with_the_same_values(both: Both) -> None:
    judged = {each.asked.check.name for each in both.answers.judged if each.is_judged}
    fast = {
        (row["check"], row["household_id"], row["person_id"], tuple(row["shown"]))
        for batch in both.answers.findings()
        for row in batch.to_pylist()
    }
    slow = {
        (each.asked.check.name, each.household_id, each.person_id, each.shown)
        for own in both.alone.values()
        for each in findings_of(*own)
        if each.asked.check.name in judged
    }

    assert fast == slow
    assert len({name for name, *_ in fast}) > 40


def test_the_unknown_of_the_households_named_are_told_and_no_others(both: Both) -> None:
    judged = {each.asked.check.name for each in both.answers.judged if each.is_judged}
    told = {
        (row["check"], row["household_id"], row["person_id"])
        for batch in both.answers.unknown_among(["h1", "h2"])
        for row in batch.to_pylist()
    }
    named = [each for number in ("h1", "h2") for each in answers_of(*both.alone[number])]
    expected = {_key(each) for each in named if each.answer is None}

    assert told == {key for key in expected if key[0] in judged}


def _key(each: Answered) -> tuple[str, str, str | None]:
    return (each.asked.check.name, each.household_id, each.person_id)
