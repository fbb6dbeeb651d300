"""Tasks of departments: the list, sending one, answering it, and accepting the answer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.task_sending import TASK_KINDS, answer_task, close_task, return_task, send_task
from shouwang.domain.departments import department_label, department_named
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.models import PlanMeasure, Task
from shouwang.reports.task_list import TABS, task_counts, task_list
from shouwang.web.assistance import (
    found_household,
    found_row,
    household_facts_shown,
    list_context,
    name_of,
    place_choices,
)
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.tasks import AnswerForm, CloseForm, TaskFilter, TaskForm
from shouwang.web.page import Request, page
from shouwang.web.posting import answered, back_of
from shouwang.web.present import village_name

_P = Permission
TASK_TONES = {"sent": "todo", "answered": "doing", "returned": "returned", "closed": "done"}
# No circular at hand gives a number of days; the sender may change it.
_USUAL_DAYS = 10
COLUMNS = (
    Column("number", "任务编号", is_fixed=True),
    Column("household", "户主"),
    Column("village", "行政村"),
    Column("department", "部门"),
    Column("kind", "事项"),
    Column("state", "状态"),
    Column("due", "期限"),
    Column("act", "操作", is_fixed=True),
)


@page("tasks/", "tasks", (_P.SEND_TASK, _P.ANSWER_TASK, _P.SEE_INCOME))
def tasks(request: Request) -> HttpResponse:
    """List tasks by where they stand."""
    viewer = request.viewer
    form = TaskFilter(request.GET, places=place_choices(viewer))
    found = form.found
    asked = {name: found.get(name, "") for name in ("department", "kind")} | {
        "prefix": found.get("place", "")
    }
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    counts = task_counts(viewer, today(), **asked)
    tabs = [
        {
            "label": label,
            "url": f"{reverse('tasks')}?tab={key}",
            "is_current": key == tab,
            "count": counts[key],
        }
        for key, label in TABS.items()
    ]
    rows = task_list(viewer, today(), tab=tab, **asked)
    context = list_context(
        request, rows, COLUMNS, list_name="tasks", heading="部门任务", filter_form=form, tabs=tabs
    )
    context["rows"] = [_row(request, each) for each in context["page"]]
    return render(request, "tasks/list.html", context)


def _row(request: Request, task: Task) -> dict[str, Any]:
    is_open = task.state in ("sent", "returned")
    return {
        "task": task,
        "name": name_of(request.viewer, task.household),
        "village": village_name(task.division),
        "department": department_label(task.department),
        "kind": TASK_KINDS.get(task.kind, task.kind),
        "tone": TASK_TONES[task.state],
        "days": (task.due_on - today()).days if is_open else None,
        "is_open": is_open,
    }


@page("households/<int:household_id>/task/", "task_new", _P.SEND_TASK, methods=("GET", "POST"))
def task_new(request: Request, household_id: int) -> HttpResponse:
    """Send a department a task about a household, for a measure of its plan where one is named."""
    household = found_household(request, household_id, _P.SEND_TASK)
    measure = _measure(request, household_id)
    form = TaskForm(request.POST) if request.method == "POST" else TaskForm(initial=_initial(measure))
    done = answered(
        request,
        form,
        lambda typed: send_task(
            actor=request.actor,
            household_id=household_id,
            measure_id=measure.pk if measure else None,
            on=today(),
            at=now(),
            **typed,
        ),
        said=lambda sent: f"任务 {sent.number} 已派给{department_label(sent.department)}",
        to=lambda sent: reverse("task", args=[sent.pk]),
    )
    if done is not None:
        return done
    context = {
        "heading": "派发部门任务",
        "form": form,
        "name": name_of(request.viewer, household),
        "summary_facts": household_facts_shown(request.viewer, household),
        "measure": measure,
        "submit_label": "派发",
        "cancel_url": back_of(
            request, reverse("plan", args=[measure.plan_id]) if measure else reverse("tasks")
        ),
    }
    return render(request, "tasks/form.html", context, status=422 if form.errors else 200)


def _measure(request: Request, household_id: int) -> PlanMeasure | None:
    asked = request.GET.get("measure", "")
    if not asked.isdecimal():
        return None
    rows = PlanMeasure.objects.filter(household_id=household_id)
    return found_row(rows, request.viewer, int(asked), _P.SEND_TASK)


def _initial(measure: PlanMeasure | None) -> dict[str, Any]:
    due = {"due_on": today() + timedelta(days=_USUAL_DAYS), "kind": "help"}
    if measure is None:
        return due
    return {
        **due,
        "department": department_named(measure.department) or "",
        "text": f"请落实帮扶措施“{measure.label}”，并反馈办理结果。",
    }


@page("tasks/<int:task_id>/", "task", (_P.SEND_TASK, _P.ANSWER_TASK, _P.SEE_INCOME))
def task(request: Request, task_id: int) -> HttpResponse:
    """Show a task, with what the viewer may do about it."""
    return _task_page(request, task_id)


def _task_page(
    request: Request, task_id: int, *, answer: AnswerForm | None = None, close: CloseForm | None = None
) -> HttpResponse:
    rows = Task.objects.select_related(
        "household__contact", "sent_by", "answered_by", "measure", "case", "clue"
    )
    shown: Task = found_row(rows, request.viewer, task_id)
    viewer, version = request.viewer, {"version": shown.version}
    may_answer = Role.DEPARTMENT in viewer.roles and shown.state in ("sent", "returned")
    may_close = bool(viewer.roles_at(_P.SEND_TASK, shown.division)) and shown.state == "answered"
    later = {"due_on": today() + timedelta(days=_USUAL_DAYS)}
    context = {
        "heading": f"部门任务 {shown.number}",
        "row": _row(request, shown),
        "task": shown,
        "summary_facts": household_facts_shown(viewer, shown.household),
        "may_close": may_close,
        "answer": answer or (AnswerForm(initial=version) if may_answer else None),
        "close": close or (CloseForm(initial=version | later) if may_close else None),
    }
    return render(request, "tasks/detail.html", context, status=422 if answer or close else 200)


@page("tasks/<int:task_id>/answer/", "task_answer", _P.ANSWER_TASK, methods=("POST",))
def task_answer(request: Request, task_id: int) -> HttpResponse:
    """Answer a task of one's own department."""
    found_row(Task.objects.all(), request.viewer, task_id, _P.ANSWER_TASK)
    form = AnswerForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: answer_task(actor=request.actor, task_id=task_id, on=today(), at=now(), **typed),
        said="办理结果已反馈",
        to=reverse("task", args=[task_id]),
    )
    return done or _task_page(request, task_id, answer=form)


@page("tasks/<int:task_id>/close/", "task_close", _P.SEND_TASK, methods=("POST",))
def task_close(request: Request, task_id: int) -> HttpResponse:
    """Accept an answer, or send it back."""
    found_row(Task.objects.all(), request.viewer, task_id, _P.SEND_TASK)
    form = CloseForm(request.POST)

    def act(typed: Mapping[str, Any]) -> Task:
        told = dict(typed)
        usual: dict[str, Any] = {"actor": request.actor, "task_id": task_id, "on": today(), "at": now()}
        if told.pop("decision") == "close":
            return close_task(version=told["version"], **usual)
        return return_task(**told, **usual)

    done = answered(
        request,
        form,
        act,
        said=lambda task: "任务已销号" if task.state == "closed" else "任务已退回部门重办",
        to=reverse("task", args=[task_id]),
    )
    return done or _task_page(request, task_id, close=form)
