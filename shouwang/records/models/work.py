"""What a person has at hand: drafts, saved lists, notifications."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account


class Draft(models.Model):
    """What a person has typed and not yet sent; his alone. `key` names form and object."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="drafts")
    key = models.CharField("表单", max_length=120)
    sealed = models.BinaryField("内容")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "草稿"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "key"], name="one_draft_a_form")
        ]


class SavedList(models.Model):
    """A filter that a person keeps by name."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="saved_lists")
    page = models.CharField("列表", max_length=40)
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=1000)

    class Meta:
        verbose_name = "常用查询"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "page", "name"], name="one_saved_list_a_name")
        ]


class Notification(models.Model):
    """What a person should know; holds no name or number of anybody."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="notifications")
    kind = models.CharField("类别", max_length=20)
    text = models.CharField("内容", max_length=200)
    link = models.CharField("链接", max_length=200)
    at = models.DateTimeField("时间")
    is_read = models.BooleanField("已读", default=False)

    class Meta:
        verbose_name = "通知"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "is_read", "-at"], name="notification_unread")
        ]
