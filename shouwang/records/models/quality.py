"""Data quality (R80): runs of the checks, and what each household or member was found to have."""

from typing import ClassVar

from django.db import models

from shouwang.domain.quality import KINDS, SEVERITIES
from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field
from shouwang.records.models.households import Household
from shouwang.records.models.members import Member

QUALITY_STATES = {"open": "待整改", "explained": "已说明", "mended": "已整改", "gone": "已失效"}
# What still stands against the data.
STANDING = ("open", "explained")


class QualityRun(models.Model):
    """One run of all checks over a county; `judged` says of each check how it was answered, or why not."""

    county = models.CharField("县", max_length=6)
    on = models.DateField("核查日期")
    counts = models.JSONField("数量", default=dict)
    judged = models.JSONField("各项核查", default=dict)
    ran_at = models.DateTimeField("运行时间")

    class Meta:
        verbose_name = "数据质量核查"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county", "-ran_at"], name="quality_run_county")
        ]


class QualityFinding(models.Model):
    """One check that a household, or a member of it, meets; it stays and changes its state from run to run.

    mended: a later run found the data in order; gone: the household, the member or the check is no more.
    `values` are the values of what the check reads, by fact. Coming back, it is open again and due anew.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="quality_findings")
    division = division_field()
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="quality_findings")
    check_name = models.CharField("核查", max_length=60)
    pack = models.CharField("政策包", max_length=60)
    label = models.CharField("问题", max_length=200)
    severity = models.CharField("程度", max_length=8, choices=list(SEVERITIES.items()))
    kind = models.CharField("类别", max_length=10, choices=list(KINDS.items()))
    feed = models.CharField("依据的数据来源", max_length=40, blank=True)
    field = models.CharField("应改的项", max_length=80)
    values = models.JSONField("现值", default=dict)
    state = models.CharField("状态", max_length=10, default="open", choices=list(QUALITY_STATES.items()))
    first_seen_on = models.DateField("首次发现")
    last_seen_on = models.DateField("最近发现")
    due_on = models.DateField("整改期限")
    closed_on = models.DateField("办结日期", null=True)
    times_back = models.PositiveSmallIntegerField("复现次数", default=0)
    explanation = models.CharField("情况说明", max_length=300, blank=True)
    explained_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField("说明时间", null=True)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "数据质量问题"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "state", "due_on"], name="quality_place"),
            models.Index(fields=["household"], name="quality_household"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["household", "check_name"],
                condition=models.Q(member__isnull=True),
                name="one_finding_a_household",
            ),
            models.UniqueConstraint(
                fields=["household", "member", "check_name"],
                condition=models.Q(member__isnull=False),
                name="one_finding_a_member",
            ),
        ]
