"""Forms of data quality: the filter of findings, an explanation, drawing a sample, entering a comparison."""

from collections.abc import Sequence
from typing import Any

from django import forms

from shouwang.domain.quality import KINDS, SEVERITIES
from shouwang.domain.quality_sample import ITEMS, RESULTS
from shouwang.records.models.quality import QUALITY_STATES

_ANY = [("", "全部")]


class FindingFilterForm(forms.Form):
    """The list of findings narrowed."""

    area = forms.ChoiceField(label="区划", required=False)
    severity = forms.ChoiceField(label="程度", required=False, choices=[*_ANY, *SEVERITIES.items()])
    state = forms.ChoiceField(label="状态", required=False, choices=[*_ANY, *QUALITY_STATES.items()])
    kind = forms.ChoiceField(label="类别", required=False, choices=[*_ANY, *KINDS.items()])
    is_overdue = forms.BooleanField(label="只看超期", required=False)
    check_name = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: Any, areas: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["area"].choices = [*_ANY, *areas]  # type: ignore[attr-defined]


class ExplainForm(forms.Form):
    """Why a suspicious finding is right as it is."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    explanation = forms.CharField(
        label="情况说明",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明核实的办法和结果，不要写姓名、证件号码和电话。",
    )


class DrawForm(forms.Form):
    """Which village is drawn, and by what seed."""

    division = forms.ChoiceField(label="行政村")
    seed = forms.CharField(
        label="抽样种子",
        required=False,
        max_length=40,
        help_text="可由多方当场报数拼成；不填则用日期和村代码。",
    )

    def __init__(self, data: Any, villages: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["division"].choices = [("", "请选择"), *villages]  # type: ignore[attr-defined]


class CompareForm(forms.Form):
    """What household and paper say of each item; an item left open was not compared."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, shown: dict[str, str], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        for name, label in ITEMS.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                required=False,
                choices=[("", "未核对"), *RESULTS.items()],
                help_text=f"系统：{shown.get(name, '未填')}",
            )
        self.fields["note"] = forms.CharField(
            label="不一致的说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
        )

    def results(self) -> dict[str, str]:
        """Return the answers that were given."""
        return {name: self.cleaned_data[name] for name in ITEMS if self.cleaned_data[name]}
