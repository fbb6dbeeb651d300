"""Nobody is shown a count of people whom he may not see (T09): so no count needs hiding on a page.

What leaves the site in an export is hidden by `domain.small_counts` where it is few people of outside.
"""

from datetime import timedelta

import pytest

from shouwang.domain.permissions import Permission
from shouwang.domain.roles import ROLES, Role
from shouwang.records.access import entered, entered_system, visible
from shouwang.records.models import Case, Clue
from shouwang.reports import case_list, clue_list
from shouwang.reports.clue_hit_rates import hit_rates
from tests.mirrored import mirror
from tests.world import HERE, THERE, TODAY, account, viewer

PLACES = {5: HERE.villages[0], 4: HERE.townships[0], 3: HERE.county, 2: HERE.county[:4], 1: HERE.county[:2]}
COUNTING = [role for role in Role if Permission.SEE_TOTALS in ROLES[role].permissions]


@pytest.mark.parametrize("role", Role)
def test_whoever_sees_totals_sees_the_households_behind_them(role: Role) -> None:
    permissions = ROLES[role].permissions
    assert Permission.SEE_TOTALS not in permissions or Permission.SEE_HOUSEHOLDS in permissions


@pytest.mark.django_db
@pytest.mark.parametrize("role", COUNTING)
def test_a_count_is_of_the_rows_that_its_reader_may_open(role: Role) -> None:
    with entered_system():
        for place in (HERE, THERE):
            mirror(place)
        # What no household is told of is not this role's either: its tasks are of another department.
        departments = ["education"] if role is Role.DEPARTMENT else []
        made = account(role, PLACES[max(ROLES[role].levels)], departments=departments)
    asking = viewer(made)
    with entered(asking):
        clues = visible(Clue.objects.all(), asking).count()
        cases = visible(Case.objects.all(), asking).count()
        rates = hit_rates(asking, from_on=TODAY - timedelta(days=90), to_on=TODAY)
        tabs = clue_list.tab_counts(asking, TODAY)
        turns = case_list.counts(asking, TODAY)

    assert clues == {"department": 0, "city": 2, "province": 2}.get(str(role), 1)
    assert sum(rate.raised for rate in rates.sources) == clues
    assert max(tabs.values()) <= clues
    assert max(turns.values()) <= cases
