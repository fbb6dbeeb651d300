"""One-time passwords (RFC 6238): the secret sealed, each code good once, recovery codes kept as hashes."""

import hashlib
import hmac
import re
import secrets
from base64 import b32decode, b32encode
from datetime import datetime

from django.db import transaction
from django_otp.oath import TOTP

from shouwang.actions.acting import Actor, acting
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.roles import ADMINISTRATORS, Role
from shouwang.records.models import Account
from shouwang.records.sealing import seal, unseal
from shouwang.records.viewers import Viewer

STEP_SECONDS = 30
_SECRET_BYTES = 20
_TOLERANCE_STEPS, _SKEW_STEPS = 1, 20
_RECOVERY_CODES = 8
_OF = "account.totp"
_CODE = re.compile(r"[0-9]{6}")
NEEDING_CODES = ADMINISTRATORS | {Role.COUNTY_OFFICE, Role.CITY, Role.PROVINCE}


def needs_code(*, viewer: Viewer) -> bool:
    """Tell whether a role of a viewer asks for one-time passwords where the site requires them."""
    return bool(NEEDING_CODES & set(viewer.roles))


def begin_codes(*, actor: Actor, at: datetime) -> str:
    """Give the actor a new secret that is not in force yet, and return it in base 32."""
    with acting(actor, "account.begin_totp", at=at) as act:
        account = _own(actor)
        act.about(account)
        act.division = account.place
        if account.is_totp_confirmed:
            raise Unfit("已启用动态口令。要换手机，请用恢复码登录后联系安全管理员清除，再重新设置")
        secret = b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        account.totp_secret_sealed, account.totp_last_step = seal(secret, of=_OF), None
        account.save(update_fields=["totp_secret_sealed", "totp_last_step"])
    return secret


def confirm_codes(*, actor: Actor, code: str, at: datetime) -> list[str]:
    """Put the secret in force by a code of it; return the recovery codes, which nobody can read again."""
    with acting(actor, "account.confirm_totp", at=at) as act:
        account = _own(actor)
        act.about(account)
        act.division = account.place
        if account.is_totp_confirmed or account.totp_secret_sealed is None:
            raise Unfit("请先扫描二维码，再输入动态口令")
        step = _step_of(account, code, at)
        if step is None:
            skew = skew_message(account=account, code=code, at=at)
            raise Unfit(skew or "动态口令不对，请输入手机上最新的 6 位数字")
        codes = [f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(_RECOVERY_CODES)]
        account.recovery_hashes = [_hashed(each) for each in codes]
        account.is_totp_confirmed, account.totp_last_step = True, step
        account.save(update_fields=["recovery_hashes", "is_totp_confirmed", "totp_last_step"])
    return codes


def use_code(*, account_id: int, code: str, at: datetime) -> bool:
    """Use a one-time password or a recovery code up; of two at once, one is right."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        step = _step_of(account, code, at)
        if step is not None:
            account.totp_last_step = step
            account.save(update_fields=["totp_last_step"])
            return True
        digest = _hashed(code.strip().lower())
        left = [each for each in account.recovery_hashes if not hmac.compare_digest(each, digest)]
        is_found = len(left) < len(account.recovery_hashes)
        if is_found:
            account.recovery_hashes = left
            account.save(update_fields=["recovery_hashes"])
    return is_found


def skew_message(*, account: Account, code: str, at: datetime) -> str:
    """Say how far a person's telephone is off, where his code is right for another time; else nothing."""
    for steps in range(_TOLERANCE_STEPS + 1, _SKEW_STEPS + 1):
        for sign, word in ((1, "快"), (-1, "慢")):
            if _matches(account, code, _now_step(at) + sign * steps):
                minutes = max(1, round(steps * STEP_SECONDS / 60))
                return f"手机时间比系统{word}约 {minutes} 分钟，请打开手机的自动校时后重试"
    return ""


def secret_of(*, account: Account) -> str:
    """Return the secret that is being set up, in base 32; empty once it is in force."""
    if account.is_totp_confirmed or account.totp_secret_sealed is None:
        return ""
    return unseal(account.totp_secret_sealed, of=_OF)


def _own(actor: Actor) -> Account:
    account = Account.objects.select_for_update().filter(pk=actor.viewer.account_id).first()
    if account is None:
        raise NotThere
    return account


def _step_of(account: Account, code: str, at: datetime) -> int | None:
    """Return the time step that a code is right for, if it is near and later than the last used."""
    last = -1 if account.totp_last_step is None else account.totp_last_step
    now = _now_step(at)
    steps = range(now - _TOLERANCE_STEPS, now + _TOLERANCE_STEPS + 1)
    return next((step for step in steps if step > last and _matches(account, code, step)), None)


def _matches(account: Account, code: str, step: int) -> bool:
    text = code.strip().replace(" ", "")
    if account.totp_secret_sealed is None or not _CODE.fullmatch(text):
        return False
    made = TOTP(b32decode(unseal(account.totp_secret_sealed, of=_OF)), STEP_SECONDS)
    made.time = step * STEP_SECONDS
    return hmac.compare_digest(f"{made.token():06d}", text)


def _now_step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _hashed(code: str) -> str:
    # 64 random bits need no slow hash.
    return hashlib.sha256(f"recovery:{code}".encode()).hexdigest()
