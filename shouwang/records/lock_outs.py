"""Which accounts may not try to sign in for a while: too many failures from one address, or from anywhere."""

from collections.abc import Collection
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Max

from shouwang.domain.audit_chain import Result
from shouwang.records.models import Account, AuditEvent

SIGN_IN, UNLOCK = "account.sign_in", "account.unlock"
SLOW_LIMIT, SLOW_WINDOW = 30, timedelta(hours=1)


def locked_out(accounts: Collection[Account], at: datetime) -> set[int]:
    """Return the ids of those that are locked, from some address or from all; three queries at most."""
    logins = {each.login: each.pk for each in accounts}
    tried = AccessAttempt.objects.filter(
        username__in=logins,
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gt=at - settings.AXES_COOLOFF_TIME,
    )
    here = {logins[name] for name in tried.values_list("username", flat=True) if name in logins}
    return here | slowed([each.pk for each in accounts], at)


def slowed(account_ids: Collection[int], at: datetime) -> set[int]:
    """Return those that have failed too often in an hour, from anywhere, since they were last unlocked."""
    about = AuditEvent.objects.filter(
        target_kind="account", target_id__in=[str(each) for each in account_ids], at__gt=at - SLOW_WINDOW
    )
    failed = about.filter(action=SIGN_IN, result=Result.FAILED).order_by()
    many = failed.values("target_id").annotate(times=Count("pk")).filter(times__gte=SLOW_LIMIT)
    found = set()
    for key in many.values_list("target_id", flat=True):
        unlocked = about.filter(target_id=key, action=UNLOCK, result=Result.DONE)
        since = unlocked.aggregate(last=Max("sequence"))["last"] or 0
        if failed.filter(target_id=key, sequence__gt=since).count() >= SLOW_LIMIT:
            found.add(int(key))
    return found
