"""The interface keeps to its own description, whatever is sent, and one county never sees the other (T54)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.wsgi import application
from tests.api.api_world import token_of
from tests.mirrored import Mirror, mirror
from tests.web.test_scope_sweep import canaries_in
from tests.world import HERE, THERE, account

pytestmark = pytest.mark.django_db
IS_SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
_CHECKS = {
    # A cursor, a county or a file of the right form is refused all the same if it is none: 422, in words.
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "401", "403", "404", "409", "412", "413", "422", "428"]
    },
    "negative_data_rejection": {
        "expected-statuses": ["400", "401", "403", "404", "405", "412", "413", "422", "428"]
    },
}
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": _CHECKS,
        # Every request is given the token.
        "generation": {"max-examples": 300 if IS_SOAK else 3, "with-security-parameters": False},
    }
)
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=CONFIG)
# The ids of both counties, by the names that addresses give them; filled by the test's world.
IDS: dict[str, tuple[int, int]] = {}


@schema.hook
def filter_query(context: Any, query: dict[str, Any]) -> bool:
    """Leave out what breaks the description by a parameter of which nothing is left in the address."""
    return not any(value in ([], {}) for value in (query or {}).values())


@schema.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """Put the ids of both counties among those that were made up."""
    for name, ids in IDS.items():
        made_up = path_parameters.get(name) if path_parameters else None
        # What breaks the description goes on breaking it.
        if isinstance(made_up, int) and 1 <= made_up < 2**63 and made_up % 3 < 2:
            path_parameters[name] = ids[made_up % 3]
    return path_parameters


@pytest.fixture
def asking(settings: Any) -> Iterator[str]:
    """Return the token of one county's office, where both counties have one of everything."""
    settings.API_REQUESTS_A_MINUTE = 10**9
    # They would end the transaction that the test is rolled back by.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with entered_system():
        there, here = mirror(THERE), mirror_here()
        made = account(Role.COUNTY_OFFICE, HERE.county)
    for name in ("household_id", "clue_id", "case_id", "finding_id", "delivery_id"):
        IDS[name] = (int(str(here.ids[name])), int(str(there.ids[name])))
    yield token_of(made)
    IDS.clear()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def mirror_here() -> Mirror:
    """Return one of everything in one's own county, without the words that must not be seen."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NAME", "WORDS", "DISEASE", "NUMBER"):
            patch.setattr(f"tests.mirrored.{name}", f"HERE{name}")
        return mirror(HERE)


@schema.parametrize()
@settings(suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_description_foresees(case: Any, asking: str) -> None:
    response = case.call_and_validate(headers={"Authorization": f"Bearer {asking}"})

    told = response.content.decode("utf-8", "replace")
    assert not canaries_in_text(told)
    assert "Set-Cookie" not in response.headers
    assert "Traceback" not in told
    foreign = {name: ids[1] for name, ids in IDS.items()}
    if any((case.path_parameters or {}).get(name) == pk for name, pk in foreign.items()):
        assert response.status_code >= 400, f"{case.path_parameters} is the other county's"
    if response.status_code >= 400:
        assert response.headers["content-type"][0].startswith("application/problem+json")


def canaries_in_text(text: str) -> list[str]:
    class Told:
        streaming = False
        content = text.encode()

        def items(self) -> list[tuple[str, str]]:
            return []

    return canaries_in(Told())


@pytest.mark.skipif(not IS_SOAK, reason="part of the long run: `make soak`")
def test_what_one_answer_names_can_be_asked_for_next(asking: str) -> None:
    class Walk(schema.as_state_machine()):  # type: ignore[misc]
        """Operations one after the other, each given what the last one answered."""

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {asking}"}}

    Walk.run(settings=settings(max_examples=50, suppress_health_check=list(HealthCheck), deadline=None))
