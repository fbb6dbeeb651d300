"""What is asked for an account, and by what accounts are looked for."""

from collections.abc import Iterable
from typing import Any

from django import forms

from shouwang.web.place_choices import place_field


class AccountForm(forms.Form):
    """A new account for one person."""

    login = forms.CharField(
        label="账号", max_length=40, help_text="本人姓名拼音等，小写字母开头，3 至 40 位；不能多人共用。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
    display_name = forms.CharField(
        label="姓名", max_length=40, widget=forms.TextInput({"autocomplete": "off"})
    )
    office = forms.CharField(label="单位", max_length=60, required=False)

    def __init__(self, *args: Any, places: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = place_field(places, label="所属区划")
        self.order_fields(["login", "display_name", "place", "office"])


class AccountFilterForm(forms.Form):
    """Which accounts to list."""

    words = forms.CharField(label="姓名或账号", max_length=40, required=False)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("active", "启用"), ("disabled", "停用")]
    )

    def __init__(self, *args: Any, places: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = place_field(places, label="所属区划", required=False)
        self.order_fields(["words", "place", "state"])


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="理由", max_length=200, min_length=4, widget=forms.Textarea({"rows": 3}))
