"""Accounts and what they hold where (R100)."""

from collections.abc import Iterator
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from shouwang.domain.roles import Role


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by actions; this only finds them by login."""


class Account(AbstractBaseUser):
    """One person who signs in; what he may do is said by his grants alone.

    `place` is the division prefix of the office that answers for the account. `session_epoch` counts up
    whenever every session of the account must end: password, role or status changed.
    """

    login = models.CharField("账号", max_length=40, unique=True)
    display_name = models.CharField("姓名", max_length=40)
    place = models.CharField("所属区划", max_length=12)
    office = models.CharField("单位", max_length=60, blank=True)
    phone_sealed = models.BinaryField("联系电话", null=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True)
    temporary_until_at = models.DateTimeField("临时密码有效至", null=True)
    session_epoch = models.PositiveIntegerField("会话代次", default=0)
    totp_secret_sealed = models.BinaryField("动态口令密钥", null=True)
    totp_last_step = models.BigIntegerField("最近用过的口令时段", null=True)
    is_totp_confirmed = models.BooleanField("已启用动态口令", default=False)
    recovery_hashes = models.JSONField("恢复码摘要", default=list)
    last_seen_at = models.DateTimeField("最近使用", null=True)
    created_at = models.DateTimeField("建立时间")

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def get_session_auth_hash(self) -> str:
        """Tie every session to the password and the epoch; either changing ends it at once."""
        return salted_hmac("shouwang.session", f"{self.password}:{self.session_epoch}").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Accept no older hash."""
        return iter(())

    class Meta:
        verbose_name = "账号"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["place"])]


class RoleGrant(models.Model):
    """A role held in a place from one instant until another (none: without end); break-glass among them."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=40, choices=[(role.value, role.label) for role in Role])
    place = models.CharField("区划", max_length=12)
    group_name = models.CharField("村民小组", max_length=60, blank=True)
    departments = models.JSONField("部门数据", default=list)
    from_at = models.DateTimeField("起")
    until_at = models.DateTimeField("止", null=True)
    is_break_glass = models.BooleanField("紧急越界", default=False)
    reason = models.CharField("理由", max_length=500, blank=True)
    granted_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "角色授权"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "until_at"])]
