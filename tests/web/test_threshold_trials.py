"""Another threshold is tried on the last screening's households and the verdicts; nothing changes."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from shouwang.actions.screening_nightly import screen_nightly
from shouwang.domain.roles import Role
from shouwang.engine.trials import TrialError
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Clue, Finding, ScreeningRun
from shouwang.reports.threshold_trials import last_screened, threshold_trial, thresholds, trial_counties
from tests import world
from tests.actions.delivery_world import loaded_registry
from tests.actions.loading_small import deliver, load_small
from tests.actions.loading_world import COUNTY, SYSTEM
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db
PAID = (1_000, 30_000, 60_000, 90_000)
PARAMETER = "own_pay_income_permille"


@pytest.fixture
def county(tmp_path: Path) -> Any:
    """Screen a county of households of ever larger bills; of the larger two one was at risk."""
    loaded_registry(tmp_path, households=len(PAID))
    deliver(
        tmp_path,
        *(samples.medical(n, 医疗总费用=str(paid * 2), 个人自付=str(paid)) for n, paid in enumerate(PAID, 1)),
    )
    load_small(tmp_path)
    screen_nightly(actor=SYSTEM, on=samples.ON, at=NOW)
    with entered_system():
        for number, verdict in (("H003", "no_risk"), ("H004", "identify")):
            clue = Clue.objects.filter(household__number=number)
            clue.update(state="closed", verdict=verdict, closed_on=samples.ON)
        return world.account(Role.COUNTY_OFFICE, COUNTY)


def warned_by(rules: tuple[str, ...]) -> int:
    found = Finding.objects.filter(run=ScreeningRun.objects.get(), kind="warning", rule__in=rules)
    return found.values("household").distinct().count()


def test_what_stands_finds_what_the_screening_found(county: Any) -> None:
    viewer = world.actor(county).viewer
    with entered(viewer):
        assert trial_counties(viewer) == [COUNTY]
        screened = last_screened(viewer, COUNTY)
        assert screened is not None
        found = thresholds(screened)
        assert len(found) > 10
        tried = {each.name: threshold_trial(viewer, screened, {each.name: each.value}) for each in found}
    with entered_system():
        for made in tried.values():
            assert made.all.before == made.all.after == warned_by(made.rules)
            assert (made.households, made.all.lost, made.all.gained) == (len(PAID), 0, 0)
        assert any(made.all.before for made in tried.values())


def test_a_higher_threshold_says_whom_it_would_lose_and_spare(county: Any) -> None:
    viewer = world.actor(county).viewer
    with entered(viewer):
        screened = last_screened(viewer, COUNTY)
        assert screened is not None
        moved = []
        for each in thresholds(screened):
            for value in (0, each.value * 100):
                made = threshold_trial(viewer, screened, {each.name: value})
                counts = made.all
                assert counts.after == counts.before - counts.lost + counts.gained
                assert counts.still_warned <= counts.lost
                moved.append(made.outcomes["hit"].lost + made.outcomes["miss"].lost)
        with pytest.raises(TrialError):
            threshold_trial(viewer, screened, {"no_such_parameter": 1})
    assert any(moved)


def test_the_page_shows_a_trial_and_changes_nothing(county: Any, client: Client) -> None:
    client.force_login(county)
    assert client.get("/hit-rates/trial/").status_code == 200
    viewer = world.actor(county).viewer
    with entered(viewer):
        screened = last_screened(viewer, COUNTY)
        assert screened is not None
        first = thresholds(screened)[0]
    response = client.get("/hit-rates/trial/", {"county": COUNTY, "parameter": first.name, "value": "1"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "核实有风险，会漏掉" in text
    assert first.label in text
    bad = client.get("/hit-rates/trial/", {"county": COUNTY, "parameter": first.name, "value": "-1"})
    assert "核实有风险，会漏掉" not in bad.content.decode()


def test_whoever_reaches_no_whole_county_tries_nothing(county: Any, client: Client) -> None:
    with entered_system():
        village = world.account(Role.TOWNSHIP, world.TOWNSHIP)
    client.force_login(village)
    response = client.get("/hit-rates/trial/", {"county": COUNTY, "parameter": PARAMETER, "value": "1"})

    assert "没有可供试算" in response.content.decode()
