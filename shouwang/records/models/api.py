"""Tokens by which programs ask, and answers kept so that what is sent again is answered once (T18, T53)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from shouwang.records.models.accounts import Account

METHODS = ("GET", "POST")


class ApiToken(models.Model):
    """A token of one account, which acts for it; only a digest of the token is kept, and its first signs.

    It holds while the account's `session_epoch` is the one it was made in: a new password, a changed role or
    a disabled account ends it. `addresses` are networks (CIDR); none: from anywhere. The window counts the
    requests of the running minute.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="tokens")
    name = models.CharField("用途", max_length=60)
    start = models.CharField("开头", max_length=12)
    digest = models.CharField("摘要", max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30), verbose_name="范围")
    methods = ArrayField(models.CharField(max_length=8), verbose_name="方法")
    addresses = ArrayField(models.CharField(max_length=43), default=list, verbose_name="来源地址")
    epoch = models.PositiveIntegerField("会话代次")
    from_at = models.DateTimeField("起")
    until_at = models.DateTimeField("止")
    created_at = models.DateTimeField("建立时间")
    revoked_at = models.DateTimeField("作废时间", null=True)
    revoked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    last_used_at = models.DateTimeField("最近使用", null=True)
    last_address = models.CharField("最近来源", max_length=64, blank=True)
    window_at = models.DateTimeField("计数起点", null=True)
    window_count = models.PositiveIntegerField("计数", default=0)

    class Meta:
        verbose_name = "接口令牌"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account"], name="token_account")]


class ApiAnswer(models.Model):
    """What a request with an Idempotency-Key was answered; `status` none: it is, or was, under way."""

    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="answers")
    key = models.CharField("幂等键", max_length=255)
    request_sha256 = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("状态码", null=True)
    headers = models.JSONField("响应头", default=dict)
    body_sealed = models.BinaryField("响应", null=True)
    asked_at = models.DateTimeField("请求时间")

    class Meta:
        verbose_name = "接口答复"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["asked_at"], name="api_answer_age")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")
        ]
