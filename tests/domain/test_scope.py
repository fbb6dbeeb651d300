"""Scope: what one reaches, what a database is told, and what moves, ends and expires."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shouwang.domain.scope import (
    NOTHING,
    Clause,
    Reach,
    Scope,
    ScopeError,
    checked_prefix,
    clause,
    covers,
    merged,
    scope_of,
)

WIDTHS = (2, 4, 6, 9, 12)
# Few digits, so that drawn divisions are often within, beside or just outside each other.
villages = st.builds(
    "53{}{}{}{}".format,
    st.sampled_from(["05", "06"]),
    st.sampled_from(["21", "22"]),
    st.sampled_from(["101", "102"]),
    st.sampled_from(["201", "202"]),
)
prefixes = st.builds(lambda village, width: village[:width], villages, st.sampled_from(WIDTHS))
ids = st.sampled_from(["h1", "h2", "h3"])
feeds = st.sampled_from(["medical", "education"])
reaches = st.builds(
    Reach,
    prefixes,
    st.none() | st.frozensets(ids),
    st.none() | st.sampled_from(["一组", "二组"]),
    st.none() | st.frozensets(feeds),
    st.booleans(),
)
scopes = st.builds(Scope, st.frozensets(reaches, max_size=5))

# Division, household, village group, feed, whether it writes.
Question = tuple[str, str | None, str | None, str | None, bool]


@st.composite
def questions(draw: st.DrawFn) -> Question:
    group_name = draw(st.none() | st.sampled_from(["一组", "二组"]))
    return draw(villages), draw(st.none() | ids), group_name, draw(st.none() | feeds), draw(st.booleans())


def answer(scope: Scope, question: Question) -> bool:
    division, household_id, group_name, feed, is_write = question
    return covers(scope, division, household_id, group_name=group_name, feed=feed, is_write=is_write)


def lets_through(said: Clause, question: Question) -> bool:
    """Do what a database does with a clause."""
    division, household_id, group_name, feed, _ = question
    return any(
        condition.first_code <= division <= condition.last_code
        and (condition.household_ids is None or household_id in condition.household_ids)
        and (condition.group_name is None or group_name == condition.group_name)
        and (condition.feeds is None or feed in condition.feeds)
        for condition in said.conditions
    )


@given(village=villages, width=st.sampled_from(WIDTHS), other=villages)
def test_a_division_reaches_all_its_villages_and_no_other(village: str, width: int, other: str) -> None:
    scope = scope_of(village[:width])
    assert covers(scope, village)
    assert covers(scope, other) == (other[:width] == village[:width])


@given(village=villages, wide=st.sampled_from(WIDTHS), narrow=st.sampled_from(WIDTHS), asked=villages)
def test_a_wider_division_reaches_all_that_a_narrower_within_it_does(
    village: str, wide: int, narrow: int, asked: str
) -> None:
    if wide <= narrow and covers(scope_of(village[:narrow]), asked):
        assert covers(scope_of(village[:wide]), asked)


@given(left=scopes, right=scopes, third=scopes, question=questions())
def test_joining_scopes_reaches_what_either_reaches_and_no_more(
    left: Scope, right: Scope, third: Scope, question: Question
) -> None:
    assert answer(left | right, question) == (answer(left, question) or answer(right, question))
    assert left | right == right | left
    assert (left | right) | third == left | (right | third) == merged([left, right, third])
    assert left | left == left
    assert left | NOTHING == left


@given(scope=scopes, question=questions())
def test_the_clause_lets_through_exactly_what_the_scope_reaches(scope: Scope, question: Question) -> None:
    assert lets_through(clause(scope, is_write=question[-1]), question) == answer(scope, question)


@given(scope=scopes)
def test_no_condition_of_a_clause_is_said_twice(scope: Scope) -> None:
    conditions = clause(scope).conditions
    whole = [c.prefix for c in conditions if (c.household_ids, c.group_name, c.feeds) == (None, None, None)]
    assert not [(a, b) for a in whole for b in whole if a != b and b.startswith(a)]
    assert len(set(conditions)) == len(conditions)


@given(question=questions())
def test_the_empty_scope_reaches_nothing(
    question: Question,
) -> None:
    assert not answer(NOTHING, question)
    assert not answer(merged([]), question)
    assert clause(NOTHING).is_nothing


def test_an_empty_list_of_own_households_or_feeds_reaches_nothing_and_says_so() -> None:
    for narrowed in (Reach("530521", household_ids=frozenset()), Reach("530521", feeds=frozenset())):
        scope = Scope(frozenset({narrowed}))
        assert not covers(scope, "530521101201", "h1", feed="medical")
        assert clause(scope).is_nothing


@pytest.mark.parametrize(
    "division",
    [
        "",
        "5",
        "5305210",
        "53052",
        "530522",
        "5305",
        "53",
        "０５３０５２１",
        "530521 ",
        "530521%",
        "abc",
        "53052110",
    ],
)
def test_a_county_does_not_reach_a_malformed_wider_or_neighbouring_code(division: str) -> None:
    assert not covers(scope_of("530521"), division)


@pytest.mark.parametrize("division", ["530521", "530521000000", "530521101", "530521101000", "530521101201"])
def test_a_county_reaches_itself_and_what_is_within_by_short_and_long_code(division: str) -> None:
    assert covers(scope_of("530521"), division)
    assert not covers(scope_of("530522"), division)


@pytest.mark.parametrize(
    "prefix", ["", "5", "530", "5305210", "5305211010", "５３", "53%", "530521101 01", "53052110100120"]
)
def test_a_prefix_of_another_width_is_refused(prefix: str) -> None:
    with pytest.raises(ScopeError, match="2、4、6、9 或 12 位"):
        Reach(prefix)


@pytest.mark.parametrize("prefix", ["5300", "530000", "530500", "530521000", "530521000000", "530521101000"])
def test_a_wider_code_filled_up_with_zeros_is_refused(prefix: str) -> None:
    with pytest.raises(ScopeError, match="短代码"):
        checked_prefix(prefix)


def test_a_real_county_whose_code_ends_in_zeros_is_taken() -> None:
    assert covers(scope_of("441900"), "441900003001")


def test_a_helper_reaches_own_households_only_while_they_are_in_the_place() -> None:
    scope = Scope(frozenset({Reach("530521101201", household_ids=frozenset({"h1"}))}))
    assert covers(scope, "530521101201", "h1")
    assert not covers(scope, "530521101201", "h2")
    assert not covers(scope, "530521101201")
    assert not covers(scope, "530521101202", "h1")


def test_a_department_reaches_the_facts_of_its_own_feed_only() -> None:
    scope = Scope(frozenset({Reach("530521", feeds=frozenset({"medical"}))}))
    assert covers(scope, "530521101201", "h1", feed="medical")
    assert not covers(scope, "530521101201", "h1", feed="security")
    assert not covers(scope, "530521101201", "h1")


def test_a_group_reaches_its_own_group_only() -> None:
    scope = Scope(frozenset({Reach("530521101201", group_name="一组")}))
    assert covers(scope, "530521101201", "h1", group_name="一组")
    assert not covers(scope, "530521101201", "h1", group_name="二组")
    assert not covers(scope, "530521101201", "h1")


def test_a_read_only_reach_writes_nothing() -> None:
    scope = Scope(frozenset({Reach("530521", is_read_only=True)}))
    assert covers(scope, "530521101201")
    assert not covers(scope, "530521101201", is_write=True)
    assert clause(scope, is_write=True).is_nothing


def test_a_village_clause_is_left_out_when_the_county_is_there() -> None:
    said = clause(scope_of("530521", "530521101201", "530522"))
    assert [condition.prefix for condition in said.conditions] == ["530521", "530522"]
    assert (said.conditions[0].first_code, said.conditions[0].last_code) == ("530521000000", "530521999999")


@pytest.mark.parametrize(
    "narrow",
    [
        Reach("530521", household_ids=frozenset({"h1"})),
        Reach("530521", group_name="一组"),
        Reach("530521", feeds=frozenset({"medical"})),
        Reach("530521101201"),
    ],
)
def test_a_narrowed_condition_is_left_out_beside_the_whole_and_never_the_other_way(narrow: Reach) -> None:
    whole = Reach("530521")
    assert clause(Scope(frozenset({narrow, whole}))) == clause(Scope(frozenset({whole})))
    assert not clause(Scope(frozenset({narrow}))).is_nothing


class MovingHouseholds(RuleBasedStateMachine):
    """Households move and people's places change; rights follow at once (T05)."""

    def __init__(self) -> None:
        super().__init__()
        self.homes = {"h1": "530521101201", "h2": "530522101201"}
        self.places: dict[str, set[str]] = {"official": {"530521"}, "cadre": {"530521101201"}}

    @rule(household=st.sampled_from(["h1", "h2"]), village=villages)
    def move(self, household: str, village: str) -> None:
        self.homes[household] = village

    @rule(gone=villages, into=villages)
    def merge_villages(self, gone: str, into: str) -> None:
        self.homes = {h: into if home == gone else home for h, home in self.homes.items()}

    @rule(person=st.sampled_from(["official", "cadre"]), place=prefixes)
    def appoint(self, person: str, place: str) -> None:
        self.places[person].add(place)

    @rule(person=st.sampled_from(["official", "cadre"]))
    def dismiss(self, person: str) -> None:
        self.places[person].clear()

    @invariant()
    def a_person_reaches_exactly_the_households_now_in_their_places(self) -> None:
        for places in self.places.values():
            scope = scope_of(*places)
            for household, home in self.homes.items():
                expected = any(home[: len(place)] == place for place in places)
                assert covers(scope, home, household) == expected
                assert lets_through(clause(scope), (home, household, None, None, False)) == expected


TestMovingHouseholds = MovingHouseholds.TestCase
TestMovingHouseholds.settings = settings(max_examples=30, stateful_step_count=20)
