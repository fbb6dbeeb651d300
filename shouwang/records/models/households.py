"""Households: what they are now, and every version before with the days it held (R1, R7, R8)."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field, fact_fields, words_field
from shouwang.records.models.loads import Load

# What a version does not repeat: the keys, and what says where the row came from.
HOUSEHOLD_KEYS = ("household_id", "source_id", "row_no")
MONITORING = {"none": "未纳入监测", "monitored": "监测中", "eliminated": "风险已消除", "removed": "已清退"}


class Household(models.Model):
    """One household as it is now; lists and scope read this row only.

    What it says is also in the version in force, with which `actions` keep it in step. `contact` is the
    contact person of the day. `version` counts every change, so that an editor's stale page is told.
    """

    number = models.CharField("户编号", max_length=40, unique=True)
    division = division_field()
    group_name = models.CharField("村民小组", max_length=60, blank=True)
    head_name = models.CharField("户主姓名", max_length=60, blank=True)
    head_pinyin = models.CharField("户主姓名拼音首字母", max_length=60, blank=True)
    phone_sealed = models.BinaryField("联系电话", null=True)
    phone_key = models.CharField("电话盲索引", max_length=64, blank=True)
    household_class = models.CharField("户类型", max_length=40, blank=True)
    monitored_class = models.CharField("监测对象类别", max_length=40, blank=True)
    monitoring = models.CharField("监测状态", max_length=12, default="none", choices=list(MONITORING.items()))
    risks = words_field()
    grade = models.CharField("预警等级", max_length=10, blank=True)
    member_count = models.PositiveSmallIntegerField("家庭人口数", null=True)
    identified_on = models.DateField("识别日期", null=True)
    eliminated_on = models.DateField("风险消除日期", null=True)
    national_number = models.CharField("国家备案号", max_length=40, blank=True)
    contact = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    last_visit_on = models.DateField("最近走访", null=True)
    is_present = models.BooleanField("在册", default=True)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "农户"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "number"], name="household_place"),
            models.Index(fields=["division", "monitoring", "number"], name="household_monitoring"),
            models.Index(fields=["division", "grade", "number"], name="household_grade"),
            models.Index(
                fields=["contact"], name="household_contact", condition=models.Q(contact__isnull=False)
            ),
            models.Index(
                fields=["head_name", "division"],
                name="household_head",
                opclasses=["varchar_pattern_ops", "text_ops"],
            ),
            models.Index(
                fields=["head_pinyin", "division"],
                name="household_pinyin",
                opclasses=["varchar_pattern_ops", "text_ops"],
            ),
            models.Index(fields=["division", "household_class", "number"], name="household_class_place"),
            models.Index(
                fields=["division", "identified_on"],
                name="household_no_contact",
                condition=models.Q(monitoring="monitored", contact__isnull=True, is_present=True),
            ),
            models.Index(fields=["phone_key"], name="household_phone", condition=~models.Q(phone_key="")),
        ]


class VersionOf(models.Model):
    """What every version says of itself: the days it holds (`to_on` excluded, none: still), and who did what.

    `change` says why there is a new one: load, edit, correction, birth, death, marriage, split, merge, move …
    """

    division = division_field()
    from_on = models.DateField("起")
    to_on = models.DateField("止", null=True)
    change = models.CharField("变动", max_length=20)
    note = models.CharField("说明", max_length=500, blank=True)
    load = models.ForeignKey(Load, models.PROTECT, null=True, related_name="+")
    source_id = models.IntegerField("来源编号", null=True)
    row_no = models.IntegerField("来源行号", null=True)
    collected_by = models.CharField("采集人", max_length=60, blank=True)
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    reviewed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("录入时间")

    class Meta:
        abstract = True


def version_indexes(of: str) -> list[models.Index]:
    """Return the indexes of the versions of `of`: its history, and what a load brought."""
    return [
        models.Index(fields=[of, "-from_on"], name=f"{of}_history"),
        models.Index(fields=["load"], name=f"{of}_version_load"),
    ]


def version_constraints(of: str) -> list[models.BaseConstraint]:
    """Return what holds of the versions of `of`: one is in force, and none ends before it begins."""
    return [
        models.UniqueConstraint(fields=[of], condition=models.Q(to_on__isnull=True), name=f"one_{of}_now"),
        models.CheckConstraint(
            condition=models.Q(to_on__isnull=True) | models.Q(to_on__gt=models.F("from_on")),
            name=f"{of}_version_days",
        ),
    ]


class HouseholdVersion(VersionOf):
    """A household as it was from one day until another."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="versions")

    class Meta:
        verbose_name = "农户历史"
        indexes = version_indexes("household")
        constraints = version_constraints("household")


for _name, _field in fact_fields("household", without=(*HOUSEHOLD_KEYS, "division")).items():
    HouseholdVersion.add_to_class(_name, _field)
