"""The divisions that the site serves, with what only the place itself knows of them."""

from django.db import models

from shouwang.records.models.columns import division_field


class Division(models.Model):
    """A division in use; the county's own spelling of its name stands before the published one."""

    code = division_field(primary_key=True)
    name = models.CharField("名称", max_length=60)
    level = models.PositiveSmallIntegerField("级别")
    parent_code = models.CharField("上级", max_length=12, blank=True)
    office_phone = models.CharField("办公电话", max_length=20, blank=True)
    is_in_use = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "区划"
