"""Which role sees which column how: clear, masked or hidden; and unmasking, with a reason and a trace.

A column without a rule is hidden from everybody. Text that is shown clear still loses any ID number, mobile
number or bank card written into it. Whether the household is within reach is `scope`'s part.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shouwang.domain.masking import mask_bank_account, mask_id_number, mask_name, mask_phone, mask_text
from shouwang.domain.permissions import Permission
from shouwang.domain.reasons import checked_reason
from shouwang.domain.roles import Role, permissions_of
from shouwang.domain.tables import TABLES

Value = str | int | bool | date | None
# A random id or a digest; among its digits chance writes personal numbers that are none.
_MACHINE_MADE = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


# What the police and the petitions office deliver.
_LEGAL_FEEDS = frozenset({"security", "petitions"})
FACTS = frozenset({Permission.SEE_INCOME, Permission.SEE_HEALTH})


class Visibility(StrEnum):
    """How a value is shown."""

    CLEAR = "clear"
    MASKED = "masked"
    HIDDEN = "hidden"


class Sensitivity(StrEnum):
    """What kind of fact a column holds; the kind decides who sees it how."""

    OPEN = "open"
    NAME = "name"
    CHILD_NAME = "child_name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    ACCOUNT = "account"
    HEALTH = "health"
    DIAGNOSIS = "diagnosis"
    INCOME = "income"
    LEGAL_EVENT = "legal_event"
    KEY = "key"


class UnmaskError(PermissionError):
    """A value may not be unmasked; the message (Chinese) says why and holds nothing of the value."""


@dataclass(frozen=True)
class FieldRule:
    """Who sees one kind of fact how; None means nobody.

    `clear_with` shows it, `masked_with` shows its mask, and who sees the mask may lift it by a reason with
    `unmask_with`.
    """

    label: str
    clear_with: Permission | None
    masked_with: Permission | None
    unmask_with: Permission | None
    mask: Callable[[str], str]


@dataclass(frozen=True)
class Shown:
    """A value as one person sees it; `value` is None when hidden or not known."""

    how: Visibility
    value: Value


@dataclass(frozen=True)
class Unmasking:
    """What the audit is told of one unmasking; the value itself is never part of it."""

    column: str
    sensitivity: Sensitivity
    reason: str


def is_machine_made(text: str) -> bool:
    """Tell whether a text is a random id or a digest (32 or 64 hex digits), which is no personal number."""
    return _MACHINE_MADE.fullmatch(text) is not None


def without_numbers(text: str) -> str:
    """Mask the personal numbers in a text; ids and digests stay whole."""
    return text if is_machine_made(text) else mask_text(text)


def _starred(text: str) -> str:
    return "***" if text else ""


_P = Permission
RULES = {
    Sensitivity.OPEN: FieldRule("一般信息", _P.SEE_HOUSEHOLDS, None, None, without_numbers),
    Sensitivity.NAME: FieldRule("姓名", _P.SEE_NAMES, _P.SEE_HOUSEHOLDS, _P.UNMASK_NAMES, mask_name),
    Sensitivity.CHILD_NAME: FieldRule(
        "未满十四周岁儿童姓名", _P.SEE_CHILD_NAMES, _P.SEE_HOUSEHOLDS, _P.UNMASK_NAMES, mask_name
    ),
    Sensitivity.ID_NUMBER: FieldRule(
        "证件号码", None, _P.SEE_HOUSEHOLDS, _P.UNMASK_ID_NUMBERS, mask_id_number
    ),
    Sensitivity.PHONE: FieldRule("电话号码", None, _P.SEE_HOUSEHOLDS, _P.UNMASK_PHONES, mask_phone),
    Sensitivity.ACCOUNT: FieldRule("银行账号", None, _P.SEE_INCOME, _P.UNMASK_ACCOUNTS, mask_bank_account),
    Sensitivity.HEALTH: FieldRule("健康和残疾情况", _P.SEE_HEALTH, None, None, without_numbers),
    Sensitivity.DIAGNOSIS: FieldRule("病种和诊断", None, _P.SEE_HEALTH, _P.UNMASK_HEALTH, _starred),
    Sensitivity.INCOME: FieldRule("收入支出", _P.SEE_INCOME, None, None, without_numbers),
    Sensitivity.LEGAL_EVENT: FieldRule("公安信访事项", _P.SEE_LEGAL_EVENTS, None, None, without_numbers),
    Sensitivity.KEY: FieldRule("内部索引", None, None, None, _starred),
}

# "table.column"; "table.*" stands for the columns of a table that hold no personal data and are not named.
_COLUMNS = {
    Sensitivity.OPEN: """
        source.* household.household_id household.division household.township household.village
        household.group_name household.household_class household.monitored_class household.risks
        household.is_risk_eliminated household.elimination_mode household.identified_month
        household.eliminated_month household.stated_member_count household.is_no_labour_guaranteed
        household.has_development_measure household.measures household.receives_minimum_living
        household.receives_destitute_support household.housing_grade household.is_dilapidated_housing
        household.has_safe_water household.has_uninsured_member household.has_dropout
        household.alleviated_year household.is_relocated household.has_contact_person household.source_id
        household.row_no
        member.person_id member.household_id member.sex member.birth_date member.relation member.education
        member.school_stage member.labour member.migrant_months member.workplace
        member.receives_minimum_living member.is_destitute member.has_resident_medical_insurance
        member.has_employee_medical_insurance member.has_pension member.public_post_months
        member.is_dropout member.source_id member.row_no
        enrolment.* housing_check.* water_problem.* farm_loss.* disaster.*""",
    Sensitivity.NAME: "household.head_name member.name",
    Sensitivity.ID_NUMBER: "member.id_number",
    Sensitivity.PHONE: "household.phone member.phone",
    Sensitivity.ACCOUNT: "household.bank_account member.bank_account",
    Sensitivity.HEALTH: """
        member.has_chronic_illness member.has_serious_illness member.is_disabled member.disability_kind
        member.disability_grade member.disability_issued_on own_pay_entry.* diagnosis.*
        disability_certificate.* disability_certificate.kind
        claim.event claim.text claim.reason gift.reason""",
    Sensitivity.DIAGNOSIS: "own_pay_entry.disease diagnosis.diagnosis",
    Sensitivity.INCOME: """
        household.compliant_own_pay_fen household.claims_income_fen annual_income.* income_entry.*
        social_aid.* employment.* credit.*
        loanwish.is_wanted loanwish.amount_fen loanwish.purpose loan.lender loan.purpose loan.amount_fen
        loan.balance_fen loan.granted_on loan.due_on loan.reason loanchange.amount_fen loanchange.due_on
        loanchange.reason cover.policy_number cover.reason claim.claimed_fen claim.paid_fen
        gift.donor_name gift.text gift.amount_fen gift.quantity gift.need_fen gift.answer
        gift.delivered_fen gift.delivered_quantity gift.receipt gift.received_by""",
    Sensitivity.LEGAL_EVENT: "security_event.* petition.*",
    Sensitivity.KEY: "member.id_key",
}
_SENSITIVITIES = {column: kind for kind, columns in _COLUMNS.items() for column in columns.split()}

_STARRED_IN_AUDIT = {Sensitivity.HEALTH, Sensitivity.DIAGNOSIS, Sensitivity.LEGAL_EVENT, Sensitivity.KEY}


def sensitivity_of(column: str, *, is_child: bool | None = None) -> Sensitivity | None:
    """Return the kind of a column ("table.column"), or None if it has no rule.

    `is_child` (under 14) is about the person of a name; not known (None) counts as a child.
    """
    kind = None if column.endswith("*") else _SENSITIVITIES.get(column)
    if kind is None:
        table, _, name = column.partition(".")
        known = {one.name for one in TABLES[table].columns if not one.is_personal} if table in TABLES else ()
        kind = _SENSITIVITIES.get(f"{table}.*") if name in known else None
    is_adult = is_child is not None and not is_child
    return Sensitivity.CHILD_NAME if kind is Sensitivity.NAME and not is_adult else kind


def is_legal(evidence: object) -> bool:
    """Tell whether a finding's evidence rests on what the police or the petitions office delivered."""
    sources = evidence.get("sources") if isinstance(evidence, Mapping) else None
    held = (
        [each for each in sources if isinstance(each, Mapping)] if isinstance(sources, list | tuple) else []
    )
    return any(each.get("feed") in _LEGAL_FEEDS for each in held)


