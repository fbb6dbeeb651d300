"""The tables a screening reads: names, columns, types and meanings.

`exchange` writes them, `engine` reads them and `synthetic` knows their names; the shape lives here so that
none of the three needs another. Money is integer fen, a month is the date of its first day, None is unknown.
"""

from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, get_args

ColumnType = Literal["text", "int", "bool", "date", "fen"]

RISKS = {
    "medical": "因病",
    "school": "因学",
    "disability": "因残",
    "disaster": "因自然灾害",
    "accident": "因意外事故",
    "project": "因产业项目失败",
    "employment": "因务工就业不稳",
    "labour": "缺劳动力",
    "housing": "因安全住房",
    "water": "因安全饮水",
    "income": "收入偏低",
    "other": "其他",
}

MEASURES = {
    "industry": "产业帮扶",
    "employment": "就业帮扶",
    "finance": "金融帮扶",
    "public_post": "公益岗位帮扶",
    "housing": "住房安全保障",
    "relocation": "搬迁",
    "health": "健康帮扶",
    "education": "教育帮扶",
    "compulsory_education": "义务教育保障",
    "water": "饮水安全保障",
    "security": "综合保障",
    "social": "社会帮扶",
    "living_conditions": "生产生活条件改善",
    "infrastructure": "基础设施建设",
}


@dataclass(frozen=True)
class IncomeItem:
    """One line of the income ledger: which of the four incomes it belongs to and whether it is a cost."""

    name: str
    label: str
    source: Literal["wage", "business", "property", "transfer"]
    is_cost: bool = False


INCOME_ITEMS = {
    item.name: item
    for item in (
        IncomeItem("migrant_wage", "务工收入", "wage"),
        IncomeItem("public_post_wage", "公益性岗位收入", "wage"),
        IncomeItem("other_wage", "其他工资性收入", "wage"),
        IncomeItem("crop_sales", "种植业收入", "business"),
        IncomeItem("livestock_sales", "养殖业收入", "business"),
        IncomeItem("trade_sales", "其他经营收入", "business"),
        IncomeItem("business_cost", "生产经营性支出", "business", is_cost=True),
        IncomeItem("asset_dividend", "资产收益分红", "property"),
        IncomeItem("land_rent", "土地流转及其他财产性收入", "property"),
        IncomeItem("minimum_living", "低保金", "transfer"),
        IncomeItem("destitute_support", "特困供养金", "transfer"),
        IncomeItem("pension", "养老保险金", "transfer"),
        IncomeItem("family_planning", "计划生育金", "transfer"),
        IncomeItem("ecology", "生态补偿金", "transfer"),
        IncomeItem("farm_subsidy", "惠农补贴", "transfer"),
        IncomeItem("alimony", "赡养抚养费", "transfer"),
        IncomeItem("other_transfer", "其他转移性收入", "transfer"),
        IncomeItem("temporary_aid", "临时救助金", "transfer"),
        IncomeItem("gift", "慰问金", "transfer"),
        IncomeItem("education_aid", "教育资助", "transfer"),
        IncomeItem("charity", "慈善捐助", "transfer"),
        IncomeItem("earmarked_subsidy", "专项补助(搬迁、危改、圈舍)", "transfer"),
        IncomeItem("disability_subsidy", "残疾人两项补贴", "transfer"),
    )
}


@dataclass(frozen=True)
class Column:
    """One column: name, type, Chinese label, and whether it is personal data (never in a log or message)."""

    name: str
    type: ColumnType
    label: str
    is_personal: bool = False


@dataclass(frozen=True)
class Table:
    """One table of a snapshot; `grain` says what one row is."""

    name: str
    label: str
    grain: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


def _parse(text: str) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for block in text.split("\n\n")[1:]:
        title, *lines = block.strip().splitlines()
        name, rest = title.removeprefix("[").split("] ", maxsplit=1)
        label, grain = rest.split(" | ")
        tables[name] = Table(name, label, grain, tuple(_column(line) for line in lines))
    return tables


def _column(line: str) -> Column:
    name, kind, label = line.split(maxsplit=2)
    if kind not in get_args(ColumnType):
        raise ValueError(f"column {name}: type {kind!r} is not known")
    return Column(name.lstrip("!"), kind, label, name.startswith("!"))  # type: ignore[arg-type]  # checked above


# The canonical tables by name, in the order of data/tables.txt.
TABLES = _parse((files(__package__) / "data" / "tables.txt").read_text(encoding="utf-8"))

# The department (or office) that fills each feed, and the table its rows land in (data-formats of the field).
FEEDS = {
    "registry_member": ("家庭成员信息", "member"),
    "registry_household": ("户信息", "household"),
    "ledger": ("收支台账", "income_entry"),
    "medical": ("医保", "own_pay_entry"),
    "health": ("卫健", "diagnosis"),
    "education": ("教育", "enrolment"),
    "civil_affairs": ("民政", "social_aid"),
    "disability": ("残联", "disability_certificate"),
    "housing": ("住建", "housing_check"),
    "water": ("水利", "water_problem"),
    "employment": ("人社", "employment"),
    "agriculture": ("农业", "farm_loss"),
    "disaster": ("应急", "disaster"),
    "security": ("公安", "security_event"),
    "petitions": ("信访", "petition"),
    "credit": ("银行", "credit"),
}
