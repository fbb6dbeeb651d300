"""National code tables."""

import pytest

from shouwang.domain import codes


def test_every_table_names_its_standard_and_has_codes() -> None:
    for name in codes.table_names():
        table = codes.table(name)
        assert table.standard.startswith("G")
        assert table.codes


def test_an_unknown_table_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(codes.CodeTableError, match="现有：sex"):
        codes.table("zodiac")


@pytest.mark.parametrize(
    ("name", "code", "label"),
    [
        ("sex", 1, "男性"),
        ("sex", "2", "女性"),
        ("ethnic_group", "01", "汉族"),
        ("ethnic_group", 1, "汉族"),
        ("ethnic_group", "５６", "基诺族"),
        ("relation_to_head", "02", "户主"),
        ("relation_to_head", "0", "本人或户主"),
        ("relation_to_head", "1", "配偶"),
        ("education", "71", "初中毕业"),
        ("marriage", "10", "未婚"),
        ("health", "64", "肢体残疾"),
        ("household_registration", "2", "农业家庭户口"),
    ],
)
def test_a_code_has_its_label(name: str, code: str | int, label: str) -> None:
    assert codes.table(name).label(code) == label


@pytest.mark.parametrize(
    ("name", "label", "code"),
    [
        ("sex", "男", "1"),
        ("sex", "女性", "2"),
        ("ethnic_group", "汉", "01"),
        ("ethnic_group", " 彝 族 ", "07"),
        ("education", "小学毕业", "81"),
        ("health", "有慢性病", "30"),
    ],
)
def test_a_label_has_its_code(name: str, label: str, code: str) -> None:
    assert codes.table(name).code(label) == code


def test_what_a_table_does_not_hold_is_none() -> None:
    assert codes.table("sex").label("7") is None
    assert codes.table("relation_to_head").label("98") is None
    assert codes.table("ethnic_group").code("火星") is None


def test_there_are_fifty_six_ethnic_groups() -> None:
    assert len(codes.table("ethnic_group").codes) == 56


def test_labels_and_codes_lead_back_to_each_other() -> None:
    for name in codes.table_names():
        table = codes.table(name)
        for label in table.codes.values():
            code = table.code(label)
            assert code is not None
            assert table.codes[code] == label


def test_a_doubtful_entry_is_said_to_be_doubtful() -> None:
    assert "推断" in codes.table("employment").note
