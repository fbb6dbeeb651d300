"""The class of a monitored household follows from its kind and what befell it."""

import pytest

from shouwang.domain.monitored_class import monitored_class

NAMES = {"unstable": "脱贫不稳定户", "borderline": "边缘易致贫户", "sudden": "突发严重困难户"}


@pytest.mark.parametrize(
    ("kind", "is_sudden", "expected"),
    [
        ("脱贫户", None, "脱贫不稳定户"),
        ("一般农户", False, "边缘易致贫户"),
        ("一般农户", True, "突发严重困难户"),
        ("", True, "突发严重困难户"),
        ("", None, ""),
    ],
)
def test_the_class_is_that_of_the_facts(kind: str, is_sudden: bool | None, expected: str) -> None:
    assert monitored_class(kind, NAMES, is_sudden=is_sudden) == expected


def test_a_pack_without_names_leaves_the_class_open() -> None:
    assert monitored_class("脱贫户", {}, is_sudden=None) == ""
