"""Divisions: codes, names, parents, villages by name, and dated changes."""

import csv
from datetime import date
from pathlib import Path

import pytest

from shouwang.domain import divisions
from shouwang.domain.divisions import Division, DivisionError

SHARED = Path(__file__).resolve().parents[3] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="reference data are not beside this checkout")

SHIDIAN = "530521"


def test_a_county_is_found_with_its_name_level_and_prefix() -> None:
    county = divisions.find(SHIDIAN)
    assert county == Division("530521000000", "施甸县", divisions.COUNTY)
    assert county.prefix == SHIDIAN
    assert county.parent_code == "530500000000"


def test_a_path_runs_from_province_to_village() -> None:
    assert divisions.name_path("530521101001") == [
        "云南省",
        "保山市",
        "施甸县",
        "甸阳镇",
        "甸阳社区居民委员会",
    ]


def test_an_unknown_code_has_no_division_no_path_and_no_children() -> None:
    assert divisions.find("990101001001") is None
    assert divisions.name_path("990101001001") == []
    assert divisions.children("99") == []
    assert divisions.villages("990101") == []


@pytest.mark.parametrize("code", ["53", "5305", "530521", "530521101", "530521101001"])
def test_a_short_code_is_padded_to_twelve_digits(code: str) -> None:
    full = divisions.normalise(code)
    assert len(full) == 12
    assert full.startswith(code)
    assert divisions.normalise(full) == full


@pytest.mark.parametrize("code", ["", "5", "530", "53052", "5305211010011", "53052A", "５３０５２１", "-1"])
def test_a_code_of_another_form_is_refused_in_chinese(code: str) -> None:
    with pytest.raises(DivisionError, match="12 位数字"):
        divisions.normalise(code)


@pytest.mark.parametrize(
    ("code", "name", "level", "words"),
    [
        ("5305", "保山市", 2, "12 位数字"),
        ("530521000000", "施甸县", 0, "层级"),
        ("530521000000", "施甸县", 2, "末尾应为 0"),
        ("530521000000", " ", 3, "缺少名称"),
    ],
)
def test_a_division_that_contradicts_itself_is_refused(code: str, name: str, level: int, words: str) -> None:
    with pytest.raises(DivisionError, match=words):
        Division(code, name, level)


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DivisionError, match="层级"):
        divisions.find(SHIDIAN, level=6)


def test_a_code_used_at_two_levels_answers_for_the_level_asked() -> None:
    full = "441900000000"
    assert [divisions.find(full, level) is not None for level in divisions.LEVELS] == [
        False,
        True,
        True,
        False,
        False,
    ]
    city, county = divisions.find("4419"), divisions.find("441900")
    assert city is not None
    assert county is not None
    assert (city.level, county.level) == (divisions.CITY, divisions.COUNTY)
    assert county.parent_code == city.code
    assert len(divisions.children("441900")) > 10


def test_a_level_that_does_not_fit_the_code_finds_nothing() -> None:
    assert divisions.find("530521101001", level=divisions.COUNTY) is None


def test_children_are_one_level_down_and_name_their_parent() -> None:
    towns = divisions.children(SHIDIAN)
    assert {town.level for town in towns} == {divisions.TOWNSHIP}
    assert {town.parent_code for town in towns} == {"530521000000"}
    assert divisions.children("530521101001") == []
    assert len(divisions.children("53")) == 16


def test_the_villages_of_a_county_are_those_of_its_townships() -> None:
    by_town = [village for town in divisions.children(SHIDIAN) for village in divisions.villages(town.code)]
    assert divisions.villages(SHIDIAN) == by_town
    assert len(by_town) == 139
    assert by_town[0].parent_code == "530521101000"


def test_there_are_thirty_one_provinces_and_a_province_has_no_parent() -> None:
    provinces = divisions.provinces()
    assert len(provinces) == 31
    assert {province.parent_code for province in provinces} == {None}


