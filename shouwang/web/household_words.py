"""Facts of households and persons in words, masked as the viewer may read them."""

from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shouwang.domain.children import is_child
from shouwang.domain.field_masks import Value
from shouwang.domain.tables import MEASURES, RISKS
from shouwang.records.models import Household, Member, MemberVersion
from shouwang.records.sealing import UnsealError, unseal
from shouwang.records.viewers import Viewer
from shouwang.web.present import HIDDEN, masked, may_see_whole

# What is known of a person beside who he is, in the order in which it is shown and typed.
MEMBER_FACTS = (
    "education",
    "school_stage",
    "labour",
    "migrant_months",
    "workplace",
    "public_post_months",
    "has_chronic_illness",
    "has_serious_illness",
    "is_disabled",
    "disability_kind",
    "disability_grade",
    "has_resident_medical_insurance",
    "has_employee_medical_insurance",
    "has_pension",
    "receives_minimum_living",
    "is_destitute",
    "is_dropout",
)
HOUSEHOLD_CLASSES = {"alleviated": "脱贫户", "ordinary": "一般农户"}
MONITORED_CLASSES = {
    "unstable": "脱贫不稳定户",
    "borderline": "边缘易致贫户",
    "sudden": "突发严重困难户",
    "none": "非监测对象",
}
SEXES = {"male": "男", "female": "女"}
LABOURS = {
    "ordinary": "普通劳动力",
    "skilled": "技能劳动力",
    "weak": "弱劳动力或半劳动力",
    "lost": "丧失劳动力",
    "none": "无劳动力",
}
GRADES = {"red": "红色", "yellow": "黄色", "blue": "蓝色"}
_WORDS = {
    "household_class": HOUSEHOLD_CLASSES,
    "monitored_class": MONITORED_CLASSES,
    "sex": SEXES,
    "labour": LABOURS,
    "elimination_mode": {"assisted": "帮扶消除", "natural": "自然消除", "removed": "清退"},
    "housing_grade": {grade: f"{grade}级" for grade in "ABCD"},
    "visit_kind": {"inpatient": "住院", "outpatient": "门诊", "chronic": "门诊慢特病"},
}
_LISTS = {"risks": RISKS, "measures": MEASURES}


def words(name: str, value: Any) -> str | None:
    """Write the value of a canonical column; None stays unknown."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if name.endswith("_fen"):
        return f"{value / 100:,.2f} 元"
    if name.endswith("_month") and isinstance(value, date):
        return f"{value:%Y-%m}"
    if name in _LISTS:
        codes = [code for code in str(value).split("|") if code]
        return "、".join(_LISTS[name].get(code, code) for code in codes) if codes else "无"
    return _WORDS.get(name, {}).get(str(value), str(value))


def fact(
    viewer: Viewer, table: str, name: str, value: Any, row: Household | Member, is_child: bool | None = False
) -> str | None:
    """Write a fact as a viewer may read it; None is unknown."""
    if value is None:
        return None
    column = f"{table}.{name}"
    plain: Value = value if isinstance(value, bool | int | str | date) else str(value)
    seen = masked(viewer, column, plain, row, is_child=is_child)
    if seen == HIDDEN or (isinstance(value, str) and seen != value):
        return seen
    return words(name, value)


def sealed_fact(
    viewer: Viewer, table: str, name: str, row: Household | Member, *, is_child: bool | None = False
) -> str | SafeString | None:
    """Write the mask of a sealed number, with the button that lifts it where the viewer may."""
    sealed = row.id_sealed if name == "id_number" else row.phone_sealed
    text = masked_number(viewer, table, name, sealed, row)
    if text is None or text == HIDDEN or not may_see_whole(viewer, f"{table}.{name}", row, is_child=is_child):
        return text
    return unmaskable(text, table, row.pk, name)


def masked_number(
    viewer: Viewer, table: str, name: str, sealed: bytes | None, row: Household | Member
) -> str | None:
    """Return the mask of a sealed number; one that cannot be read says so."""
    if sealed is None:
        return None
    column = f"{table}.{name}"
    try:
        return masked(viewer, column, unseal(bytes(sealed), of=column), row)
    except UnsealError:
        return "无法解密"


def unmaskable(text: str, table: str, row_id: int, name: str) -> SafeString:
    """Write a masked value with the link that asks for the reason to see it whole."""
    place = f"unmask-{table}-{row_id}-{name}"
    address = reverse("unmask", args=[table, row_id, name])
    return format_html(
        '<span id="{}">{} <a class="d-print-none" href="{}" hx-get="{}" hx-target="#{}" '
        'hx-swap="innerHTML">查看完整</a></span>',
        place,
        text,
        address,
        address,
        place,
    )


def age_class(version: MemberVersion, on: date) -> bool | None:
    """Tell whether a person was a child on a day; unknown without a birth date."""
    return is_child(version.birth_date or version.member.birth_date, on)


def address(page: str, page_id: int | None) -> str:
    """Return the address of a page of another group, empty where it is not there."""
    try:
        return reverse(page, args=[page_id]) if page_id is not None else reverse(page)
    except NoReverseMatch:
        return ""
