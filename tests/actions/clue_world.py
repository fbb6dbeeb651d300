"""A village, its township and county, and a clue that is walked through its acts."""

from typing import Any

from shouwang.actions.clue_check import record_check
from shouwang.actions.clue_dispatch import dispatch_clue
from shouwang.actions.clue_intake import report_clue
from shouwang.actions.clue_verdict import give_verdict
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Clue
from tests.world import (
    COUNTY,
    NOW,
    OTHER_TOWNSHIP,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    actor,
    household,
)

WHEN: dict[str, Any] = {"on": TODAY, "at": NOW}
CHECK: dict[str, Any] = {
    "checked_on": TODAY,
    "checkers": "张村甲、李队乙",
    "findings": "户主住院，自付较多",
    "opinion": "建议纳入监测",
    "is_at_risk": True,
    "risks": ["medical"],
}


class World:
    """A village, its township, the county, and a clue from the township."""

    def __init__(self) -> None:
        with entered_system():
            self.people = {
                "village": account(Role.VILLAGE, VILLAGE),
                "team": account(Role.RESIDENT_TEAM, VILLAGE),
                "township": account(Role.TOWNSHIP, TOWNSHIP),
                "other": account(Role.TOWNSHIP, OTHER_TOWNSHIP),
                "county": account(Role.COUNTY_OFFICE, COUNTY),
            }
            self.home = household(VILLAGE)
        self.clue = self.reported(self.home)

    def reported(self, home: Any, who: Any = "county", source: Any = "hotline") -> Any:
        person = actor(self.people[who])
        with entered(person.viewer):
            return report_clue(
                actor=person, source=source, household_id=home.pk, text="来电反映住院花费很大", **WHEN
            ).clue

    def does(self, who: Any, act: Any, clue: Any = None, **given: Any) -> Any:
        person = actor(self.people[who])
        clue = clue or self.clue
        with entered_system():
            given = {"version": Clue.objects.get(pk=clue.pk).version, **WHEN, **given}
        with entered(person.viewer):
            return act(actor=person, clue_id=clue.pk, **given)

    def dispatched(self) -> Any:
        self.does("township", dispatch_clue)
        return self

    def checked(self, who: Any = "village") -> Any:
        self.dispatched().does(who, record_check, **CHECK)
        return self

    def closed(self, verdict: Any = "no_risk") -> Any:
        self.checked().does("township", give_verdict, verdict=verdict, reason="医保报销后负担不重")
        return self

    def now(self) -> Any:
        with entered_system():
            return Clue.objects.get(pk=self.clue.pk)


def fresh(world: Any) -> Any:
    with entered_system():
        home = household(VILLAGE)
    return world.reported(home)
