"""Rows without a valid number whose person is in doubt: who he may be, and what was decided (R24)."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field
from shouwang.records.models.deliveries import DeliveryRow
from shouwang.records.models.members import Member

MATCH_STATES = {"waiting": "待核", "linked": "已认定", "none": "不在库中", "dropped": "已失效"}


class MatchReview(models.Model):
    """A row of a delivery that may be about one of `candidates`; one review a row, whatever is decided.

    `division` is the village the row names, the township or county where it names none. A candidate is
    {"member": id, "weight": log2 of the odds, "fields": [[field, level, weight], …]}, the best first.
    `row_key` is the keyed fingerprint of what the row says of the person. Whoever decides may not reach the
    delivery, which is the county's: what a list shows of it stands here. Dropped: the row has been placed
    otherwise, or its delivery taken back.
    """

    row = models.OneToOneField(DeliveryRow, models.CASCADE, related_name="review")
    division = division_field()
    department = models.CharField("推送部门", max_length=40)
    file_name = models.CharField("文件", max_length=200)
    row_no = models.IntegerField("行号")
    masked_name = models.CharField("姓名", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, default="waiting", choices=list(MATCH_STATES.items()))
    doubt = models.CharField("疑点", max_length=20)
    candidates = models.JSONField("候选人", default=list)
    row_key = models.CharField("行指纹", max_length=64)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    reason = models.TextField("认定理由", blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("认定时间", null=True)
    made_at = models.DateTimeField("提出时间")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "比对待核"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "state", "-made_at"], name="match_review_place"),
        ]


class NotSamePerson(models.Model):
    """Rows of this fingerprint are not about this member, somebody has said: never proposed, never linked."""

    division = division_field()
    row_key = models.CharField("行指纹", max_length=64)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    reason = models.TextField("理由", blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("认定时间")

    class Meta:
        verbose_name = "非同一人"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["row_key", "member"], name="not_same_once")
        ]
