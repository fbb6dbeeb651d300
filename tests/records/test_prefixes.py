"""Names by their beginning: the same rows as a comparison of texts would give, for any sign."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from shouwang.records.access import entered_system
from shouwang.records.models import Household
from shouwang.records.prefixes import after
from tests.world import VILLAGE, household

pytestmark = pytest.mark.django_db
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)


@given(prefix=TEXTS.filter(bool), rest=TEXTS, other=TEXTS)
def test_what_begins_so_lies_between_and_nothing_else(prefix: str, rest: str, other: str) -> None:
    begins, bound = (prefix + rest).encode(), after(prefix).encode()

    assert prefix.encode() <= begins < bound
    assert (prefix.encode() <= other.encode() < bound) == other.startswith(prefix)


def test_the_look_up_finds_what_begins_so() -> None:
    with entered_system():
        for name in ("王小明", "王", "汪小明", "小王"):
            household(VILLAGE, head_name=name)
        found = set(Household.objects.filter(head_name__prefix="王").values_list("head_name", flat=True))

    assert found == {"王小明", "王"}


def test_the_index_serves_the_look_up_behind_the_wall() -> None:
    with connection.cursor() as cursor:
        names = ["text_pattern_ge", "text_pattern_lt"]
        cursor.execute("SELECT bool_and(proleakproof) FROM pg_proc WHERE proname = ANY (%s)", [names])
        assert cursor.fetchone() == (True,)
