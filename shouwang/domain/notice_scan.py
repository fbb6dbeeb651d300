"""What a public notice must not say: numbers of people, illness, children's names, income, places.

A notice hangs where everybody passes. It says who is proposed for what and how to object, and no more.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from shouwang.domain.personal_numbers import WIDE, NumberKind, find_personal_numbers

# Between the signs of a number: whatever does not end it for a reader.
_GAP = r"[\s\-_.,:：，．。·•/\\|*\u200b-\u200f\u2060\ufeff]{0,4}"
_ID = re.compile(rf"(?<![0-9])[1-9](?:{_GAP}[0-9]){{13,16}}{_GAP}[0-9X](?![0-9])")
_MOBILE = re.compile(rf"(?<![0-9])1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?![0-9])")
_CARD = re.compile(rf"(?<![0-9])[1-9](?:{_GAP}[0-9]){{15,18}}(?![0-9])")
_DISEASES = (
    "癌", "肿瘤", "白血病", "尿毒症", "透析", "精神分裂", "精神病", "精神障碍", "抑郁", "癫痫", "艾滋",
    "梅毒", "肝炎", "肝硬化", "肺结核", "结核病", "尘肺", "糖尿病", "高血压", "心脏病", "冠心病",
    "脑梗", "脑出血", "脑瘫", "中风", "偏瘫", "瘫痪", "肾病", "肾衰", "慢阻肺", "血友病", "红斑狼疮",
    "帕金森", "阿尔茨海默", "痴呆", "先天性", "唇腭裂", "重大疾病", "重大病", "大病", "慢性病", "慢病",
    "患病", "病种", "诊断", "住院", "化疗", "手术", "器官移植", "截肢", "骨折", "HIV",
)  # fmt: skip
_DISABILITIES = (
    "残疾", "伤残", "因残", "残障", "残联", "聋", "哑", "盲", "失明", "智障",
    "智力障碍", "肢残", "失能", "瘸", "植物人",
)  # fmt: skip
_INCOME = re.compile(
    r"(?:收入|存款|低保金|补助|补贴|救助金|支出|费用|欠款|债务|贷款|养老金|工资)[^\n。；;]{0,12}?[0-9〇零一二三四五六七八九十百千万]"
    r"|[0-9〇零一二三四五六七八九十百千万][0-9,.〇零一二三四五六七八九十百千万\s]*(?:元(?![村镇乡区县里桥坝山沟])|块钱|万元|￥|¥|RMB)|[￥¥]\s*[0-9]",
    re.IGNORECASE,
)
_COORDINATES = re.compile(
    r"(?:东经|北纬|经度|纬度|经纬度|GPS|坐标)|[0-9]{1,3}\.[0-9]{3,}\s*[,，、;；\s]\s*[0-9]{1,3}\.[0-9]{3,}|[0-9]{1,3}\s*[°度]\s*[0-9]{1,2}\s*['′分]",
    re.IGNORECASE,
)


def problems(text: str, *, child_names: Iterable[str] = (), allowed: Iterable[str] = ()) -> list[str]:
    """Return what in a text may not be put up, each as a sentence that does not repeat it.

    `child_names` must not appear; `allowed` are names of places, whatever they are written with. A
    mobile number is refused even as an office's: an office gives its landline.
    """
    return list(dict.fromkeys(_problems(text, child_names, allowed)))


def _problems(text: str, child_names: Iterable[str], allowed: Iterable[str]) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text).translate(WIDE)
    bare = "".join(plain.split())
    for name in allowed:
        plain, bare = plain.replace(name, ""), bare.replace(name, "")
    kinds = {found.kind for found in find_personal_numbers(text)} | set(_numbers(plain))
    for kind in NumberKind:
        if kind in kinds:
            yield f"公示内容含有{kind.label}，请删去"
    if any(word.casefold() in bare.casefold() for word in _DISEASES):
        yield "公示内容含有病种、诊断或住院等健康信息，请删去，致贫返贫风险也不要写病情"
    if any(word in bare for word in _DISABILITIES):
        yield "公示内容含有残疾情况，请删去"
    if any(name and name in bare for name in ("".join(each.split()) for each in child_names)):
        yield "公示内容含有未成年人姓名，请删去"
    if _COORDINATES.search(plain):
        yield "公示内容含有经纬度等定位信息，请删去"
    if _INCOME.search(plain):
        yield "公示内容含有收入、支出或补助金额，请删去"


def _numbers(plain: str) -> Iterator[NumberKind]:
    """Find numbers by their length alone, however they are broken: a mistyped one is somebody's still.

    Two dates side by side have as many digits as a bank card, so a broken one of those needs its check digit.
    """
    if any(len(_signs(found.group())) in (15, 18) for found in _ID.finditer(plain)):
        yield NumberKind.ID_NUMBER
    if _MOBILE.search(plain):
        yield NumberKind.MOBILE
    for found in _CARD.finditer(plain):
        digits = _signs(found.group())
        if 16 <= len(digits) <= 19 and (digits == found.group() or _is_luhn(digits)):
            yield NumberKind.BANK_CARD


def _signs(found: str) -> str:
    return "".join(sign for sign in found if sign.isascii() and sign.isalnum())


def _is_luhn(digits: str) -> bool:
    doubled = [int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0
