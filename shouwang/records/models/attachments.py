"""Photos and scans; their bytes stand in the same database, so that one backup and transaction hold all."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field
from shouwang.records.models.households import Household


class Attachment(models.Model):
    """One file that belongs to something about a household; `owner` is "case:12", "clue:7" …"""

    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="attachments")
    division = division_field()
    owner = models.CharField("所属", max_length=40)
    title = models.CharField("名称", max_length=120)
    content_type = models.CharField("类型", max_length=60)
    sha256 = models.CharField("内容摘要", max_length=64)
    size_bytes = models.PositiveIntegerField("大小")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "附件"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["owner"], name="attachment_owner")]


class AttachmentContent(models.Model):
    """The bytes of an attachment, apart from what lists read; encrypted."""

    attachment = models.OneToOneField(Attachment, models.PROTECT, primary_key=True, related_name="content")
    division = division_field()
    sealed = models.BinaryField("内容")

    class Meta:
        verbose_name = "附件内容"
