"""The day a child turns fourteen, and who has no birth date."""

from datetime import date

import pytest

from shouwang.domain.children import is_child


@pytest.mark.parametrize(
    ("born", "on", "is_so"),
    [
        (date(2012, 11, 24), date(2026, 11, 23), True),
        (date(2012, 11, 24), date(2026, 11, 24), False),
        (date(2012, 2, 29), date(2026, 2, 28), True),
        (date(2012, 2, 29), date(2026, 3, 1), False),
        (None, date(2026, 11, 24), None),
    ],
)
def test_one_is_a_child_until_the_fourteenth_birthday(
    born: date | None, on: date, is_so: bool | None
) -> None:
    assert is_child(born, on) is is_so