def test_the_table_says_from_which_day_it_is() -> None:
    assert divisions.as_of() == date(2023, 6, 30)


@pytest.mark.parametrize(
    ("township", "village"),
    [
        ("甸阳镇", "甸阳社区居民委员会"),
        ("甸阳", "甸阳社区"),
        ("甸阳 镇", "甸阳社区居委会"),
        ("甸阳镇人民政府", "甸阳 居委会"),
        ("甸阳镇", "\u3000甸阳\xa0社区"),
        ("甸阳镇", "甸阳"),
        ("", "甸阳社区居民委员会"),
    ],
)
def test_a_village_is_found_by_the_names_people_write(township: str, village: str) -> None:
    found = divisions.resolve_village(SHIDIAN, township, village)
    assert found is not None
    assert found.code == "530521101001"


def test_the_peoples_in_a_townships_name_may_be_left_out() -> None:
    full = divisions.resolve_village(SHIDIAN, "摆榔彝族布朗族乡", "大中村委会")
    assert full is not None
    assert divisions.resolve_village(SHIDIAN, "摆榔乡", "大中村") == full


@pytest.mark.parametrize(
    ("county", "township", "village"),
    [
        (SHIDIAN, "没有的镇", "甸阳社区"),
        (SHIDIAN, "甸阳镇", "没有的村"),
        (SHIDIAN, "甸阳镇", ""),
        (SHIDIAN, "", ""),
        ("990101", "甸阳镇", "甸阳社区"),
    ],
)
def test_a_name_that_means_no_village_resolves_to_none(county: str, township: str, village: str) -> None:
    assert divisions.resolve_village(county, township, village) is None


def test_every_village_of_a_county_resolves_to_itself_or_is_ambiguous_never_to_another() -> None:
    towns = {town.code: town.name for town in divisions.children(SHIDIAN)}
    for village in divisions.villages(SHIDIAN):
        found = divisions.resolve_village(SHIDIAN, towns[str(village.parent_code)], village.name)
        assert found == village


def test_a_village_name_found_twice_in_a_county_needs_its_township() -> None:
    names = [village.name for village in divisions.villages("361023")]
    twice = next(name for name in names if names.count(name) > 1)
    assert divisions.resolve_village("361023", "", twice) is None


def test_a_county_code_is_looked_up_by_year_and_an_unknown_one_is_unknown() -> None:
    assert divisions.is_county_code(SHIDIAN)
    assert not divisions.is_county_code("990022")
    today = divisions.county_in_year(SHIDIAN, 2022)
    assert today is not None
    assert today.name == "施甸县"
    assert divisions.county_in_year("990022", 1990) is None


def test_a_code_that_never_changed_is_its_own_successor() -> None:
    assert divisions.successors(SHIDIAN, date(2026, 1, 1)) == ("530521000000",)
    assert all(change.source for change in divisions.changes())


@needs_shared
@pytest.mark.parametrize("county", ["530521", "532623", "430682", "361023", "450802"])
def test_the_shipped_villages_are_those_of_the_source(county: str) -> None:
    (source,) = (SHARED / "data" / "area").glob(f"villages_*_{county}.csv")
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["code12"], row["name"], row["town"], row["county"]) for row in csv.DictReader(file)}
    shipped = set()
    for village in divisions.villages(county):
        *_, county_name, town, name = divisions.name_path(village.code)
        shipped.add((village.code, name, town, county_name))
    assert shipped == rows


@needs_shared
def test_the_shipped_villages_of_whole_provinces_are_those_of_the_source() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(SHARED / "data" / "area" / "all_levels_nbs2023.parquet").to_pydict()
    source = {
        (code, name)
        for code, name, level in zip(table["code12"], table["name"], table["level"], strict=True)
        if level == divisions.VILLAGE and code[:2] in {"53", "36", "44"}
    }
    shipped = {(v.code, v.name) for province in ("53", "36", "44") for v in divisions.villages(province)}
    assert shipped == source
