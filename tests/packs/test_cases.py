"""Every worked case of every pack, on the reference engine and on DuckDB."""

import ibis
import pytest

from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.engine.cases import PreparedCase, answer_in_python, answers_on, prepare_cases

CASES = list(prepare_cases(load_library(default_packs_folder())))


@pytest.mark.parametrize("prepared", CASES, ids=lambda prepared: f"{prepared.pack.id}: {prepared.case.title}")
def test_a_worked_case_is_answered_as_it_says(prepared: PreparedCase) -> None:
    assert prepared.failure(answer_in_python(prepared)) is None


def test_duckdb_answers_every_worked_case_as_it_says() -> None:
    backend = ibis.duckdb.connect()
    answers = [
        answer
        for start in range(0, len(CASES), 50)
        for answer in answers_on(backend, CASES[start : start + 50])
    ]

    failures = [case.failure(answer) for case, answer in zip(CASES, answers, strict=True)]
    assert [failure for failure in failures if failure] == []
