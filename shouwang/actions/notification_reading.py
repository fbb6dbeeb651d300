"""Notifications that somebody has read."""

from collections.abc import Collection

from shouwang.actions.acting import Actor
from shouwang.records.models import Notification


def mark_read(*, actor: Actor, ids: Collection[int] | None) -> int:
    """Mark one's own notifications as read, all of them with None; return how many were unread."""
    own = Notification.objects.filter(account_id=actor.viewer.account_id, is_read=False)
    return (own if ids is None else own.filter(pk__in=ids)).update(is_read=True)
