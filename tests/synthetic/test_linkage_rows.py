"""The labelled linkage benchmark: what it must hold to mean anything."""

from collections import Counter
from datetime import date
from functools import cache

import pyarrow.compute as pc

from shouwang.domain.identity import IdentityNote, parse_identity
from shouwang.synthetic.linkage_people import make_linkage_people
from shouwang.synthetic.linkage_rows import LinkageSample, make_linkage_sample


@cache
def sample() -> LinkageSample:
    return make_linkage_sample(4_000, 1_500, 3)


def test_the_same_seed_makes_the_same_benchmark() -> None:
    again = make_linkage_sample(4_000, 1_500, 3)
    assert again.rows.equals(sample().rows)
    assert again.truth.equals(sample().truth)


def test_no_row_holds_a_valid_number_of_eighteen_signs() -> None:
    for written in sample().rows.column("number").to_pylist():
        found = parse_identity(written)
        assert not found.is_valid or IdentityNote.CONVERTED_FROM_15 in found.notes


def test_every_person_of_the_registry_has_a_number_of_his_own() -> None:
    numbers = sample().members.column("number").to_pylist()
    assert len(set(numbers)) == len(numbers)
    assert all(parse_identity(each).is_valid for each in numbers)


def test_who_is_said_to_be_registered_is_and_nobody_else() -> None:
    known = set(sample().members.column("person_id").to_pylist())
    for each in sample().truth.to_pylist():
        assert (each["person_id"] in known) is each["is_registered"]


def test_every_kind_of_error_is_met() -> None:
    said = Counter(
        error.split(":")[0]
        for errors in sample().truth.column("errors").to_pylist()
        for error in errors.split()
    )
    assert {"name", "number", "birth", "division", "head_name", "phone"} <= set(said)


def test_rows_that_tell_too_little_are_told_from_the_others() -> None:
    rows, truth = sample().rows.to_pylist(), sample().truth.to_pylist()
    for row, true in zip(rows, truth, strict=True):
        fields = ("number", "birth_date", "phone", "head_name")
        if not any(row[name] for name in fields):
            assert not true["is_determinable"]
    share = pc.mean(sample().truth.column("is_determinable")).as_py()
    assert 0.8 < share < 0.95


def test_twins_share_day_and_home_and_differ_in_name_or_number() -> None:
    people = make_linkage_people(4_000, 3, date(2026, 6, 30)).people
    pairs = [(at, int(twin)) for at, twin in enumerate(people["twin"]) if twin > at]
    assert pairs
    for one, other in pairs:
        assert people["birth"][one] == people["birth"][other]
        assert people["household"][one] == people["household"][other]
        assert people["number"][one] != people["number"][other]
