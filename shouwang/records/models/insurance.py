"""Insurance cover of households and what was claimed (R47)."""

from typing import ClassVar

from django.db import models

from shouwang.domain.insurance import CLAIM_EVENTS, CLAIM_STATES, COVER_KINDS, COVER_STATES, PAYERS
from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field
from shouwang.records.models.households import Household
from shouwang.records.models.members import Member


class Cover(models.Model):
    """One policy of a household for one period; without insured persons it covers the whole household."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="covers")
    division = division_field()
    kind = models.CharField("险种", max_length=14, choices=list(COVER_KINDS.items()))
    insurer = models.CharField("承保机构", max_length=60)
    policy_number = models.CharField("保单号", max_length=40, blank=True)
    starts_on = models.DateField("起保日期")
    ends_on = models.DateField("到期日期")
    insured_fen = models.BigIntegerField("保险金额", null=True)
    premium_fen = models.BigIntegerField("保费", null=True)
    payer = models.CharField("缴费方", max_length=12, choices=list(PAYERS.items()))
    payer_name = models.CharField("缴费单位", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=list(COVER_STATES.items()), default="held")
    ended_on = models.DateField("退保日期", null=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("录入时间")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "保单"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "kind", "ends_on"], name="cover_household"),
            models.Index(fields=["division", "ends_on"], name="cover_end", condition=models.Q(state="held")),
        ]


class InsuredPerson(models.Model):
    """One person a policy names."""

    cover = models.ForeignKey(Cover, models.PROTECT, related_name="persons")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    division = division_field()

    class Meta:
        verbose_name = "被保险人"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cover", "member"], name="insured_once")
        ]


class Claim(models.Model):
    """What was claimed on a policy for one event, and what the insurer decided."""

    cover = models.ForeignKey(Cover, models.PROTECT, related_name="claims")
    household = models.ForeignKey(Household, models.PROTECT, related_name="claims")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    division = division_field()
    event = models.CharField("出险原因", max_length=12, choices=list(CLAIM_EVENTS.items()))
    happened_on = models.DateField("出险日期")
    claimed_on = models.DateField("报案日期")
    claimed_fen = models.BigIntegerField("申请金额", null=True)
    text = models.CharField("经过", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=list(CLAIM_STATES.items()), default="filed")
    decided_on = models.DateField("结案日期", null=True)
    paid_fen = models.BigIntegerField("赔付金额", null=True)
    reason = models.CharField("结案说明", max_length=300, blank=True)
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("录入时间")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "理赔"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "-happened_on"], name="claim_household"),
            models.Index(fields=["division", "state"], name="claim_work"),
        ]
