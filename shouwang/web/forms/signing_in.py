"""What is typed to sign in."""

from django import forms


class SignInForm(forms.Form):
    """Name and password; what is wrong with them is never said field by field."""

    login = forms.CharField(
        label="账号",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label="密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """A one-time password, or a recovery code."""

    code = forms.CharField(
        label="动态口令",
        max_length=20,
        help_text="手机上的 6 位数字；手机不在身边时，填一个恢复码。",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}
        ),
    )
