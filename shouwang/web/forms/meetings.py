"""What is asked of a monthly meeting."""

from collections.abc import Iterable
from typing import Any

from django import forms

from shouwang.domain.divisions import LEVELS
from shouwang.web.present import place_name

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CallForm(forms.Form):
    """Whose meeting, and of which month."""

    month = forms.DateField(
        label="月份",
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        help_text="如 2026-11。议程按当前数据自动生成。",
    )

    def __init__(self, *args: Any, places: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(place, place_name(place.ljust(12, "0"))) for place in places]
        self.fields["place"] = forms.ChoiceField(label="召开单位", choices=named)
        self.order_fields(["place", "month"])


class NoteForm(forms.Form):
    """When a meeting was held, by whom, and what was said."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    held_on = forms.DateField(label="召开日期", widget=_DAY)
    chair = forms.CharField(label="主持人", max_length=60)
    attendants = forms.CharField(label="参加人员", max_length=2000, widget=forms.Textarea({"rows": 2}))
    summary = forms.CharField(
        label="会议纪要",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text="不要写证件号码、电话号码。",
    )


class VerdictForm(forms.Form):
    """What was decided on an item."""

    verdict = forms.CharField(
        label="研判意见",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="如：同意纳入，由村提出；本月内再次入户核查；转县医保部门核实自付金额。",
    )


class ItemForm(forms.Form):
    """Something that the data do not say."""

    text = forms.CharField(label="事项内容", max_length=2000, widget=forms.Textarea({"rows": 3}))
    household_number = forms.CharField(
        label="户编号", max_length=40, required=False, help_text="与某一户有关时填写。"
    )


class MeetingFilterForm(forms.Form):
    """Which meetings to list."""

    level = forms.TypedChoiceField(
        label="级别",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "全部"), *((level, f"{LEVELS[level]}级") for level in (3, 4, 5))],
    )
    year = forms.IntegerField(label="年份", required=False, min_value=2021, max_value=2099)
