"""quality.toml and quality_cases.toml: what is wrong is told with its place; place and date decide."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.pack_files import default_packs_folder, load_library, load_pack
from shouwang.domain.policy import PackError
from shouwang.domain.quality import score
from shouwang.domain.quality_files import checks_of
from shouwang.domain.quality_sample import agreement, draw, sample_size

HEAD = """
id = "{name}"
title = "测试"
issuer = "测试县"
source = "测试文件"
in_force_from = 2021-01-01
place = "{place}"
"""
CHECK = """
[check.no_sex]
number = "T_1"
label = "性别空缺"
subject = "member"
severity = "error"
when = "is_alleviated AND sex IS NULL"
mend = "核对后填写"
field = "member.sex"
source = "测试文件"
"""


def pack(folder: Path, quality: str, cases: str = "", name: str = "here-2021", place: str = "") -> Path:
    made = folder / name
    made.mkdir()
    (made / "pack.toml").write_text(HEAD.format(name=name, place=place), encoding="utf-8")
    (made / "quality.toml").write_text(quality, encoding="utf-8")
    (made / "quality_cases.toml").write_text(cases, encoding="utf-8")
    return made


def test_a_check_is_read_with_its_defaults(tmp_path: Path) -> None:
    check = load_pack(pack(tmp_path, CHECK)).checks["no_sex"]

    assert (check.severity, check.kind, check.days, check.blocks, check.feed) == (
        "error",
        "registry",
        30,
        False,
        "",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("when = \"is_alleviated AND sex IS NULL\"", ""), "应写且只写一个"),
        (("severity = \"error\"", "severity = \"bad\""), "不认识“bad”"),
        (("subject = \"member\"", ""), "没有填写核查对象"),
        (("field = \"member.sex\"", "field = \"member.sexx\""), "没有“member.sexx”这一列"),
        (("mend = \"核对后填写\"", ""), "没有填写"),
        (("source = \"测试文件\"", "source = \"测试文件\"\nkind = \"delivery\""), "要写所依据的数据来源"),
        (("source = \"测试文件\"", "source = \"测试文件\"\nfeed = \"medical\""), "台账自身的不写"),
        (("source = \"测试文件\"", "source = \"测试文件\"\ndays = 0"), "应为 1 至 365 天"),
        (("source = \"测试文件\"", "source = \"测试文件\"\nwehn = \"1\""), "不认识这个键"),
    ],
)  # fmt: skip
def test_a_faulty_check_is_refused_with_its_place(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    with pytest.raises(PackError, match=said) as told:
        load_pack(pack(tmp_path, CHECK.replace(*change)))

    assert "quality.toml 中“check.no_sex" in str(told.value)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ('check = "no_name"\nexpect = "true"', "没有这条核查"),
        ('check = "no_sex"\nexpect = "yes"', "应为 true、false、unknown 之一"),
        ('check = "no_sex"\nexpect = "true"\ngiven = { sexx = "male" }', "没有这个事实"),
        ('check = "no_sex"\nexpect = "true"\ngiven = { age = "九" }', "应为整数"),
        ('check = "no_sex"\nexpect = "true"\ngiven = { job_wage_fen = 9 }', "金额应写成"),
    ],
)
def test_a_faulty_case_is_refused(tmp_path: Path, case: str, said: str) -> None:
    with pytest.raises(PackError, match=said):
        load_pack(pack(tmp_path, CHECK, f"[[case]]\n{case}"))


def test_a_narrower_place_replaces_a_check_and_a_check_holds_for_its_days(tmp_path: Path) -> None:
    pack(tmp_path, CHECK + "\nto = 2023-12-31\n")
    narrower = CHECK.replace('when = "is_alleviated AND sex IS NULL"', 'not_run = "本县不查"')
    pack(tmp_path, narrower, name="there-2021", place="530521")
    library = load_library(tmp_path)

    nation, county = (checks_of(library.resolve(at, date(2022, 1, 1))) for at in ("360000", "530521"))
    assert nation["no_sex"][0].when
    assert county["no_sex"][0].not_run == "本县不查"
    assert "no_sex" not in checks_of(library.resolve("360000", date(2024, 1, 1)))


def test_the_nations_checks_hold_today_and_those_of_a_later_year_did_not_before() -> None:
    library = load_library(default_packs_folder())
    now = checks_of(library.resolve("361023", date(2026, 11, 23)))
    then = checks_of(library.resolve("361023", date(2022, 1, 1)))

    assert "q1111_18" in now
    assert "q1111_18" not in then


@given(households=st.integers(0, 10_000), weighted=st.integers(0, 100_000))
def test_a_score_lies_between_nought_and_a_hundred_and_falls_with_what_is_found(
    households: int, weighted: int
) -> None:
    found = score(households, weighted)

    assert (found is None) == (households == 0)
    if found is not None:
        assert 0 <= found <= 1000
        assert found >= (score(households, weighted + 1) or 0)


@given(
    population=st.integers(0, 2000),
    permille=st.integers(0, 1000),
    least=st.integers(0, 50),
    most=st.integers(0, 50),
)
def test_a_sample_is_no_larger_than_the_village_and_no_smaller_than_it_must_be(
    population: int, permille: int, least: int, most: int
) -> None:
    size = sample_size(population, permille, least, most)

    assert 0 <= size <= population
    assert size >= min(population, least)


@given(
    numbers=st.sets(st.text("0123456789", min_size=3), max_size=40),
    seed=st.text(max_size=5),
    size=st.integers(0, 50),
)
def test_a_draw_can_be_repeated_whatever_the_order_of_the_households(
    numbers: set[str], seed: str, size: int
) -> None:
    drawn = draw(sorted(numbers), seed, size)

    assert drawn == draw(sorted(numbers, reverse=True), seed, size)
    assert len(set(drawn)) == min(size, len(numbers))


def test_the_rate_of_agreement_counts_items_compared_only() -> None:
    assert agreement([{"income": "same", "water": "paper"}, {}, {"income": "same"}]) == (2, 3)
