"""The audit (R101): rows are added and never changed; the application's database role cannot do otherwise."""

from typing import ClassVar

from django.db import models


class AuditEvent(models.Model):
    """One link of the chain, as `domain.audit_chain.Entry` with its digest."""

    sequence = models.BigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.CharField("账号", max_length=40)
    role = models.CharField("角色", max_length=200)
    division = models.CharField("区划", max_length=12, blank=True)
    action = models.CharField("操作", max_length=64)
    target_kind = models.CharField("对象", max_length=64, blank=True)
    target_id = models.CharField("对象编号", max_length=64, blank=True)
    result = models.CharField("结果", max_length=10)
    reason = models.CharField("理由", max_length=500, blank=True)
    before = models.JSONField("改前", default=dict)
    after = models.JSONField("改后", default=dict)
    request_id = models.CharField("请求编号", max_length=32, blank=True)
    address = models.CharField("地址", max_length=64, blank=True)
    algorithm = models.CharField("算法", max_length=16)
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "审计日志"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["actor", "-at"], name="audit_actor"),
            models.Index(fields=["target_kind", "target_id"], name="audit_target"),
        ]
