"""Cases already on their way, made by the actions: each prints where it is as JSON.

python -m tests.stories.walked                       a case of its own, under notice, with an objection
python -m tests.stories.walked HOUSEHOLD YYYY-MM-DD  the household's case, under notice from that day
"""

import json
import os
import sys
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from shouwang.actions.case_objections import raise_objection  # noqa: E402
from shouwang.records.access import entered_system  # noqa: E402
from shouwang.records.models import Account, Household  # noqa: E402
from tests.actions.case_walks import Walk, at_notice, to_notice, with_case  # noqa: E402
from tests.world import actor  # noqa: E402

# Who of the town stands for whom; who compared does not decide.
TOWN = {"village": "village", "township": "township", "comparer": "county_two"}


def objected() -> dict[str, object]:
    """Walk a case of nobody's until its notice hangs and somebody objects."""
    made = at_notice()
    made.act("township", raise_objection, opinion="有群众反映其子在县城有房")
    return {"case_id": made.open_case.pk, "step_id": "township_review", "number": 1}


def under_notice(household: int, on: date) -> dict[str, object]:
    """Walk the case of a household of the town, by the town's people, until its notice hangs."""
    with entered_system():
        home = Household.objects.get(pk=household)
        people = {role: actor(Account.objects.get(login=login)) for role, login in TOWN.items()}
    made = to_notice(with_case(Walk(home, people, on=on)))
    return {"number": made.open_case.number}


if __name__ == "__main__":
    given = sys.argv[1:]
    told = under_notice(int(given[0]), date.fromisoformat(given[1])) if given else objected()
    print(json.dumps(told))
