"""What an export can hold, how each column looks to whom, and what a second person must allow (R111, T35).

A source is "table.column" as a profile names it. Who sees it how follows from the field masks; a value that
is masked for the requester leaves the system whole only if his role may lift the mask, he asks for it, and
somebody else approves.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from shouwang.domain.field_masks import RULES, Sensitivity, Visibility, may_unmask, sensitivity_of, visibility
from shouwang.domain.masking import mask_id_number
from shouwang.domain.roles import Role
from shouwang.domain.tables import TABLES, ColumnType


class IdFormat(StrEnum):
    """The six ways in which offices ask for an ID number."""

    WHOLE = "18"
    LOWER = "lower"
    SPACED = "spaced"
    CERTIFICATE = "certificate"
    MASKED = "masked"
    TAIL = "tail"

    @property
    def label(self) -> str:
        """Give the Chinese name."""
        return _ID_FORMATS[self]

    @property
    def is_whole(self) -> bool:
        """Tell whether the number can be read from it."""
        return self not in (IdFormat.MASKED, IdFormat.TAIL)


_ID_FORMATS = {
    IdFormat.WHOLE: "18 位文本（末位 X 大写）",
    IdFormat.LOWER: "18 位文本（末位 x 小写）",
    IdFormat.SPACED: "分段：6 位 8 位 4 位，空格隔开",
    IdFormat.CERTIFICATE: "残疾人为 20 位残疾人证号，其他人 18 位",
    IdFormat.MASKED: "脱敏：前 3 后 4",
    IdFormat.TAIL: "只留后 4 位",
}
# GB/T 26341: the sign of the kind of disability in a certificate's number.
_DISABILITIES = {"视力": 1, "听力": 2, "言语": 3, "肢体": 4, "智力": 5, "精神": 6, "多重": 7}


@dataclass(frozen=True)
class Source:
    """One value that a profile's column can take.

    `rule` is the column of the field masks that decides who sees it; `absent` is what a list for people says
    where nothing is known or nothing applies.
    """

    name: str
    type: ColumnType
    rule: str
    absent: str = "未知"


_EXTRAS = """
row.number int household.household_id -
place.province text household.township -
place.city text household.township -
place.county text household.township -
place.township text household.township -
place.village text household.township -
household.number text household.household_id -
household.member_count int household.stated_member_count 未知
household.identified_on date household.identified_month 未知
household.eliminated_on date household.eliminated_month -
household.last_visit_on date household.has_contact_person 尚无记录
household.standing text household.monitored_class 未知
household.contact_name text household.has_contact_person 未落实
household.phone text household.phone 未登记
head.id_number text member.id_number 未登记
member.code text member.person_id -
member.id_number text member.id_number 未登记
member.phone text member.phone 未登记
member.age int member.birth_date 未知
member.health text member.has_chronic_illness 未知
"""
_NOT_SOURCES = {
    "household_id",
    "person_id",
    "source_id",
    "row_no",
    "id_key",
    "division",
    "has_contact_person",
}
# Of these a blank says that it does not apply.
_MAY_NOT_APPLY = {
    "household.eliminated_month", "household.elimination_mode", "household.alleviated_year",
    "household.measures",
    "member.school_stage", "member.workplace", "member.migrant_months", "member.public_post_months",
    "member.disability_kind",
    "member.disability_grade", "member.disability_issued_on",
}  # fmt: skip


def _sources() -> dict[str, Source]:
    found = {}
    for line in _EXTRAS.split("\n"):
        if line:
            name, kind, rule, absent = line.split()
            found[name] = Source(name, kind, rule, absent.strip("-"))  # type: ignore[arg-type]  # listed above
    for table in ("household", "member", "annual_income"):
        for column in TABLES[table].columns:
            name = f"{table}.{column.name}"
            if column.name not in _NOT_SOURCES:
                found[name] = Source(name, column.type, name, "" if name in _MAY_NOT_APPLY else "未知")
    return found


SOURCES = _sources()


@dataclass(frozen=True)
class ColumnView:
    """How one column goes out: whole, masked or not at all; `is_lifted` where only by approval whole."""

    how: Visibility
    mask: Callable[[str], str]
    is_personal: bool
    is_lifted: bool = False


def column_view(
    roles: Iterable[Role], source: str, *, is_whole: bool, is_child: bool | None = False
) -> ColumnView:
    """Tell how the roles together get a source; `is_whole` asks for masked values without their mask."""
    held, rule = tuple(roles), SOURCES[source].rule
    kind = sensitivity_of(rule, is_child=is_child)
    how = visibility(held, rule, is_child=is_child)
    if kind is None or how is Visibility.HIDDEN:
        return ColumnView(Visibility.HIDDEN, mask_id_number, kind is not Sensitivity.OPEN)
    is_lifted = is_whole and may_unmask(held, rule, is_child=is_child)
    return ColumnView(
        Visibility.CLEAR if is_lifted else how,
        RULES[kind].mask,
        kind is not Sensitivity.OPEN,
        is_lifted,
    )


def may_have_whole(roles: Iterable[Role], sources: Iterable[str]) -> bool:
    """Tell whether the roles may have every masked one of the sources without its mask."""
    held = tuple(roles)
    return all(
        column_view(held, each, is_whole=True, is_child=is_child).how is not Visibility.MASKED
        for each in sources
        for is_child in (False, True)
    )


def id_text(number: str, form: IdFormat, disability_kind: str | None = None, grade: int | None = None) -> str:
    """Write an ID number in one of the formats; a certificate needs the kind and grade of a disability."""
    if form is IdFormat.MASKED:
        return mask_id_number(number)
    if form is IdFormat.TAIL:
        return number[-4:]
    if form is IdFormat.LOWER:
        return number.lower()
    if form is IdFormat.SPACED:
        return f"{number[:6]} {number[6:14]} {number[14:]}" if len(number) == 18 else number
    sign = next((sign for word, sign in _DISABILITIES.items() if word in (disability_kind or "")), None)
    is_certified = form is IdFormat.CERTIFICATE and len(number) == 18 and sign and grade
    return f"{number}{sign}{grade}" if is_certified else number


def why_approval(row_count: int, most_rows: int, lifted: Iterable[str]) -> tuple[str, ...]:
    """Say why somebody else must allow an export; empty where nobody need."""
    whole = "、".join(lifted)
    rows = f"共 {row_count} 行，超过免审批的 {most_rows} 行" if row_count > most_rows else ""
    return tuple(each for each in (rows, f"含不脱敏的{whole}" if whole else "") if each)
