"""A token of the interface is made."""

from typing import Any

from django import forms

from shouwang.actions.api_tokens import MOST_DAYS
from shouwang.domain.api_scopes import ApiScope
from shouwang.records.models.api import METHODS

_WAYS = {"GET": "读取（GET）", "POST": "推送、撤回（POST）"}


class TokenForm(forms.Form):
    """What the token is for, and how far it goes."""

    name = forms.CharField(label="用途", max_length=60, help_text="写明哪个系统使用，如“省平台每日读取”。")
    scopes = forms.MultipleChoiceField(label="范围", widget=forms.CheckboxSelectMultiple)
    methods = forms.MultipleChoiceField(
        label="方法",
        widget=forms.CheckboxSelectMultiple,
        choices=[(each, _WAYS[each]) for each in METHODS],
        initial=["GET"],
    )
    addresses = forms.CharField(
        label="来源地址",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="只能从这些地址使用，每行一个，如 10.1.2.3 或 10.1.2.0/24；不填则不限。",
    )
    days = forms.IntegerField(label="有效天数", min_value=1, max_value=MOST_DAYS, initial=90)

    def __init__(self, *given: Any, scopes: list[ApiScope], **options: Any) -> None:
        super().__init__(*given, **options)
        field: Any = self.fields["scopes"]
        field.choices = [(str(each), f"{each.label}（{each}）") for each in scopes]

    def clean_addresses(self) -> list[str]:
        """Return one address a line."""
        return [each.strip() for each in str(self.cleaned_data["addresses"]).splitlines() if each.strip()]
