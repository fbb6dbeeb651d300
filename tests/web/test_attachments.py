"""Photos and papers: what is taken, how it is kept, who reads it (T28)."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from shouwang.actions.attachments import add_attachment, read_attachment
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import (
    Attachment,
    AttachmentContent,
    AuditEvent,
    Household,
    Visit,
)
from tests.web.household_world import SignIn, _clock, as_, home, page_of, text_of
from tests.world import (
    COUNTY,
    NEIGHBOUR,
    NOW,
    TODAY,
    VILLAGE,
    account,
    actor,
    household,
)

__all__ = ["_clock", "as_", "home"]
pytestmark = pytest.mark.django_db


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    said = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "canary-place"
    Image.new("RGB", size, "white").save(said, kind, exif=exif)
    return said.getvalue()


def test_a_photo_is_kept_sealed_without_its_place_and_read_with_a_trace(
    client: Client, as_: SignIn, home: Household
) -> None:
    as_(Role.VILLAGE, VILLAGE)
    file = BytesIO(photo())
    file.name = "房屋.jpg"
    sent = client.post(reverse("attachment_new", args=[home.pk]), {"photos": file})
    assert sent.status_code == 303
    with entered_system():
        kept = Attachment.objects.get()
        assert b"canary-place" not in bytes(AttachmentContent.objects.get().sealed)
    shown = page_of(client, "attachment", kept.pk)
    assert "房屋" in text_of(shown)
    bytes_ = client.post(reverse("attachment", args=[kept.pk]))
    assert b"canary-place" not in bytes_.content
    assert bytes_["X-Content-Type-Options"] == "nosniff"
    assert bytes_["Content-Disposition"].startswith("attachment")
    assert Image.open(BytesIO(bytes_.content)).size == (40, 30)
    assert AuditEvent.objects.filter(action="attachment.read", result="done").count() == 1
    as_(Role.VILLAGE, NEIGHBOUR)
    assert page_of(client, "attachment", kept.pk).status_code == 404
    assert client.post(reverse("attachment", args=[kept.pk])).status_code == 404
    as_(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组")
    assert page_of(client, "attachment", kept.pk).status_code == 403


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"", "image/jpeg", "空的"),
        (b"x" * (5 * 1024 * 1024 + 1), "image/jpeg", "超过 5 MB"),
        (b"<svg onload=alert(1)>", "image/svg+xml", "只能上传"),
        (b"MZ\x90", "image/jpeg", "只能上传"),
        (b"\xff\xd8\xff\xe0broken", "image/jpeg", "打不开|损坏"),
        (photo("PNG"), "application/pdf", "不符"),
        (b"%PDF-1.7\n/JavaScript (app.alert)\n%%EOF", "application/pdf", "脚本"),
        (b"%PDF-1.7\nhalf", "application/pdf", "不完整"),
    ],
)
def test_what_is_no_photo_or_paper_is_refused(home: Household, content: bytes, kind: str, said: str) -> None:
    with entered_system():
        who = actor(account(Role.VILLAGE, VILLAGE))
    with entered(who.viewer), pytest.raises(Unfit, match=said):
        add_attachment(
            actor=who,
            household_id=home.pk,
            owner=f"household:{home.pk}",
            title="照片",
            content=content,
            content_type=kind,
            at=NOW,
        )


def test_a_flood_of_pixels_is_refused_before_it_is_drawn(home: Household) -> None:
    said = BytesIO()
    Image.new("1", (8000, 8000)).save(said, "PNG")
    with entered_system():
        who = actor(account(Role.VILLAGE, VILLAGE))
    with entered(who.viewer), pytest.raises(Unfit, match="尺寸"):
        add_attachment(
            actor=who,
            household_id=home.pk,
            owner=f"household:{home.pk}",
            title="照片",
            content=said.getvalue(),
            content_type="image/png",
            at=NOW,
        )


def test_an_attachment_belongs_to_what_it_is_added_to(home: Household) -> None:
    with entered_system():
        who, province = actor(account(Role.VILLAGE, VILLAGE)), actor(account(Role.SUPERVISOR, COUNTY))
        with entered_system():
            other = household(NEIGHBOUR)
            visit = Visit.objects.create(
                household=other,
                division=NEIGHBOUR,
                kind="monthly",
                visited_on=TODAY,
                by_id=who.viewer.account_id,
                role="village",
                found="x",
                recorded_at=NOW,
            )
    given: dict[str, Any] = {"title": "照片", "content": photo(), "content_type": "image/jpeg", "at": NOW}
    with entered(who.viewer):
        for owner in (f"visit:{visit.pk}", "visit:0", "account:1", "nonsense", f"household:{other.pk}"):
            with pytest.raises(NotThere):
                add_attachment(actor=who, household_id=home.pk, owner=owner, **given)
        with pytest.raises(NotThere):
            add_attachment(actor=who, household_id=other.pk, owner=f"household:{other.pk}", **given)
        with pytest.raises(NotThere):
            read_attachment(actor=who, attachment_id=999, at=NOW)
    with entered(province.viewer), pytest.raises(NotAllowed):
        add_attachment(actor=province, household_id=home.pk, owner=f"household:{home.pk}", **given)
