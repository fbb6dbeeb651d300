"""Monthly analysis meetings (R102): the agenda comes from the data, each item ends in a verdict."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field
from shouwang.records.models.households import Household

ITEM_KINDS = {
    "flagged": "新增预警",
    "clue": "线索核查",
    "identification": "拟纳入",
    "elimination": "拟消除",
    "overdue": "超期事项",
    "plan": "帮扶计划",
    "other": "其他",
}


class Meeting(models.Model):
    """A meeting of a village, township or county in a month."""

    division = division_field()
    level = models.PositiveSmallIntegerField("级别")
    month = models.DateField("月份")
    held_on = models.DateField("召开日期", null=True)
    chair = models.CharField("主持人", max_length=60, blank=True)
    attendants = models.TextField("参加人员", blank=True)
    summary = models.TextField("会议纪要", blank=True)
    called_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    is_closed = models.BooleanField("已结束", default=False)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "研判会议"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["division", "level", "month"], name="one_meeting_a_month")
        ]


class MeetingItem(models.Model):
    """One item of an agenda, with the household it is about and what was decided."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="meeting_items")
    division = division_field()
    kind = models.CharField("事项", max_length=16, choices=list(ITEM_KINDS.items()))
    text = models.TextField("内容")
    verdict = models.TextField("研判意见", blank=True)
    decided_on = models.DateField("研判日期", null=True)

    class Meta:
        verbose_name = "研判事项"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["meeting"], name="meeting_items")]
