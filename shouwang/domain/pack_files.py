"""Read policy packs from their TOML files, and say in Chinese what is wrong where.

`packs/<id>/` holds pack.toml and, as needed, parameters.toml, rules.toml, cases.toml, measures.toml,
procedure.toml, calendar.toml, quality.toml and quality_cases.toml. Amounts in yuan become integer fen here;
nothing after this module sees yuan.
"""

import hashlib
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

from shouwang.domain.citations import read_documents, with_citations
from shouwang.domain.feed_calendar import read_calendar
from shouwang.domain.indicators import indicators
from shouwang.domain.measure_files import measure
from shouwang.domain.pack_checks import check_names
from shouwang.domain.pack_toml import TYPE_NAMES, TomlTable, read_toml
from shouwang.domain.policy import (
    GRADES,
    RULE_KINDS,
    Case,
    DatedValue,
    Pack,
    PackError,
    PackLibrary,
    Parameter,
    ParameterUnit,
    Rule,
    Value,
)
from shouwang.domain.procedure_files import cite_procedure, read_procedure
from shouwang.domain.quality_files import read_checks
from shouwang.domain.tables import RISKS

FILES = (
    "pack.toml", "parameters.toml", "rules.toml", "cases.toml", "measures.toml", "procedure.toml",
    "calendar.toml", "quality.toml", "quality_cases.toml",
)  # fmt: skip
CLASSES = ("unstable", "borderline", "sudden")
# A rule's family says which risk question it answers; rules of one family are scored together.
FAMILIES = {
    "low_income": "收入低",
    "income_fall": "收入骤减",
    "falling_years": "收入连年下降",
    "own_pay": "医疗自付大",
    "rigid_spending": "刚性支出大",
    "serious_illness": "大病重病",
    "dropout": "失学辍学",
    "many_pupils": "多子女就学",
    "education_cost": "教育负担",
    "uninsured": "未参医保",
    "unsafe_housing": "住房不安全",
    "water": "饮水问题",
    "severe_disability": "重度残疾",
    "no_labour": "缺劳动力",
    "job_loss": "失业与就业不稳",
    "disaster": "受灾",
    "house_destroyed": "房屋损毁",
    "accident": "意外事故",
    "project_failure": "产业项目失败",
    "missed": "应纳未纳",
    "unsafe_elimination": "风险消除不稳",
    "no_measure": "无帮扶措施",
    "mismatch_measure": "措施与风险不符",
    "handout_only": "一兜了之",
}
_UNITS = get_args(ParameterUnit)
_EXPECT: dict[str, bool | None] = {"true": True, "false": False, "unknown": None}
_PACK_ID = re.compile(r"[a-z][a-z0-9-]*")
_AMOUNT = re.compile(r"-?\d+(\.\d{1,2})?元")


