"""Which circular holds where and when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.policy import (
    DatedValue,
    NoPolicyError,
    Pack,
    PackError,
    PackLibrary,
    Parameter,
    Rule,
)

DAY = date(2022, 6, 30)


def line(*dated: tuple[date, int], last: date | None = None, is_yearly: bool = True) -> dict[str, Parameter]:
    values = tuple(DatedValue(start, value, "文件", to_date=last) for start, value in dated)
    return {"monitoring_line": Parameter("monitoring_line", "监测范围", "yuan", values, is_yearly)}


def pack(
    id: str,
    place: str | None,
    parameters: dict[str, Parameter] | None = None,
    start: date = date(2021, 5, 14),
    extends: str | None = None,
) -> Pack:
    return Pack(
        id,
        id,
        "机关",
        place,
        start,
        "文件",
        parameters=parameters or {},
        is_hidden_place=place is None,
        extends=extends,
    )


NATION = pack("nation", "", line((date(2021, 5, 14), 600000)))


def test_the_longest_division_prefix_wins() -> None:
    province = pack("province", "36", line((date(2022, 1, 1), 690000)))
    county = pack("county", "361023", line((date(2022, 1, 1), 700000)))
    library = PackLibrary([county, NATION, province])
    assert library.resolve("361023100001", DAY).key == ("county", "province", "nation")
    assert library.resolve("361023100001", DAY).parameters["monitoring_line"].value == 700000
    assert library.resolve("361024", DAY).parameters["monitoring_line"].value == 690000
    assert library.resolve("110101", DAY).answered_by is NATION


def test_of_two_packs_of_one_place_the_later_wins() -> None:
    old = pack("z-old", "36", line((date(2022, 1, 1), 1)))
    new = pack("a-new", "36", line((date(2022, 2, 1), 2)), start=date(2022, 2, 1))
    assert PackLibrary([new, old]).resolve("36", DAY).parameters["monitoring_line"].value == 2


def test_the_latest_value_in_force_wins_and_its_last_day_is_included() -> None:
    two = line((date(2021, 1, 1), 1), (date(2022, 1, 1), 2))["monitoring_line"]
    assert [value.value for day in (date(2021, 12, 31), DAY) if (value := two.on(day))] == [1, 2]
    ended = line((date(2021, 1, 1), 1), last=date(2021, 12, 31))["monitoring_line"]
    assert ended.on(date(2021, 12, 31)) is not None
    assert ended.on(date(2022, 1, 1)) is None
    assert ended.on(date(2020, 12, 31)) is None


def test_where_a_countys_value_has_ended_the_wider_one_holds() -> None:
    ended = pack("county", "361023", line((date(2021, 5, 14), 1), last=date(2021, 12, 31)))
    assert PackLibrary([NATION, ended]).resolve("361023", DAY).parameters["monitoring_line"].value == 600000


def test_a_yearly_figure_of_an_earlier_year_is_called_stale() -> None:
    policy = PackLibrary([NATION]).resolve("", DAY)
    assert policy.parameters["monitoring_line"].is_stale
    assert not PackLibrary([NATION]).resolve("", date(2021, 12, 31)).parameters["monitoring_line"].is_stale
    lasting = pack("lasting", "", line((date(2021, 5, 14), 1), is_yearly=False))
    assert not PackLibrary([lasting]).resolve("", DAY).parameters["monitoring_line"].is_stale


def test_a_narrower_packs_rule_replaces_its_namesake_in_place() -> None:
    wide = replace(NATION, rules={name: Rule(name, name, "focus", "TRUE", "文件") for name in ("a", "b")})
    narrow = replace(pack("narrow", "36"), rules={"a": Rule("a", "改", "focus", "FALSE", "文件")})
    rules = PackLibrary([wide, narrow]).resolve("36", DAY).rules
    assert list(rules) == ["a", "b"]
    assert rules["a"][1] is narrow
    assert rules["b"][1] is wide


def test_scale_names_and_parts_come_from_the_narrowest_pack_that_names_them() -> None:
    wide = replace(
        NATION,
        grade_scale=("red", "blue"),
        class_names={"unstable": "甲", "sudden": "乙"},
        index_parts={"income": 100},
    )
    narrow = replace(pack("narrow", "36"), grade_scale=("red", "green"), class_names={"sudden": "丙"})
    policy = PackLibrary([wide, narrow]).resolve("36", DAY)
    assert policy.grade_scale == ("red", "green")
    assert policy.class_names == {"unstable": "甲", "sudden": "丙"}
    assert policy.index_parts == {"income": 100}
    bare = PackLibrary([NATION]).resolve("36", DAY)
    assert (bare.grade_scale, bare.index_parts) == ((), {})


def test_a_date_before_any_pack_is_refused_with_the_first_date() -> None:
    with pytest.raises(NoPolicyError, match=r"2019-12-31.*最早的政策包自2021-05-14起施行"):
        PackLibrary([NATION]).resolve("361023", date(2019, 12, 31))
    with pytest.raises(NoPolicyError, match="没有装入任何政策包"):
        PackLibrary([]).resolve("361023", DAY)


def test_an_example_of_a_hidden_place_answers_by_name_only() -> None:
    example = pack("example", None, line((date(2021, 5, 14), 650000)), extends="nation")
    library = PackLibrary([NATION, example])
    assert library.resolve("361023", DAY).key == ("nation",)
    assert library.resolve_named("example", DAY).key == ("example", "nation")
    assert library.resolve_named("example", DAY).parameters["monitoring_line"].value == 650000


def test_an_unknown_name_and_a_day_out_of_force_are_refused() -> None:
    library = PackLibrary([NATION])
    with pytest.raises(NoPolicyError, match="没有名为“nowhere”的政策包。现有:nation"):
        library.resolve_named("nowhere", DAY)
    with pytest.raises(NoPolicyError, match="不在施行期内"):
        library.resolve_named("nation", date(2020, 1, 1))


def test_a_pack_out_of_force_does_not_answer() -> None:
    ended = replace(pack("ended", "36", line((date(2021, 5, 14), 1))), in_force_to=date(2021, 12, 31))
    assert PackLibrary([NATION, ended]).resolve("36", DAY).key == ("nation",)


def test_two_packs_of_one_name_are_refused() -> None:
    with pytest.raises(PackError, match="出现了两次"):
        PackLibrary([NATION, NATION])


def test_extending_nothing_or_oneself_is_refused() -> None:
    with pytest.raises(PackError, match="指向不存在的政策包“nowhere”"):
        PackLibrary([pack("a", "", extends="nowhere")])
    with pytest.raises(PackError, match="绕成了一圈"):
        PackLibrary([pack("a", "", extends="b"), pack("b", "", extends="a")])


@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=6, unique=True),
    st.sampled_from(["", "3", "36", "361023"]),
    st.integers(0, 900),
)
def test_what_resolves_always_holds_on_the_day(starts: list[int], division: str, offset: int) -> None:
    first = date(2021, 5, 14)
    places = ["", "36", "361023"]
    packs = [
        pack(
            f"p{start}", places[start % 3], line((first + timedelta(start), start)), first + timedelta(start)
        )
        for start in starts
    ]
    day = first + timedelta(offset)
    try:
        policy = PackLibrary(packs).resolve(division, day)
    except NoPolicyError:
        assert not any(p.holds_on(day) and division.startswith(p.place or "") for p in packs)
        return
    assert all(p.holds_on(day) and division.startswith(p.place or "") for p in policy.chain)
    lengths = [len(p.place or "") for p in policy.chain]
    assert lengths == sorted(lengths, reverse=True)
    resolved = policy.parameters["monitoring_line"]
    assert resolved.dated.holds_on(day)
    assert resolved.pack is policy.answered_by
