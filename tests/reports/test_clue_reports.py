"""Clues listed, counted and rated within the reach of who asks."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Clue, ClueCheck, ClueOrigin, Finding, ScreeningRun
from shouwang.reports.clue_detail import clue_detail
from shouwang.reports.clue_evidence import evidence_of
from shouwang.reports.clue_hit_rates import SMALLEST_SAMPLE, Rate, hit_rates
from shouwang.reports.clue_households import candidates, listed, village_choices
from shouwang.reports.clue_list import TABS, ClueFilter, clue_list, tab_counts
from tests.world import (
    COUNTY,
    FAR_VILLAGE,
    NEIGHBOUR,
    NOW,
    THERE,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    household,
    viewer,
)

pytestmark = pytest.mark.django_db
LATER = date(2026, 12, 20)


def clue(
    number: int, division: str = VILLAGE, source: str = "hotline", rule: str = "", **columns: Any
) -> Clue:
    given = {
        "state": "received",
        "turn": "township",
        "received_on": TODAY,
        "due_on": date(2026, 12, 8),
        **columns,
    }
    made = Clue.objects.create(number=f"XS{number}", division=division, **given)
    ClueOrigin.objects.create(
        clue=made, division=division, source=source, rule=rule, received_at=NOW, text="话"
    )
    return made


@pytest.fixture
def people() -> Any:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "county": account(Role.COUNTY_OFFICE, COUNTY),
        }


def numbers(person: Any, tab: Any = "unit", today: Any = TODAY, **asked: Any) -> list[str]:
    seen = viewer(person)
    with entered(seen):
        return [each.number for each in clue_list(seen, tab=tab, asked=ClueFilter(**asked), today=today)]


def test_each_tab_holds_its_clues_and_counts_them(people: Any) -> None:
    with entered_system():
        clue(1)
        clue(2, state="dispatched", turn="village")
        clue(3, state="closed", verdict="no_risk", closed_on=TODAY)
        clue(4, division=FAR_VILLAGE)
        clue(5, turn="township", escalated_to="county_office", due_on=TODAY - timedelta(days=1))

    assert numbers(people["village"], "mine") == ["XS2"]
    assert numbers(people["township"], "mine") == ["XS5", "XS1"]
    assert numbers(people["county"], "mine") == ["XS5"]
    assert numbers(people["township"], "done") == ["XS3"]
    assert numbers(people["township"], "overdue", LATER) == ["XS5", "XS1", "XS2"]
    seen = viewer(people["county"])
    with entered(seen):
        counts = tab_counts(seen, TODAY)
    assert counts == {"mine": 1, "unit": 4, "overdue": 1, "feedback": 1, "done": 1}
    assert set(counts) == set(TABS)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"words": "王大"}, ["XS1"]),
        ({"words": "WD"}, ["XS1"]),
        ({"words": "xs2"}, ["XS2"]),
        ({"words": "SB1"}, ["XS2"]),
        ({"place": "361023"}, ["XS1", "XS2"]),
        ({"place": "361024"}, []),
        ({"grade": "red"}, ["XS2"]),
        ({"risk": "medical"}, ["XS1"]),
        ({"is_urgent": True}, ["XS2"]),
        ({"source": "media"}, ["XS2"]),
    ],
)
def test_the_list_is_narrowed_by_each_filter(people: Any, asked: Any, found: Any) -> None:
    with entered_system():
        clue(1, named="王大山", named_pinyin="wds", risks=["medical"])
        second = clue(2, source="media", grade="red", is_urgent=True)
        second.origins.update(receipt="SB1")

    assert sorted(numbers(people["county"], **asked)) == found


def test_the_detail_of_a_clue_out_of_reach_is_none(people: Any) -> None:
    with entered_system():
        there = clue(1, division=THERE.villages[0])
    seen = viewer(people["county"])
    with entered(seen):
        assert clue_detail(seen, there.pk) is None


def test_the_detail_says_by_which_document_it_is_due(people: Any) -> None:
    with entered_system():
        here = clue(1, source="self_declaration", state="closed", closed_on=TODAY, verdict="no_risk")
    seen = viewer(people["county"])
    with entered(seen):
        detail = clue_detail(seen, here.pk)
    assert detail is not None
    assert (detail.limit, "S3§10" in detail.limit_source) == ("5 个工作日（参考值，本地未规定）", True)
    assert detail.feedback_due_on == date(2026, 11, 30)
    assert len(detail.pending) == 1


def test_evidence_without_anything_in_it_is_still_read() -> None:
    found = evidence_of(Finding(rule="r", label="规则", clause="条款", reason="因为", grade="", pack="p"))

    assert (found.clause, found.values, found.rows, found.unshown_rows) == ("条款", (), (), 0)


def test_values_are_read_by_their_indicator() -> None:
    held = {"values": {"household_id": None, "net_income_per_capita_fen": 720000}}
    found = evidence_of(
        Finding(rule="r", label="规则", clause="条款", reason="因为", grade="", evidence=held)
    )

    assert next(line.value for line in found.values) == "未知"


@pytest.mark.parametrize(
    ("counts", "judgement", "permille"),
    [
        ((0, 0, 0, 0), "silent", None),
        ((30, 1, 10, 0), "small", 90),
        ((30, 1, 19, 0), "noisy", 50),
        ((30, 10, 10, 0), "fair", 500),
        ((30, 0, 0, 30), "small", None),
    ],
)
def test_a_rate_is_judged_only_on_enough_answers(counts: Any, judgement: Any, permille: Any) -> None:
    rate = Rate("r", "规则", *counts)

    assert (rate.judgement, rate.permille) == (judgement, permille)


def test_rates_count_each_clue_once_and_name_what_no_rule_saw(people: Any) -> None:
    with entered_system():
        home = household(VILLAGE)
        run = ScreeningRun.objects.create(identifier="r", county=COUNTY, on=TODAY, ran_at=NOW)
        Finding.objects.create(
            run=run,
            household=home,
            division=VILLAGE,
            rule="gone_rule",
            label="旧规则",
            pack="p",
            kind="warning",
            clause="条款",
            reason="因为",
        )
        for number in range(SMALLEST_SAMPLE):
            clue(number, source="screening", rule="gone_rule", state="closed", verdict="no_risk")
        right = clue(90, source="screening", rule="gone_rule", state="closed", verdict="identify")
        ClueOrigin.objects.create(
            clue=right, division=VILLAGE, source="screening", rule="gone_rule", received_at=NOW
        )
        clue(91, source="hotline", state="closed", verdict="monitored")
        clue(92, source="hotline", state="closed", verdict="", verdict_reason="与同户线索合并办理")
        clue(93, source="hotline", division=THERE.villages[0], state="closed", verdict="identify")
    seen = viewer(people["county"])
    with entered(seen):
        found = hit_rates(seen, from_on=TODAY, to_on=TODAY)
    rules = {each.key: each for each in found.rules}
    assert (rules["gone_rule"].label, rules["gone_rule"].judgement) == ("旧规则", "noisy")
    assert (rules["gone_rule"].raised, rules["gone_rule"].hits) == (SMALLEST_SAMPLE + 1, 1)
    assert {each.judgement for key, each in rules.items() if key != "gone_rule"} == {"silent"}
    assert [(each.key, each.raised) for each in found.sources] == [
        ("screening", SMALLEST_SAMPLE + 1),
        ("hotline", 1),
    ]
    assert (found.hits, found.missed, found.runs) == (2, 1, 1)


def test_households_are_found_only_within_reach(people: Any) -> None:
    with entered_system():
        mine, other = household(VILLAGE, head_name="王同名"), household(NEIGHBOUR, head_name="王同名")
    seen = viewer(people["village"])
    with entered(seen):
        assert candidates(seen, number=mine.number) == [mine]
        assert candidates(seen, number=other.number) == []
        assert candidates(seen, named="王同名", division=NEIGHBOUR) == []
        assert candidates(seen, named="王同名") == []
        found = listed(seen, text=f"{mine.number}，{other.number}\nHH-none")
        assert (found.households, found.missing) == ((mine,), (2, 3))


def test_villages_are_offered_by_township_and_never_a_province_of_them(people: Any) -> None:
    with entered_system():
        province = account(Role.PROVINCE, "36")
    offered = village_choices(viewer(people["township"]), Permission.REPORT_CLUE)
    assert next(code for code, _ in offered[0][1]) == VILLAGE
    assert village_choices(viewer(province), Permission.REPORT_CLUE) == []


def test_the_list_of_a_village_is_read_by_its_index(people: Any) -> None:
    with entered_system():
        Clue.objects.bulk_create(
            Clue(
                number=f"N{number}",
                division=f"{361023100001 + number % 500:012d}",
                state="received",
                turn="township",
                received_on=TODAY,
                due_on=TODAY,
            )
            for number in range(3000)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE records_clue")
    seen = viewer(people["village"])
    with entered(seen):
        plan = clue_list(seen, tab="unit", asked=ClueFilter(), today=TODAY)[:20].explain()
    assert "clue_work" in plan


def test_a_risk_that_was_found_and_not_followed_is_shown(people: Any) -> None:
    with entered_system():
        home, other = household(VILLAGE), household(VILLAGE)
        doubtful = clue(1, household=home, state="closed", verdict="no_risk")
        ClueCheck.objects.create(
            clue=doubtful,
            division=VILLAGE,
            checked_on=TODAY,
            is_at_risk=True,
            by=people["village"],
            recorded_at=NOW,
        )
        clue(2, household=other, state="closed", verdict="no_risk")
        clue(3, household=other, state="closed", verdict="identify")

    assert sorted(numbers(people["township"], "done", is_left_out=True)) == ["XS1", "XS3"]
    seen = viewer(people["county"])
    with entered(seen):
        assert hit_rates(seen, from_on=TODAY, to_on=TODAY).left_out == 2
