"""Rows without a valid number and the persons they are about: links, questions, nobody."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from shouwang.domain.identity import check_digit
from shouwang.exchange.linkage.comparisons import COMPARISONS
from shouwang.exchange.linkage.deciding import Decision, Doubt, Outcome
from shouwang.exchange.linkage.linking import LinkageError, is_for_linkage, link
from shouwang.exchange.linkage.preparing import MEMBERS, ROWS
from shouwang.exchange.linkage.weights import WeightsError, read_weights, trained_weights

VILLAGE, OTHER = "530521100200", "530521100201"


def number(born: str, serial: int) -> str:
    first = f"530521{born}{serial:03d}"
    return first + check_digit(first)


def person(key: str, name: str, born: date, serial: int, **changes: Any) -> dict[str, Any]:
    return {
        "person_id": key, "household_id": f"H{key}", "name": name,
        "number": number(born.strftime("%Y%m%d"), serial), "birth_date": born,
        "sex": "male" if serial % 2 else "female", "division": VILLAGE, "head_name": name,
        "phone": f"1000000{serial:04d}",
    } | changes  # fmt: skip


BORN = date(1990, 3, 7)
TWIN_BORN = date(2012, 5, 1)
PEOPLE = [
    person("1", "王建国", BORN, 11),
    person("2", "李秀英", date(1965, 11, 20), 22),
    person("3", "张伟", date(1980, 1, 5), 31),
    person("4", "张伟", date(1991, 8, 9), 43),
    person("5", "赵明", TWIN_BORN, 51, head_name="赵大海", household_id="HT"),
    person("6", "赵亮", TWIN_BORN, 53, head_name="赵大海", household_id="HT"),
    person("7", "赵大海", date(1984, 2, 2), 71, household_id="HT"),
    person("8", "阿依古丽·买买提", date(1970, 6, 6), 82),
]


def decided(*, people: list[dict[str, Any]] = PEOPLE, refused: Any = (), **says: Any) -> Decision:
    row = {"row_no": 2, **dict.fromkeys(ROWS.names[1:]), **says}
    found = link(pa.Table.from_pylist([row], ROWS), pa.Table.from_pylist(people, MEMBERS), refused=refused)
    return found.decisions[0]


def linked(decision: Decision) -> str | None:
    return decision.candidates[0].person_id if decision.outcome is Outcome.LINKED else None


def slipped(whole: str, at: int = 9) -> str:
    return whole[:at] + str((int(whole[at]) + 1) % 10) + whole[at + 1 :]


@pytest.mark.parametrize("name", ["王建国", "王建國", "王健国", "王 建 国"])
def test_a_mistyped_number_under_a_name_written_otherwise_finds_its_person(name: str) -> None:
    assert linked(decided(name=name, number=slipped(PEOPLE[0]["number"]))) == "1"


@pytest.mark.parametrize(
    "written",
    [
        PEOPLE[1]["number"][:15] + "000",
        PEOPLE[1]["number"][:10] + PEOPLE[1]["number"][11:],
        PEOPLE[1]["number"][:6] + PEOPLE[1]["number"][8:17],
    ],
    ids=["rounded", "a digit missing", "fifteen digits"],
)
def test_what_is_left_of_a_number_finds_its_person(written: str) -> None:
    assert linked(decided(name="李秀英", number=written)) == "2"


def test_name_birth_and_home_find_a_person_without_any_number() -> None:
    found = decided(name="李秀英", birth_date=date(1965, 11, 20), sex="female", division=VILLAGE)
    assert linked(found) == "2"


def test_two_of_one_name_in_a_village_are_asked_about() -> None:
    found = decided(name="张伟", division=VILLAGE)
    assert (found.outcome, found.doubt) == (Outcome.UNCERTAIN, Doubt.TOO_CLOSE)
    assert {each.person_id for each in found.candidates} == {"3", "4"}


def test_name_and_village_alone_are_asked_about_even_where_nobody_else_has_the_name() -> None:
    found = decided(name="李秀英", division=VILLAGE)
    assert found.outcome is Outcome.UNCERTAIN
    assert [each.person_id for each in found.candidates] == ["2"]


def test_twins_are_told_apart_by_name_and_never_by_birth_and_home_alone() -> None:
    shared: dict[str, Any] = {"birth_date": TWIN_BORN, "division": VILLAGE, "head_name": "赵大海"}
    assert linked(decided(name="赵明", **shared)) == "5"

    without = [each for each in PEOPLE if each["person_id"] != "5"]
    found = decided(people=without, name="赵明", **shared)
    assert found.outcome is not Outcome.LINKED


def test_a_brother_who_is_not_registered_is_not_linked_to_his_brother() -> None:
    found = decided(name="王建军", division=VILLAGE, head_name="王建国", phone=PEOPLE[0]["phone"])
    assert found.outcome is not Outcome.LINKED


def test_a_son_of_his_fathers_name_is_told_by_his_birth() -> None:
    people = [
        person("f", "木沙江", date(1960, 1, 1), 11, head_name="木沙江"),
        person("s", "木沙江", date(1988, 4, 4), 13, head_name="木沙江", household_id="Hf"),
    ]
    assert linked(decided(people=people, name="木沙江", birth_date=date(1988, 4, 4), division=VILLAGE)) == "s"
    assert decided(people=people, name="木沙江", division=VILLAGE).doubt is Doubt.TOO_CLOSE


@pytest.mark.parametrize(
    ("says", "doubt"),
    [
        (
            {"birth_date": date(1971, 9, 9), "head_name": "王建设", "phone": "10000000011"},
            Doubt.BIRTH_DIFFERS,
        ),
        ({"number": slipped(number("19770202", 881)), "phone": "10000000011"}, Doubt.NUMBER_DIFFERS),
        ({"birth_date": BORN, "sex": "female", "phone": "10000000011"}, Doubt.SEX_DIFFERS),
    ],
)
def test_what_speaks_against_a_person_stops_a_link(says: dict[str, Any], doubt: Doubt) -> None:
    found = decided(name="王建国", division=VILLAGE, **says)
    assert (found.outcome, found.doubt) == (Outcome.UNCERTAIN, doubt)


def test_a_long_name_cut_short_or_dotted_otherwise_is_the_same_name() -> None:
    born = date(1970, 6, 6)
    assert linked(decided(name="阿依古丽•买买提", birth_date=born, division=VILLAGE)) == "8"
    assert linked(decided(name="阿依古丽", birth_date=born, division=VILLAGE)) == "8"


def test_a_pair_refused_once_is_neither_linked_nor_proposed() -> None:
    says: dict[str, Any] = {"name": "王建国", "number": slipped(PEOPLE[0]["number"])}
    assert decided(refused=[(2, "1")], **says).outcome is Outcome.NONE


def test_nobody_of_that_name_is_nobody() -> None:
    assert decided(name="欧阳无人", division=OTHER).outcome is Outcome.NONE


def test_a_valid_number_is_never_matched_by_name() -> None:
    assert not is_for_linkage(PEOPLE[0]["number"])
    # Fifteen digits have no check digit, and prove nothing.
    assert is_for_linkage("530521900307011")
    with pytest.raises(LinkageError, match="有效证件号码"):
        decided(name="王建国", number=number("19900307", 99))


def test_two_rows_of_one_number_are_refused() -> None:
    row = {"row_no": 2, **dict.fromkeys(ROWS.names[1:]), "name": "王建国"}
    with pytest.raises(LinkageError, match="行号重复"):
        link(pa.Table.from_pylist([row, row], ROWS), pa.Table.from_pylist(PEOPLE, MEMBERS))


def test_an_empty_delivery_or_registry_finds_nobody() -> None:
    assert decided(people=[], name="王建国").outcome is Outcome.NONE
    assert link(ROWS.empty_table(), pa.Table.from_pylist(PEOPLE, MEMBERS)).decisions == ()


def test_the_explanation_names_every_field_with_its_weight_and_no_personal_data() -> None:
    found = decided(name="王建國", number=slipped(PEOPLE[0]["number"]), division=VILLAGE, sex="male")
    text = found.candidates[0].explanation()
    assert "姓名一致（繁体、异体或生僻字写法不同）（+" in text
    assert "证件号码差一位" in text
    assert "合计 +" in text
    assert "王" not in text
    assert "5305" not in text


def test_the_same_input_gives_the_same_answer() -> None:
    says: dict[str, Any] = {"name": "张伟", "division": VILLAGE}
    assert decided(**says) == decided(**says)


def test_the_shipped_weights_fit_the_comparisons_and_say_how_they_were_made() -> None:
    weights = trained_weights()
    assert "tools.train_linkage" in weights.made["command"]
    for each in COMPARISONS:
        assert abs(sum(m for m, _ in weights.levels[each.key].values()) - 1) < 0.001


def test_weights_of_other_levels_are_refused(tmp_path: Any) -> None:
    path = tmp_path / "weights.json"
    path.write_text('{"made": {}, "levels": {"name": {"same": [0.9, 0.1]}}}', encoding="utf-8")
    with pytest.raises(WeightsError, match="train_linkage"):
        read_weights(path)
