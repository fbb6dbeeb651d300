"""Clues brought in by form and by list, and how one clue reads to different people."""

from typing import Any

import pytest
from django.urls import reverse

from shouwang.actions.clue_screening import raise_from_run
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Clue, Finding, Household, ScreeningRun
from tests.web.clue_world import WHEN, World, text_of
from tests.world import (
    COUNTY,
    FAR_VILLAGE,
    NOW,
    TODAY,
    VILLAGE,
    actor,
    household,
    id_number,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Any) -> Any:
    return World(client)


def test_an_address_that_names_a_household_and_a_source_fills_them_in(world: Any) -> None:
    with entered_system():
        far = household(FAR_VILLAGE)
    address = reverse("clue_new")
    world.get("village", "clue_new")

    named = text_of(world.client.get(address, {"household": world.home.pk, "source": "inspection"}))
    assert f'value="{world.home.number}"' in named
    assert '<option value="inspection" selected>' in named
    for wrong in (far.pk, "x", 10**30):
        assert far.number not in text_of(world.client.get(address, {"household": wrong}))


ENTRY: dict[str, Any] = {"source": "self_declaration", "text": "家里有人住院，花费很大", "risks": ["medical"]}


def test_a_clue_is_recorded_by_number_by_id_number_and_by_name(world: Any) -> None:
    with entered_system():
        homes = [household(VILLAGE), household(VILLAGE, head_name="王小河")]
        member = homes[0].members.get()
    assert world.get("village", "clue_new").status_code == 200
    entered_number = int(member.code[1:])
    for given in (
        {"number": world.home.number},
        {"id_number": id_number(entered_number)},
        {"named": "王小河", "division": VILLAGE},
    ):
        answer = world.post("village", "clue_new", **ENTRY, **given)
        assert answer.status_code == 303, text_of(answer)
    with entered_system():
        assert Clue.objects.filter(household__in=[world.home, *homes]).count() == 3
        assert world.now().version == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "请填户编号"),
        ({"number": "HH999999"}, "没有找到"),
        ({"named": "无此人", "division": VILLAGE}, "查不到这户"),
        ({"number": "HH1", "phone": "12"}, "7 至 12 位"),
    ],
)
def test_an_entry_that_names_nobody_is_asked_again(world: Any, given: Any, words: Any) -> None:
    answer = world.post("village", "clue_new", **ENTRY, **given)

    assert answer.status_code == 422
    assert words in text_of(answer)


def test_namesakes_are_offered_and_one_is_chosen(world: Any) -> None:
    with entered_system():
        household(VILLAGE, head_name="王重名")
        second = household(VILLAGE, head_name="王重名")
    given = {**ENTRY, "named": "王重名", "division": VILLAGE}
    answer = world.post("village", "clue_new", **given)
    assert answer.status_code == 422
    assert second.number in text_of(answer)
    assert world.post("village", "clue_new", **given, household=second.pk).status_code == 303
    with entered_system():
        assert Clue.objects.filter(household=second).exists()


def test_an_unknown_household_is_named_and_linked_later(world: Any) -> None:
    given = {
        **ENTRY,
        "named": "王新户",
        "division": VILLAGE,
        "is_not_registered": "on",
        "phone": "10000001234",
    }
    assert world.post("village", "clue_new", **given).status_code == 303
    with entered_system():
        clue = Clue.objects.get(household=None)
        fresh = household(VILLAGE, head_name="王新户")
    assert "未关联农户" in text_of(world.get("village", "clue", clue.pk))
    assert "10000001234" not in text_of(world.get("village", "clue", clue.pk))
    assert fresh.number in text_of(world.get("village", "clue_link", clue.pk))
    assert world.post("village", "clue_link", clue.pk, version=1, number="HH999999").status_code == 422
    assert world.post("village", "clue_link", clue.pk, version=1, household=fresh.pk).status_code == 303
    with entered_system():
        assert Clue.objects.get(pk=clue.pk).household == fresh


def test_a_household_of_another_village_cannot_be_chosen_by_its_number(world: Any) -> None:
    with entered_system():
        far = household(FAR_VILLAGE)
    assert world.post("village", "clue_new", **ENTRY, household=far.pk).status_code == 404
    assert world.post("village", "clue_new", **ENTRY, number=far.number).status_code == 422


