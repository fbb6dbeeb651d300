"""Exports: who asked for which rows and why, who allowed it, and for how long the file may be had (T35)."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field

EXPORT_STATES = {
    "asked": "待审批",
    "approved": "待生成",
    "refused": "未批准",
    "made": "可下载",
    "expired": "已过期",
}
EXPORT_PURPOSES = {
    "national": "上传全国系统",
    "platform": "上传低收入人口平台等其他系统",
    "comparison": "部门信息比对",
    "statistics": "汇总上报",
    "inspection": "接受检查、督导",
    "work": "日常台账、入户工作",
    "other": "其他",
}


class ExportRequest(models.Model):
    """One request for a file of households, persons or counts of a place (`area`, a division prefix).

    `chosen` holds the filters and the format; `row_count` and `lifted` (the columns that the role sees masked
    and the file would show whole) are what was told to the approver. The file itself lies sealed in the
    site's folder, never in the database and its backups, and goes when it expires.
    """

    number = models.CharField("导出编号", max_length=40, unique=True)
    division = division_field()
    area = models.CharField("范围", max_length=12)
    profile = models.CharField("导出模板", max_length=40)
    chosen = models.JSONField("条件", default=dict)
    columns = models.JSONField("列", default=list)
    lifted = models.JSONField("不脱敏的列", default=list)
    has_personal = models.BooleanField("含个人信息")
    row_count = models.PositiveIntegerField("申请行数")
    purpose = models.CharField("用途", max_length=20, choices=list(EXPORT_PURPOSES.items()))
    reason = models.CharField("用途说明", max_length=300)
    why_approval = models.CharField("须审批原因", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=list(EXPORT_STATES.items()))
    requested_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True)
    opinion = models.CharField("审批意见", max_length=300, blank=True)
    made_at = models.DateTimeField("生成时间", null=True)
    made_rows = models.PositiveIntegerField("行数", null=True)
    file_name = models.CharField("文件名", max_length=160, blank=True)
    size_bytes = models.BigIntegerField("大小", null=True)
    sha256 = models.CharField("文件摘要", max_length=64, blank=True)
    expires_at = models.DateTimeField("有效至", null=True)
    downloads = models.PositiveIntegerField("下载次数", default=0)
    last_downloaded_at = models.DateTimeField("最近下载", null=True)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "导出申请"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "state", "-requested_at"], name="export_place"),
            models.Index(fields=["requested_by", "-requested_at"], name="export_requester"),
            models.Index(
                fields=["expires_at"], name="export_expiry", condition=models.Q(state__in=["asked", "made"])
            ),
        ]
