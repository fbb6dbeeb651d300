"""What a look-back found and led to is kept (R51)."""

from typing import Any

import pytest

from shouwang.actions.look_back_recording import record_look_back
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.after_elimination import Findings
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Account, AuditEvent, Case, CaseEvent, Household, LookBack
from tests.assistance_world import monitored
from tests.world import COUNTY, NOW, TODAY, VILLAGE, account, actor

pytestmark = pytest.mark.django_db
STEADY = Findings(was_entry_right=True, was_elimination_right=True, has_new_risk=False)


def kept(person: Account, home: Household, **told: Any) -> LookBack:
    acting = actor(person)
    enter(acting.viewer)
    usual: dict[str, Any] = {"findings": STEADY, "decision": "keep", "opinion": "", **told}
    return record_look_back(actor=acting, household_id=home.pk, on=TODAY, at=NOW, **usual)


def test_a_look_back_is_kept_with_what_it_suggests() -> None:
    with entered_system():
        person, home = account(Role.VILLAGE, VILLAGE), monitored(monitoring="eliminated")

    made = kept(person, home)

    assert (made.suggested, made.decision, made.division, made.role) == ("keep", "keep", VILLAGE, "village")
    event = AuditEvent.objects.get(action="look_back.record")
    assert event.after["decision"] == "keep"
    assert event.after["has_new_risk"] is False


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"decision": "forget"}, "请选择"),
        ({"decision": "removal"}, "请写明理由"),
        ({"findings": Findings()}, "尚不能决定"),
    ],
)
def test_what_does_not_fit_is_refused(told: dict[str, Any], reason: str) -> None:
    with entered_system():
        person, home = account(Role.VILLAGE, VILLAGE), monitored(monitoring="eliminated")

    with pytest.raises(Unfit, match=reason):
        kept(person, home, **told)

    assert not LookBack.objects.exists()


def test_a_household_that_is_monitored_is_not_looked_back_at() -> None:
    with entered_system():
        person, home = account(Role.VILLAGE, VILLAGE), monitored()

    with pytest.raises(Unfit, match="已标注风险消除"):
        kept(person, home)


def test_who_confirmed_the_elimination_does_not_judge_it() -> None:
    with entered_system():
        person, home = account(Role.COUNTY_OFFICE, COUNTY), monitored(monitoring="eliminated")
        case = Case.objects.create(
            number="GA1", household=home, division=home.division, track="elimination", pack="p",
            pack_digest="d", status="completed", turn_roles=[], opened_on=TODAY,
        )  # fmt: skip
        CaseEvent.objects.create(
            case=case, division=home.division, sequence=1, kind="approve", role="county_office", by=person,
            on=TODAY, recorded_at=NOW,
        )  # fmt: skip

    with pytest.raises(NotAllowed, match="本人确认"):
        kept(person, home)
