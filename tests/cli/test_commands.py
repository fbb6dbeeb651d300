"""The commands around the main job, and how failures end."""

import json
from datetime import datetime
from pathlib import Path

import pytest
import typer

from shouwang.cli import failures
from shouwang.cli.app import app
from shouwang.cli.chinese import today
from shouwang.cli.failures import UsageProblem, failure, write_log
from shouwang.domain.divisions import DivisionError
from shouwang.domain.policy import PackError
from tests.cli.world import shouwang, write_pack

SHARED_VALUES = {
    "monitoring_line": 690_000,
    "own_pay_line_ordinary": 1_868_400,
    "own_pay_line_alleviated": 934_200,
}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "shouwang"),
        (("screen",), "缺少选项 --registry"),
        (("frob",), "没有命令 frob"),
        (("screen", "--frob"), "没有选项 --frob"),
        (("explain",), "缺少参数 HOUSEHOLD"),
        (("synthesise", "--out", "x", "--households", "many"), "--households"),
        (("screen", "--registry"), "--registry"),
        (("policy", "show"), "--division"),
        (("policy", "show", "--division", "36102"), "区划代码"),
        (("policy", "show", "--division", "361023", "--on", "June"), "--on"),
        (("check", "nowhere.xlsx"), "不存在"),
    ],
)
def test_wrong_usage_is_said_in_chinese_and_ends_with_2(arguments: tuple[str, ...], words: str) -> None:
    told = shouwang(*arguments)

    assert told.code == 2
    assert words in told.stdout + told.stderr


def test_help_is_in_chinese_and_names_the_exit_codes() -> None:
    told = shouwang("--help")

    assert told.code == 0
    assert "退出码" in told.stdout
    assert "选项" in told.stdout
    assert "Options" not in told.stdout
    for command in ("synthesise", "screen", "explain", "policy", "check", "doctor"):
        assert shouwang(command, "--help").code == 0


def test_policy_show_gives_the_shipped_values_with_their_clauses() -> None:
    shown = json.loads(
        shouwang("policy", "show", "--division", "361023", "--on", "2022-06-30", "--json").stdout
    )

    for name, value in SHARED_VALUES.items():
        parameter = shown["parameters"][name]
        assert (parameter["value"], parameter["unit"]) == (value, "fen")
        assert parameter["source"]
        assert parameter["pack"] == "jiangxi-2022"
    guzhen = json.loads(
        shouwang("policy", "show", "--division", "340323", "--on", "2022-06-30", "--json").stdout
    )
    assert guzhen["parameters"]["monitoring_line"]["value"] == 700_000


def test_an_unknown_division_says_which_wider_pack_answered() -> None:
    told = shouwang("policy", "show", "--division", "361099", "--on", "2022-06-30")

    assert told.code == 0
    assert "没有这个代码" in told.stdout
    assert "jiangxi-2022" in told.stdout


def test_policy_show_for_people_has_the_clause_and_the_condition_in_words(tmp_path: Path) -> None:
    packs = write_pack(tmp_path)
    told = shouwang("policy", "show", "--division", "530521", "--on", "2025-07-01", "--packs", packs)

    assert "监测范围:8,700元" in told.stdout
    assert "出处:测试文件第一条" in told.stdout
    assert "11,559.50元(参考值)" in told.stdout
    assert "人均纯收入低于【监测范围】" in told.stdout
    assert "上级政策包回答:云南省" in told.stdout
    later = shouwang("policy", "show", "--division", "53", "--on", "2026-07-01", "--packs", packs)
    assert "8,700元(沿用往年)" in later.stdout
    assert "上级政策包回答" not in later.stdout


def test_policy_show_by_name_and_policy_list(tmp_path: Path) -> None:
    packs = write_pack(tmp_path)

    assert (
        "按名称指定"
        in shouwang("policy", "show", "--pack", "small", "--on", "2025-07-01", "--packs", packs).stdout
    )
    unknown = shouwang("policy", "show", "--pack", "none", "--on", "2025-07-01", "--packs", packs)
    assert unknown.code == 1
    assert "small" in unknown.stderr
    assert "云南省" in shouwang("policy", "list", "--packs", packs).stdout
    listed = [
        json.loads(line)
        for line in shouwang("policy", "list", "--packs", packs, "--json").stdout.splitlines()
    ]
    assert [pack["id"] for pack in listed] == ["small"]


def test_policy_check_counts_what_it_tried_and_names_rules_without_cases(tmp_path: Path) -> None:
    told = shouwang("policy", "check", write_pack(tmp_path))

    assert told.code == 0
    assert "规则 6 条,算例 1 个,全部通过" in told.stdout
    assert "small:own_pay" in told.stdout


def test_doctor_finds_this_machine_fit_and_a_broken_key_unfit(own_folder: Path) -> None:
    told = shouwang("doctor")
    assert told.code == 0, told.stdout
    assert "Python" in told.stdout

    own_folder.mkdir()
    (own_folder / "blind.key").write_bytes(b"short")
    broken = shouwang("doctor")
    assert broken.code == 3
    assert "密钥" in broken.stdout


def test_synthesise_writes_only_into_an_empty_or_synthetic_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("mine", encoding="utf-8")

    refused = shouwang("synthesise", "--out", tmp_path / "mine", "--households", 20, "--on", "2025-07-01")
    assert refused.code == 2
    assert "已有其他内容" in refused.stderr
    few = shouwang("synthesise", "--out", tmp_path / "few", "--households", 3, "--on", "2025-07-01")
    assert few.code == 2
    assert not (tmp_path / "few").exists()
    nowhere = shouwang("synthesise", "--out", tmp_path / "few", "--county", "530599", "--on", "2025-07-01")
    assert nowhere.code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageProblem("写错了"), 2),
        (DivisionError("代码不对"), 2),
        (PackError("包不对"), 1),
        (MemoryError(), 3),
        (PermissionError(13, "x", "a.xlsx"), 3),
        (OSError(28, "x"), 3),
        (OSError(9999, "x"), 3),
    ],
)
def test_each_known_failure_has_a_sentence_and_a_code(error: Exception, code: int) -> None:
    found = failure(error)

    assert found is not None
    sentence, number = found
    assert number == code
    assert sentence.endswith("。")


def test_an_unexpected_failure_is_logged_without_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def burst(**_: object) -> None:
        raise ZeroDivisionError("户主 某某 的金额")

    monkeypatch.setattr("shouwang.cli.doctor.examine", burst)
    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(app).main(["doctor"], prog_name="shouwang")

    assert ended.value.code == failures.ENVIRONMENT
    said = capsys.readouterr().err
    assert "未预料" in said
    assert "Traceback" not in said
    [log] = (tmp_path / "var" / "log").iterdir()
    text = log.read_text(encoding="utf-8")
    assert "ZeroDivisionError" in text
    assert "某某" not in text + said


def test_a_log_that_cannot_be_written_is_no_second_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert write_log(ValueError(), tmp_path / "file" / "log", datetime(2025, 7, 1)) is None


def test_today_is_a_date_in_shanghai() -> None:
    assert today().year >= 2025
