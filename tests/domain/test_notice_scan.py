"""What may not hang in public, however it is written, and what may."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.divisions import name_path
from shouwang.domain.identity import check_digit
from shouwang.domain.notice_scan import problems
from shouwang.domain.notice_text import NoticeFacts, notice_text, notice_title

FACTS = NoticeFacts(
    track="identification",
    township="琴城镇",
    village="新建村委会",
    head_name="王甲",
    group_name="一组",
    member_count=3,
    class_name="边缘易致贫户",
    starts_on=date(2026, 11, 24),
    ends_on=date(2026, 11, 29),
    days_label="5天",
    office_phone="0794-7220000",
)
CLEAN = notice_text(FACTS)
SEPARATORS = st.sampled_from(["", " ", "　", "-", "—", "\n", "\t", ".", "·", "\u200b", "  ", "/", "_"])
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def id_number(number: int) -> str:
    """Return a number of the form of GB 11643 that belongs to nobody: region 999999."""
    body = f"999999{19700101 + number % 28}{number % 1000:03d}"
    return body + check_digit(body)


def test_the_sheet_written_from_the_facts_may_hang() -> None:
    assert problems(CLEAN) == []
    for line in (
        "王甲",
        "琴城镇新建村委会一组",
        "3人",
        "边缘易致贫户",
        "2026年11月24日至2026年11月29日",
        "由乡镇或县级核查答复",
    ):
        assert line in CLEAN
    elimination = NoticeFacts(
        **{**FACTS.__dict__, "track": "elimination", "member_count": None, "head_name": ""}
    )
    assert "拟标注风险消除" in notice_text(elimination)
    assert "________" in notice_text(elimination)
    assert problems(notice_text(elimination)) == []
    assert "识别公示" in notice_title("identification")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("该户因患肺癌致贫", "健康"),
        ("户主尿毒症长期透 析", "健康"),
        ("户主为二级肢体残疾人", "残疾"),
        ("年人均纯收入6800", "收入"),
        ("家庭年支出三万元", "收入"),
        ("每月领取低保金450元", "收入"),
        ("￥ 12000", "收入"),
        ("住址北纬27度", "定位"),
        ("116.52713, 27.21453", "定位"),
        ("116°31′", "定位"),
        ("电话13812345678", "手机"),
        ("电话１３８ １２３４ ５６７８", "手机"),
        ("电话138-1234.5678", "手机"),
        ("卡号6222021234567890123", "银行卡"),
        ("证号110101900101123", "身份证"),
    ],
)
def test_what_may_not_hang_is_named_and_not_repeated(text: str, word: str) -> None:
    found = problems(f"{CLEAN}\n{text}")
    assert any(word in each for each in found), found
    assert all(text not in each for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "公示期2026-11-24至2026-11-29",
        "2026-11-24 - 2026-11-29",
        "咨询电话：0794-7220000",
        "三元村一组",
        "共12户35人",
        "12317",
    ],
)
def test_dates_landlines_and_counts_may_hang(text: str) -> None:
    assert problems(text) == []


def test_a_childs_name_is_found_even_when_spaced() -> None:
    assert problems("成员：王 小 明", child_names=["王小明"]) == ["公示内容含有未成年人姓名，请删去"]
    assert problems("成员：王大明", child_names=["王小明", ""]) == []


def test_the_name_of_a_place_is_no_finding() -> None:
    assert problems("盲沟村公示") != []
    assert problems("盲沟村公示", allowed=["盲沟村"]) == []


def test_no_place_of_a_county_spoils_a_notice() -> None:
    path = name_path("361023100001")
    assert problems("".join(path), allowed=path) == []


@given(
    number=st.integers(0, 99_999),
    gaps=st.lists(SEPARATORS, min_size=17, max_size=17),
    is_wide=st.booleans(),
    place=st.integers(0, len(CLEAN)),
)
def test_a_number_of_a_person_is_found_in_any_spacing_anywhere(
    number: int, gaps: list[str], is_wide: bool, place: int
) -> None:
    whole = id_number(number)
    broken = "".join(sign + gap for sign, gap in zip(whole, [*gaps, ""], strict=True))
    text = f"{CLEAN[:place]}号{broken.translate(WIDE) if is_wide else broken}号{CLEAN[place:]}"
    assert any("身份证" in each for each in problems(text))


@given(
    digits=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    gaps=st.lists(SEPARATORS, min_size=10, max_size=10),
)
def test_a_mobile_is_found_in_any_spacing(digits: str, gaps: list[str]) -> None:
    broken = "".join(sign + gap for sign, gap in zip(digits, [*gaps, ""], strict=True))
    assert any("手机" in each for each in problems(f"联系人{broken}，谢谢"))
