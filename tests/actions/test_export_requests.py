"""Asking for an export, and the second person who must allow it (T35)."""

from datetime import timedelta
from typing import Any

import pytest

from shouwang.actions.export_choice import outcome
from shouwang.actions.export_downloads import download_export
from shouwang.actions.export_making import make_export
from shouwang.actions.export_requests import approve_export, refuse_export
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.export_files import kept_numbers
from shouwang.records.models import (
    AuditEvent,
    Household,
    Notification,
)
from tests.actions.export_world import (
    approved,
    asked,
    choice,
    file_of,
    home,
    number_of,
    own_folder,
    sheets,
    who,
)
from tests.world import (
    COUNTY,
    NOW,
    OTHER_TOWNSHIP,
    THERE,
    TOWNSHIP,
    VILLAGE,
    account,
    household,
)

__all__ = ["home", "own_folder"]
pytestmark = pytest.mark.django_db


def test_whole_numbers_wait_for_a_second_person(home: Household) -> None:
    clerk = who()
    made = asked(clerk, choice("roster", id_format="18"))

    assert made.state == "asked"
    assert made.lifted == ["证件号码"]
    assert "证件号码" in made.why_approval
    with entered(clerk.viewer):
        with pytest.raises(NotAllowed, match="自己的申请"):
            approve_export(actor=clerk, export_id=made.pk, version=1, opinion="", at=NOW)
        with pytest.raises(Unfit, match="已批准"):
            make_export(actor=clerk, export_id=made.pk, at=NOW)
        with pytest.raises(NotThere):
            download_export(actor=clerk, export_id=made.pk, password="", at=NOW)
    with entered_system():
        other = account(Role.COUNTY_OFFICE, COUNTY)
    approved(other, made)
    with entered(clerk.viewer):
        make_export(actor=clerk, export_id=made.pk, at=NOW)
    assert number_of(home) in str(sheets(file_of(clerk, made)))
    actions = list(AuditEvent.objects.order_by("sequence").values_list("action", "result"))
    assert actions == [
        ("export.request", "done"), ("export.approve", "refused"), ("export.make", "refused"),
        ("export.download", "refused"), ("export.approve", "done"), ("export.make", "done"),
        ("export.download", "done"),
    ]  # fmt: skip
    assert number_of(home) not in str(list(AuditEvent.objects.values()))


def test_many_rows_wait_for_a_second_person(home: Household, settings: Any) -> None:
    settings.EXPORT_ROWS_WITHOUT_APPROVAL = 2
    made = asked(who(), choice("roster"))

    assert made.state == "asked"
    assert made.why_approval == "共 3 行，超过免审批的 2 行"


def test_those_who_can_allow_it_are_told_and_the_answer_is_told_back(home: Household) -> None:
    clerk, boss, stranger = (
        who(Role.VILLAGE, VILLAGE),
        who(Role.TOWNSHIP, TOWNSHIP),
        who(Role.TOWNSHIP, OTHER_TOWNSHIP),
    )
    made = asked(clerk, choice("roster", VILLAGE, id_format="18"))

    told = set(Notification.objects.values_list("account_id", flat=True))
    assert boss.viewer.account_id in told
    assert not told & {stranger.viewer.account_id, clerk.viewer.account_id}
    with entered(boss.viewer):
        with pytest.raises(Unfit, match="不批准的理由"):
            refuse_export(actor=boss, export_id=made.pk, version=1, opinion="", at=NOW)
        with pytest.raises(Stale):
            refuse_export(actor=boss, export_id=made.pk, version=9, opinion="用脱敏名单即可", at=NOW)
        refuse_export(actor=boss, export_id=made.pk, version=1, opinion="用脱敏名单即可", at=NOW)
        with pytest.raises(Stale, match="办理过"):
            approve_export(actor=boss, export_id=made.pk, version=2, opinion="", at=NOW)
    assert Notification.objects.filter(account_id=clerk.viewer.account_id, text__contains="未获批准").exists()


@pytest.mark.parametrize(
    ("role", "place"), [(Role.TOWNSHIP, OTHER_TOWNSHIP), (Role.COUNTY_OFFICE, THERE.county)]
)
def test_another_place_knows_of_no_request(home: Household, role: Role, place: str) -> None:
    made, stranger = asked(who(), choice("roster", id_format="18")), who(role, place)
    with entered(stranger.viewer):
        for act in (approve_export, refuse_export):
            with pytest.raises(NotThere):
                act(actor=stranger, export_id=made.pk, version=1, opinion="同意这份申请", at=NOW)
        with pytest.raises(NotThere):
            make_export(actor=stranger, export_id=made.pk, at=NOW)
        with pytest.raises(NotThere):
            outcome(viewer=stranger.viewer, choice=choice("roster", COUNTY))


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.RESIDENT_TEAM])
def test_a_role_without_exports_exports_nothing(home: Household, role: Role) -> None:
    place = COUNTY if role is Role.SUPERVISOR else VILLAGE
    with pytest.raises(NotThere):
        asked(who(role, place), choice("roster", place))


def test_what_grew_since_it_was_asked_for_is_asked_anew(home: Household) -> None:
    clerk = who()
    made = asked(clerk, choice("roster"))
    with entered_system():
        household(VILLAGE, members=40)
    with entered(clerk.viewer), pytest.raises(Unfit, match="重新申请"):
        make_export(actor=clerk, export_id=made.pk, at=NOW)
    assert not kept_numbers()


def test_an_approval_does_not_last_for_ever(home: Household) -> None:
    clerk = who()
    made = asked(clerk, choice("roster"))
    with entered(clerk.viewer), pytest.raises(Unfit, match="超过 7 天"):
        make_export(actor=clerk, export_id=made.pk, at=NOW + timedelta(days=8))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"from_on": NOW.date() + timedelta(days=1)}, "止期"),
        ({"standing": "nonsense"}, "状态"),
        ({"file_format": "exe"}, "格式"),
        ({"area": "361023999999"}, "没有这个区划"),
        ({"standing": "removed"}, "没有可导出"),
    ],
)
def test_a_choice_that_makes_no_sense_is_told(home: Household, wanted: dict[str, Any], said: str) -> None:
    with pytest.raises(Unfit, match=said):
        asked(who(), choice("roster", **wanted))


@pytest.mark.parametrize("reason", ["", "导出导出", "给 13912345678 用的名单"])
def test_a_purpose_must_say_something_and_nobodys_number(home: Household, reason: str) -> None:
    with pytest.raises(Unfit, match="用途说明"):
        asked(who(), choice("roster"), reason=reason)


def test_there_is_no_export_without_a_profile(home: Household) -> None:
    with pytest.raises(NotThere):
        asked(who(), choice("nothing"))
