"""Members: identity sealed, found by blind index; every version with the days it held (R1, R7)."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.columns import division_field, fact_fields
from shouwang.records.models.households import Household, VersionOf, version_constraints, version_indexes

MEMBER_KEYS = ("person_id", "household_id", "source_id", "row_no")


class Member(models.Model):
    """One person, in the household he belongs to now.

    `id_sealed` is his number encrypted, `id_key` its blind index, `id_tail_key` that of its last four signs.
    A person who has left (death, marriage, move) stays with `is_present` false.
    """

    code = models.CharField("人口编号", max_length=40, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    division = division_field()
    name = models.CharField("姓名", max_length=60, blank=True)
    pinyin = models.CharField("姓名拼音首字母", max_length=60, blank=True)
    sex = models.CharField("性别", max_length=8, blank=True)
    birth_date = models.DateField("出生日期", null=True)
    relation = models.CharField("与户主关系", max_length=40, blank=True)
    id_sealed = models.BinaryField("证件号码", null=True)
    id_key = models.CharField("证件号码盲索引", max_length=64, blank=True)
    id_tail_key = models.CharField("证件号码后四位盲索引", max_length=64, blank=True)
    phone_sealed = models.BinaryField("联系电话", null=True)
    phone_key = models.CharField("电话盲索引", max_length=64, blank=True)
    is_present = models.BooleanField("在册", default=True)

    class Meta:
        verbose_name = "家庭成员"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "id_tail_key"], name="member_id_tail"),
            models.Index(fields=["id_key"], name="member_id", condition=~models.Q(id_key="")),
            models.Index(fields=["phone_key"], name="member_phone", condition=~models.Q(phone_key="")),
            models.Index(
                fields=["name", "division"],
                name="member_name",
                opclasses=["varchar_pattern_ops", "text_ops"],
            ),
            models.Index(
                fields=["pinyin", "division"],
                name="member_pinyin",
                opclasses=["varchar_pattern_ops", "text_ops"],
            ),
        ]


class MemberVersion(VersionOf):
    """A person as he was from one day until another, and in which household."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="versions")
    household = models.ForeignKey(Household, models.PROTECT, related_name="member_versions")

    class Meta:
        verbose_name = "成员历史"
        indexes = version_indexes("member")
        constraints = version_constraints("member")


for _name, _field in fact_fields("member", without=(*MEMBER_KEYS, "id_key")).items():
    MemberVersion.add_to_class(_name, _field)
