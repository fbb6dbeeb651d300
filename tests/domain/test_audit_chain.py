"""The audit chain: what it refuses to hold, and that any tampering is found at the right row."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain import audit_chain
from shouwang.domain.audit_chain import (
    GENESIS,
    Anchor,
    AuditEntryError,
    Break,
    Entry,
    Fault,
    Result,
    Row,
    canonical,
    daily_anchors,
    link,
    preferred_algorithm,
    sealed,
    verify,
)

KEY = b"k" * 32
OTHER_KEY = b"o" * 32
START = datetime(2026, 11, 23, 4, tzinfo=UTC)
NO_SM3 = pytest.mark.skipif(preferred_algorithm() != "hmac-sm3", reason="this Python has no SM3")


def entry(sequence: int = 1, **changes: Any) -> Entry:
    made = Entry(
        sequence=sequence,
        at=START + timedelta(hours=sequence),
        actor=f"user{sequence % 3}",
        role="village",
        division="530521101201",
        action="record_visit",
        target_kind="household",
        target_id=f"h{sequence}",
        reason="月度走访",
        before={"housing_grade": "C"},
        after={"housing_grade": "B", "head_name": "样**"},
        request_id=f"{sequence:032x}",
        address="192.0.2.7",
    )
    return replace(made, **changes)


def chain(length: int, key: bytes = KEY, **changes: Any) -> list[Row]:
    rows: list[Row] = []
    for sequence in range(1, length + 1):
        rows.append(sealed(rows[-1] if rows else None, entry(sequence, **changes), key))
    return rows


# Another value for each field of an entry.
MUTATIONS: dict[str, Any] = {
    "sequence": 99,
    "at": START,
    "actor": "user9",
    "role": "township",
    "division": "530521101202",
    "action": "give_verdict",
    "target_kind": "member",
    "target_id": "h99",
    "result": Result.REFUSED,
    "reason": "月度走访。",
    "before": {"housing_grade": "D"},
    "after": {"housing_grade": "B"},
    "request_id": "f" * 32,
    "address": "",
    "algorithm": "md5",
}
SIZE = 6
positions = st.integers(0, SIZE - 1)


def test_an_untouched_chain_holds_with_and_without_anchors() -> None:
    rows = chain(SIZE)
    assert verify(rows, KEY) is None
    assert verify(rows, KEY, daily_anchors(rows)) is None
    assert verify([], KEY) is None


@pytest.mark.parametrize("algorithm", ["hmac-sha256", pytest.param("hmac-sm3", marks=NO_SM3)])
def test_a_chain_holds_under_each_algorithm_and_digests_differ(algorithm: str) -> None:
    rows = chain(3, algorithm=algorithm)
    assert verify(rows, KEY) is None
    assert all(len(row.digest) == len(GENESIS) for row in rows)


def test_the_algorithm_may_change_along_the_chain() -> None:
    first = sealed(None, entry(1, algorithm="hmac-sha256"), KEY)
    second = sealed(first, entry(2, algorithm=preferred_algorithm()), KEY)
    assert verify([first, second], KEY) is None


def test_the_digest_is_the_one_written_down() -> None:
    """A change of the signed bytes would break every chain in use."""
    assert link(GENESIS, entry(), KEY) == "0075b7a567298e44ceb157855d3e6467524a57cf429a7676025bd507a0409612"


def test_every_field_has_a_mutation() -> None:
    assert set(MUTATIONS) == set(Entry.__slots__)


@given(name=st.sampled_from(sorted(MUTATIONS)), position=positions)
def test_a_change_of_any_field_is_found_at_its_row(name: str, position: int) -> None:
    rows = chain(SIZE)
    rows[position] = replace(rows[position], entry=replace(rows[position].entry, **{name: MUTATIONS[name]}))
    fault = {"sequence": Fault.SEQUENCE, "algorithm": Fault.ALGORITHM}.get(name, Fault.DIGEST)
    assert verify(rows, KEY) == Break(position + 1, fault)


@given(position=positions, place=st.integers(0, 63))
def test_a_change_of_a_digest_is_found_at_its_row(position: int, place: int) -> None:
    rows = chain(SIZE)
    digest = rows[position].digest
    other = "0" if digest[place] != "0" else "1"
    rows[position] = replace(rows[position], digest=digest[:place] + other + digest[place + 1 :])
    assert verify(rows, KEY) == Break(position + 1, Fault.DIGEST)


@given(text=st.text(max_size=20), position=positions)
def test_a_change_of_free_text_is_found_whatever_it_says(text: str, position: int) -> None:
    rows = chain(SIZE)
    changed = replace(rows[position].entry, reason=text)
    rows[position] = replace(rows[position], entry=changed)
    expected = None if text == "月度走访" else Break(position + 1, Fault.DIGEST)
    assert verify(rows, KEY) == expected


@given(position=st.integers(0, SIZE - 2))
def test_a_removed_row_is_found_where_it_was(position: int) -> None:
    rows = chain(SIZE)
    del rows[position]
    assert verify(rows, KEY) == Break(position + 1, Fault.SEQUENCE)


@given(position=st.integers(0, SIZE), source=positions)
def test_a_row_put_in_twice_is_found_where_it_was_put(position: int, source: int) -> None:
    rows = chain(SIZE)
    rows.insert(position, rows[source])
    # A copy put before or behind its original leaves the same list; the second of the two is the wrong one.
    place = source + 1 if position == source else position
    assert verify(rows, KEY) == Break(place + 1, Fault.SEQUENCE)


@given(position=st.integers(0, SIZE))
def test_an_invented_row_is_found_though_all_later_rows_are_renumbered(position: int) -> None:
    rows = chain(SIZE)
    invented = Row(entry(position + 1, actor="user9"), "a" * 64)
    later = [
        replace(row, entry=replace(row.entry, sequence=row.entry.sequence + 1)) for row in rows[position:]
    ]
    assert verify([*rows[:position], invented, *later], KEY) == Break(position + 1, Fault.DIGEST)


@given(order=st.permutations(range(SIZE)))
def test_a_changed_order_is_found_at_the_first_row_out_of_place(order: list[int]) -> None:
    rows = chain(SIZE)
    wrong = next((place for place, source in enumerate(order) if place != source), None)
    expected = None if wrong is None else Break(wrong + 1, Fault.SEQUENCE)
    assert verify([rows[source] for source in order], KEY) == expected


@given(first=positions, second=positions)
def test_two_entries_that_change_places_but_keep_their_numbers_are_found(first: int, second: int) -> None:
    rows = chain(SIZE)
    one, other = rows[first].entry, rows[second].entry
    rows[first] = replace(rows[first], entry=replace(other, sequence=one.sequence))
    rows[second] = replace(rows[second], entry=replace(one, sequence=other.sequence))
    expected = None if first == second else Break(min(first, second) + 1, Fault.DIGEST)
    assert verify(rows, KEY) == expected


@given(kept=st.integers(0, SIZE - 1))
def test_a_cut_tail_is_found_against_an_anchor_only(kept: int) -> None:
    rows = chain(SIZE)
    anchors = daily_anchors(rows)
    assert verify(rows[:kept], KEY) is None
    assert verify(rows[:kept], KEY, anchors) == Break(kept + 1, Fault.TRUNCATED)


def test_a_chain_written_anew_with_the_key_is_found_against_an_anchor() -> None:
    anchor = Anchor(date(2026, 11, 23), 4, chain(SIZE)[3].digest)
    forged = chain(SIZE, actor="user9")
    assert verify(forged, KEY) is None
    assert verify(forged, KEY, [anchor]) == Break(4, Fault.ANCHOR)
    assert verify(chain(SIZE), KEY, [anchor, replace(anchor, digest="0" * 64)]) == Break(4, Fault.ANCHOR)


def test_the_wrong_key_is_found_at_the_first_row() -> None:
    assert verify(chain(SIZE), OTHER_KEY) == Break(1, Fault.DIGEST)


@given(start=st.integers(1, SIZE))
def test_a_chain_is_read_on_from_a_trusted_anchor(start: int) -> None:
    rows = chain(SIZE)
    head = Anchor(date(2026, 11, 23), start, rows[start - 1].digest)
    assert verify(rows[start:], KEY, daily_anchors(rows), after=head) is None
    assert verify(rows[start:], KEY, [head], after=head) is None
    if start < SIZE:
        forged = replace(head, digest="0" * 64)
        assert verify(rows[start:], KEY, after=forged) == Break(start + 1, Fault.DIGEST)


def test_a_break_says_its_row_and_what_is_wrong() -> None:
    assert Break(7, Fault.DIGEST).message == "审计日志第 7 条：摘要不符：该条内容被改动，或校验密钥不对"
    assert all(Break(1, fault).message for fault in Fault)


def test_without_sm3_the_other_hash_is_chosen_and_sm3_rows_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row(entry(algorithm="hmac-sm3"), "a" * 64)
    monkeypatch.setattr(audit_chain, "_is_available", lambda algorithm: algorithm == "hmac-sha256")
    assert preferred_algorithm() == "hmac-sha256"
    assert verify([row], KEY) == Break(1, Fault.ALGORITHM)
    with pytest.raises(AuditEntryError, match="hmac-sm3"):
        link(GENESIS, row.entry, KEY)


def test_the_last_row_of_each_day_in_china_is_its_anchor() -> None:
    rows: list[Row] = []
    for sequence, at in enumerate(["15:59:59", "16:00:00"], start=1):
        made = entry(sequence, at=datetime.fromisoformat(f"2026-11-23T{at}+00:00"))
        rows.append(sealed(rows[-1] if rows else None, made, KEY))
    assert daily_anchors(rows) == [
        Anchor(date(2026, 11, 23), 1, rows[0].digest),
        Anchor(date(2026, 11, 24), 2, rows[1].digest),
    ]


@given(
    st.builds(
        Anchor, st.dates(), st.integers(1, 10**18), st.text("0123456789abcdef", min_size=64, max_size=64)
    )
)
def test_an_anchor_is_read_back_from_its_line(anchor: Anchor) -> None:
    assert Anchor.parse(f" {anchor}\n") == anchor


@pytest.mark.parametrize(
    "line",
    ["", "2026-11-23 1", f"2026-11-23 0 {GENESIS}", f"2026-13-23 1 {GENESIS}", f"2026-11-23 1 {GENESIS}0"],
)
def test_a_miscopied_anchor_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="锚点"):
        Anchor.parse(line)


def test_the_signed_bytes_do_not_depend_on_order_or_time_zone() -> None:
    made = entry(after={"a": 1, "b": None})
    same = replace(made, after={"b": None, "a": 1}, at=made.at.astimezone(timezone(timedelta(hours=8))))
    assert canonical(made) == canonical(same)
    assert canonical(replace(made, after={"a": True, "b": None})) != canonical(made)
    assert canonical(replace(made, after={"a": "1", "b": None})) != canonical(made)


def test_a_row_takes_the_next_number_only() -> None:
    first = sealed(None, entry(1), KEY)
    for sequence in (1, 3):
        with pytest.raises(AuditEntryError, match="审计序号应为 2"):
            sealed(first, entry(sequence), KEY)
