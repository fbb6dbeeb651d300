"""What a department is asked for (发点球), its answer, and the end of it (R44)."""

from datetime import date, datetime

from django.db.models import Q

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.notifying import notify
from shouwang.actions.numbering import next_number
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.departments import DEPARTMENTS
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import visible
from shouwang.records.models import Case, Clue, Household, PlanMeasure, RoleGrant, Task

TASK_KINDS = {"help": "落实帮扶", "verify": "核实情况", "comparison": "信息比对", "other": "其他事项"}
_FEWEST = 4


def send_task(
    *,
    actor: Actor,
    household_id: int,
    department: str,
    kind: str,
    text: str,
    due_on: date,
    on: date,
    at: datetime,
    measure_id: int | None = None,
    case_id: int | None = None,
    clue_id: int | None = None,
) -> Task:
    """Send a department a task about a household; it may stand for a measure, a case or a clue."""
    with acting(actor, "task.send", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, Permission.SEND_TASK)
        _check_sending(department, kind, text, due_on, on)
        for model, pk in ((PlanMeasure, measure_id), (Case, case_id), (Clue, clue_id)):
            _check_own(actor, household, model, pk)
        task = Task.objects.create(
            number=next_number(kind="task", division=household.division, on=on),
            household=household,
            division=household.division,
            measure_id=measure_id,
            case_id=case_id,
            clue_id=clue_id,
            department=department,
            kind=kind,
            text=text.strip(),
            state="sent",
            sent_by_id=actor.viewer.account_id,
            sent_on=on,
            due_on=due_on,
        )
        _tell_department(task, "收到一项部门任务，请按期办理", at)
        act.about(task, actor.viewer.roles_at(Permission.SEND_TASK, task.division)[0])
        act.after = {"state": "sent", "department": department, "due_on": due_on}
    return task


def answer_task(*, actor: Actor, task_id: int, version: int, answer: str, on: date, at: datetime) -> Task:
    """Answer a task of one's own department."""
    with acting(actor, "task.answer", at=at) as act:
        task = locked(actor, Task.objects.all(), task_id, Permission.ANSWER_TASK, version=version)
        _expect(task, ("sent", "returned"), "不在待办理状态，不能反馈")
        _check_words(answer, "answer", "请写明办理结果（至少4个字）")
        act.about(task, Role.DEPARTMENT)
        act.before, act.after = {"state": task.state}, {"state": "answered"}
        task.state, task.answer, task.answered_on = "answered", answer.strip(), on
        task.answered_by_id = actor.viewer.account_id
        _save(task)
        text = "部门任务已反馈，请核对销号"
        notify(accounts=[task.sent_by_id], kind="task", text=text, link=f"/tasks/{task.pk}/", at=at)
    return task


def close_task(*, actor: Actor, task_id: int, version: int, on: date, at: datetime) -> Task:
    """Accept a department's answer."""
    with acting(actor, "task.close", at=at) as act:
        task = locked(actor, Task.objects.all(), task_id, Permission.SEND_TASK, version=version)
        _expect(task, ("answered",), "部门尚未反馈，不能销号")
        act.about(task, actor.viewer.roles_at(Permission.SEND_TASK, task.division)[0])
        act.before, act.after = {"state": task.state}, {"state": "closed"}
        task.state = "closed"
        _save(task)
    return task


def return_task(
    *, actor: Actor, task_id: int, version: int, reason: str, due_on: date, on: date, at: datetime
) -> Task:
    """Send an answer that does not suffice back to the department, with a new day."""
    with acting(actor, "task.return", at=at) as act:
        task = locked(actor, Task.objects.all(), task_id, Permission.SEND_TASK, version=version)
        _expect(task, ("answered",), "部门尚未反馈，不能退回")
        _check_words(reason, "reason", "退回请写明原因（至少4个字）")
        if due_on < on:
            raise Unfit("办理期限不能早于今天", {"due_on": "办理期限不能早于今天"})
        act.about(task, actor.viewer.roles_at(Permission.SEND_TASK, task.division)[0])
        act.reason = reason.strip()
        act.before, act.after = {"state": task.state}, {"state": "returned", "due_on": due_on}
        task.text = f"{task.text}\n{on:%Y-%m-%d}退回：{reason.strip()}"
        task.state, task.due_on, task.escalated_to = "returned", due_on, ""
        _save(task)
        _tell_department(task, "部门任务被退回，请重新办理", at)
    return task


def department_accounts(*, department: str, division: str, at: datetime) -> list[int]:
    """Return who answers a department's tasks over a village."""
    return list(
        RoleGrant.objects.filter(
            Q(until_at=None) | Q(until_at__gt=at),
            role=Role.DEPARTMENT,
            place__in=[division[:width] for width in (2, 4, 6)],
            from_at__lte=at,
            departments__contains=[department],
            is_break_glass=False,
            account__is_active=True,
        ).values_list("account_id", flat=True)
    )


def _tell_department(task: Task, text: str, at: datetime) -> None:
    people = department_accounts(department=task.department, division=task.division, at=at)
    notify(accounts=people, kind="task", text=text, link=f"/tasks/{task.pk}/", at=at)


def _check_sending(department: str, kind: str, text: str, due_on: date, on: date) -> None:
    wrong = {}
    if department not in DEPARTMENTS:
        wrong["department"] = "请从部门列表中选择"
    if kind not in TASK_KINDS:
        wrong["kind"] = "请选择事项"
    if len(text.strip()) < _FEWEST:
        wrong["text"] = "请写明要部门办理什么（至少4个字）"
    if due_on < on:
        wrong["due_on"] = "办理期限不能早于今天"
    if wrong:
        raise Unfit(wrong.values(), wrong)


def _check_own(
    actor: Actor, household: Household, model: type[PlanMeasure] | type[Case] | type[Clue], pk: int | None
) -> None:
    """What the task stands for is the household's own and within reach."""
    if pk is None:
        return
    rows = model._default_manager.filter(pk=pk, household=household)
    if not visible(rows, actor.viewer, Permission.SEND_TASK).exists():
        raise NotThere


def _expect(task: Task, states: tuple[str, ...], said: str) -> None:
    if task.state not in states:
        raise Unfit(f"这项任务现为“{task.get_state_display()}”，{said}")


def _check_words(text: str, name: str, said: str) -> None:
    if len(text.strip()) < _FEWEST:
        raise Unfit(said, {name: said})


def _save(task: Task) -> None:
    task.version += 1
    task.save()
