"""Who sees which column how, and what it takes to lift a mask."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain import field_masks
from shouwang.domain.field_masks import (
    RULES,
    Sensitivity,
    Shown,
    UnmaskError,
    Value,
    Visibility,
    for_audit,
    may_unmask,
    sensitivity_of,
    shown,
    unmasked,
    visibility,
)
from shouwang.domain.masking import contains_personal_number
from shouwang.domain.permissions import Permission
from shouwang.domain.reasons import ReasonError, checked_reason
from shouwang.domain.roles import Role, permissions_of
from shouwang.domain.tables import TABLES

# The example that GB 11643-1999 itself prints; its person is nobody.
SAMPLE = "11010519491231002X"
SAMPLE_PHONE = "13800000000"
REASON = "办理承诺授权书"

COLUMNS = [f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns]
PERSONAL = [
    f"{table.name}.{column.name}"
    for table in TABLES.values()
    for column in table.columns
    if column.is_personal
]
OWN = ["member.id_number", "member.phone", "household.phone", "member.bank_account", "household.bank_account"]
columns = st.sampled_from([*COLUMNS, *OWN, "member.no_such_column", "nowhere.nothing", ""])
role_sets = st.sets(st.sampled_from(Role))
values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from([SAMPLE, SAMPLE_PHONE, f"电话{SAMPLE_PHONE}，证件{SAMPLE}", "110105491231002"]),
    st.integers(),
    st.booleans(),
    st.dates(),
)

# One column a role, in the order of the roles: 村民小组 行政村 驻村工作队 乡镇 县级主管部门 行业部门
# 帮扶责任人 督导 市级 省级 and the three administrators.
# C clear, M masked, U masked and may be unmasked, - hidden.
EXPECTED = """
open         C C C C C C C C C C - - -
name         C C C C C C C C U U - - -
child_name   M C C C C M C M U U - - -
id_number    M U M U U M M M M M - - -
phone        M U U U U M U M M M - - -
account      - U M U U M M M M M - - -
health       - C C C C C C C - - - - -
diagnosis    - U U U U M M M - - - - -
income       - C C C C C C C C C - - -
legal_event  - - - C C C - - - - - - -
key          - - - - - - - - - - - - -
"""


def test_each_role_sees_each_kind_of_fact_as_agreed() -> None:
    assert [_line(kind) for kind in Sensitivity] == EXPECTED.strip().splitlines()


def _line(kind: Sensitivity) -> str:
    return f"{kind:12} " + " ".join(_sight(role, kind) for role in Role)


def _sight(role: Role, kind: Sensitivity) -> str:
    sample = {
        Sensitivity.OPEN: "household.village",
        Sensitivity.NAME: "member.name",
        Sensitivity.CHILD_NAME: "member.name",
        Sensitivity.ID_NUMBER: "member.id_number",
        Sensitivity.PHONE: "member.phone",
        Sensitivity.ACCOUNT: "member.bank_account",
        Sensitivity.HEALTH: "member.disability_kind",
        Sensitivity.DIAGNOSIS: "diagnosis.diagnosis",
        Sensitivity.INCOME: "income_entry.amount_fen",
        Sensitivity.LEGAL_EVENT: "security_event.event",
        Sensitivity.KEY: "member.id_key",
    }[kind]
    is_child = kind is Sensitivity.CHILD_NAME
    assert sensitivity_of(sample, is_child=is_child) is kind
    if may_unmask([role], sample, is_child=is_child):
        return "U"
    return {"clear": "C", "masked": "M", "hidden": "-"}[visibility([role], sample, is_child=is_child)]


def test_every_kind_of_fact_has_a_rule_with_a_label() -> None:
    assert set(RULES) == set(Sensitivity)
    assert all(rule.label for rule in RULES.values())


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_of_the_tables_has_a_rule(column: str) -> None:
    assert sensitivity_of(column) is not None, f"name {column} in field_masks: who sees it how?"


@pytest.mark.parametrize("column", PERSONAL)
def test_no_personal_column_is_open(column: str) -> None:
    assert sensitivity_of(column) not in {None, Sensitivity.OPEN}


@pytest.mark.parametrize(
    "column", ["member.no_such_column", "nowhere.nothing", "member.*", "diagnosis.*", "", "."]
)
@pytest.mark.parametrize("role", Role)
def test_a_column_without_a_rule_is_hidden_from_everybody(role: Role, column: str) -> None:
    assert shown([role], column, "甲") == Shown(Visibility.HIDDEN, None)
    with pytest.raises(UnmaskError):
        unmasked([role], column, "甲", REASON)


def test_a_new_personal_column_is_hidden_though_its_table_has_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {name: kind for name, kind in field_masks._SENSITIVITIES.items() if name != "diagnosis.diagnosis"}
    monkeypatch.setattr(field_masks, "_SENSITIVITIES", rules)
    assert sensitivity_of("diagnosis.diagnosis") is None
    assert sensitivity_of("diagnosis.severity") is Sensitivity.HEALTH


@given(held=role_sets, column=columns, value=values, is_child=st.sampled_from([True, False, None]))
def test_no_text_that_is_shown_holds_a_personal_number(
    held: set[Role], column: str, value: Value, is_child: bool | None
) -> None:
    seen = shown(held, column, value, is_child=is_child).value
    assert not isinstance(seen, str) or not contains_personal_number(seen)


@given(held=role_sets, number=st.sampled_from([SAMPLE, SAMPLE_PHONE, 13800000000, 110105491231002]))
def test_no_role_sees_an_id_number_phone_or_account_whole(held: set[Role], number: str | int) -> None:
    for column in OWN:
        assert str(number) not in str(shown(held, column, number).value)


@given(column=columns, value=values)
def test_who_has_no_role_or_contradicting_roles_sees_nothing(column: str, value: Value) -> None:
    for held in ([], [Role.SECURITY_ADMINISTRATOR, Role.COUNTY_OFFICE], [Role.SYSTEM_ADMINISTRATOR]):
        assert shown(held, column, value) == Shown(Visibility.HIDDEN, None)


@given(column=columns)
def test_two_roles_together_see_no_less_than_each(column: str) -> None:
    order = [Visibility.HIDDEN, Visibility.MASKED, Visibility.CLEAR]
    workers = [role for role in Role if Permission.REPORT_CLUE in permissions_of([role])]
    for first, second in combinations(workers, 2):
        both = order.index(visibility([first, second], column))
        assert both >= max(order.index(visibility([role], column)) for role in (first, second))


@pytest.mark.parametrize("is_child", [True, None])
def test_the_name_of_a_child_or_of_somebody_of_unknown_age_is_masked_for_a_supervisor(
    is_child: bool | None,
) -> None:
    assert shown([Role.SUPERVISOR], "member.name", "样例童", is_child=is_child).value == "样**"
    assert shown([Role.VILLAGE], "member.name", "样例童", is_child=is_child).value == "样例童"
    assert shown([Role.SUPERVISOR], "member.name", "样例人", is_child=False).value == "样例人"


def test_an_unknown_value_stays_unknown_and_false_stays_false() -> None:
    assert shown([Role.VILLAGE], "member.is_disabled", None) == Shown(Visibility.CLEAR, None)
    assert shown([Role.VILLAGE], "member.is_disabled", False) == Shown(Visibility.CLEAR, False)
    assert shown([Role.VILLAGE], "member.birth_date", date(2000, 1, 1)).value == date(2000, 1, 1)


def test_a_diagnosis_is_starred_until_it_is_asked_for_with_a_reason() -> None:
    assert shown([Role.VILLAGE], "diagnosis.diagnosis", "某病") == Shown(Visibility.MASKED, "***")
    value, event = unmasked([Role.VILLAGE], "diagnosis.diagnosis", "某病", "核对大病救助申请")
    assert value == "某病"
    assert (event.column, event.sensitivity, event.reason) == (
        "diagnosis.diagnosis",
        Sensitivity.DIAGNOSIS,
        "核对大病救助申请",
    )


@given(held=role_sets, column=columns, is_child=st.booleans())
def test_a_mask_is_lifted_only_with_the_permission_for_that_kind(
    held: set[Role], column: str, is_child: bool
) -> None:
    kind = sensitivity_of(column, is_child=is_child)
    if may_unmask(held, column, is_child=is_child):
        assert kind is not None
        assert RULES[kind].unmask_with in permissions_of(held)
        value, event = unmasked(held, column, SAMPLE, REASON, is_child=is_child)
        assert value == SAMPLE
        assert SAMPLE not in repr(event)
    else:
        with pytest.raises(UnmaskError, match="不能查看"):
            unmasked(held, column, SAMPLE, REASON, is_child=is_child)


@pytest.mark.parametrize(
    "reason",
    [
        None, "", "   ", "\n\t", "看看看看", "aaaaaaaa", "....,,,,", "12345678", "查 看 查 看", "核对",
        f"核对{SAMPLE}证件", "核" * 150 + "对证件" * 20,
    ],
)  # fmt: skip
def test_a_reason_that_says_nothing_or_too_much_is_refused(reason: str | None) -> None:
    with pytest.raises(ReasonError, match="理由"):
        unmasked([Role.VILLAGE], "member.id_number", SAMPLE, reason)


@given(text=st.text(max_size=250))
def test_a_reason_is_accepted_or_refused_but_never_breaks(text: str) -> None:
    try:
        accepted = checked_reason(text)
    except ReasonError:
        return
    assert len(set(accepted)) >= 3
    assert not contains_personal_number(accepted)


@given(column=columns, value=values)
def test_what_the_audit_keeps_is_its_own_mask_and_holds_no_personal_number(column: str, value: Value) -> None:
    kept = for_audit(column, value)
    assert for_audit(column, kept) == kept
    assert not isinstance(kept, str) or not contains_personal_number(kept)


def test_the_audit_keeps_no_name_diagnosis_or_event() -> None:
    assert for_audit("member.name", "样例人") == "样**"
    assert for_audit("member.is_disabled", True) == "***"
    assert for_audit("diagnosis.diagnosis", "某病") == "***"
    assert for_audit("security_event.event", "某事") == "***"
    assert for_audit("member.phone", 13800000000) == "138****0000"
    assert for_audit("household.housing_grade", "C") == "C"
    assert for_audit("case.step", "乡镇审核") == "乡镇审核"
    assert for_audit("member.name", None) is None


def test_a_digest_stays_whole_though_chance_writes_a_number_into_it() -> None:
    digest = "c" * 20 + SAMPLE_PHONE + "a" * 33
    assert contains_personal_number(digest)
    assert shown([Role.COUNTY_OFFICE], "source.sha256", digest).value == digest
    assert for_audit("source.sha256", digest) == digest
    assert shown([Role.COUNTY_OFFICE], "source.sha256", digest + "a").value != digest + "a"
