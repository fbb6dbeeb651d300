"""Whether an act leaves its line in the audit (T57): for the test of every page that changes something."""

from collections.abc import Iterator
from contextlib import contextmanager

from shouwang.records.models import AuditEvent


@contextmanager
def audited(action: str = "", *, at_least: int = 1) -> Iterator[list[AuditEvent]]:
    """Fail unless the block adds rows to the audit, of `action` where it is named; gives them afterwards.

    with audited("clue.verdict"):
        client.post(...)
    """
    last = AuditEvent.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    added: list[AuditEvent] = []
    yield added
    found = AuditEvent.objects.filter(sequence__gt=last).order_by("sequence")
    added.extend(each for each in found if not action or each.action == action)
    assert len(added) >= at_least, f"the act left {len(added)} lines of {action or 'any action'} in the audit"
