"""Passwords: temporary ones that are shown once, and the change that a person makes himself."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from pypinyin import lazy_pinyin

from shouwang.actions.acting import Actor, acting
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.divisions import name_path
from shouwang.domain.password_rules import PROFILES, password_problems
from shouwang.records.models import Account

TEMPORARY_FOR = timedelta(hours=24)
# Nothing that a person reading it out could mistake.
_UPPER, _LOWER, _DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789"
_GROUPS, _GROUP_SIGNS = 4, 4
_ENDINGS = "省市县区乡镇村"


def give_temporary_password(*, account: Account, at: datetime) -> str:
    """Give an account a password for one sign-in within 24 hours and return it; the caller saves the row."""
    password = _random_password()
    account.set_password(password)
    account.must_change_password = True
    account.password_changed_at = at
    account.temporary_until_at = at + TEMPORARY_FOR
    account.session_epoch += 1
    return password


def change_password(*, actor: Actor, old: str, new: str, at: datetime) -> Account:
    """Change the actor's own password, which ends all his sessions; a temporary one needs no `old`."""
    with acting(actor, "account.change_password", at=at) as act:
        account = Account.objects.select_for_update().filter(pk=actor.viewer.account_id).first()
        if account is None:
            raise NotThere
        act.about(account)
        act.division = account.place
        if not account.must_change_password and not account.check_password(old):
            raise Unfit("原密码不对，请重新输入", {"old": "原密码不对"})
        problems = problems_of(account=account, password=new)
        if account.check_password(new):
            problems.append("新密码不能与现用密码相同")
        if problems:
            raise Unfit(problems, {"new": "；".join(problems)})
        account.set_password(new)
        account.must_change_password, account.temporary_until_at = False, None
        account.password_changed_at = at
        account.session_epoch += 1
        account.save()
    return account


def problems_of(*, account: Account, password: str) -> list[str]:
    """Return what stands against a password of an account, by the profile of the site."""
    places = [_short(name) for name in name_path(account.place)]
    written = [account.display_name, account.office, *places]
    names = [spelling for name in written if name for spelling in (name, "".join(lazy_pinyin(name)))]
    return password_problems(password, PROFILES[settings.PASSWORD_PROFILE], login=account.login, names=names)


def _short(name: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] in _ENDINGS else name


def _random_password() -> str:
    """Return sixteen signs in groups with every kind among them: over 80 bits."""
    signs = [secrets.choice(kind) for kind in (_UPPER, _LOWER, _DIGITS)]
    rest = _GROUPS * _GROUP_SIGNS - len(signs)
    signs += [secrets.choice(_UPPER + _LOWER + _DIGITS) for _ in range(rest)]
    secrets.SystemRandom().shuffle(signs)
    text = "".join(signs)
    return "-".join(text[start : start + _GROUP_SIGNS] for start in range(0, len(text), _GROUP_SIGNS))
