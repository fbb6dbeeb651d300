"""Drafts: sealed, for their owner alone."""

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.models import (
    Draft,
    Household,
)
from tests.web.household_world import SignIn, _clock, as_, home, page_of, text_of
from tests.world import (
    VILLAGE,
)

__all__ = ["_clock", "as_", "home"]
pytestmark = pytest.mark.django_db


def test_a_draft_is_kept_sealed_for_its_owner_alone(client: Client, as_: SignIn, home: Household) -> None:
    mine = as_(Role.VILLAGE, VILLAGE)
    key = f"household:{home.pk}:1"
    sent = {"draft_key": key, "group_name": "草稿组", "csrfmiddlewaretoken": "x"}
    assert client.post(reverse("draft"), sent).status_code == 200
    kept = Draft.objects.get(account=mine)
    assert "草稿组".encode() not in bytes(kept.sealed)
    form = page_of(client, "household_edit", home.pk)
    assert "草稿组" in text_of(form)
    assert "已恢复" in text_of(form)
    assert client.post(reverse("draft"), {**sent, "note": "长" * 30_000}).status_code == 422
    assert client.post(reverse("draft"), {"draft_key": ""}).status_code == 422
    as_(Role.VILLAGE, VILLAGE)
    assert "草稿组" not in text_of(page_of(client, "household_edit", home.pk))
    client.force_login(mine)
    assert client.post(f"{reverse('draft_discard')}?key={key}").status_code == 303
    assert not Draft.objects.exists()
