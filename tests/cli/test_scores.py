"""Scores against the planted truth, and the demonstration that prints them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shouwang.engine.run import RunError
from shouwang.reports.scores import TRUTH_FILE, score
from tests.cli.conftest import Screening

# What the test run says of its own database and site.
DJANGO = {"DJANGO_SETTINGS_MODULE", "SHOUWANG_DATABASE", "SHOUWANG_VAR"}
HEADER = "户编号,风险代码,风险,植入原因,应由规则族发现,能否发现,不能发现的原因\n"


def warned(screening: Screening, rule: str) -> list[str]:
    table = screening.run.table("finding")
    assert table is not None
    return sorted(row["household_id"] for row in table.to_pylist() if row["rule"] == rule)


def test_recall_counts_what_could_be_found_and_names_what_hides_the_rest(
    screening: Screening, tmp_path: Path
) -> None:
    found, other = warned(screening, "low_income")[:2]
    rows = [(found, "是", ""), ("nobody", "是", ""), (other, "否", "缺证件号码")]
    text = "".join(f"{h},low_income,收入低,原因,low_income,{can},{why}\n" for h, can, why in rows)
    (tmp_path / TRUTH_FILE).write_text(HEADER + text, encoding="utf-8-sig")
    scores = score(screening.run, tmp_path)
    family = next(each for each in scores.families if each.code == "low_income")

    assert (family.planted, family.findable, family.found, family.warned, family.found_hidden) == (
        3,
        2,
        1,
        1,
        1,
    )
    assert family.recall == 0.5
    assert family.hidden_by == {"缺证件号码": 1}
    rule = next(each for each in scores.rules if each.rule == "low_income")
    assert (rule.flagged, rule.right) == (len(warned(screening, "low_income")), 2)


def test_a_family_without_truths_or_rules_has_no_recall(screening: Screening, tmp_path: Path) -> None:
    (tmp_path / TRUTH_FILE).write_text(HEADER, encoding="utf-8-sig")
    scores = score(screening.run, tmp_path)

    assert all(each.recall is None for each in scores.families)
    assert not next(each for each in scores.families if each.code == "dropout").has_rule


def test_a_run_without_truth_cannot_be_scored(screening: Screening, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="已知答案"):
        score(screening.run, tmp_path)


def test_the_planted_low_incomes_are_found(screening: Screening) -> None:
    family = next(
        f for f in score(screening.run, screening.county / "truth").families if f.code == "low_income"
    )

    # The small pack counts every income item, the truth does not: one near the line may be missed.
    assert family.planted
    assert (family.recall or 0.0) > 0.9


def test_the_demonstration_ends_with_scores_times_the_workbook_and_the_accounts(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in DJANGO}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "shouwang.cli.demo",
            "--households",
            "60",
            "--no-serve",
            "--out",
            str(tmp_path),
        ],
        env=environ | {"PYTHONUTF8": "1", "SHOUWANG_VAR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    for words in (
        "找全率",
        "准确率",
        "用时",
        "较上期",
        "工作簿",
        "样例账号",
        "xianban",
        "http://127.0.0.1:8000/",
    ):
        assert words in done.stdout
    assert (tmp_path / "预警.xlsx").is_file()
    assert (tmp_path / "var" / "last-run.txt").is_file()
    assert not (tmp_path / "earlier").exists()
