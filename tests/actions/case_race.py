"""Run as a process of its own: rounds in which twenty officers approve one case at the same moment.

    python -m tests.actions.case_race ROUNDS

SHOUWANG_DATABASE names an empty database, and is not emptied afterwards. Prints what came of each round.
"""

import json
import sys
from collections import Counter
from threading import Barrier, Thread
from typing import Any

OFFICERS = 20


def main(rounds: int) -> None:
    """Run the rounds, print a list of outcomes by kind."""
    import django

    django.setup()
    print(json.dumps([race() for _ in range(rounds)], ensure_ascii=False))


def race() -> dict[str, object]:
    """Bring one case before the county and let everybody approve it at once."""
    from shouwang.domain.roles import Role
    from shouwang.records.access import entered_system
    from shouwang.records.models import AuditEvent, Case, CaseEvent, Household
    from tests.actions.case_walks import at_decision
    from tests.world import COUNTY, account, actor

    made = at_decision()
    with entered_system():
        people = [account(Role.COUNTY_OFFICE, COUNTY) for _ in range(OFFICERS)]
        version = Case.objects.get(pk=made.open_case.pk).version
    actors = [actor(each) for each in people]
    barrier = Barrier(OFFICERS)
    outcomes: list[tuple[str, str]] = []
    threads = [Thread(target=approve, args=(each, made, version, barrier, outcomes)) for each in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with entered_system():
        events = CaseEvent.objects.filter(case=made.open_case, step_id="county_decision").count()
        home = Household.objects.get(pk=made.home.pk)
        target = {"target_kind": "case", "target_id": str(made.open_case.pk), "result": "done"}
        last = AuditEvent.objects.filter(**target).order_by("-sequence").first()
        audited = AuditEvent.objects.filter(**target, actor__in=[str(each.pk) for each in people]).count()
    words = {words for kind, words in outcomes if kind == "stale"}
    return {
        **Counter(kind for kind, _ in outcomes),
        "events": events,
        "audited": audited,
        "is_last_audited": last is not None and last.action == "case.step",
        "monitoring": home.monitoring,
        "words": sorted(words),
    }


def approve(actor: Any, made: Any, version: int, barrier: Barrier, outcomes: list[tuple[str, str]]) -> None:
    """Approve the case on a connection of this thread's own, and note what came of it."""
    from django.db import connections

    from shouwang.actions.case_steps import take_step
    from shouwang.actions.refusals import Refusal, Stale
    from shouwang.records.access import entered

    try:
        with entered(actor.viewer):
            barrier.wait()
            take_step(
                actor=actor, case_id=made.open_case.pk, version=version, step_id="county_decision",
                opinion="同意",                 on=made.on, at=made.at,
            )  # fmt: skip
        outcomes.append(("won", ""))
    except Stale as stale:
        outcomes.append(("stale", str(stale)))
    except Refusal as refusal:
        outcomes.append(("refused", str(refusal)))
    except Exception as error:
        outcomes.append(("failed", repr(error)))
    finally:
        connections.close_all()


if __name__ == "__main__":
    main(int(sys.argv[1]))
