"""Pages of cases beside the straight way: other tracks, sending back, the green channel, endings."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from shouwang.records.access import entered_system
from shouwang.records.models import Attachment, Case, CaseEvent
from tests.actions.case_walks import at_notice, identified, opened
from tests.web.case_windows import signed_in, url, version

pytestmark = pytest.mark.django_db
FAR = "2026-11-23"


def test_an_elimination_is_opened_from_the_household() -> None:
    made = identified()
    client = signed_in(made, "village")

    answer = client.post(
        reverse("case_open", args=[made.home.pk]),
        {"track": "elimination", "on": "2026-11-08", "opinion": "收入稳定"},
        follow=True,
    )

    assert "轮到村、驻村工作队办理“入户核实”" in answer.content.decode()


def test_opening_twice_is_refused_on_the_form() -> None:
    made = opened()
    client = signed_in(made, "township")

    answer = client.post(
        reverse("case_open", args=[made.home.pk]), {"track": "identification", "on": FAR, "opinion": "再报"}
    )

    assert answer.status_code == 422
    assert "已有办理中的个案" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "words", "status"),
    [
        ("case_send_back", {"to_step": "appraisal", "opinion": "评议人数不足"}, "open"),
        ("case_reject", {"opinion": "有商业经营"}, "rejected"),
    ],
)
def test_the_township_sends_back_or_rejects(name: str, words: dict[str, str], status: str) -> None:
    made = at_notice()
    client = signed_in(made, "township")
    assert client.get(url(name, made)).status_code == 200

    answer = client.post(url(name, made), {"version": version(made), "on": FAR, **words})

    assert answer.status_code == 303
    with entered_system():
        assert Case.objects.get(pk=made.open_case.pk).status == status
        assert CaseEvent.objects.filter(case=made.open_case).count() == version(made)


def test_the_green_channel_is_started_by_the_village() -> None:
    made = opened()
    client = signed_in(made, "village")
    given = {
        "version": 1, "on": "2026-11-02", "is_sudden_hardship": "on", "is_plainly_true": "on",
        "opinion": "送去棉被和临时救助",
    }  # fmt: skip

    answer = client.post(url("case_green_channel", made), given, follow=True)

    assert "绿色通道" in answer.content.decode()
    with entered_system():
        assert Case.objects.get(pk=made.open_case.pk).is_green_channel


def test_a_withdrawal_ends_the_case() -> None:
    made = opened()
    answer = signed_in(made, "village").post(
        url("case_withdraw", made), {"version": 1, "on": "2026-11-03", "opinion": "农户自愿撤回"}, follow=True
    )
    assert "已撤回" in answer.content.decode()


def test_a_comparison_done_lately_is_kept_from_the_page() -> None:
    made = opened()
    made.paper("village", "household_check")
    made.paper("village", "authorisation")
    made.step("village", "household_check")
    made.paper("comparer", "comparison", results=[], is_new_minimum_living=True)
    client = signed_in(made, "comparer")
    assert url("case_skip", made, "comparison") in client.get(url("case", made)).content.decode()

    given = {"version": version(made), "on": FAR, "opinion": "半年内已比对"}
    assert client.post(url("case_skip", made, "comparison"), given).status_code == 303
    assert signed_in(made, "village").get(url("case_skip", made, "appraisal")).status_code == 404


def test_a_photo_of_a_notice_is_kept_with_its_case() -> None:
    made = at_notice()
    client = signed_in(made, "village")
    drawn = BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "PNG")
    photo = SimpleUploadedFile("wall.png", drawn.getvalue(), "image/png")

    assert client.post(url("case_photo", made), {"photos": photo}).status_code == 303
    with entered_system():
        assert Attachment.objects.get().owner == f"case:{made.open_case.pk}"
    assert client.post(url("case_photo", made), {}, follow=True).content.decode().count("请先选择照片") == 1


def test_a_rejection_owes_no_more_answers_and_the_feedback_is_recorded() -> None:
    made = at_notice()
    client = signed_in(made, "township")
    client.post(url("case_reject", made), {"version": version(made), "on": FAR, "opinion": "有商业经营"})

    told = {"version": version(made), "on": FAR, "opinion": "已入户说明"}
    assert client.post(url("case_feedback", made), told).status_code == 303