def default_packs_folder() -> Path:
    """Return the packs beside the package, or else the copy that an installed package carries."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / "packs"
    return beside if beside.is_dir() else package / "packs_data"


def load_library(folder: Path) -> PackLibrary:
    """Load every pack of a folder, citations written out; PackError where one is wrong or names nothing."""
    if not folder.is_dir():
        raise PackError(f"找不到政策包文件夹“{folder}”，请核对路径。")
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")
    if not folders:
        raise PackError(f"政策包文件夹“{folder}”里没有政策包，请核对路径。")
    documents = read_documents(folder)
    packs = [with_citations(load_pack(path), documents) for path in folders]
    library = PackLibrary(replace(p, procedure=cite_procedure(p.procedure, documents)) for p in packs)
    for pack in library.packs.values():
        check_names(_chain(pack, library))
    return library


def _chain(pack: Pack, library: PackLibrary) -> tuple[Pack, ...]:
    chain = [pack]
    while chain[-1].extends:
        chain.append(library.packs[chain[-1].extends])
    return tuple(chain)


def load_pack(folder: Path) -> Pack:
    """Load one pack; what it takes from the packs it extends is checked by `load_library`."""
    if not (folder / "pack.toml").is_file():
        raise PackError(f"政策包文件夹“{folder.name}”里没有 pack.toml，请补上或删去此文件夹。")
    for path in sorted(folder.glob("*.toml")):
        if path.name not in FILES:
            raise PackError(f"政策包“{folder.name}”里有不认识的文件 {path.name}。可用：{'、'.join(FILES)}。")
    head, parameters, rules, cases, measures, procedure, calendar, *quality = (
        read_toml(folder, file) for file in FILES
    )
    cases.only("case")
    pack = _pack(head, parameters.named(_parameter), rules.named(_rule), _digest(folder))
    cases_read = tuple(_case(row, pack) for row in cases.rows("case"))
    pack = replace(pack, cases=cases_read, procedure=read_procedure(procedure))
    checks, check_cases = read_checks(*quality)
    pack = replace(pack, measures=measures.named(measure), checks=checks, check_cases=check_cases)
    pack = replace(pack, calendar=read_calendar(calendar))
    if pack.extends is None:
        check_names((pack,))
    return pack


def _digest(folder: Path) -> str:
    """Digest the pack's files, each by name and content, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(FILES):
        if (folder / name).is_file():
            content = (folder / name).read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _pack(head: TomlTable, parameters: dict[str, Parameter], rules: dict[str, Rule], digest: str) -> Pack:
    head.only(
        "id", "title", "issuer", "source", "url", "in_force_from", "in_force_to", "place", "extends",
        "grade_scale", "class_names", "index_parts",
    )  # fmt: skip
    if not _PACK_ID.fullmatch(head.text("id")) or head.text("id") != head.pack:
        raise head.error("id", f"应与文件夹同名“{head.pack}”，且只用小写字母、数字和连字符。")
    place = head.maybe("place", str)
    if place is not None and not (place == "" or (place.isdigit() and len(place) in (2, 4, 6, 9, 12))):
        raise head.error("place", "应为 2、4、6、9 或 12 位区划代码，全国写空文字。")
    start, end = _period(head, "in_force_from", "in_force_to")
    scale = tuple(head.maybe("grade_scale", list) or ())
    if len(set(scale)) != len(scale) or not set(scale) <= set(GRADES):
        raise head.error("grade_scale", f"每个等级写一次，由重到轻。可用：{'、'.join(GRADES)}。")
    names, parts = head.part("class_names"), head.part("index_parts")
    names.only(*CLASSES)
    return Pack(
        id=head.text("id"),
        title=head.text("title"),
        issuer=head.text("issuer"),
        place=place,
        in_force_from=start,
        in_force_to=end,
        source=head.text("source"),
        url=head.maybe("url", str) or "",
        extends=head.maybe("extends", str),
        is_hidden_place=place is None,
        grade_scale=scale,
        class_names={key: names.text(key) for key in names.data},
        index_parts={key: _count(parts, key) for key in parts.data},
        parameters=parameters,
        rules=rules,
        digest=digest,
    )


def _period(table: TomlTable, first: str, last: str) -> tuple[date, date | None]:
    start, end = table.day(first), table.maybe(last, date)
    if end is not None and end < start:
        raise table.error(last, f"{end}早于{first}（{start}），请核对。")
    return start, end


def _count(table: TomlTable, key: str) -> int:
    value = table.maybe(key, int) or 0
    if value < 0:
        raise table.error(key, f"不能为负数（{value}），请改正。")
    return value


def _parameter(name: str, table: TomlTable) -> Parameter:
    table.only("label", "unit", "yearly", "values")
    label, unit = table.text("label"), table.choice("unit", _UNITS)
    if unit is None:
        raise table.error("unit", f"没有填写单位。可用：{'、'.join(_UNITS)}。")
    if not table.maybe("values", list):
        raise table.error("values", "没有任何取值，请至少写一个。")
    values = tuple(_dated(row, unit) for row in table.rows("values"))
    if len({value.from_date for value in values}) != len(values):
        raise table.error("values", "两个取值的起始日期相同，请删去一个或改日期。")
    # `choice` has checked the word.
    return Parameter(name, label, unit, values, table.maybe("yearly", bool) or False)  # type: ignore[arg-type]


