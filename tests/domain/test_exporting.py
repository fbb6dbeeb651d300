"""What leaves the system how: by role, by request, by approval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.exporting import (
    SOURCES,
    IdFormat,
    column_view,
    id_text,
    may_have_whole,
    why_approval,
)
from shouwang.domain.field_masks import Visibility, sensitivity_of
from shouwang.domain.roles import Role

NUMBER = "11010519491231002X"


def test_every_source_has_a_rule_of_the_field_masks() -> None:
    assert len(SOURCES) > 60
    for name, source in SOURCES.items():
        assert sensitivity_of(source.rule) is not None, name


@given(st.sampled_from(list(Role)), st.sampled_from(list(SOURCES)), st.booleans())
def test_asking_for_the_whole_never_shows_what_is_hidden(role: Role, source: str, is_child: bool) -> None:
    usual = column_view([role], source, is_whole=False, is_child=is_child)
    whole = column_view([role], source, is_whole=True, is_child=is_child)

    assert not usual.is_lifted
    if usual.how is not Visibility.MASKED:
        assert whole.how is usual.how
        assert not whole.is_lifted
    else:
        assert whole.is_lifted == (whole.how is Visibility.CLEAR)


@pytest.mark.parametrize(
    ("role", "how"),
    [
        (Role.COUNTY_OFFICE, Visibility.CLEAR),
        (Role.VILLAGE, Visibility.CLEAR),
        (Role.CITY, Visibility.MASKED),
        (Role.SYSTEM_ADMINISTRATOR, Visibility.HIDDEN),
    ],
)
def test_a_number_is_lifted_for_those_who_may_lift_it(role: Role, how: Visibility) -> None:
    assert column_view([role], "member.id_number", is_whole=True).how is how
    assert may_have_whole([role], ["member.id_number"]) == (how is not Visibility.MASKED)


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (IdFormat.WHOLE, "11010519491231002X"),
        (IdFormat.LOWER, "11010519491231002x"),
        (IdFormat.SPACED, "110105 19491231 002X"),
        (IdFormat.CERTIFICATE, "11010519491231002X42"),
        (IdFormat.MASKED, "110***********002X"),
        (IdFormat.TAIL, "002X"),
    ],
)
def test_offices_get_the_number_as_they_ask(form: IdFormat, written: str) -> None:
    assert id_text(NUMBER, form, "肢体残疾", 2) == written
    assert form.label
    assert (NUMBER[3:14] in written.replace(" ", "")) == form.is_whole


@pytest.mark.parametrize(("kind", "grade"), [(None, 2), ("肢体", None), ("不在册的类别", 2), ("", 0)])
def test_without_a_known_disability_a_certificate_is_the_plain_number(
    kind: str | None, grade: int | None
) -> None:
    assert id_text(NUMBER, IdFormat.CERTIFICATE, kind, grade) == NUMBER


def test_an_old_number_is_left_in_one_piece() -> None:
    assert id_text("110105491231002", IdFormat.SPACED) == "110105491231002"


def test_approval_is_for_many_rows_or_lifted_masks() -> None:
    assert why_approval(500, 500, []) == ()
    assert why_approval(501, 500, []) == ("共 501 行，超过免审批的 500 行",)
    assert why_approval(1, 500, ["证件号码", "联系电话"]) == ("含不脱敏的证件号码、联系电话",)
