"""Opening a case."""

import pytest

from shouwang.actions.case_opening import open_identification
from shouwang.actions.case_steps import take_step
from shouwang.actions.refusals import Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Notification
from tests.world import NOW, TODAY, TOWNSHIP, VILLAGE, account, actor, household

pytestmark = pytest.mark.django_db


def test_an_identification_begins_with_the_village() -> None:
    with entered_system():
        township, village, home = (
            account(Role.TOWNSHIP, TOWNSHIP),
            account(Role.VILLAGE, VILLAGE),
            household(),
        )
    who, maker = actor(township), actor(village)
    with entered(who.viewer):
        case = open_identification(
            actor=who, household_id=home.pk, clue_id=None, on=TODAY, at=NOW, opinion="核查属实"
        )

        assert case.turn_roles == ["village", "resident_team"]
        assert case.turn_label == "入户核查初判"
        assert case.version == 1
        assert Notification.objects.filter(account=village).count() == 1
    with entered(maker.viewer), pytest.raises(Unfit, match="入户核查记录"):
        take_step(
            actor=maker, case_id=case.pk, version=1, step_id="household_check", opinion="", on=TODAY, at=NOW
        )
