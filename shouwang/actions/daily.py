"""What is due by the day: overdue work goes up a level, counties are screened, the audit is anchored."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection, transaction

from shouwang.actions.acting import Actor, acting
from shouwang.actions.audit_checks import write_anchor
from shouwang.actions.case_escalation import escalate_overdue_cases
from shouwang.actions.clue_escalation import escalate_overdue
from shouwang.actions.delivery_reminders import calendar_daily
from shouwang.actions.delivery_rows import place_known
from shouwang.actions.delivery_sweeping import sweep_daily
from shouwang.actions.export_making import exports_daily
from shouwang.actions.matching_rows import match_daily
from shouwang.actions.quality_runs import quality_daily
from shouwang.actions.screening_nightly import screen_nightly
from shouwang.actions.task_escalation import escalate_overdue_tasks
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent

# One scheduler at a time; another that comes meanwhile leaves the day to it.
_LOCK = 0x5348_4441
_NIGHT = "daily.night"


@dataclass(frozen=True)
class Done:
    """What a day's work came to; `is_skipped` where another process was at it."""

    clues: int = 0
    cases: int = 0
    tasks: int = 0
    counties: int = 0
    is_skipped: bool = False


def daily_work(*, actor: Actor, on: date, at: datetime) -> Done:
    """Do the day's work for the whole site; twice is the same as once."""
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
    with entered_system():
        exports_daily(actor=actor, on=on, at=at)
        calendar_daily(actor=actor, on=on, at=at)
        sweep_daily()
        is_night_done = _is_night_done(at)
    if not is_night_done:
        _night(actor, on, at)
    counties = screen_nightly(actor=actor, on=on, at=at)
    write_anchor(on=on)
    return replace(done, counties=counties)


def _night(actor: Actor, on: date, at: datetime) -> None:
    """Do what is worth doing once a day: rows matched again, data checked. Cut off, it is begun again."""
    with entered_system():
        placed = place_known(actor=actor, at=at)
        matched = match_daily(actor=actor, at=at)
        counties = quality_daily(actor=actor, on=on, at=at)
        with acting(actor, _NIGHT, at=at) as act:
            act.after = {"placed": placed, "matched": matched.placed, "counties": counties}


def _is_night_done(at: datetime) -> bool:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return AuditEvent.objects.filter(at__gte=midnight, at__lte=at, action=_NIGHT).exists()
