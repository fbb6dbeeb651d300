"""The pages of clues: who sees what, the list, the forms with their refusals, the batches."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Attachment, Case, ClueCheck, Draft
from tests.web.clue_world import CANARY, CHECK_FORM, World, text_of
from tests.world import (
    FAR_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    account,
    household,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Any) -> Any:
    return World(client)


PAGES = ["clue", "clue_send", "clue_check", "clue_verdict", "clue_return", "clue_link", "clue_feedback"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_clue_of_another_village_is_not_there(world: Any, page: Any, method: Any) -> None:
    who = "neighbour" if page in ("clue", "clue_check", "clue_link", "clue_feedback") else "township"
    with entered_system():
        clue = (
            world.reported(household_id=household(FAR_VILLAGE, head_name=CANARY).pk)
            if who == "township"
            else world.clue
        )
    if page == "clue" and method == "post":
        assert world.post(who, page, clue.pk).status_code == 405
        return
    answer = getattr(world, method)(who, page, clue.pk)
    missing = getattr(world, method)(who, page, 10**9)

    assert (answer.status_code, missing.status_code) == (404, 404)
    assert CANARY not in text_of(answer)


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("village", "clue_send"),
        ("county", "clue_check"),
        ("village", "clue_verdict"),
        ("leader", "clue_return"),
        ("leader", "clue_feedback"),
        ("auditor", "clues"),
        ("auditor", "clue_new"),
        ("leader", "hit_rates"),
    ],
)
def test_a_page_asks_for_its_permission(world: Any, who: Any, page: Any) -> None:
    args = [world.clue.pk] if page in PAGES else []

    assert world.get(who, page, *args).status_code == 403


@pytest.mark.parametrize("page", ["clues", "clue_new", "hit_rates"])
def test_who_has_not_signed_in_is_led_to_the_door(client: Any, page: Any) -> None:
    from shouwang.web.page import PAGES as REGISTERED

    if "sign_in" in REGISTERED:
        assert client.get(reverse(page)).status_code == 302


def test_the_list_shows_what_the_viewer_can_do_next(world: Any) -> None:
    shown = text_of(world.get("township", "clues"))

    assert world.clue.number in shown
    assert CANARY in shown
    assert reverse("clue_send", args=[world.clue.pk]) in shown
    assert CANARY not in text_of(world.get("neighbour", "clues", tab="unit"))
    province = text_of(world.get("province", "clues", tab="unit"))
    assert world.clue.number in province
    assert CANARY not in province


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"words": CANARY}, True),
        ({"words": "某某"}, False),
        ({"source": "hotline"}, True),
        ({"source": "media"}, False),
        ({"state": "checked"}, False),
        ({"risk": "medical"}, False),
        ({"grade": "red"}, False),
        ({"words": "361023XS"}, True),
        ({"sort": "-due", "per_page": "50"}, True),
        ({"sort": "nonsense"}, True),
        ({"state": "'; DROP"}, True),
        ({"tab": "overdue"}, False),
        ({"tab": "done"}, False),
        ({"is_left_out": "on"}, False),
        ({"tab": "feedback"}, False),
        ({"tab": "x"}, True),
    ],
)
def test_the_list_is_narrowed(world: Any, query: Any, is_found: Any) -> None:
    assert (
        world.clue.number in text_of(world.get("county", "clues", **{"tab": "unit", **query}))
    ) is is_found


def test_the_queries_of_list_and_page_do_not_grow(world: Any, django_assert_max_num_queries: Any) -> None:
    world.checked()
    for number in range(15):
        with entered_system():
            home = household(VILLAGE, head_name=f"李{number}")
        world.reported(household_id=home.pk)
    world.client.force_login(world.people["county"])
    with django_assert_max_num_queries(14):
        assert world.client.get(reverse("clues"), {"tab": "unit"}).status_code == 200
    with django_assert_max_num_queries(20):
        assert world.client.get(reverse("clue", args=[world.clue.pk])).status_code == 200


def test_a_clue_is_walked_through_its_pages(world: Any) -> None:
    answer = world.post("township", "clue_send", world.clue.pk, version=1, to="village", due_on="2026-12-01")
    assert (answer.status_code, world.now().due_on) == (303, date(2026, 12, 1))
    assert world.get("village", "clue_check", world.clue.pk).status_code == 200
    answer = world.post("village", "clue_check", world.clue.pk, version=2, **CHECK_FORM)
    assert answer.status_code == 303
    with entered_system():
        check = ClueCheck.objects.get()
        assert (check.income_per_capita_fen, check.rigid_spending_fen, check.has_guarantees) == (
            820050,
            None,
            None,
        )
    assert "建议纳入监测" in text_of(world.get("township", "clue_verdict", world.clue.pk))
    answer = world.post(
        "township",
        "clue_verdict",
        world.clue.pk,
        version=3,
        verdict="identify",
        reason="自付超过线，收入偏低",
    )
    assert answer.status_code == 303
    shown = text_of(world.get("township", "clue", world.clue.pk))
    assert "启动识别程序" in shown
    with entered_system():
        case = Case.objects.get(clue=world.clue)
        origin = world.clue.origins.get()
    assert case.number in shown
    answer = world.post(
        "township", "clue_feedback", world.clue.pk, version=4, origins=[origin.pk], text="已电话答复来电人"
    )
    assert answer.status_code == 303
    assert "已电话答复来电人" in text_of(world.get("village", "clue", world.clue.pk))


def test_a_refused_form_keeps_what_was_typed_and_says_why(world: Any) -> None:
    world.dispatched()
    answer = world.post(
        "village", "clue_check", world.clue.pk, version=2, **{**CHECK_FORM, "checkers": "张村甲"}
    )

    assert answer.status_code == 422
    assert "两人以上" in text_of(answer)
    assert "自付较多" in text_of(answer)
    answer = world.post("village", "clue_check", world.clue.pk, version=2, **{**CHECK_FORM, "is_at_risk": ""})
    assert answer.status_code == 422


def test_a_stale_page_is_told_and_changes_nothing(world: Any) -> None:
    answer = world.post("township", "clue_send", world.clue.pk, version=9, to="village")

    assert (answer.status_code, world.now().state) == (409, "received")
    assert "刚被他人更新" in text_of(answer)


def test_who_checked_is_refused_the_verdict(world: Any) -> None:
    with entered_system():
        world.people["named"] = account(Role.TOWNSHIP, TOWNSHIP, name="李队乙")
    world.checked()
    answer = world.post(
        "named", "clue_verdict", world.clue.pk, version=3, verdict="no_risk", reason="核实没有风险"
    )

    assert (answer.status_code, world.now().state) == (403, "checked")
    assert "另一人" in text_of(answer)
    assert (
        world.post("township", "clue_return", world.clue.pk, version=3, reason="请补充票据").status_code
        == 303
    )


def test_only_fitting_verdicts_are_offered(world: Any) -> None:
    shown = text_of(world.get("township", "clue_verdict", world.clue.pk))

    assert "不属本辖区" in shown
    assert "启动识别程序" not in shown


def test_a_batch_is_confirmed_and_says_how_each_ended(world: Any) -> None:
    answer = world.post("township", "clue_dispatch", row=[world.clue.pk])
    assert (answer.status_code, world.now().state) == (200, "received")
    assert "is_confirmed" in text_of(answer)
    answer = world.post("township", "clue_dispatch", row=[world.clue.pk], is_confirmed="1")
    assert (answer.status_code, world.now().state) == (303, "dispatched")
    answer = world.post("township", "clue_dispatch", row=[world.clue.pk], is_confirmed="1")
    assert "没有派发" in text_of(answer)


def test_all_of_the_filtered_list_can_be_sent(world: Any) -> None:
    answer = world.post("township", "clue_dispatch", select_all="1", is_confirmed="1")

    assert (answer.status_code, world.now().state) == (303, "dispatched")
    assert world.post("township", "clue_dispatch", is_confirmed="1").status_code == 422


def test_a_batch_with_a_foreign_clue_is_refused_whole(world: Any) -> None:
    with entered_system():
        far = household(FAR_VILLAGE)
    foreign = world.reported(household_id=far.pk)
    answer = world.post("township", "clue_dispatch", row=[world.clue.pk, foreign.pk], is_confirmed="1")

    assert (answer.status_code, world.now().state) == (404, "received")


def test_photos_of_a_visit_are_kept_with_it(world: Any) -> None:
    picture = BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    world.dispatched()
    photos = [
        SimpleUploadedFile("甲.jpg", picture.getvalue(), "image/jpeg"),
        SimpleUploadedFile("乙.jpg", b"no picture", "image/jpeg"),
    ]
    answer = world.post("village", "clue_check", world.clue.pk, version=2, photos=photos, **CHECK_FORM)

    assert answer.status_code == 303
    with entered_system():
        kept = Attachment.objects.get()
        assert kept.owner == f"cluecheck:{ClueCheck.objects.get().pk}"
    shown = text_of(world.get("village", "clue", world.clue.pk))
    assert "核查照片" in shown
    assert reverse("attachment", args=[kept.pk]) in shown


def test_a_half_typed_visit_is_given_back(world: Any) -> None:
    world.dispatched()
    key = f"clue_check:{world.clue.pk}:2"
    world.post("village", "draft", draft_key=key, findings="还没有写完的情况", risks=["school"], version="2")

    assert "还没有写完的情况" in text_of(world.get("village", "clue_check", world.clue.pk))
    world.post("village", "clue_check", world.clue.pk, version=2, **CHECK_FORM)
    with entered_system():
        assert not Draft.objects.exists()