def test_a_list_is_taken_whole_or_not_at_all(world: Any) -> None:
    with entered_system():
        homes = [household(VILLAGE) for _ in range(3)]
        far = household(FAR_VILLAGE)
    given = {"source": "disaster", "risks": ["disaster"], "text": "11月20日暴雨，房屋进水"}
    assert world.get("township", "clue_new_list").status_code == 200
    numbers = "\n".join(each.number for each in homes)
    answer = world.post("township", "clue_new_list", **given, numbers=f"{numbers}\n{far.number}")
    assert answer.status_code == 422
    assert "第 4 项" in text_of(answer)
    assert world.post("township", "clue_new_list", **given).status_code == 422
    assert (
        world.post("township", "clue_new_list", **given, numbers=numbers, division=VILLAGE).status_code == 303
    )
    with entered_system():
        assert (
            Clue.objects.filter(is_urgent=True).count() == Household.objects.filter(division=VILLAGE).count()
        )


EVIDENCE: dict[str, Any] = {
    "evidence": [{"text": "自付金额超过线", "left": "", "operator": ">", "right": "", "holds": True}],
    "values": {"unheard_of": 5},
    "parameters": [
        {
            "name": "line",
            "value": 800000,
            "label": "监测范围线",
            "unit": "yuan",
            "source": "某文件第三条",
            "is_reference": True,
        }
    ],
    "sources": [
        {"file": "医保.xlsx", "sheet": "明细", "row_no": 17, "feed": "medical", "amount_fen": 123456}
    ],
    "source_row_count": 3,
}


def test_the_evidence_of_a_warning_is_shown_to_who_may_see_it(world: Any) -> None:
    with entered_system():
        run = ScreeningRun.objects.create(identifier="r", county=COUNTY, on=TODAY, ran_at=NOW)
        Finding.objects.create(
            run=run,
            household=world.home,
            division=VILLAGE,
            rule="own_pay",
            label="自付较多",
            pack="cn-2021",
            kind="warning",
            risk="medical",
            grade="red",
            clause="方案第四条",
            reason="自付超过线的一半",
            evidence=EVIDENCE,
        )
    person = actor(world.people["county"])
    with entered(person.viewer):
        raise_from_run(actor=person, run_id=run.pk, **WHEN)
    shown = text_of(world.get("village", "clue", world.clue.pk))

    for words in (
        "方案第四条",
        "自付金额超过线",
        "8,000元（参考值）",
        "某文件第三条",
        "医保.xlsx",
        "1,234.56",
        "另有 2 行",
    ):
        assert words in shown
    hidden = text_of(world.get("leader", "clue", world.clue.pk))
    assert "无权查看" in hidden
    for words in ("自付金额", "自付超过", "医保.xlsx", "住院花费"):
        assert words not in hidden


def test_what_the_police_delivered_is_not_shown_to_the_village(world: Any) -> None:
    with entered_system():
        run = ScreeningRun.objects.create(identifier="r", county=COUNTY, on=TODAY, ran_at=NOW)
        Finding.objects.create(
            run=run,
            household=world.home,
            division=VILLAGE,
            rule="accident",
            label="发生事故",
            pack="cn-2021",
            kind="warning",
            risk="accident",
            clause="方案第四条",
            reason="本年发生交通事故",
            evidence={"sources": [{"file": "公安.xlsx", "sheet": "1", "row_no": 3, "feed": "security"}]},
        )
    person = actor(world.people["county"])
    with entered(person.viewer):
        raise_from_run(actor=person, run_id=run.pk, **WHEN)

    assert "本年发生交通事故" in text_of(world.get("township", "clue", world.clue.pk))
    hidden = text_of(world.get("village", "clue", world.clue.pk))
    assert "交通事故" not in hidden
    assert "公安.xlsx" not in hidden


def test_the_words_of_a_petition_are_for_those_who_handle_petitions(world: Any) -> None:
    world.reported(source="petition", text="信访人称村干部优亲厚友", household_id=world.home.pk)

    assert "优亲厚友" not in text_of(world.get("village", "clue", world.clue.pk))
    assert "优亲厚友" in text_of(world.get("township", "clue", world.clue.pk))


def test_the_rates_page_counts_rules_and_sources(world: Any) -> None:
    shown = text_of(world.get("county", "hit_rates"))

    assert "12317等热线" in shown
    assert "样本不足" in shown
    assert world.get("county", "hit_rates", from_on="2026-12-01", to_on="2026-11-01").status_code == 200
    assert world.get("county", "hit_rates", from_on="x", to_on="").status_code == 200
