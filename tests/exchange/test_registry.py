"""The registry: households and members into tables, and the index that never chooses between two."""

from pathlib import Path

import pyarrow as pa

from shouwang.domain import divisions
from shouwang.exchange.persons import PersonIndex
from tests.exchange import samples
from tests.exchange.samples import HOUSEHOLD_HEADERS, MEMBER_HEADERS, household, medical, member, number


def _households(path: Path, *rows: list[object]) -> None:
    samples.xlsx(path, {"户信息": [HOUSEHOLD_HEADERS, *rows]})


def _members(path: Path, *rows: list[object]) -> None:
    samples.xlsx(path, {"成员": [MEMBER_HEADERS, *rows]})


def test_the_newest_year_fills_the_households_and_all_years_the_incomes(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    _households(registry / "户信息_2024年.xlsx", household(1, 家庭纯收入="10000"), household(9))
    _households(registry / "户信息_2025年.xlsx", household(1, 家庭人口数="4"), household(2))
    result = samples.staged(tmp_path)
    assert {row["household_id"]: row["stated_member_count"] for row in samples.rows(result, "household")} == {
        "H001": 4, "H002": 3,
    }  # fmt: skip
    incomes = {
        (row["household_id"], row["year"]): row["net_fen"] for row in samples.rows(result, "annual_income")
    }
    assert incomes[("H001", 2024)] == 1_000_000
    assert incomes[("H001", 2025)] == 2_000_000
    assert any("1 户只出现在较早年度" in notice for notice in result.notices)


def test_incomes_without_a_year_are_dropped_with_a_notice(tmp_path: Path) -> None:
    _households(tmp_path / "registry" / "户信息.xlsx", household(1))
    result = samples.staged(tmp_path)
    assert result.row_counts["annual_income"] == 0
    assert any("看不出是哪一年的收入，1 户" in notice for notice in result.notices)


def test_a_column_of_years_outranks_the_files_name(tmp_path: Path) -> None:
    rows = [[*HOUSEHOLD_HEADERS, "年度"], [*household(1), "2024"], [*household(2), "2025"]]
    samples.xlsx(tmp_path / "registry" / "户信息_2023年.xlsx", {"户信息": rows})
    result = samples.staged(tmp_path)
    assert [(row["household_id"], row["year"]) for row in samples.rows(result, "annual_income")] == [
        ("H001", 2024), ("H002", 2025),
    ]  # fmt: skip


def test_a_household_told_twice_is_taken_once_and_told(tmp_path: Path) -> None:
    _households(tmp_path / "registry" / "户信息_2025年.xlsx", household(1), household(1, 家庭人口数="9"))
    result = samples.staged(tmp_path)
    assert [row["stated_member_count"] for row in samples.rows(result, "household")] == [3]
    assert [(row["row_no"], row["reason_code"]) for row in samples.rows(result, "row_errors")] == [
        (3, "repeated_key")
    ]


def test_villages_are_found_by_name_or_the_county_stands_for_them(tmp_path: Path) -> None:
    village = divisions.villages(samples.COUNTY)[0]
    township = divisions.find(str(village.parent_code), 4)
    assert township is not None
    known = household(1, 乡=township.name, 村=village.name)
    _households(tmp_path / "registry" / "户信息_2025年.xlsx", known, household(2, 乡="没有镇", 村="没有村"))
    result = samples.staged(tmp_path)
    codes = [row["division"] for row in samples.rows(result, "household")]
    assert codes == [village.code, "530521000000"]
    assert any("1 户的乡镇、村名在本县区划中找不到" in notice for notice in result.notices)


def test_households_that_only_members_name_are_added_as_unknown(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    _households(registry / "户信息_2025年.xlsx", household(1))
    _members(registry / "成员.xlsx", member(1, 1), member(2, 2), member(2, 3))
    result = samples.staged(tmp_path)
    by_id = {row["household_id"]: row for row in samples.rows(result, "household")}
    assert set(by_id) == {"H001", "H002"}
    assert by_id["H002"]["monitored_class"] is None
    assert any("1 户只在家庭成员信息中出现" in notice for notice in result.notices)


def test_a_member_with_a_doubtful_number_stays_without_an_index(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    _households(registry / "户信息_2025年.xlsx", household(1))
    _members(
        registry / "成员.xlsx",
        member(1, 1),
        member(1, 2, 证件号码="999999198001010011"),
        member(1, 3, 证件号码=""),
    )
    result = samples.staged(tmp_path)
    assert [row["id_key"] is None for row in samples.rows(result, "member")] == [False, True, True]
    errors = samples.rows(result, "row_errors")
    assert [(row["reason_code"], row["value"], row["is_row_refused"]) for row in errors] == [
        ("id_placeholder_999999", None, False), ("id_missing", None, False),
    ]  # fmt: skip


def test_a_member_whose_number_the_spreadsheet_destroyed_is_refused_with_the_reason(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    _households(registry / "户信息_2025年.xlsx", household(1))
    _members(
        registry / "成员.xlsx",
        member(1, 1),
        member(1, 2, 证件号码=1.10105e17),
        member(1, 3, 证件号码="1.10105E+17"),
    )
    result = samples.staged(tmp_path)
    assert result.row_counts["member"] == 1
    assert [row["reason_code"] for row in samples.rows(result, "row_errors")] == [
        "id_destroyed_by_spreadsheet"
    ] * 2


def test_a_bad_cell_of_the_registry_becomes_unknown_and_the_row_stays(tmp_path: Path) -> None:
    _households(
        tmp_path / "registry" / "户信息_2025年.xlsx",
        household(1, 户类型="大户", 家庭人口数="-2"),
        household(2),
    )
    result = samples.staged(tmp_path)
    row = samples.rows(result, "household")[0]
    assert (row["household_class"], row["stated_member_count"]) == (None, None)
    errors = samples.rows(result, "row_errors")
    assert [(each["column"], each["value"]) for each in errors] == [("户类型", "大户"), ("家庭人口数", "-2")]


def test_one_number_of_two_persons_finds_neither(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    _households(registry / "户信息_2025年.xlsx", household(1), household(2, 户主证件号码=""))
    _members(registry / "成员.xlsx", member(1, 1), member(2, 2, 证件号码=number(1)), member(2, 3))
    samples.xlsx(
        tmp_path / "deliveries" / "医保_2026年10月.xlsx",
        {"S": [samples.MEDICAL_HEADERS, medical(1), medical(3)]},
    )
    result = samples.staged(tmp_path)
    assert [row["person_id"] for row in samples.rows(result, "own_pay_entry")] == ["P003"]
    assert [row["reason_code"] for row in samples.rows(result, "unmatched")] == ["ambiguous"]
    assert any("1 个证件号码被两人或两户以上使用" in notice for notice in result.notices)


def test_the_index_finds_persons_heads_and_nobody() -> None:
    text = pa.string()
    persons = pa.RecordBatch.from_pydict(
        {
            "id_key": ["a", "b", None, "c", "c"],
            "person_id": list("12345"),
            "household_id": ["H1", "H1", "H1", "H2", "H3"],
        },
        schema=pa.schema([("id_key", text), ("person_id", text), ("household_id", text)]),
    )
    heads = pa.RecordBatch.from_pydict(
        {"_head_key": ["b", "d", None], "household_id": ["H9", "H4", "H5"]},
        schema=pa.schema([("_head_key", text), ("household_id", text)]),
    )
    index = PersonIndex.of([persons], [heads])
    person, home, is_shared = index.find(["a", "b", "c", "d", "e", None], as_head=False)
    assert person.to_pylist() == ["1", "2", None, None, None, None]
    assert home.to_pylist() == ["H1", "H1", None, "H4", None, None]
    assert is_shared.to_pylist() == [False, False, True, False, False, False]
    assert index.find(["b"], as_head=True)[1].to_pylist() == ["H9"]
    assert PersonIndex.of([], []).find(["a"], as_head=True)[1].to_pylist() == [None]
