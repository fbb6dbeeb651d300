"""How a row and a person are compared, field by field: levels from full agreement to contradiction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One degree of agreement. `sql` compares the prepared columns of two sides, `_l` and `_r`.

    `rare_column` names the column by whose frequency in the registry the weight is adjusted.
    """

    key: str
    label: str
    sql: str
    rare_column: str = ""


@dataclass(frozen=True)
class Comparison:
    """One field: what leaves it out (`unknown`), then its levels, best first; the last is all the rest."""

    key: str
    label: str
    unknown: str
    levels: tuple[Level, ...]

    def level(self, value: int) -> Level | None:
        """Return the level of a comparison value as Splink counts them, None for unknown."""
        return None if value < 0 else self.levels[len(self.levels) - 1 - value]


def _either_is_null(*columns: str) -> str:
    return " OR ".join(f"{column}_{side} IS NULL" for column in columns for side in "lr")


def _equal(column: str) -> str:
    return f"{column}_l = {column}_r"


def _edits(column: str, most: int) -> str:
    return f"damerau_levenshtein({column}_l, {column}_r) <= {most}"


def _one_sign() -> str:
    """Return the condition that one sign is another or left out; the edit distance would count bytes."""
    alike = " + ".join(
        f"(substr(name_plain_l, {at}, 1) = substr(name_plain_r, {at}, 1))::INTEGER"
        for at in range(1, _LONGEST + 1)
    )
    left_out = " OR ".join(
        f"concat(substr(name_plain_{long}, 1, {at - 1}), substr(name_plain_{long}, {at + 1}))"
        f" = name_plain_{short}"
        for long, short in ("lr", "rl")
        for at in range(1, 5)
    )
    return f"{_LONGER} BETWEEN 3 AND {_LONGEST} AND ({alike} = {_LONGEST - 1} OR {left_out})"


def _day_parts(*parts: str) -> str:
    return " AND ".join(f"{part}(birth_date_l) = {part}(birth_date_r)" for part in parts)


_REST = "ELSE"
_SEEN = "length(replace(number_l, '_', '')) + length(replace(number_r, '_', '')) - 18"
_FITS = "(number_l LIKE number_r OR number_r LIKE number_l)"
_SHORTER = "least(length(name_plain_l), length(name_plain_r))"
_LONGER = "greatest(length(name_plain_l), length(name_plain_r))"
_LONGEST = 8
_BEGINS = "(starts_with(name_plain_l, name_plain_r) OR starts_with(name_plain_r, name_plain_l))"
_YEARS = "abs(year(birth_date_l) - year(birth_date_r))"

NAME = Comparison(
    "name",
    "姓名",
    _either_is_null("name_plain"),
    (
        Level("same", "一致", _equal("name_text"), "name_plain"),
        Level("variant", "一致（繁体、异体或生僻字写法不同）", _equal("name_plain"), "name_plain"),
        Level("homophone", "同音不同字", _equal("name_sounds"), "name_sounds"),
        Level("near_sound", "近音（平翘舌或前后鼻音之差）", _equal("name_near")),
        Level("order", "用字顺序不同", f"{_equal('name_sorted')} AND length(name_plain_l) >= 2"),
        Level("long_form", "长姓名的简写", f"{_BEGINS} AND {_SHORTER} >= 3 AND {_LONGER} >= 5"),
        Level("one_sign", "差一个字", _one_sign()),
        Level("surname", "仅姓氏一致", _equal("name_surname")),
        Level("other", "不一致", _REST),
    ),
)
NUMBER = Comparison(
    "number",
    "证件号码",
    _either_is_null("number"),
    (
        Level("whole", "一致", _equal("number")),
        Level("most_read", "可读的数字全部一致（14 位以上）", f"{_FITS} AND {_SEEN} >= 14"),
        Level("one_slip", "差一位、漏一位或相邻两位颠倒（15 位旧号按换算后计）", _edits("number", 1)),
        Level("some_read", "可读的数字全部一致（8 至 13 位）", f"{_FITS} AND {_SEEN} >= 8"),
        Level("two_slips", "差两位", _edits("number", 2)),
        Level("birth_part", "仅其中的出生日期一致", "substr(number_l, 7, 8) = substr(number_r, 7, 8)"),
        Level("other", "不一致", _REST),
    ),
)
BIRTH = Comparison(
    "birth",
    "出生日期",
    _either_is_null("birth_date"),
    (
        Level("same", "一致", _equal("birth_date")),
        Level(
            "swapped",
            "月日颠倒",
            "year(birth_date_l) = year(birth_date_r) AND month(birth_date_l) = day(birth_date_r)"
            " AND day(birth_date_l) = month(birth_date_r)",
        ),
        Level("year_off", "月日一致，年份差一年", f"{_day_parts('month', 'day')} AND {_YEARS} = 1"),
        Level(
            "one_part",
            "年、月、日有一项不同",
            " OR ".join(
                f"({_day_parts(*each)})" for each in (("year", "month"), ("year", "day"), ("month", "day"))
            ),
        ),
        Level("lunar", "相差不到 60 天（可能是农历）", "abs(birth_date_l - birth_date_r) <= 60"),
        Level("other", "不一致", _REST),
    ),
)
SEX = Comparison(
    "sex",
    "性别",
    _either_is_null("sex"),
    (Level("same", "一致", _equal("sex")), Level("other", "不一致", _REST)),
)
HOME = Comparison(
    "home",
    "住址和户主",
    f"({_either_is_null('township')}) AND ({_either_is_null('head_near')})",
    (
        Level("household", "同村且户主一致", f"{_equal('village')} AND {_equal('head_near')}"),
        Level("head_township", "同乡镇且户主一致", f"{_equal('township')} AND {_equal('head_near')}"),
        Level("head", "户主一致", _equal("head_near")),
        Level("village", "同村", _equal("village")),
        Level(
            "township_only",
            "同乡镇（村未填）",
            f"{_equal('township')} AND ({_either_is_null('village')})",
        ),
        Level("township", "同乡镇，不同村", _equal("township")),
        Level("other", "不一致", _REST),
    ),
)
PHONE = Comparison(
    "phone",
    "电话",
    _either_is_null("phone"),
    (Level("same", "一致", _equal("phone")), Level("other", "不一致", _REST)),
)
COMPARISONS = (NAME, NUMBER, BIRTH, SEX, HOME, PHONE)
RARE_COLUMNS = ("name_plain", "name_sounds")

# A pair is weighed only if all columns of one of these agree: from the most telling to the least.
BLOCKING = (
    ("born", "name_surname"),
    ("born", "tail"),
    ("tail", "name_surname"),
    ("phone",),
    ("born", "village"),
    ("village", "name_sorted"),
    ("village", "head_near"),
    ("township", "name_sorted"),
    ("head_near", "name_sorted"),
    ("name_plain",),
)
