"""A small pack that is right, for tests to spoil."""

from pathlib import Path

HEAD = """
id = "demo"
title = "示例"
issuer = "某县"
source = "某文件"
in_force_from = 2022-01-01
place = "361023"
index_parts = { income = 40 }
"""
LINE = """
[line]
label = "监测范围"
unit = "yuan"
yearly = true
values = [
    { from = 2022-01-01, value = 6900.5, source = "第一条", note = "注" },
]
"""
RULE = """
[low]
label = "收入低"
kind = "warning"
when = "net_income_per_capita_fen < :line"
risk = "income"
grade = "red"
part = "income"
points = 5
family = "low_income"
reason = "人均{net_income_per_capita_fen},低于{:line}"
source = "第一条"
"""
CASE = """
[[case]]
title = "差一分"
rule = "low"
given = { net_income_per_capita_fen = "6900.49元" }
expect = "true"
"""


def write(
    folder: Path, head: str = HEAD, line: str = LINE, rule: str = RULE, case: str = CASE, id: str = "demo"
) -> Path:
    place = folder / id
    place.mkdir(parents=True, exist_ok=True)
    for name, text in (("pack", head), ("parameters", line), ("rules", rule), ("cases", case)):
        (place / f"{name}.toml").write_text(text.replace('"demo"', f'"{id}"'), encoding="utf-8")
    return place
