"""The form of a plan holds every measure the plan has, for every person, and gives each back unchanged."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.actions.plan_drawing import draw_up_plan
from shouwang.domain.measure_entitlement import Basis
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Account, Household, Member, Plan
from shouwang.records.plan_drafts import MeasureDraft, PlanDraft, draft_of
from tests.assistance_world import DRAFT, MEASURE, monitored
from tests.web.form_filling import filled
from tests.world import NOW, TODAY, VILLAGE, account, actor

pytestmark = pytest.mark.django_db
OWN = MeasureDraft(measure="", kind="industry", label="羊羔代养", risk="income", amount_fen=30_000)


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored(head_name="王甲测试")


@pytest.fixture
def cadre(client: Client) -> Account:
    with entered_system():
        made = account(Role.VILLAGE, VILLAGE)
    client.force_login(made)
    return made


def persons_of(home: Household) -> list[Member]:
    with entered_system():
        return list(home.members.order_by("pk"))


def drawn(cadre: Account, home: Household, draft: PlanDraft) -> Plan:
    acting = actor(cadre)
    enter(acting.viewer)
    return draw_up_plan(actor=acting, household_id=home.pk, draft=draft, on=TODAY, at=NOW)


def kept_draft(plan: Plan) -> PlanDraft:
    with entered_system():
        return draft_of(Plan.objects.prefetch_related("measures").get(pk=plan.pk))


def saved_unchanged(client: Client, plan: Plan, **changed: str) -> PlanDraft:
    """Open the plan's form, change no more than is said, save it, and read the plan back."""
    address = reverse("plan_edit", args=[plan.pk])
    typed = filled(client.get(address).content.decode(), "aim")
    saved = client.post(address, {**typed, **changed, "act": "save"})
    assert saved.status_code == 303, saved.context["form"].errors
    return kept_draft(plan)


def same(draft: PlanDraft) -> set[MeasureDraft]:
    return set(draft.measures)


def test_a_second_person_of_a_measure_outlives_the_form(
    client: Client, cadre: Account, home: Household
) -> None:
    one, other = persons_of(home)
    for_two = (
        replace(MEASURE, member_id=one.pk, amount_fen=100_000),
        replace(MEASURE, member_id=other.pk, amount_fen=50_000, basis=Basis(cost_fen=90_000)),
        replace(MEASURE, amount_fen=25_000),
    )
    plan = drawn(cadre, home, replace(DRAFT, measures=for_two))

    kept = saved_unchanged(client, plan)

    assert same(kept) == set(for_two)
    assert (kept.aim, kept.conditions) == (DRAFT.aim, DRAFT.conditions)


def test_a_second_person_is_typed_on_a_row_that_is_asked_for(
    client: Client, cadre: Account, home: Household
) -> None:
    one, other = persons_of(home)
    address = reverse("plan_new", args=[home.pk])
    first = {"m-industry_support-is_chosen": "on", "m-industry_support-member": str(one.pk)}
    typed = filled(client.get(address).content.decode(), "aim") | first
    assert "m-industry_support-2-member" not in typed

    longer = client.post(address, {**typed, "add": "industry_support"})

    assert longer.status_code == 200
    with entered_system():
        assert not Plan.objects.exists()
    typed = filled(longer.content.decode(), "aim")
    assert typed["m-industry_support-is_chosen"] == "on"
    second = {"m-industry_support-2-is_chosen": "on", "m-industry_support-2-member": str(other.pk)}
    assert client.post(address, {**typed, **second, "act": "save"}).status_code == 303
    with entered_system():
        assert set(Plan.objects.get().measures.values_list("member_id", flat=True)) == {one.pk, other.pk}


def test_a_row_may_be_taken_back(client: Client, cadre: Account, home: Household) -> None:
    one, other = persons_of(home)
    for_two = (replace(MEASURE, member_id=one.pk), replace(MEASURE, member_id=other.pk))
    plan = drawn(cadre, home, replace(DRAFT, measures=for_two))
    address = reverse("plan_edit", args=[plan.pk])
    typed = filled(client.get(address).content.decode(), "aim")
    del typed["m-industry_support-2-is_chosen"]

    assert client.post(address, {**typed, "act": "save"}).status_code == 303

    assert same(kept_draft(plan)) == {for_two[0]}


