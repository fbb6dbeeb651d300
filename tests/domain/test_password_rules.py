"""Passwords: what the two profiles refuse, and that nothing of one's own names gets through."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.password_rules import PROFILES, login_problem, password_problems

MLPS3, ASVS = PROFILES["mlps3"], PROFILES["asvs"]
NAMES = ("王甲", "wangjia", "琴城镇", "qincheng")


@pytest.mark.parametrize(
    "password",
    [
        "123456",
        "Aa123456",
        "Aa123456789!",
        "Cunwei2026",
        "Cunwei2026!!",
        "Cunweihui-2026",
        "Xiangzhen#2026",
        "P@ssw0rd2026",
        "Qwerty1234!",
        "1qaz@WSX3edc",
        "Zhenxing@2026",
        "Admin@123456",
        "Fupinban2026!",
        "aaaaAAAA1111",
        "1234567890aA",
    ],
)
@pytest.mark.parametrize("profile", [MLPS3, ASVS], ids=lambda each: each.name)
def test_what_everybody_tries_first_is_refused(password: Any, profile: Any) -> None:
    assert password_problems(password, profile)


@pytest.mark.parametrize(
    "password", ["Wangjia-8k#x", "x9!QINCHENG7k", "琴城镇Ab12#kvLm", "王甲Ab12#kvLm9", "Zhangs.0k9#Lq-zhangs"]
)
def test_names_of_the_person_and_the_place_are_refused_in_any_spelling(password: Any) -> None:
    problems = password_problems(password, MLPS3, login="zhangs", names=NAMES)

    assert problems == ["密码中不能有账号、姓名、单位或地名（包括其拼音）"]


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Ab1#kvL9x", "至少 10 位"),
        ("abcdkvlxmzpt", "至少 3 种"),
        ("Ab1#kvL9xqz\x07", "控制字符"),
        ("Ab1#" * 40, "最多 128 位"),
    ],
)
def test_each_fault_is_said(password: Any, words: Any) -> None:
    assert any(words in each for each in password_problems(password, MLPS3))


def test_the_profile_of_asvs_asks_for_length_and_no_kinds() -> None:
    assert not password_problems("mai cai zou lu xia yu", ASVS)
    assert password_problems("Ab1#kvL9xQ2", ASVS) == ["密码至少 12 位"]
    assert not password_problems("Ab1#kvL9xQ2", MLPS3)


@given(
    st.text(min_size=0, max_size=40), st.sampled_from(["wangjia", "qincheng", "王甲"]), st.text(max_size=20)
)
def test_whatever_stands_around_it_a_name_is_refused(before: Any, name: Any, after: Any) -> None:
    assert password_problems(before + name + after, MLPS3, login="zhang", names=NAMES)


@given(st.text(max_size=60))
def test_any_text_is_answered(password: Any) -> None:
    assert isinstance(password_problems(password, MLPS3, login="zhang", names=NAMES), list)


@pytest.mark.parametrize(
    "login",
    ["admin", "Admin", "root", "test01", "cunwei", "sysadmin2", "ab", "王甲", "a" * 41, "1abc", "guest_"],
)
def test_default_and_shared_logins_are_refused(login: Any) -> None:
    assert login_problem(login, "王甲")


@pytest.mark.parametrize("name", ["", " ", "系统管理员", "王庄村委会", "公用账号"])
def test_an_account_is_one_person(name: Any) -> None:
    assert login_problem("wangjia", name)


def test_a_persons_login_is_taken() -> None:
    assert login_problem("wang.jia-01", "王甲") is None
