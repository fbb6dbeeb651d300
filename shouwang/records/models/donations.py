"""Social help (R47): what donors offer, and which household is given what and why."""

from typing import ClassVar

from django.db import models

from shouwang.domain.donations import DONOR_KINDS, GIFT_STATES, OFFER_KINDS, OFFER_STATES
from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field, words_field
from shouwang.records.models.households import Household


class DonationOffer(models.Model):
    """What one donor offers to a county or township: `division` is its code in 12 digits.

    `amount_fen` is money, or what goods are worth; `quantity` counts portions (pieces, jobs, visits).
    """

    number = models.CharField("意向编号", max_length=30, unique=True)
    division = division_field()
    donor_name = models.CharField("捐赠方", max_length=80)
    donor_kind = models.CharField("类别", max_length=12, choices=list(DONOR_KINDS.items()))
    kind = models.CharField("形式", max_length=10, choices=list(OFFER_KINDS.items()))
    text = models.CharField("内容", max_length=200)
    amount_fen = models.BigIntegerField("总额", null=True)
    quantity = models.PositiveIntegerField("数量", null=True)
    unit = models.CharField("单位", max_length=10, blank=True)
    per_household_fen = models.BigIntegerField("每户最多金额", null=True)
    per_household_quantity = models.PositiveIntegerField("每户最多数量", null=True)
    risks = words_field()
    conditions = models.CharField("捐赠方要求", max_length=300, blank=True)
    offered_on = models.DateField("提出日期")
    until_on = models.DateField("有效期至", null=True)
    state = models.CharField("状态", max_length=10, choices=list(OFFER_STATES.items()), default="open")
    reason = models.CharField("结束原因", max_length=300, blank=True)
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("录入时间")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "捐赠意向"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "state", "until_on"], name="offer_place")
        ]


class Gift(models.Model):
    """What one offer gives one household: proposed with its reason, accepted by a person, delivered.

    `donor_name` and `text` stand here again, since a village does not reach the county's offer.
    """

    number = models.CharField("对接编号", max_length=30, unique=True)
    offer = models.ForeignKey(DonationOffer, models.PROTECT, related_name="gifts")
    household = models.ForeignKey(Household, models.PROTECT, related_name="gifts")
    division = division_field()
    donor_name = models.CharField("捐赠方", max_length=80)
    kind = models.CharField("形式", max_length=10, choices=list(OFFER_KINDS.items()))
    text = models.CharField("内容", max_length=200)
    unit = models.CharField("单位", max_length=10, blank=True)
    risk = models.CharField("针对风险", max_length=20)
    amount_fen = models.BigIntegerField("金额", null=True)
    quantity = models.PositiveIntegerField("数量", null=True)
    need_fen = models.BigIntegerField("核定需要", null=True)
    reason = models.CharField("对接理由", max_length=400)
    state = models.CharField("状态", max_length=10, choices=list(GIFT_STATES.items()), default="proposed")
    proposed_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    proposed_on = models.DateField("提出日期")
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField("确认日期", null=True)
    answer = models.CharField("确认意见", max_length=300, blank=True)
    delivered_on = models.DateField("交付日期", null=True)
    delivered_fen = models.BigIntegerField("实收金额", null=True)
    delivered_quantity = models.PositiveIntegerField("实收数量", null=True)
    receipt = models.CharField("签收凭证", max_length=60, blank=True)
    received_by = models.CharField("签收人", max_length=40, blank=True)
    recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "捐赠对接"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "risk"], name="gift_household"),
            models.Index(fields=["division", "state"], name="gift_work"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["offer", "household"],
                condition=models.Q(state__in=["proposed", "accepted", "delivered"]),
                name="one_gift_of_an_offer",
            )
        ]
