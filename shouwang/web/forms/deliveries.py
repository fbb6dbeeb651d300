"""What is typed in about departments' deliveries."""

import re
from datetime import date
from typing import Any

from django import forms

from shouwang.actions.delivery_receiving import SENDERS
from shouwang.exchange.layouts import layouts
from shouwang.web.forms.plans import text_field
from shouwang.web.forms.visits import ManyFilesInput

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_LEAVE_OUT = "不用这一列"


class DeliveryFilter(forms.Form):
    """The list narrowed."""

    department = forms.ChoiceField(label="部门", required=False, choices=[("", "全部"), *SENDERS.items()])


class DeliveryForm(forms.Form):
    """A file is handed in."""

    county = forms.ChoiceField(label="县")
    department = forms.ChoiceField(label="推送部门")
    file = forms.FileField(
        label="文件",
        help_text="Excel（.xlsx、.xls）或 CSV，可一次选几个；改正后的错误数据也在这里上传",
        widget=ManyFilesInput({"accept": ".xlsx,.xls,.csv,.txt", "multiple": True}),
    )
    month = forms.CharField(
        label="所属月份",
        required=False,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-10"}),
        help_text="文件名或表内已写明月份的，不用填",
    )
    sender = forms.CharField(
        label="推送单位", required=False, max_length=60, help_text="同一部门有几家（如几家银行）时填写"
    )
    row_count = forms.IntegerField(label="申报行数", required=False, min_value=0, help_text="填了会自动核对")
    amount = forms.DecimalField(
        label="申报金额（元）", required=False, min_value=0, max_digits=16, decimal_places=2
    )

    def __init__(
        self, *given: Any, counties: list[tuple[str, str]], departments: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*given, **options)
        for name, choices in (("county", counties), ("department", departments)):
            field: Any = self.fields[name]
            field.choices = choices if len(choices) == 1 else [("", "请选择"), *choices]

    def clean_month(self) -> date | None:
        """Read a month as browsers write it."""
        said = str(self.cleaned_data["month"]).strip()
        if not said:
            return None
        found = _MONTH.fullmatch(said)
        if found is None or not 1 <= int(found[2]) <= 12:
            raise forms.ValidationError("请写成 2026-10 的样子")
        return date(int(found[1]), int(found[2]), 1)


class DecisionForm(forms.Form):
    """A delivery is released, sent back or withdrawn, with the reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = text_field("理由", rows=2, most=300)


class VersionForm(forms.Form):
    """An act that needs no words."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class MappingForm(forms.Form):
    """Which standard column each header of a sheet is."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    headers_key = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        *given: Any,
        feed: str,
        headers: list[str],
        proposed: dict[str, str],
        hints: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*given, **options)
        self.headers = headers
        columns = layouts()[feed].columns
        choices = [("", _LEAVE_OUT), *((name, _required(name, feed)) for name in columns)]
        for at, header in enumerate(headers):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=header,
                required=False,
                choices=choices,
                initial=proposed.get(header, ""),
                help_text=(hints or {}).get(header, ""),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse two headers for one column."""
        typed = super().clean() or {}
        seen: dict[str, str] = {}
        for header, standard in self.columns(typed).items():
            if standard and standard in seen:
                raise forms.ValidationError(f"“{seen[standard]}”和“{header}”都选了“{standard}”，请只留一列")
            seen[standard] = header
        return typed

    def columns(self, typed: dict[str, Any]) -> dict[str, str]:
        """Return header → standard column, "" for one left out."""
        return {header: typed.get(f"column_{at}", "") for at, header in enumerate(self.headers)}


def _required(name: str, feed: str) -> str:
    return f"{name}（必需）" if layouts()[feed].columns[name].is_required else name
