"""Contact persons, visits, and what a look-back led to (R42, R21, R51)."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field
from shouwang.records.models.households import Household

CONTACT_KINDS = {"contact": "监测联系人", "helper": "帮扶责任人", "leader": "领导联户"}
VISIT_KINDS = {"monthly": "月度走访", "check": "核查走访", "help": "帮扶走访", "look_back": "回头看"}


class Contact(models.Model):
    """Who answers for a household, from one day until another; a handover names why."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="contacts")
    division = division_field()
    account = models.ForeignKey(Account, models.PROTECT, related_name="contacts")
    kind = models.CharField("类别", max_length=10, choices=list(CONTACT_KINDS.items()), default="contact")
    from_on = models.DateField("起")
    to_on = models.DateField("止", null=True)
    reason = models.CharField("变更原因", max_length=200, blank=True)
    assigned_by = models.ForeignKey(Account, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "联系人"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "to_on"], name="contact_account"),
            models.Index(fields=["household"], name="contact_household_rows"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["household", "kind"], condition=models.Q(to_on__isnull=True), name="one_contact_now"
            )
        ]


class Visit(models.Model):
    """One visit: what was seen, asked and promised."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="visits")
    division = division_field()
    kind = models.CharField("类别", max_length=12, choices=list(VISIT_KINDS.items()))
    visited_on = models.DateField("走访日期")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    role = models.CharField("角色", max_length=20)
    companions = models.CharField("同行人", max_length=120, blank=True)
    found = models.TextField("走访情况")
    problems = models.TextField("发现问题", blank=True)
    is_income_well = models.BooleanField("收入稳定", null=True)
    has_guarantees = models.BooleanField("三保障有保障", null=True)
    has_safe_water = models.BooleanField("饮水安全", null=True)
    has_new_risk = models.BooleanField("有新风险", null=True)
    recorded_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "走访记录"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "-visited_on"], name="visit_household"),
            models.Index(fields=["division", "-visited_on"], name="visit_place"),
        ]


class LookBack(models.Model):
    """What was answered about an eliminated household, the way that follows, and the way decided.

    `suggested` and `decision` are of `after_elimination.DECISIONS`; an answer of None was not known.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="look_backs")
    division = division_field()
    was_entry_right = models.BooleanField("当初纳入符合条件", null=True)
    was_elimination_right = models.BooleanField("标注消除时风险确已消除", null=True)
    has_new_risk = models.BooleanField("消除后有新风险", null=True)
    suggested = models.CharField("建议处置", max_length=40, blank=True)
    decision = models.CharField("决定", max_length=40, blank=True)
    opinion = models.TextField("研判意见", blank=True)
    on = models.DateField("研判日期")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    role = models.CharField("角色", max_length=20)
    recorded_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "回头看研判"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "-on"], name="look_back_household"),
        ]
