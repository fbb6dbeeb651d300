"""Screening runs and their findings, as the screening wrote them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from shouwang.records.models.columns import division_field
from shouwang.records.models.households import Household

FULL, DELTA, NIGHTLY = "full", "delta", "nightly"
RUN_KINDS = {FULL: "全县筛查", DELTA: "推送后筛查", NIGHTLY: "每夜筛查"}


class ScreeningRun(models.Model):
    """One screening; `identifier` is the run's own, a digest of what it read and found.

    A full run answers for every household of the county, the others for `households` alone: those that a
    delivery touched, or those of whom the night found other than before. `unjudged` are the rules that
    nobody's facts could answer.
    """

    kind = models.CharField("范围", max_length=10, choices=list(RUN_KINDS.items()), default=FULL)
    households = ArrayField(models.BigIntegerField(), default=list, verbose_name="涉及农户")
    identifier = models.CharField("编号", max_length=64, unique=True)
    county = models.CharField("县", max_length=6)
    on = models.DateField("筛查日期")
    packs = models.JSONField("政策包", default=dict)
    counts = models.JSONField("数量", default=dict)
    notices = models.JSONField("提示", default=list)
    unjudged = ArrayField(models.CharField(max_length=80), default=list, verbose_name="无从判断的规则")
    ran_at = models.DateTimeField("运行时间")

    class Meta:
        verbose_name = "筛查"


class Finding(models.Model):
    """A rule that a household meets in a run, with everything that explains it."""

    run = models.ForeignKey(ScreeningRun, models.PROTECT, related_name="findings")
    household = models.ForeignKey(Household, models.PROTECT, related_name="findings")
    division = division_field()
    rule = models.CharField("规则", max_length=80)
    label = models.CharField("规则名称", max_length=200)
    pack = models.CharField("政策包", max_length=60)
    kind = models.CharField("类型", max_length=20)
    risk = models.CharField("风险", max_length=20, blank=True)
    grade = models.CharField("等级", max_length=10, blank=True)
    clause = models.TextField("依据")
    reason = models.TextField("说明")
    evidence = models.JSONField("证据", default=dict)

    class Meta:
        verbose_name = "预警"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "run"], name="finding_household"),
            models.Index(fields=["run", "rule"], name="finding_rule"),
        ]
