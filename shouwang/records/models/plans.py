"""Assistance (R40–R47): plans, their measures, and the tasks departments answer."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account
from shouwang.records.models.cases import Case
from shouwang.records.models.clues import Clue
from shouwang.records.models.columns import division_field
from shouwang.records.models.households import Household
from shouwang.records.models.members import Member

PLAN_STATES = {
    "draft": "草稿",
    "submitted": "待审定",
    "approved": "执行中",
    "returned": "已退回",
    "closed": "已结束",
}
MEASURE_STATES = {"planned": "计划中", "running": "实施中", "done": "已落实", "dropped": "已取消"}
TASK_STATES = {"sent": "待办理", "answered": "已反馈", "returned": "退回重办", "closed": "已销号"}


class Plan(models.Model):
    """A plan for one household; a new one takes the place of the old, which stays."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="plans")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="plans")
    division = division_field()
    state = models.CharField("状态", max_length=12, choices=list(PLAN_STATES.items()))
    aim = models.TextField("帮扶目标", blank=True)
    remarks = models.JSONField("审查提示", default=list)
    answer_to_remarks = models.TextField("对提示的说明", blank=True)
    drawn_up_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    drawn_up_on = models.DateField("制定日期")
    approved_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField("审定日期", null=True)
    opinion = models.TextField("审定意见", blank=True)
    due_on = models.DateField("期限", null=True)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "帮扶计划"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "state", "due_on"], name="plan_work"),
            models.Index(fields=["household"], name="plan_household"),
        ]


class PlanMeasure(models.Model):
    """One measure of a plan; `measure` names it in the pack, `working` is the calculator's."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="measures")
    household = models.ForeignKey(Household, models.PROTECT, related_name="plan_measures")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    division = division_field()
    measure = models.CharField("措施代码", max_length=60, blank=True)
    label = models.CharField("措施", max_length=120)
    kind = models.CharField("类别", max_length=30)
    risk = models.CharField("针对风险", max_length=20, blank=True)
    department = models.CharField("责任部门", max_length=60, blank=True)
    amount_fen = models.BigIntegerField("金额", null=True)
    working = models.TextField("计算过程", blank=True)
    starts_on = models.DateField("开始", null=True)
    ends_on = models.DateField("结束", null=True)
    state = models.CharField("状态", max_length=10, choices=list(MEASURE_STATES.items()), default="planned")
    done_on = models.DateField("落实日期", null=True)
    paid_fen = models.BigIntegerField("实发金额", null=True)
    result = models.TextField("成效", blank=True)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "帮扶措施"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household"], name="measure_household"),
            models.Index(fields=["division", "state"], name="measure_work"),
        ]


class Task(models.Model):
    """What a department is asked for (发点球, R44), within a time, with its answer."""

    number = models.CharField("任务编号", max_length=30, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="tasks")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="tasks")
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, related_name="tasks")
    measure = models.ForeignKey(PlanMeasure, models.PROTECT, null=True, related_name="tasks")
    division = division_field()
    department = models.CharField("部门", max_length=40)
    kind = models.CharField("事项", max_length=20)
    text = models.TextField("内容")
    state = models.CharField("状态", max_length=10, choices=list(TASK_STATES.items()))
    sent_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    sent_on = models.DateField("派发日期")
    due_on = models.DateField("期限")
    escalated_to = models.CharField("已提级至", max_length=20, blank=True)
    answer = models.TextField("反馈", blank=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField("反馈日期", null=True)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "部门任务"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "state", "due_on"], name="task_work"),
            models.Index(fields=["department", "state", "due_on"], name="task_department"),
            models.Index(fields=["household"], name="task_household"),
        ]
