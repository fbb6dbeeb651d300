"""What is due by the day: overdue work goes up a level, the audit is anchored; twice is the same as once."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from shouwang.actions.acting import Actor
from shouwang.actions.audit_checks import write_anchor
from shouwang.actions.case_escalation import escalate_overdue_cases
from shouwang.actions.clue_escalation import escalate_overdue
from shouwang.actions.task_escalation import escalate_overdue_tasks
from shouwang.records.access import entered_system

# One scheduler at a time; another that comes meanwhile leaves the day to it.
_LOCK = 0x5348_4441


@dataclass(frozen=True)
class Done:
    """What a day's work came to; `is_skipped` where another process was at it."""

    clues: int = 0
    cases: int = 0
    tasks: int = 0
    is_skipped: bool = False


def daily_work(*, actor: Actor, on: date, at: datetime) -> Done:
    """Do the day's work for the whole site."""
    with entered_system(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            (is_ours,) = cursor.fetchone()
        if not is_ours:
            return Done(is_skipped=True)
        done = Done(
            clues=escalate_overdue(actor=actor, on=on, at=at),
            cases=escalate_overdue_cases(actor=actor, on=on, at=at),
            tasks=escalate_overdue_tasks(actor=actor, on=on, at=at),
        )
    write_anchor(on=on)
    return done
