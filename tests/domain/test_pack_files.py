"""Reading packs: what is right becomes values in fen, what is wrong is refused with its place and repair."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from shouwang.domain.pack_checks import parameters_named, places_named
from shouwang.domain.pack_files import load_pack
from shouwang.domain.policy import PackError
from tests.domain.pack_samples import CASE, HEAD, LINE, RULE, write


def refused(folder: Path, match: str, **files: str) -> None:
    place = write(folder, **files)
    with pytest.raises(PackError, match=match) as caught:
        load_pack(place)
    assert "demo" in str(caught.value)


def test_a_pack_is_read_with_amounts_in_fen(tmp_path: Path) -> None:
    pack = load_pack(write(tmp_path))
    value = pack.parameters["line"].on(date(2022, 6, 30))
    assert value is not None
    assert (value.value, value.source, value.note, value.is_reference) == (690050, "第一条", "注", False)
    assert pack.parameters["line"].is_yearly
    assert pack.rules["low"].when == "net_income_per_capita_fen < :line"
    assert pack.cases[0].given == {"net_income_per_capita_fen": 690049}
    assert (pack.cases[0].expect, pack.cases[0].on) == (True, date(2022, 1, 1))
    assert not pack.is_hidden_place


def test_a_pack_without_place_is_an_example_and_an_empty_place_is_the_country(tmp_path: Path) -> None:
    hidden = load_pack(write(tmp_path, head=HEAD.replace('place = "361023"\n', "")))
    assert (hidden.place, hidden.is_hidden_place) == (None, True)
    country = load_pack(write(tmp_path, head=HEAD.replace("361023", "")))
    assert (country.place, country.is_hidden_place) == ("", False)


def test_a_pack_of_a_head_alone_is_enough(tmp_path: Path) -> None:
    place = write(tmp_path)
    for name in ("parameters", "rules", "cases"):
        (place / f"{name}.toml").unlink()
    pack = load_pack(place)
    assert (dict(pack.parameters), dict(pack.rules), pack.cases) == ({}, {}, ())


def test_a_given_value_follows_the_unit_of_its_indicator(tmp_path: Path) -> None:
    values = ["is_alleviated = true", "pupils = 2", 'housing_grade = "C"', 'net_income_fen = "-5元"']
    given = ", ".join([*values, 'member_count = "未知"'])
    case = CASE.replace('net_income_per_capita_fen = "6900.49元"', given).replace('"true"', '"unknown"')
    read = load_pack(write(tmp_path, case=case)).cases[0]
    assert read.given == {
        "is_alleviated": True,
        "pupils": 2,
        "housing_grade": "C",
        "net_income_fen": -500,
        "member_count": None,
    }
    assert read.expect is None


def test_the_digest_follows_the_content_and_nothing_else(tmp_path: Path) -> None:
    first = load_pack(write(tmp_path / "a")).digest
    assert first == load_pack(write(tmp_path / "b")).digest
    assert first != load_pack(write(tmp_path / "c", case=CASE + "# 注\n")).digest
    assert len(first) == hashlib.sha256().digest_size * 2


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (("title =", "titel ="), "pack.toml 中“titel”：不认识这个键，是否写错"),
        (('title = "示例"', 'title = " "'), "“title”：没有填写"),
        (('source = "某文件"\n', ""), "“source”：没有填写"),
        (("in_force_from = 2022-01-01\n", ""), "“in_force_from”：没有填写日期"),
        (("2022-01-01", "2022-01-01T00:00:00"), "“in_force_from”：应为日期"),
        (("2022-01-01", "2022-01-01\nin_force_to = 2021-12-31"), "早于in_force_from"),
        (('"361023"', '"3610231"'), "“place”：应为 2、4、6、9 或 12 位"),
        (('"361023"', "361023"), "“place”：应为文字"),
        (('id = "demo"', 'id = "other"'), "“id”：应与文件夹同名“demo”"),
        (("income = 40", "income = -1"), "“index_parts.income”：不能为负数"),
        (('place = "361023"', 'grade_scale = ["red", "purple"]'), "“grade_scale”：每个等级写一次"),
        (('place = "361023"', 'grade_scale = ["red", "red"]'), "“grade_scale”：每个等级写一次"),
        (('place = "361023"', 'class_names = { poor = "贫" }'), "“class_names.poor”：不认识这个键"),
        (('title = "示例"', 'title = "示例"\ntitle = "又"'), "pack.toml 第4行：同一个键写了两次"),
        (("title =", "title"), "pack.toml 第3行：不合 TOML 写法"),
    ],
)
def test_a_wrong_head_is_refused(tmp_path: Path, change: tuple[str, str], match: str) -> None:
    refused(tmp_path, match, head=HEAD.replace(*change))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (('label = "监测范围"\n', ""), "parameters.toml 中“line.label”：没有填写"),
        (('unit = "yuan"\n', ""), "“line.unit”：没有填写单位"),
        (('"yuan"', '"dollar"'), "“line.unit”：不认识“dollar”"),
        (("yearly = true", 'yearly = "yes"'), "“line.yearly”：应为true 或 false"),
        (("[line]", "[Line]"), "“Line”：名称只能用小写字母"),
        ((', source = "第一条"', ""), "“line.values 第1个.source”：没有填写"),
        (("from = 2022-01-01, ", ""), "“line.values 第1个.from”：没有填写日期"),
        (("from = 2022-01-01", "from = 2022-01-01, to = 2021-01-01"), "2021-01-01早于from"),
        (("value = 6900.5, ", ""), "单位 yuan 的取值应为以元为单位的数字.*现为“空”"),
        (("6900.5", '"6,900"'), "单位 yuan 的取值应为以元为单位的数字"),
        (("6900.5", "true"), "单位 yuan 的取值应为以元为单位的数字"),
        (("6900.5", "6900.555"), "最多两位小数"),
        (("6900.5", "-1"), "应不为负"),
        (("6900.5", "nan"), "应不为负"),
        (("note =", "notes ="), "“line.values 第1个.notes”：不认识这个键"),
        (("[line]", "[line]\nhint = 1"), "“line.hint”：不认识这个键"),
        (("values = [", "old = ["), "“line.old”：不认识这个键"),
        (("values = [", "values = [ 5,"), "“line.values”：列表里每一项"),
        (("values = [", 'values = [\n    { from = 2022-01-01, value = 1, source = "甲" },'), "起始日期相同"),
        (("[line]", "[line]\n[line]"), "同一个键写了两次"),
    ],
)
def test_a_wrong_parameter_is_refused(tmp_path: Path, change: tuple[str, str], match: str) -> None:
    refused(tmp_path, match, line=LINE.replace(*change))


@pytest.mark.parametrize(
    ("unit", "value", "match"),
    [
        ("days", "6900.5", "单位 days 的取值应为整数"),
        ("days", "-1", "超出单位 days 的范围"),
        ("day_of_month", "32", "超出单位 day_of_month 的范围"),
        ("day_of_month", "0", "超出单位 day_of_month 的范围"),
        ("persons", "true", "单位 persons 的取值应为整数"),
        ("flag", "1", "单位 flag 的取值应为true 或 false"),
        ("text", '" "', "单位 text 的取值应为文字"),
    ],
)
def test_a_value_that_does_not_fit_its_unit_is_refused(
    tmp_path: Path, unit: str, value: str, match: str
) -> None:
    refused(tmp_path, match, line=LINE.replace("yuan", unit).replace("6900.5", value))


@pytest.mark.parametrize(
    ("unit", "value", "read"), [("flag", "false", False), ("text", '"fixed"', "fixed"), ("days", "5", 5)]
)
def test_a_value_that_fits_its_unit_is_read(tmp_path: Path, unit: str, value: str, read: object) -> None:
    line = LINE.replace("yuan", unit).replace("6900.5", value)
    assert load_pack(write(tmp_path, line=line)).parameters["line"].values[0].value == read


def test_a_parameter_without_values_is_refused(tmp_path: Path) -> None:
    refused(
        tmp_path, "“line.values”：没有任何取值", line='[line]\nlabel = "监测范围"\nunit = "yuan"\nvalues = []'
    )


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (('when = "net_income_per_capita_fen < :line"', 'when = ""'), "rules.toml 中“low.when”：没有填写"),
        (('kind = "warning"\n', ""), "“low.kind”：没有填写规则类别"),
        (('"warning"', '"alarm"'), "“low.kind”：不认识“alarm”"),
        (('"red"', '"purple"'), "“low.grade”：不认识“purple”"),
        (('grade = "red"\n', ""), "“low.grade”：预警和分级规则要写等级"),
        (('risk = "income"', 'risk = "luck"'), "“low.risk”：不认识“luck”"),
        (('part = "income"', 'part = "luck"'), "part“luck”不在 index_parts 中。可用：income"),
        (("points = 5", "points = -5"), "“low.points”：不能为负数"),
        (("points = 5\n", ""), "“low.points”：part 与 points 要么都写"),
        (('family = "low_income"', 'family = "luck"'), "“low.family”：不认识“luck”"),
        (('source = "第一条"', ""), "“low.source”：没有填写"),
        (("< :line", "< :border"), "用到参数“:border”，但本包及所继承的包都没有定义"),
        (("{:line}", "{:border}"), "理由里“{:border}”既不是指标也不是参数"),
        (("{:line}", "{line}"), "理由里“{line}”既不是指标也不是参数"),
        (("{:line}", "{:line"), "花括号不成对"),
        (("reason =", "why ="), "“low.why”：不认识这个键"),
        (('"warning"', '"class"'), "归类规则的名称应为 class_"),
        (("[low]", "[low]\n[low]"), "同一个键写了两次"),
    ],
)
def test_a_wrong_rule_is_refused(tmp_path: Path, change: tuple[str, str], match: str) -> None:
    refused(tmp_path, match, rule=RULE.replace(*change))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (('rule = "low"', 'rule = "high"'), "“差一分”所试的规则“high”不存在"),
        (('"true"', '"yes"'), "“case 第1个.expect”：应为 true、false、unknown 之一"),
        (('"true"', "true"), "“case 第1个.expect”：应为文字"),
        (("6900.49元", "6900.49"), "金额应写成如“6899.99元”的文字"),
        (("6900.49元", "6900.499元"), "金额应写成如“6899.99元”的文字"),
        (('"6900.49元"', "690049"), "金额应写成如“6899.99元”的文字"),
        (('net_income_per_capita_fen = "6900.49元"', "luck = 1"), "“case 第1个.given.luck”：没有这个指标"),
        (('net_income_per_capita_fen = "6900.49元"', "pupils = true"), "“case 第1个.given.pupils”：应为整数"),
        (
            ('net_income_per_capita_fen = "6900.49元"', "is_alleviated = 1"),
            "应为true 或 false，不知道写“未知”",
        ),
        (("expect =", "on = 2021-12-31\nexpect ="), "2021-12-31不在政策包施行期内"),
        (("[[case]]", "[[cases]]"), "“cases”：不认识这个键"),
    ],
)
def test_a_wrong_case_is_refused(tmp_path: Path, change: tuple[str, str], match: str) -> None:
    refused(tmp_path, match, case=CASE.replace(*change))


def test_a_file_not_in_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    place = write(tmp_path)
    (place / "rules.toml").write_bytes(RULE.encode("gb18030"))
    with pytest.raises(PackError, match=r"“demo”的 rules.toml 第3行不是 UTF-8 编码"):
        load_pack(place)


def test_a_misnamed_file_is_refused(tmp_path: Path) -> None:
    place = write(tmp_path)
    (place / "rule.toml").write_text("", encoding="utf-8")
    with pytest.raises(PackError, match=r"不认识的文件 rule.toml"):
        load_pack(place)


def test_parameters_and_places_are_found_outside_text_literals_only() -> None:
    assert parameters_named("a < :x AND b = ':y' OR c >= :z_2") == {"x", "z_2"}
    assert places_named("人均{a}，低于{:x}") == {"a", ":x"}
