"""Families declare without an account, and ask how far it is; nothing about anybody comes back."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.clue_declaration import Progress, TooMany, declare, progress_of
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, Clue, Household, Notification
from shouwang.records.sealing import phone_index
from shouwang.records.viewers import Viewer
from tests.world import NOW, TODAY, VILLAGE, account, household

pytestmark = pytest.mark.django_db
PUBLIC = Actor(Viewer(0, "", ()), address="192.0.2.7")
PHONE = "10000004321"


def declared(**given: Any) -> Any:
    asked = {
        "named": "王大山",
        "division": VILLAGE,
        "phone": PHONE,
        "risks": ["medical"],
        "text": "家里有人住院，花费很大",
        "is_for_other": False,
        "on": TODAY,
        "at": NOW,
        **given,
    }
    return declare(actor=PUBLIC, **asked)


def test_a_declaration_waits_for_the_village_and_gives_a_receipt() -> None:
    with entered_system():
        cadre = account(Role.VILLAGE, VILLAGE)
    receipt = declared()

    with entered_system():
        clue = Clue.objects.get()
        assert (clue.named, clue.household, clue.state, clue.turn) == (
            "王大山",
            None,
            "dispatched",
            "village",
        )
        assert clue.origins.get().receipt == receipt
        assert Notification.objects.get(account=cadre).link == f"/clues/{clue.pk}/"
        event = AuditEvent.objects.get(action="clue.declare")
    assert "王大山" not in f"{event.before}{event.after}{event.reason}"


def test_nothing_is_visible_afterwards() -> None:
    declared()

    assert not Household.objects.exists()
    assert not Clue.objects.exists()


def test_who_agrees_with_the_registry_is_linked_at_once() -> None:
    with entered_system():
        home = household(VILLAGE, head_name="王大山")
        Household.objects.filter(pk=home.pk).update(phone_key=phone_index(PHONE))
        other = household(VILLAGE, head_name="李小河")
    declared()
    declared(named="李小河")

    with entered_system():
        assert Clue.objects.filter(household=home).count() == 1
        assert not Clue.objects.filter(household=other).exists()


def test_declaring_again_joins_the_earlier_declaration() -> None:
    receipts = {declared(), declared(risks=["school"], is_for_other=True)}

    with entered_system():
        clue = Clue.objects.get()
        assert (clue.risks, clue.version) == (["medical", "school"], 2)
        assert set(clue.origins.values_list("receipt", flat=True)) == receipts
    declared(phone="10000004322")
    with entered_system():
        assert Clue.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"named": ""}, "姓名"),
        ({"division": "361023"}, "村"),
        ({"text": "难"}, "困难情况"),
        ({"text": "身份证110101194912310021"}, "证件号码"),
        ({"risks": ["luck"]}, "风险类型"),
    ],
)
def test_a_declaration_that_says_too_little_is_refused(given: Any, words: Any) -> None:
    with pytest.raises(Unfit, match=words):
        declared(**given)


def test_progress_says_state_verdict_and_reason_only() -> None:
    receipt = declared()
    found = progress_of(actor=PUBLIC, receipt=f" {receipt.lower()}", tail="4321", at=NOW)

    assert (found.state, found.verdict, found.received_on) == ("待核查", "", TODAY)
    assert {each.name for each in fields(Progress)} == {
        "receipt",
        "state",
        "verdict",
        "received_on",
        "due_on",
        "closed_on",
        "reason",
    }
    with entered_system():
        Clue.objects.update(state="closed", verdict="no_risk")
    assert progress_of(actor=PUBLIC, receipt=receipt, tail="4321", at=NOW).verdict == "核查无返贫致贫风险"


def closed_with(reason: str, **given: Any) -> Progress:
    """Declare, let the clue be closed with a reason, and ask how far it is."""
    receipt = declared(**given)
    with entered_system():
        Clue.objects.update(state="closed", verdict="no_risk", verdict_reason=reason, closed_on=TODAY)
    return progress_of(actor=PUBLIC, receipt=receipt, tail="4321", at=NOW)


def test_who_declared_is_told_the_reason_without_a_name_or_a_number() -> None:
    with entered_system():
        household(VILLAGE, head_name="赵邻居甲")

    found = closed_with("收入稳定。赵邻居甲家电话13800001234，王大山已问过")

    assert found.reason.startswith("收入稳定。赵")
    for words in ("赵邻居甲", "13800001234", "王大山"):
        assert words not in found.reason


def test_who_declared_for_others_is_not_told_their_reason() -> None:
    found = closed_with("该户存款较多", is_for_other=True)

    assert (found.verdict, found.reason) == ("核查无返贫致贫风险", "")


@pytest.mark.parametrize(("receipt", "tail"), [(None, "0000"), ("SB26112399999-AAAA", "4321"), ("", "4321")])
def test_a_wrong_number_and_wrong_digits_say_the_same(receipt: Any, tail: Any) -> None:
    given = declared()
    with pytest.raises(NotThere) as refusal:
        progress_of(actor=PUBLIC, receipt=given if receipt is None else receipt, tail=tail, at=NOW)

    assert refusal.value.reasons == NotThere().reasons


def test_an_address_that_asks_too_often_has_to_wait() -> None:
    for _ in range(10):
        with pytest.raises(NotThere):
            progress_of(actor=PUBLIC, receipt="SB1", tail="0000", at=NOW)
    with pytest.raises(TooMany):
        progress_of(actor=PUBLIC, receipt="SB1", tail="0000", at=NOW)
    with pytest.raises(NotThere):
        progress_of(actor=PUBLIC, receipt="SB1", tail="0000", at=NOW + timedelta(hours=2))


def test_an_address_that_declares_too_often_has_to_wait() -> None:
    for number in range(20):
        declared(phone=f"1000000{number:04d}")
    with pytest.raises(TooMany):
        declared()
    with entered_system():
        assert Clue.objects.count() == 20
