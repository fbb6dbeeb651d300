"""Microcredit of households (R45): who wishes to borrow, what was granted, and what became of it."""

from typing import ClassVar

from django.db import models

from shouwang.domain.credit_support import LOAN_CHANGES, LOAN_ORIGINS, LOAN_STATES
from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field
from shouwang.records.models.households import Household
from shouwang.records.models.members import Member
from shouwang.records.models.visits import Visit


class LoanWish(models.Model):
    """What a household answered when it was asked whether it wants a loan; the newest answer counts."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="loan_wishes")
    division = division_field()
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="loan_wishes")
    asked_on = models.DateField("询问日期")
    is_wanted = models.BooleanField("有贷款意愿")
    amount_fen = models.BigIntegerField("意向金额", null=True)
    purpose = models.CharField("用途", max_length=200, blank=True)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "贷款意愿"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "-asked_on", "-id"], name="loan_wish_newest")
        ]


class Loan(models.Model):
    """One loan as it stands; `due_on` counts extensions, a renewal is a loan that `follows` the old one."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="loans")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    division = division_field()
    origin = models.CharField("办理方式", max_length=12, choices=list(LOAN_ORIGINS.items()))
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    lender = models.CharField("放款银行", max_length=60)
    purpose = models.CharField("用途", max_length=200, blank=True)
    amount_fen = models.BigIntegerField("贷款金额")
    balance_fen = models.BigIntegerField("余额")
    granted_on = models.DateField("放款日期")
    due_on = models.DateField("到期日")
    state = models.CharField("状态", max_length=10, choices=list(LOAN_STATES.items()), default="running")
    closed_on = models.DateField("结清日期", null=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("录入时间")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "贷款"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "state"], name="loan_household"),
            models.Index(fields=["division", "due_on"], name="loan_due", condition=models.Q(state="running")),
        ]


class LoanChange(models.Model):
    """What was done about a loan after it was granted; only ever added to."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="changes")
    household = models.ForeignKey(Household, models.PROTECT, related_name="loan_changes")
    division = division_field()
    kind = models.CharField("事项", max_length=12, choices=list(LOAN_CHANGES.items()))
    on = models.DateField("日期")
    amount_fen = models.BigIntegerField("金额", null=True)
    due_on = models.DateField("新到期日", null=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "贷款变更"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["loan", "on"], name="loan_changes")]
