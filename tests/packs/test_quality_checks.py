"""The data-quality checks that ship: each numbered question is here or says why not, each check is tried."""

import json
from collections import Counter
from pathlib import Path

import ibis
import pytest

from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.quality import Check
from shouwang.engine.quality.cases import (
    PreparedCheck,
    answer_in_python,
    answers_on,
    check_problems,
    prepare_check_cases,
)

LIBRARY = load_library(default_packs_folder())
CASES = list(prepare_check_cases(LIBRARY))
CHECKS = LIBRARY.packs["cn-2021"].checks
QUESTIONS = Path(__file__).resolve().parents[3] / "shared" / "data" / "rules" / "data_quality_rules.json"


def numbered() -> list[Check]:
    return [check for check in CHECKS.values() if not check.number.startswith(("SW_", "ZS_"))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check.name} {case.case.expect}")
def test_a_case_of_a_check_is_answered_as_it_says(case: PreparedCheck) -> None:
    assert case.failure(answer_in_python(case)) is None


def test_duckdb_answers_every_case_of_a_check_as_it_says() -> None:
    backend = ibis.duckdb.connect()
    parts = [CASES[start : start + 60] for start in range(0, len(CASES), 60)]
    answers = [answer for part in parts for answer in answers_on(backend, part)]

    failures = [case.failure(answer) for case, answer in zip(CASES, answers, strict=True)]
    assert [failure for failure in failures if failure] == []


def test_every_check_that_is_run_has_a_case_that_holds_one_that_does_not_and_one_unknown() -> None:
    assert check_problems(LIBRARY) == []


def test_there_are_148_numbered_questions_and_those_not_asked_say_why() -> None:
    assert len(numbered()) == 148
    assert all(check.when or len(check.not_run) > 10 for check in numbered())
    assert sum(1 for check in numbered() if check.when) == 80


def test_every_delivery_check_names_its_feed_and_a_way_to_mend_it() -> None:
    delivery = [check for check in CHECKS.values() if check.kind == "delivery"]

    assert len(delivery) > 25
    assert all(check.feed and check.mend and check.field for check in delivery)


@pytest.mark.skipif(not QUESTIONS.exists(), reason="reference data are not beside this checkout")
def test_each_question_of_the_list_is_there_as_often_as_the_list_has_it_and_in_words_of_our_own() -> None:
    questions = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    numbers = Counter(question["rule"] for question in questions)

    assert Counter(check.number for check in numbered()) == numbers
    theirs = {text for question in questions for text in question["text"]}
    assert not theirs & {check.label for check in CHECKS.values()}