def _dated(row: TomlTable, unit: str) -> DatedValue:
    row.only("from", "to", "value", "source", "url", "reference", "note")
    start, end = _period(row, "from", "to")
    return DatedValue(
        from_date=start,
        value=_value(row, unit),
        source=row.text("source"),
        url=row.maybe("url", str) or "",
        to_date=end,
        is_reference=row.maybe("reference", bool) or False,
        note=row.maybe("note", str) or "",
    )


def _value(row: TomlTable, unit: str) -> Value:
    value = row.data.get("value")
    if unit == "flag" and isinstance(value, bool):
        return value
    if unit == "text" and isinstance(value, str) and value.strip():
        return value
    if unit == "yuan" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        fen = Decimal(value) * 100
        if fen.is_finite() and fen >= 0 and fen == fen.to_integral_value():
            return int(fen)
        raise row.error("value", f"金额“{value}”应不为负，且最多两位小数，单位为元。")
    if unit not in ("flag", "text", "yuan") and isinstance(value, int) and not isinstance(value, bool):
        if value >= 0 and (unit != "day_of_month" or 1 <= value <= 31):
            return value
        raise row.error("value", f"“{value}”超出单位 {unit} 的范围，请改正。")
    wanted = {"flag": "true 或 false", "text": "文字", "yuan": "以元为单位的数字（不加引号）"}.get(
        unit, "整数"
    )
    raise row.error("value", f"单位 {unit} 的取值应为{wanted}，现为“{'空' if value is None else value}”。")


def _rule(name: str, table: TomlTable) -> Rule:
    table.only("label", "kind", "when", "source", "risk", "grade", "part", "points", "family", "reason")
    kind = table.choice("kind", RULE_KINDS)
    if kind is None:
        raise table.error("kind", f"没有填写规则类别。可用：{'、'.join(RULE_KINDS)}。")
    grade, part, points = table.choice("grade", GRADES), table.maybe("part", str), _count(table, "points")
    if kind in ("warning", "grade") and grade is None:
        raise table.error("grade", f"预警和分级规则要写等级。可用：{'、'.join(GRADES)}。")
    if (part is None) != (points == 0):
        raise table.error("points", "part 与 points 要么都写（points 大于 0），要么都不写。")
    if kind == "class" and name.removeprefix("class_") not in CLASSES:
        raise table.error("kind", f"归类规则的名称应为 class_ 加 {'、'.join(CLASSES)} 之一。")
    return Rule(
        name=name,
        label=table.text("label"),
        # `choice` has checked the word.
        kind=kind,  # type: ignore[arg-type]
        when=table.text("when"),
        source=table.text("source"),
        risk=table.choice("risk", RISKS),
        grade=grade,
        part=part,
        points=points,
        family=table.choice("family", FAMILIES) or "",
        reason=table.maybe("reason", str) or "",
    )


def _case(table: TomlTable, pack: Pack) -> Case:
    table.only("title", "rule", "on", "division", "given", "expect")
    on = table.maybe("on", date) or pack.in_force_from
    if not pack.holds_on(on):
        raise table.error("on", f"{on}不在政策包施行期内，请改日期。")
    if table.text("expect") not in _EXPECT:
        raise table.error("expect", f"应为 {'、'.join(_EXPECT)} 之一（加引号）。")
    given = table.part("given")
    return Case(
        title=table.text("title"),
        rule=table.text("rule"),
        given={name: _given(given, name) for name in given.data},
        expect=_EXPECT[table.text("expect")],
        on=on,
        division=table.maybe("division", str),
    )


def _given(table: TomlTable, name: str) -> Value | date | None:
    indicator = indicators().get(name)
    if indicator is None:
        raise table.error(name, "没有这个指标，请核对名称。")
    value: Value = table.data[name]
    if value == "未知":
        return None
    if indicator.unit == "fen":
        if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
            raise table.error(name, f"金额应写成如“6899.99元”的文字，现为“{value}”。")
        return int(Decimal(value.removesuffix("元")) * 100)
    kind = {"flag": bool, "code": str, "grade": str}.get(indicator.unit, int)
    if type(value) is not kind:
        raise table.error(name, f"应为{TYPE_NAMES[kind]}，不知道写“未知”，现为“{value}”。")
    return value
