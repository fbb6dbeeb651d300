"""Families declare and ask how far it is, without an account."""

from typing import Any

import pytest
from django.urls import reverse

from shouwang.records.access import entered_system
from shouwang.records.models import Clue, Division
from tests.web.clue_world import CANARY, text_of
from tests.world import (
    FAR_VILLAGE,
    VILLAGE,
)

pytestmark = pytest.mark.django_db


DECLARED: dict[str, Any] = {
    "division": VILLAGE,
    "named": CANARY,
    "phone": "10000004321",
    "whom": "self",
    "risks": ["medical"],
    "text": "家里有人住院，花费很大",
    "website": "",
}


@pytest.fixture
def _served(db: Any) -> None:
    with entered_system():
        Division.objects.create(code=VILLAGE, name="人民路居委会", level=5)


@pytest.mark.usefixtures("_served")
def test_a_family_declares_and_asks_how_far_it_is(client: Any) -> None:
    assert client.get(reverse("declare")).status_code == 200
    answer = client.post(reverse("declare"), DECLARED)
    shown = text_of(answer)
    assert answer.status_code == 200
    for words in (CANARY, "10000004321", "住院"):
        assert words not in shown
    with entered_system():
        receipt = Clue.objects.get().origins.get().receipt
    assert receipt in shown
    progress = {"receipt": receipt, "tail": "4321"}
    answer = client.post(reverse("declare_progress"), progress)
    assert "待核查" in text_of(answer)
    assert CANARY not in text_of(answer)
    wrong = [
        client.post(reverse("declare_progress"), {**progress, **each})
        for each in ({"tail": "1234"}, {"receipt": "SB9"})
    ]
    assert [each.status_code for each in wrong] == [422, 422]
    assert client.get(reverse("declare_progress"), progress).status_code == 200
    assert "待核查" not in text_of(client.get(reverse("declare_progress"), progress))


@pytest.mark.usefixtures("_served")
@pytest.mark.parametrize(
    "given",
    [
        {"named": ""},
        {"phone": "123"},
        {"division": FAR_VILLAGE},
        {"risks": []},
        {"text": "难"},
        {"whom": "x"},
    ],
)
def test_a_declaration_with_a_gap_is_asked_again(client: Any, given: Any) -> None:
    assert client.post(reverse("declare"), {**DECLARED, **given}).status_code == 422
    with entered_system():
        assert not Clue.objects.exists()


@pytest.mark.usefixtures("_served")
def test_a_program_that_fills_in_everything_leaves_nothing(client: Any) -> None:
    assert client.post(reverse("declare"), {**DECLARED, "website": "http://x"}).status_code == 200
    with entered_system():
        assert not Clue.objects.exists()


@pytest.mark.usefixtures("_served")
def test_an_address_that_declares_without_end_is_stopped(client: Any) -> None:
    codes = [client.post(reverse("declare"), DECLARED).status_code for _ in range(21)]

    assert codes == [200] * 20 + [429]


def test_without_villages_nobody_is_left_with_a_dead_form(client: Any, db: Any) -> None:
    assert "12317" in text_of(client.get(reverse("declare")))


@pytest.mark.usefixtures("_served")
def test_a_closed_declaration_shows_its_reason(client: Any) -> None:
    client.post(reverse("declare"), DECLARED)
    with entered_system():
        receipt = Clue.objects.get().origins.get().receipt
        Clue.objects.update(
            state="closed", verdict="no_risk", verdict_reason="住院费报销后自付不高", closed_on="2026-11-01"
        )

    shown = text_of(client.post(reverse("declare_progress"), {"receipt": receipt, "tail": "4321"}))

    assert "住院费报销后自付不高" in shown
    assert CANARY not in shown