def test_measures_outside_the_circulars_outlive_the_form(
    client: Client, cadre: Account, home: Household
) -> None:
    one, _ = persons_of(home)
    own = (OWN, replace(OWN, label="孵化鸡苗", amount_fen=None), replace(OWN, member_id=one.pk))
    plan = drawn(cadre, home, replace(DRAFT, measures=(MEASURE, *own)))

    assert same(saved_unchanged(client, plan)) == {MEASURE, *own}


def test_another_measure_of_ones_own_is_typed_on_a_further_row(
    client: Client, cadre: Account, home: Household
) -> None:
    plan = drawn(cadre, home, replace(DRAFT, measures=(OWN,)))
    address = reverse("plan_edit", args=[plan.pk])
    typed = filled(client.get(address).content.decode(), "aim")
    typed = filled(client.post(address, {**typed, "add": "own"}).content.decode(), "aim")

    more = {"own-2-label": "孵化鸡苗", "own-2-kind": "industry"}
    assert client.post(address, {**typed, **more, "act": "save"}).status_code == 303

    assert {each.label for each in kept_draft(plan).measures} == {"羊羔代养", "孵化鸡苗"}


def test_a_measure_that_is_no_longer_offered_outlives_the_form(
    client: Client, cadre: Account, home: Household
) -> None:
    plan = drawn(cadre, home, DRAFT)
    with entered_system():
        Household.objects.filter(pk=home.pk).update(risks=["housing"])
        home.versions.update(risks="|housing|")
        home.member_versions.update(labour="none")

    page = client.get(reverse("plan_edit", args=[plan.pk])).content.decode()

    assert "不再适合" in page
    assert same(saved_unchanged(client, plan)) == {MEASURE}


def test_a_measure_that_the_circulars_dropped_becomes_one_of_the_households_own(
    client: Client, cadre: Account, home: Household
) -> None:
    plan = drawn(cadre, home, DRAFT)
    with entered_system():
        plan.measures.update(measure="gone_measure")

    kept = saved_unchanged(client, plan)

    assert same(kept) == {replace(MEASURE, measure="", basis=Basis())}


def test_a_person_who_has_left_is_not_lost_in_silence(
    client: Client, cadre: Account, home: Household
) -> None:
    _, other = persons_of(home)
    plan = drawn(cadre, home, replace(DRAFT, measures=(replace(MEASURE, member_id=other.pk),)))
    with entered_system():
        Member.objects.filter(pk=other.pk).update(is_present=False)

    assert "已不在户" in client.get(reverse("plan_edit", args=[plan.pk])).content.decode()
    assert [each.member_id for each in saved_unchanged(client, plan).measures] == [other.pk]


def test_a_figure_that_the_form_does_not_ask_for_stays(
    client: Client, cadre: Account, home: Household
) -> None:
    reckoned = replace(MEASURE, basis=Basis(cost_fen=500_000, eligible_fen=70_000))
    plan = drawn(cadre, home, replace(DRAFT, measures=(reckoned,)))

    kept = saved_unchanged(client, plan, **{"m-industry_support-amount_fen": "1500"})

    assert kept.measures == (replace(reckoned, amount_fen=150_000),)


def test_rows_beyond_the_persons_of_a_household_are_not_made(
    client: Client, cadre: Account, home: Household
) -> None:
    flood: dict[str, Any] = {f"m-industry_support-{row}-amount_fen": "1" for row in range(2, 200)}

    page = client.post(reverse("plan_new", args=[home.pk]), {**flood, "add": "industry_support"})

    assert page.content.decode().count("industry_support-3-amount_fen") > 0
    assert "industry_support-4-amount_fen" not in page.content.decode()


def test_the_same_person_twice_is_refused(client: Client, cadre: Account, home: Household) -> None:
    typed = {
        "m-industry_support-is_chosen": "on",
        "m-industry_support-2-is_chosen": "on",
        "m-industry_support-starts_on": date(2026, 4, 1).isoformat(),
    }

    page = client.post(reverse("plan_new", args=[home.pk]), {**typed, "act": "save"})

    assert page.status_code == 422
    assert "对同一人重复列入" in page.content.decode()


def test_what_is_wrong_on_a_row_is_told_above(client: Client, cadre: Account, home: Household) -> None:
    typed = {"m-industry_support-is_chosen": "on", "m-industry_support-amount_fen": "很多"}

    page = client.post(reverse("plan_new", args=[home.pk]), {**typed, "act": "save"})

    assert page.status_code == 422
    assert "措施中有 1 处填写不对" in page.content.decode()
