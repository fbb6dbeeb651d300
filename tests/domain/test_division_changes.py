"""Dated changes of divisions."""

from datetime import date

import pytest

from shouwang.domain import divisions
from shouwang.domain.division_changes import ChangeKind, DivisionChangeError, follow, parse_changes
from shouwang.domain.divisions import Division

# Codes that no division has, so that nobody takes the sample for a fact.
CHANGES = """
[[change]]
kind = "recoded"
old_code = "990022"
old_name = "样县"
new_code = "990121"
new_name = "样县"
changed_on = 2000-12-30
source = "样本文件一"

[[change]]
kind = "split"
old_code = "990121"
old_name = "样县"
new_code = "990121"
new_name = "样县"
changed_on = 2010-01-01
source = "样本文件二"

[[change]]
kind = "split"
old_code = "990121"
old_name = "样县"
new_code = "990122"
new_name = "新样县"
changed_on = 2010-01-01
source = "样本文件二"
"""


def test_an_old_code_in_the_changes_answers_for_its_years(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(divisions, "_shipped_changes", lambda: parse_changes(CHANGES))
    old = divisions.county_in_year("990022", 1990)
    assert old == Division("990022000000", "样县", divisions.COUNTY)
    assert divisions.county_in_year("990022", 2005) is None


@pytest.mark.parametrize(
    ("code", "on", "codes"),
    [
        ("990022000000", date(2000, 12, 29), ("990022000000",)),
        ("990022000000", date(2000, 12, 30), ("990121000000",)),
        ("990022000000", date(2010, 1, 1), ("990121000000", "990122000000")),
        ("990022101001", date(2005, 1, 1), ("990121101001",)),
        ("990121101001", date(2020, 1, 1), ("990121101001",)),
    ],
)
def test_changes_are_followed_up_to_the_day(code: str, on: date, codes: tuple[str, ...]) -> None:
    assert follow(code, on, parse_changes(CHANGES)) == codes


ENTRY = {
    "kind": '"merged"',
    "old_code": '"990022"',
    "old_name": '"样县"',
    "new_code": '"990121"',
    "new_name": '"样县"',
    "changed_on": "2000-12-30",
    "source": '"样本文件"',
}


def entry(**fields: str) -> str:
    return "[[change]]\n" + "\n".join(f"{name} = {value}" for name, value in (ENTRY | fields).items())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[change", "TOML"),
        ("[other]\na = 1", "不认识的内容：other"),
        (entry(source='""'), "第 1 条缺少 source"),
        (entry(kind='"moved"'), "kind 应为"),
        (entry(changed_on='"2000-12-30"'), "changed_on 应为日期"),
        (entry(changed_on="2000-12-30T08:00:00"), "changed_on 应为日期"),
        (entry(old_code='"99002"'), "old_code 应为"),
        (entry(new_code='"９９"'), "new_code 应为"),
        (entry(remark='"x"'), "不认识的字段 remark"),
        (entry(kind='"renamed"'), "新旧代码应相同"),
        (entry(kind='"recoded"', new_code='"990022"'), "新旧代码应不同"),
    ],
)
def test_an_entry_of_the_changes_that_cannot_be_used_is_refused(text: str, words: str) -> None:
    with pytest.raises(DivisionChangeError, match=words):
        parse_changes(text)


def test_changes_come_oldest_first_whatever_their_order_in_the_file() -> None:
    changes = parse_changes(entry(changed_on="2010-01-01") + "\n" + entry(changed_on="2005-01-01"))
    assert [change.changed_on.year for change in changes] == [2005, 2010]
    assert changes[0].kind is ChangeKind.MERGED
