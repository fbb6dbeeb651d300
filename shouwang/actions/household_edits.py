"""Facts of a household as somebody enters them; each change is a version, and a stale page is told (T43)."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.household_versions import new_version
from shouwang.actions.refusals import Unfit
from shouwang.domain.masking import contains_personal_number
from shouwang.domain.permissions import Permission
from shouwang.records.models import Household, HouseholdVersion
from shouwang.records.sealing import phone_index, seal

# What is written by hand; the monitored class, risks and states come from cases alone.
EDITABLE = (
    "group_name",
    "head_name",
    "household_class",
    "alleviated_year",
    "is_relocated",
    "receives_minimum_living",
    "receives_destitute_support",
    "is_no_labour_guaranteed",
    "has_development_measure",
    "housing_grade",
    "is_dilapidated_housing",
    "has_safe_water",
)
_PHONE = re.compile(r"(?:\+?86)?1\d{10}|0\d{2,3}-?\d{7,8}")


def edit_household(
    *,
    actor: Actor,
    household_id: int,
    version: int,
    changes: Mapping[str, Any],
    on: date,
    at: datetime,
    note: str = "",
    change: str = "edit",
    collected_by: str = "",
) -> Household:
    """Change facts of EDITABLE and `phone` from a day on; what is the same is left. Raises Stale, Unfit."""
    _check_names(changes)
    with acting(actor, "household.edit", at=at) as act:
        household = locked(
            actor, Household.objects.all(), household_id, Permission.EDIT_HOUSEHOLD, version=version
        )
        act.about(household)
        now = HouseholdVersion.objects.filter(household=household, to_on=None).first()
        different = {
            name: value
            for name, value in changes.items()
            if name != "phone" and getattr(now, name, None) != value
        }
        act.before = {name: getattr(now, name, None) for name in different}
        act.after = dict(different)
        phone = str(changes.get("phone") or "")
        if phone:
            _set_phone(household, phone)
            act.after["phone"] = phone
        if not different and not phone:
            raise Unfit("没有任何改动，请修改后再保存")
        checked_note(note=note)
        made = new_version(
            household, on=on, at=at, change=change, note=note, entered_by=actor.viewer.account_id, **different
        )
        if collected_by:
            HouseholdVersion.objects.filter(pk=made.pk).update(collected_by=collected_by[:60])
    return household


def _check_names(changes: Mapping[str, Any]) -> None:
    unknown = set(changes) - {*EDITABLE, "phone"}
    if unknown:
        raise TypeError(f"not edited by hand: {', '.join(sorted(unknown))}")


def checked_phone(*, phone: str) -> str:
    """Return a telephone number without spaces. Raises Unfit."""
    tidy = re.sub(r"[\s　]", "", phone)
    if not _PHONE.fullmatch(tidy):
        said = "电话号码格式不对，请填写 11 位手机号码或带区号的固定电话"
        raise Unfit(said, {"phone": said})
    return tidy


def checked_note(*, note: str) -> str:
    """Return a note that holds no personal number. Raises Unfit."""
    if contains_personal_number(note):
        said = "说明中不能出现证件号码、手机号码或银行卡号，请删去后再提交"
        raise Unfit(said, {"note": said})
    return note


def _set_phone(household: Household, phone: str) -> None:
    tidy = checked_phone(phone=phone)
    household.phone_sealed = seal(tidy, of="household.phone")
    household.phone_key = phone_index(tidy)