def may_read_finding(held: Set[Permission], *, is_legal: bool) -> bool:
    """Tell whether who holds these may read what a finding rests on; else only that it exists."""
    return held >= FACTS and (not is_legal or Permission.SEE_LEGAL_EVENTS in held)


def visibility(roles: Iterable[Role], column: str, *, is_child: bool | None = None) -> Visibility:
    """Tell how the roles together see a column before any unmasking."""
    kind = sensitivity_of(column, is_child=is_child)
    held = permissions_of(roles)
    if kind is not None and RULES[kind].clear_with in held:
        return Visibility.CLEAR
    if kind is not None and RULES[kind].masked_with in held:
        return Visibility.MASKED
    return Visibility.HIDDEN


def shown(roles: Iterable[Role], column: str, value: Value, *, is_child: bool | None = None) -> Shown:
    """Return a value as the roles together see it; a masked value is text."""
    kind = sensitivity_of(column, is_child=is_child)
    how = visibility(roles, column, is_child=is_child)
    if how is Visibility.HIDDEN or kind is None or value is None:
        return Shown(how, None)
    if how is Visibility.MASKED:
        return Shown(how, RULES[kind].mask(str(value)))
    return Shown(how, without_numbers(value) if isinstance(value, str) else value)


def may_unmask(roles: Iterable[Role], column: str, *, is_child: bool | None = None) -> bool:
    """Tell whether the roles see the mask of a column and may lift it."""
    held = set(roles)
    kind = sensitivity_of(column, is_child=is_child)
    return (
        kind is not None
        and visibility(held, column, is_child=is_child) is Visibility.MASKED
        and RULES[kind].unmask_with in permissions_of(held)
    )


def unmasked(
    roles: Iterable[Role], column: str, value: Value, reason: str | None, *, is_child: bool | None = None
) -> tuple[Value, Unmasking]:
    """Return a masked value whole, with what the audit must record before it is shown.

    Raises UnmaskError without the permission, ReasonError without a reason that says something.
    """
    kind = sensitivity_of(column, is_child=is_child)
    if kind is None or not may_unmask(roles, column, is_child=is_child):
        raise UnmaskError("当前角色不能查看该项完整内容，确有需要请联系本级主管部门")
    return value, Unmasking(column, kind, checked_reason(reason))


def for_audit(column: str, value: Value) -> Value:
    """Return what the audit keeps of a value, whose reader is no part of the work: a mask, or stars.

    Idempotent. A column without a rule keeps its text without personal numbers.
    """
    if value is None:
        return None
    kind = sensitivity_of(column)
    if kind in _STARRED_IN_AUDIT:
        return _starred(str(value))
    if kind is not None and RULES[kind].masked_with is not None:
        return RULES[kind].mask(str(value))
    return without_numbers(value) if isinstance(value, str) else value
