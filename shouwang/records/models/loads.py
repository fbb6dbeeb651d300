"""Loads: what came in at once, from which sheets, and what it changed, so that it can be taken back."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account

# What brought the rows of a load: a folder of the registry, or one department's file.
REGISTRY, DELIVERY = "registry", "delivery"
LOAD_STATES = {"running": "进行中", "done": "已完成", "undone": "已撤销"}


class Load(models.Model):
    """One load, all or nothing. `content_sha256` of its files tells a second load of the same."""

    kind = models.CharField("内容", max_length=20)
    county = models.CharField("县", max_length=6)
    on = models.DateField("截止日期")
    state = models.CharField("状态", max_length=10, choices=list(LOAD_STATES.items()))
    content_sha256 = models.CharField("内容摘要", max_length=64)
    counts = models.JSONField("数量", default=dict)
    notices = models.JSONField("提示", default=list)
    actor = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("完成", null=True)
    undone_at = models.DateTimeField("撤销", null=True)

    class Meta:
        verbose_name = "导入批次"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["content_sha256", "on"],
                condition=models.Q(state="done"),
                name="one_load_of_a_content",
            )
        ]


class Source(models.Model):
    """A sheet of a load; `number` is what its rows call it."""

    load = models.ForeignKey(Load, models.PROTECT, related_name="sources")
    number = models.IntegerField("来源编号")
    feed = models.CharField("数据来源", max_length=40)
    file = models.CharField("文件", max_length=300)
    sheet = models.CharField("工作表", max_length=100)
    month = models.DateField("月份", null=True)
    sha256 = models.CharField("内容摘要", max_length=64)
    row_count = models.IntegerField("行数")

    class Meta:
        verbose_name = "来源"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["load", "number"], name="source_of_load")
        ]


class LoadChange(models.Model):
    """What a load found and replaced in one household row; read back when the load is undone."""

    load = models.ForeignKey(Load, models.PROTECT, related_name="changes")
    table = models.CharField("表", max_length=40)
    row_id = models.BigIntegerField("行")
    before = models.JSONField("原值", null=True)

    class Meta:
        verbose_name = "导入变更"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["load", "table", "row_id"])]
