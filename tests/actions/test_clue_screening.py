"""Warnings of screening runs become clues, and are raised again only when something changed."""

from datetime import timedelta
from typing import Any

import pytest

from shouwang.actions.clue_intake import report_clue
from shouwang.actions.clue_screening import Raised, raise_from_run
from shouwang.actions.clue_verdict import give_verdict
from shouwang.actions.refusals import NotAllowed, NotThere
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Clue, ClueOrigin, Finding, Notification, ScreeningRun
from tests.world import COUNTY, FAR_VILLAGE, NOW, TODAY, TOWNSHIP, VILLAGE, account, actor, household

pytestmark = pytest.mark.django_db
WHEN: dict[str, Any] = {"on": TODAY, "at": NOW}


class World:
    """A county office, its households, and one run after another."""

    def __init__(self) -> None:
        self.runs = 0
        with entered_system():
            self.county = account(Role.COUNTY_OFFICE, COUNTY)
            self.township = account(Role.TOWNSHIP, TOWNSHIP)
            self.homes = [household(VILLAGE), household(VILLAGE), household(FAR_VILLAGE)]

    def run(self, *found: Any) -> Any:
        """Make a run; each finding is (number of the household, rule, grade, own pay)."""
        self.runs += 1
        run = ScreeningRun.objects.create(
            identifier=f"run{self.runs}", county=COUNTY, on=TODAY, ran_at=NOW + timedelta(days=self.runs)
        )
        for home, rule, grade, own_pay in found:
            self.finding(run, self.homes[home], rule, grade, own_pay)
        return run

    @staticmethod
    def finding(run: Any, home: Any, rule: Any, grade: Any, own_pay: Any, kind: Any = "warning") -> Any:
        return Finding.objects.create(
            run=run,
            household=home,
            division=home.division,
            rule=rule,
            label="自付较多",
            pack="cn-2021",
            kind=kind,
            risk="medical",
            grade=grade,
            clause="条款",
            reason="近12个月自付超过线",
            evidence={"values": {"own_pay_fen": own_pay}},
        )

    def raised(self, run: Any, who: Any = None) -> Any:
        person = actor(who or self.county)
        with entered(person.viewer):
            return raise_from_run(actor=person, run_id=run.pk, **WHEN)

    def close(self) -> None:
        with entered_system():
            Clue.objects.update(state="closed", verdict="no_risk")


@pytest.fixture
def world() -> Any:
    return World()


def test_each_household_warned_of_gets_one_clue(world: Any) -> None:
    with entered_system():
        run = world.run((0, "a", "yellow", 100), (0, "b", "red", 100), (2, "a", "blue", 100))
        world.finding(run, world.homes[1], "c", "", 1, kind="focus")

    assert world.raised(run) == Raised(new=2, merged=1, unchanged=0, monitored=0)
    with entered_system():
        first = Clue.objects.get(household=world.homes[0])
        assert (first.grade, first.risks, first.state, first.turn) == (
            "red",
            ["medical"],
            "received",
            "township",
        )
        assert sorted(first.origins.values_list("rule", flat=True)) == ["a", "b"]
        assert Notification.objects.get(account=world.township).text == "筛查产生 1 条待派发线索"


def test_raising_a_run_again_changes_nothing(world: Any) -> None:
    with entered_system():
        run = world.run((0, "a", "yellow", 100))
    world.raised(run)

    assert world.raised(run) == Raised(new=0, merged=0, unchanged=1, monitored=0)
    with entered_system():
        assert ClueOrigin.objects.count() == 1


@pytest.mark.parametrize(
    ("grade", "own_pay", "is_raised"),
    [
        ("yellow", 110, False),
        ("blue", 100, False),
        ("red", 100, True),
        ("yellow", 130, True),
        ("yellow", None, True),
    ],
)
def test_a_closed_warning_is_raised_again_only_on_change(
    world: Any, grade: Any, own_pay: Any, is_raised: Any
) -> None:
    with entered_system():
        first, second = world.run((0, "a", "yellow", 100)), world.run((0, "a", grade, own_pay))
    world.raised(first)
    world.close()

    assert world.raised(second).new == int(is_raised)


def test_a_warning_that_went_and_came_back_is_raised_again(world: Any) -> None:
    with entered_system():
        runs = [
            world.run((0, "a", "yellow", 100)),
            world.run((1, "a", "yellow", 100)),
            world.run((0, "a", "yellow", 100)),
        ]
    world.raised(runs[0])
    world.close()

    assert world.raised(runs[2]).new == 1


def test_a_new_rule_joins_the_open_clue_of_another_source(world: Any) -> None:
    person = actor(world.county)
    with entered(person.viewer):
        report_clue(
            actor=person, source="media", household_id=world.homes[0].pk, text="报道称其住院多次", **WHEN
        )
    with entered_system():
        run = world.run((0, "a", "red", 100))

    assert world.raised(run) == Raised(new=0, merged=1, unchanged=0, monitored=0)
    with entered_system():
        clue = Clue.objects.get()
        assert (clue.grade, clue.version) == ("red", 2)


def test_monitored_households_are_raised_for_their_risk_to_be_added(world: Any) -> None:
    with entered_system():
        world.homes[0].monitoring = "monitored"
        world.homes[0].save()
        run = world.run((0, "a", "red", 100))

    assert world.raised(run).monitored == 1


def test_the_verdict_is_given_back_to_the_screening_by_itself(world: Any) -> None:
    with entered_system():
        run = world.run((0, "a", "red", 100))
    world.raised(run)
    person = actor(world.township)
    with entered(person.viewer):
        clue = Clue.objects.get()
        give_verdict(
            actor=person, clue_id=clue.pk, version=1, verdict="not_ours", reason="户籍已迁往邻县", **WHEN
        )
        assert clue.origins.get().fed_back_on == TODAY


def test_only_who_runs_screenings_raises_them(world: Any) -> None:
    with entered_system():
        run = world.run((0, "a", "red", 100))
    with pytest.raises(NotAllowed):
        world.raised(run, world.township)
    run.pk += 1
    with pytest.raises(NotThere):
        world.raised(run)
