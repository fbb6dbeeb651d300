"""The three-way comparison of a village (R80): household, system and paper hold the same, or they do not."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field
from shouwang.records.models.households import Household

SAMPLE_STATES = {"open": "核对中", "closed": "已完成"}


class QualitySample(models.Model):
    """Households of a village drawn by a seed, so that the draw can be repeated before anybody."""

    division = division_field()
    drawn_on = models.DateField("抽样日期")
    seed = models.CharField("抽样种子", max_length=40)
    population = models.PositiveIntegerField("总户数")
    size = models.PositiveIntegerField("抽查户数")
    rule = models.CharField("抽样规则", max_length=200)
    state = models.CharField("状态", max_length=8, default="open", choices=list(SAMPLE_STATES.items()))
    drawn_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField("抽样时间")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "三核对抽样"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "-drawn_on"], name="quality_sample_place")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["division"], condition=models.Q(state="open"), name="one_open_sample_a_village"
            )
        ]


class SampledHousehold(models.Model):
    """One household of a sample: `results` gives, by item, what was compared and what agreed.

    results: item → "same", "household" (the household says otherwise), "paper" (the paper does), "both".
    `shown` are the system's values on the day they were compared.
    """

    sample = models.ForeignKey(QualitySample, models.PROTECT, related_name="households")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    division = division_field()
    place = models.PositiveSmallIntegerField("序号")
    shown = models.JSONField("系统数据", default=dict)
    results = models.JSONField("核对结果", default=dict)
    note = models.CharField("说明", max_length=300, blank=True)
    checked_on = models.DateField("核对日期", null=True)
    checked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "抽查户"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sample", "household"], name="household_once_a_sample")
        ]
