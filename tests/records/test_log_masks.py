"""Logs without people, whatever wrote the line (T59)."""

import logging
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.masking import contains_personal_number
from shouwang.records.log_masks import MaskPersonalData
from tests.world import id_number

ID_NUMBER, MOBILE = id_number(7), "13800138000"


@pytest.fixture
def written() -> Any:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskPersonalData())
    logger = logging.getLogger("tests.log_masks")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)


def test_a_number_in_the_message_is_masked(written: Any) -> None:
    logger, stream = written
    logger.warning(f"row of {ID_NUMBER} and {MOBILE}")

    assert ID_NUMBER not in stream.getvalue()
    assert MOBILE not in stream.getvalue()


def test_a_number_among_the_arguments_is_masked(written: Any) -> None:
    logger, stream = written
    logger.warning("row of %s, telephone %s, %d left", ID_NUMBER, MOBILE, 3)

    assert ID_NUMBER not in stream.getvalue()
    assert MOBILE not in stream.getvalue()
    assert "3 left" in stream.getvalue()


def test_a_number_in_an_exception_is_masked(written: Any) -> None:
    logger, stream = written
    try:
        raise ValueError(f"no such person {ID_NUMBER}")
    except ValueError:
        logger.exception("failed")

    assert "ValueError" in stream.getvalue()
    assert ID_NUMBER not in stream.getvalue()


@given(st.text(max_size=20), st.integers(1, 999), st.text(max_size=20))
def test_whatever_stands_around_it_no_number_is_left(before: Any, number: Any, after: Any) -> None:
    record = logging.LogRecord(
        "x", logging.WARNING, "x", 1, f"{before} {id_number(number)} {after}", None, None
    )

    assert MaskPersonalData().filter(record)
    assert id_number(number) not in record.getMessage()
    assert not contains_personal_number(record.getMessage())


def test_the_shipped_log_passes_through_the_mask() -> None:
    from shouwang import settings

    logging_of: Any = settings.LOGGING
    assert logging_of["handlers"]["console"]["filters"] == ["no_people"]
    assert logging_of["filters"]["no_people"]["()"] == "shouwang.records.log_masks.MaskPersonalData"
