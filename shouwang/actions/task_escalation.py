"""Overdue tasks of departments are brought before the level above, once each."""

from datetime import date, datetime

from shouwang.actions.acting import Actor, acting
from shouwang.actions.notifying import accounts_with, notify
from shouwang.domain.roles import Role
from shouwang.records.models import Task

# An overdue task is brought before the county office; one that stays so, before the city.
_DAYS_TO_CITY = 15


def escalate_overdue_tasks(*, actor: Actor, on: date, at: datetime) -> int:
    """Escalate every unanswered task past its day and return how many; a second call the same day finds none.

    Runs inside `entered_system()` or an actor's own reach; each task is an act of its own.
    """
    waiting = Task.objects.filter(state__in=("sent", "returned"), due_on__lt=on).order_by("pk")
    escalated = 0
    for pk, due_on, told in list(waiting.values_list("pk", "due_on", "escalated_to")):
        level = Role.CITY if (on - due_on).days > _DAYS_TO_CITY else Role.COUNTY_OFFICE
        if told not in (level, Role.CITY) and _escalate(actor, pk, told, level, at):
            escalated += 1
    return escalated


def _escalate(actor: Actor, pk: int, before: str, level: Role, at: datetime) -> bool:
    with acting(actor, "task.escalate", at=at) as act:
        task = Task.objects.select_for_update().get(pk=pk)
        is_waiting = task.escalated_to == before and task.state in ("sent", "returned")
        if is_waiting:
            task.escalated_to, task.version = str(level), task.version + 1
            task.save()
            people = {*accounts_with(roles=(level,), division=task.division, at=at), task.sent_by_id}
            notify(accounts=people, kind="task", text="部门任务超期未反馈", link=f"/tasks/{task.pk}/", at=at)
        act.about(task)
        act.before, act.after = {"escalated_to": before}, {"escalated_to": task.escalated_to}
    return is_waiting
