"""Values in words: how an amount, a count, a date or an unknown is written for a reader of Chinese."""

from collections.abc import Mapping
from datetime import date

from shouwang.domain.policy import Value

UNKNOWN = "未知"
_COUNTERS = {
    "persons": "人", "households": "户", "months": "个月", "days": "天", "year": "年", "years": "年",
    "times": "次", "items": "项", "points": "分", "day_of_month": "日",
}  # fmt: skip
_CODES: Mapping[str, str] = {
    "unstable": "脱贫不稳定户", "borderline": "边缘易致贫户", "sudden": "突发严重困难户", "none": "无",
    "calendar": "日历日", "working": "工作日", "fixed": "固定起止日期",
    "same_month_last_year": "上年同月1日至上月末", "twelve_months_before_day": "筛查日前十二个月",
    "twelve_months_before_procedure": "启动程序前十二个月",
}  # fmt: skip
OPERATORS = {"<": "低于", "<=": "不高于", ">": "超过", ">=": "达到", "=": "为", "<>": "不为"}


def amount(fen: int) -> str:
    """Write fen as yuan: 690000 → 6,900元, 689999 → 6,899.99元."""
    sign, yuan, rest = "-" if fen < 0 else "", abs(fen) // 100, abs(fen) % 100
    return f"{sign}{yuan:,}.{rest:02d}元" if rest else f"{sign}{yuan:,}元"


def value(value: Value | date | None, unit: str) -> str:
    """Write a value of an indicator's or parameter's unit; None is 未知."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, str):
        return _CODES.get(value, value)
    if unit in ("fen", "yuan"):
        return amount(value)
    if unit == "permille":
        return f"{value // 10}.{value % 10}%" if value % 10 else f"{value // 10}%"
    return f"{value}{_COUNTERS.get(unit, '')}"
