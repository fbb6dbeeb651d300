"""What is asked to grant a role."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from shouwang.domain.departments import DEPARTMENTS
from shouwang.domain.roles import ROLES, Role
from shouwang.web.place_choices import place_field

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ROLE_CHOICES = [(str(role), ROLES[role].label) for role in Role]


class GrantForm(forms.Form):
    """A role for an account, in a place, for a time."""

    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *ROLE_CHOICES])
    group_name = forms.CharField(
        label="村民小组", max_length=60, required=False, help_text="仅“村民小组”角色填写，与农户台账一致。"
    )
    from_on = forms.DateField(label="开始日期", widget=_DAY)
    until_on = forms.DateField(label="结束日期", required=False, widget=_DAY, help_text="不填为长期。")
    reason = forms.CharField(label="依据", max_length=200, required=False, help_text="如任职文件号。")

    def __init__(self, *args: Any, places: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = place_field(places)
        self.fields["departments"] = forms.MultipleChoiceField(
            label="部门", required=False,
            choices=list(DEPARTMENTS.items()), widget=forms.CheckboxSelectMultiple,
            help_text="仅“行业部门”角色选择。",
        )  # fmt: skip
        self.order_fields(["role", "place", "group_name", "departments", "from_on", "until_on", "reason"])

    def from_at(self, at: datetime) -> datetime:
        """Return the instant a grant begins: now for today."""
        day: date = self.cleaned_data["from_on"]
        return at if day <= at.date() else _midnight(day)

    def until_at(self) -> datetime | None:
        """Return the instant a grant ends: the end of its last day."""
        day: date | None = self.cleaned_data["until_on"]
        return datetime.combine(day, time.max, timezone.get_current_timezone()) if day else None


class GrantFilterForm(forms.Form):
    """Which grants to list."""

    words = forms.CharField(label="姓名或账号", max_length=40, required=False)
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部"), *ROLE_CHOICES])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("running", "有效或待生效"), ("ended", "已结束")]
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
