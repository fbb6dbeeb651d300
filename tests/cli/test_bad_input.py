"""Bad input, each kind once: a clear Chinese sentence, the right exit code, and nothing written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.world import COUNTY, ON, PACK, Outcome, shouwang, write_pack
from tests.exchange import hostile
from tests.exchange.samples import MEDICAL_HEADERS, csv_file, medical, registry, xlsx


class Place:
    """A folder with a small registry, an empty delivery folder, and the small pack."""

    def __init__(self, folder: Path) -> None:
        self.registry = registry(folder / "registry")
        self.deliveries = folder / "deliveries"
        self.deliveries.mkdir()
        self.packs = write_pack(folder)
        self.out = folder / "out" / "预警.xlsx"
        self.out.parent.mkdir()

    def screen(self, *further: object, out: object = None, on: str = ON, packs: object = None) -> Outcome:
        return shouwang(
            "screen",
            "--registry",
            self.registry,
            "--deliveries",
            self.deliveries,
            "--division",
            COUNTY,
            "--on",
            on,
            "--out",
            out or self.out,
            "--packs",
            packs or self.packs,
            *further,
        )

    def refuses(self, told: Outcome, code: int, *words: str) -> None:
        """Hold that the command was refused so, in Chinese, and left nothing behind."""
        assert told.code == code, told.stderr
        for word in words:
            assert word in told.stderr
        assert told.stdout == ""
        assert list(self.out.parent.iterdir()) == []


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def medical_file(place: Place, *rows: list[Any], headers: list[str] = MEDICAL_HEADERS) -> None:
    xlsx(place.deliveries / "医保_202506.xlsx", {"医保": [headers, *rows]})


def test_the_small_registry_is_screened_when_nothing_is_wrong(place: Place) -> None:
    medical_file(place, medical(1, 结算日期="2025-06-03"))
    told = place.screen()

    assert told.code == 0, told.stderr
    assert place.out.is_file()
    assert (place.out.parent / "预警.run" / "run.json").is_file()


def test_a_missing_folder(place: Place) -> None:
    place.registry = place.registry / "nowhere"
    place.refuses(place.screen(), 2, "--registry", "不存在")


def test_a_registry_whose_sheets_are_something_else(place: Place, tmp_path: Path) -> None:
    place.registry = tmp_path / "other"
    xlsx(place.registry / "会议记录.xlsx", {"会议": [["时间", "地点"], ["上午", "会议室"]]})
    place.refuses(place.screen(), 1, "没有认出任何一张表")


def test_a_delivery_without_a_column_of_numbers(place: Place) -> None:
    medical_file(
        place,
        ["某某", "2025-06-03", "住院", "1", "1"],
        headers=[h for h in MEDICAL_HEADERS if h != "证件号码"],
    )
    place.refuses(place.screen(), 1, "医保_202506.xlsx", "证件号码")


def test_headers_written_twice(place: Place) -> None:
    medical_file(place, [*medical(1), "5"], headers=[*MEDICAL_HEADERS, "个人自付"])
    place.refuses(place.screen(), 1, "医保_202506.xlsx", "个人自付")


def test_a_text_table_in_two_encodings(place: Place) -> None:
    path = csv_file(place.deliveries / "医保_202506.csv", [MEDICAL_HEADERS, medical(1)], "utf-8")
    path.write_bytes(path.read_bytes() + "测试乙,,,,,\r\n".encode("gbk"))
    place.refuses(place.screen(), 1, "医保_202506.csv", "编码")


HOSTILE: dict[str, Callable[[Path], Path]] = {
    "a sparse bomb of a few kilobytes": hostile.sparse,
    "a cell of a gigabyte": hostile.giant_cell,
    "macros": hostile.macros,
    "a password": hostile.password,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_workbook(kind: str, place: Place) -> None:
    HOSTILE[kind](place.deliveries / "医保_202506.xlsx")
    place.refuses(place.screen(), 1, "医保_202506.xlsx")


def test_a_hostile_workbook_can_be_passed_over_and_is_told(place: Place) -> None:
    hostile.macros(place.deliveries / "医保_202506.xlsx")
    told = place.screen("--keep-going")

    assert told.code == 0, told.stderr
    assert "医保_202506.xlsx" in told.stdout


def test_dates_that_are_all_in_the_future(place: Place) -> None:
    medical_file(place, medical(1, 结算日期="2025-08-03"), medical(2, 结算日期="2025-09-03"))
    place.refuses(place.screen(), 1, "医保_202506.xlsx", "没有一行可用")


def test_amounts_that_are_all_negative(place: Place) -> None:
    medical_file(place, medical(1, 结算日期="2025-06-03", 个人自付="-5"))
    place.refuses(place.screen(), 1, "医保_202506.xlsx", "没有一行可用")


def test_a_date_before_any_pack(place: Place) -> None:
    place.refuses(place.screen(on="1999-01-01"), 1, "没有施行中的政策包", "2021-01-01")


def test_a_date_that_is_none(place: Place) -> None:
    place.refuses(place.screen(on="2025-13-01"), 2, "--on")


BROKEN = {
    "a rule with division": (
        {"rules": PACK["rules.toml"].replace("petitions >= 1", "petitions / 2 >= 1")},
        "除法",
    ),
    "a pack with a duplicate key": ({"pack": PACK["pack.toml"] + 'id = "again"\n'}, "pack.toml"),
    "a parameter without source": (
        {"parameters": PACK["parameters.toml"].replace(', source = "测试文件第一条"', "")},
        "source",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_pack_stops_the_screening_and_the_check_of_packs(
    kind: str, place: Place, tmp_path: Path
) -> None:
    changed, word = BROKEN[kind]
    packs = write_pack(tmp_path / "broken", **changed)
    place.refuses(place.screen(packs=packs), 1, "small", word)
    told = shouwang("policy", "check", packs)

    assert told.code == 1
    assert word in told.stdout
    assert "1 个问题" in told.stdout


def test_a_case_that_does_not_come_out(tmp_path: Path) -> None:
    packs = write_pack(tmp_path, cases=PACK["cases.toml"].replace('"false"', '"true"'))
    told = shouwang("policy", "check", packs)

    assert told.code == 1
    assert "正好在线上" in told.stdout


def test_an_output_that_is_no_workbook_or_nowhere_or_among_the_data(place: Place) -> None:
    place.refuses(place.screen(out=place.out.with_suffix(".csv")), 2, "--out", ".xlsx")
    place.refuses(place.screen(out=place.out.parent / "none" / "a.xlsx"), 2, "--out", "不存在")
    place.refuses(place.screen(out=place.registry / "a.xlsx"), 2, "--out", "数据文件夹")


def test_an_output_that_cannot_be_written(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> str:
        raise PermissionError(13, "denied", str(place.out))

    monkeypatch.setattr("shouwang.actions.screening.tempfile.mkdtemp", refuse)
    place.refuses(place.screen(), 3, "权限")


def test_a_full_disk(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("shouwang.cli.screen.write_warning_list", refuse)
    place.refuses(place.screen(), 3, "磁盘空间不足")


def test_a_run_folder_that_is_something_else(place: Place) -> None:
    foreign = place.out.parent / "预警.run"
    foreign.mkdir()
    told = place.screen()

    assert told.code == 2
    assert "不是运行记录" in told.stderr
    assert list(place.out.parent.iterdir()) == [foreign]


def test_an_earlier_run_that_is_none(place: Place) -> None:
    place.refuses(place.screen("--previous", place.packs), 1, "run.json")


def test_earlier_outputs_are_kept_when_a_screening_fails_and_replaced_when_it_ends_well(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.screen().code == 0
    before = {path.name: path.stat().st_mtime_ns for path in place.out.parent.rglob("*")}
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise OSError(28, "no space")

        patch.setattr("shouwang.cli.screen.write_warning_list", fail)
        assert place.screen().code == 3
    assert {path.name: path.stat().st_mtime_ns for path in place.out.parent.rglob("*")} == before
    assert place.screen("--previous", place.out.with_suffix(".run")).code == 0
    assert place.out.stat().st_mtime_ns != before["预警.xlsx"]


def test_no_message_names_a_person(place: Place) -> None:
    row = medical(1, 结算日期="2025-08-03")
    medical_file(place, row)
    told = place.screen()

    assert row[0] not in told.stderr
    assert row[1] not in told.stderr
