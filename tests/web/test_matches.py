"""The pages of rows whose person is in doubt, through the real middleware."""

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Account, MatchReview, NotSamePerson
from tests.match_world import waiting_review
from tests.world import COUNTY, THERE, TOWNSHIP, VILLAGE, account, household

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> MatchReview:
    with entered_system():
        return waiting_review(household(VILLAGE, members=2), household(VILLAGE))


def staff(role: Role, place: str) -> Account:
    with entered_system():
        return account(role, place)


def answer(review: MatchReview, said: str, **changes: str) -> dict[str, str]:
    return {"answer": said, "reason": "电话核实后认定", "version": str(review.version), **changes}


def test_the_township_compares_its_rows_with_their_candidates(client: Client, review: MatchReview) -> None:
    client.force_login(staff(Role.TOWNSHIP, TOWNSHIP))
    listed = client.get(reverse("matches")).content.decode()
    assert reverse("match", args=[review.pk]) in listed

    page = client.get(reverse("match", args=[review.pk])).content.decode()

    assert "同音不同字" in page
    assert "认定为此人" in page
    assert "有两名以上人员同样可能" in page


def test_numbers_stand_masked_and_the_difference_tells_no_digit(client: Client, review: MatchReview) -> None:
    client.force_login(staff(Role.COUNTY_OFFICE, COUNTY))
    page = client.get(reverse("match", args=[review.pk])).content.decode()
    assert "36102319800101" not in page
    assert "位" in page


def test_none_of_them_is_remembered_for_every_candidate(client: Client, review: MatchReview) -> None:
    client.force_login(staff(Role.TOWNSHIP, TOWNSHIP))

    done = client.post(reverse("match", args=[review.pk]), answer(review, "none"))

    assert done.status_code == 303
    with entered_system():
        assert MatchReview.objects.get().state == "none"
        assert NotSamePerson.objects.count() == 2


def test_one_candidate_out_leaves_the_other(client: Client, review: MatchReview) -> None:
    client.force_login(staff(Role.TOWNSHIP, TOWNSHIP))
    first = review.candidates[0]["member"]

    done = client.post(reverse("match", args=[review.pk]), answer(review, f"not:{first}"))

    assert done["Location"] == reverse("match", args=[review.pk])
    with entered_system():
        assert [each["member"] for each in MatchReview.objects.get().candidates] != [first]


@pytest.mark.parametrize("wrong", [{"reason": "。"}, {"answer": ""}, {"answer": "link:999999"}])
def test_an_answer_that_does_not_fit_stays_on_the_form(
    client: Client, review: MatchReview, wrong: dict[str, str]
) -> None:
    client.force_login(staff(Role.TOWNSHIP, TOWNSHIP))
    first = review.candidates[0]["member"]
    done = client.post(reverse("match", args=[review.pk]), {**answer(review, f"link:{first}"), **wrong})
    assert done.status_code == 422


def test_a_page_of_an_earlier_state_is_refused(client: Client, review: MatchReview) -> None:
    client.force_login(staff(Role.TOWNSHIP, TOWNSHIP))
    done = client.post(reverse("match", args=[review.pk]), answer(review, "none", version="7"))
    assert done.status_code == 409


def test_another_county_finds_nothing_and_a_village_may_not(client: Client, review: MatchReview) -> None:
    client.force_login(staff(Role.COUNTY_OFFICE, THERE.county))
    assert client.get(reverse("match", args=[review.pk])).status_code == 404
    assert client.post(reverse("match", args=[review.pk]), answer(review, "none")).status_code == 404

    client.force_login(staff(Role.VILLAGE, VILLAGE))
    assert client.get(reverse("matches")).status_code == 403


def test_a_candidate_out_of_reach_is_not_shown_and_cannot_be_chosen(client: Client) -> None:
    with entered_system():
        far = household(THERE.villages[0], head_name="鹳甲远")
        review = waiting_review(household(VILLAGE), far)
    client.force_login(staff(Role.TOWNSHIP, TOWNSHIP))

    page = client.get(reverse("match", args=[review.pk])).content.decode()
    assert "不在您的管辖范围内" in page
    chosen = review.candidates[1]["member"]
    assert (
        client.post(reverse("match", args=[review.pk]), answer(review, f"link:{chosen}")).status_code == 404
    )


def test_the_number_of_the_row_is_shown_whole_for_a_reason(client: Client, review: MatchReview) -> None:
    client.force_login(staff(Role.COUNTY_OFFICE, COUNTY))
    page = reverse("match_number", args=[review.pk])

    assert client.post(page, {"reason": "看"}).status_code == 422
    shown = client.post(page, {"reason": "与纸质材料核对"}).content.decode()

    assert "36102319800101001" in shown
