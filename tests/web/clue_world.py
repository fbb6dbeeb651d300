"""Accounts of each level, a clue of the village, and a client that opens its pages."""

from typing import Any

from django.urls import reverse

from shouwang.actions.clue_check import record_check
from shouwang.actions.clue_dispatch import dispatch_clue
from shouwang.actions.clue_intake import report_clue
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Clue
from tests.world import (
    COUNTY,
    NEIGHBOUR,
    NOW,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    actor,
    household,
)

WHEN: dict[str, Any] = {"on": TODAY, "at": NOW}
CANARY = "王金丝雀"
CHECK: dict[str, Any] = {
    "checked_on": TODAY,
    "checkers": "张村甲、李队乙",
    "findings": "户主住院，自付较多",
    "opinion": "建议纳入监测",
    "is_at_risk": True,
    "risks": ["medical"],
}
CHECK_FORM: dict[str, Any] = {
    "checked_on": "2026-11-23",
    "checkers": "张村甲、李队乙",
    "is_at_risk": "yes",
    "risks": ["medical"],
    "income": "8200.50",
    "spending": "",
    "has_guarantees": "unknown",
    "has_safe_water": "yes",
    "findings": "户主住院，自付较多",
    "opinion": "建议纳入监测",
}


class World:
    """Accounts of each level and a clue of the village."""

    def __init__(self, client: Any) -> None:
        self.client = client
        with entered_system():
            self.people = {
                "village": account(Role.VILLAGE, VILLAGE),
                "neighbour": account(Role.VILLAGE, NEIGHBOUR),
                "township": account(Role.TOWNSHIP, TOWNSHIP),
                "county": account(Role.COUNTY_OFFICE, COUNTY),
                "leader": account(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组"),
                "province": account(Role.PROVINCE, "36"),
                "auditor": account(Role.AUDIT_ADMINISTRATOR, COUNTY),
            }
            self.home = household(VILLAGE, head_name=CANARY)
        self.clue = self.reported(household_id=self.home.pk)

    def reported(
        self, who: Any = "county", source: Any = "hotline", text: Any = "来电反映住院花费很大", **given: Any
    ) -> Any:
        person = actor(self.people[who])
        with entered(person.viewer):
            return report_clue(actor=person, source=source, text=text, **given, **WHEN).clue

    def does(self, who: Any, act: Any, **given: Any) -> None:
        person = actor(self.people[who])
        with entered_system():
            version = Clue.objects.get(pk=self.clue.pk).version
        with entered(person.viewer):
            act(actor=person, clue_id=self.clue.pk, version=version, **given, **WHEN)

    def dispatched(self) -> Any:
        self.does("township", dispatch_clue)
        return self

    def checked(self) -> Any:
        self.dispatched().does("village", record_check, **CHECK)
        return self

    def get(self, who: Any, page: Any, *args: Any, **query: Any) -> Any:
        if who:
            self.client.force_login(self.people[who])
        return self.client.get(reverse(page, args=args), query)

    def post(self, who: Any, page: Any, *args: Any, **given: Any) -> Any:
        if who:
            self.client.force_login(self.people[who])
        return self.client.post(reverse(page, args=args), given)

    def now(self) -> Any:
        with entered_system():
            return Clue.objects.get(pk=self.clue.pk)


def text_of(answer: Any) -> str:
    return answer.content.decode()
