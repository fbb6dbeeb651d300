"""What a person changes of his own account."""

from typing import Any

from django import forms

_NEW = {"autocomplete": "new-password", "wide": "1"}


class PasswordForm(forms.Form):
    """A new password, twice; the old one unless it was temporary."""

    old = forms.CharField(
        label="原密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "current-password", "wide": "1"}),
    )
    new = forms.CharField(label="新密码", strip=False, max_length=128, widget=forms.PasswordInput(_NEW))
    again = forms.CharField(
        label="再输一次新密码", strip=False, max_length=128, widget=forms.PasswordInput(_NEW)
    )

    def __init__(self, *args: Any, is_temporary: bool, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].help_text = help_text
        if is_temporary:
            del self.fields["old"]

    def clean(self) -> dict[str, object]:
        """Ask that both are the same."""
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", "两次输入的新密码不一样，请重新输入")
        return given


class ConfirmCodeForm(forms.Form):
    """The first one-time password."""

    code = forms.CharField(
        label="动态口令", max_length=8, help_text="手机上显示的 6 位数字。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip
