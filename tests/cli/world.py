"""What the tests of the command share: a pack of six rules, and the command itself."""

from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from shouwang.cli.app import app

ON = "2025-07-01"
DAY = date(2025, 7, 1)
COUNTY = "530521"
PACK = {
    "pack.toml": """
id = "small"
title = "小政策包"
issuer = "测试"
source = "测试文件"
in_force_from = 2021-01-01
place = "53"
grade_scale = ["red", "yellow", "blue"]
class_names = { unstable = "脱贫不稳定户", borderline = "边缘易致贫户" }
index_parts = { income = 60, spending = 40 }
""",
    "parameters.toml": """
[monitoring_line]
label = "监测范围"
unit = "yuan"
yearly = true
values = [ { from = 2025-01-01, value = 8700, source = "测试文件第一条" } ]
[own_pay_line]
label = "自付预警线"
unit = "yuan"
values = [ { from = 2025-01-01, value = 11559.50, source = "测试文件第二条", reference = true } ]
[unset_line]
label = "未定的线"
unit = "yuan"
values = [ { from = 2030-01-01, value = 1, source = "测试文件第三条" } ]
""",
    "rules.toml": """
[low_income]
label = "人均纯收入低于监测范围"
kind = "warning"
when = "net_income_per_capita_fen < :monitoring_line"
risk = "income"
grade = "yellow"
part = "income"
points = 60
family = "low_income"
reason = "人均纯收入{net_income_per_capita_fen},低于监测范围{:monitoring_line}"
source = "测试文件第一条"
[own_pay]
label = "自付过高"
kind = "warning"
when = "own_pay_household_fen > :own_pay_line AND NOT is_monitored"
risk = "medical"
grade = "red"
part = "spending"
points = 40
family = "own_pay"
reason = "家庭自付医疗费{own_pay_household_fen},超过{:own_pay_line}"
source = "测试文件第二条"
[refused]
label = "未定参数的规则"
kind = "warning"
when = "net_income_fen < :unset_line"
grade = "blue"
source = "测试文件第三条"
[petitioned]
label = "有信访"
kind = "warning"
when = "petitions >= 1"
grade = "blue"
source = "测试文件第四条"
[elderly]
label = "全为老年人"
kind = "focus"
when = "is_elderly_only"
source = "测试文件第五条"
[class_unstable]
label = "拟归脱贫不稳定户"
kind = "class"
when = "is_alleviated AND net_income_per_capita_fen < :monitoring_line"
source = "测试文件第六条"
""",
    "cases.toml": """
[[case]]
title = "正好在线上"
rule = "low_income"
on = 2025-07-01
given = { net_income_per_capita_fen = "8700元" }
expect = "false"
""",
}


def write_pack(folder: Path, name: str = "small", **changed: str) -> Path:
    """Write the small pack under `folder` and return the folder of packs; `changed` replaces whole files."""
    place = folder / "packs" / name
    place.mkdir(parents=True)
    for file, text in (PACK | {f"{key}.toml": value for key, value in changed.items()}).items():
        (place / file).write_text(text, encoding="utf-8")
    return folder / "packs"


class Outcome:
    """What a command printed and how it ended."""

    def __init__(self, code: int, stdout: str, stderr: str) -> None:
        self.code, self.stdout, self.stderr = code, stdout, stderr


def shouwang(*arguments: object) -> Outcome:
    """Run the command as a user would; a traceback is never an answer."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert "Traceback" not in result.output
    assert "未预料" not in result.output, result.output
    return Outcome(result.exit_code, result.stdout, result.stderr)
