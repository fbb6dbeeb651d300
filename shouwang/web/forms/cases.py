"""Forms of the acts on a case."""

from datetime import date
from typing import Any

from django import forms

from shouwang.actions.case_opening import SAYABLE
from shouwang.domain.procedure import FLAGS, TRACKS
from shouwang.reports.case_list import TABS

YES_NO = (("", "未核实"), ("yes", "是"), ("no", "否"))


class Answer(forms.TypedChoiceField):
    """Yes, no, or not known; unknown is None."""

    def __init__(self, label: str, **options: Any) -> None:
        coerce = {"yes": True, "no": False}.get
        super().__init__(
            label=label, choices=YES_NO, coerce=coerce, empty_value=None, required=False, **options
        )


class Day(forms.DateField):
    """A day, entered with the browser's own calendar."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(
            label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
        )


def words(label: str, *, required: bool = True, rows: int = 4, **options: Any) -> forms.CharField:
    """Return a field for a paragraph."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


class ActForm(forms.Form):
    """What every act asks: the number of events its page showed, the day, and words."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = Day("办理日期")
    opinion = words("办理意见")

    def __init__(
        self,
        data: Any = None,
        *,
        version: int,
        today: date,
        label: str = "",
        is_optional: bool = False,
        **options: Any,
    ) -> None:
        initial = {"version": version, "on": today, **options.pop("initial", {})}
        super().__init__(data, initial=initial, **options)
        if label:
            self.fields["opinion"].label = label
        if is_optional:
            self.fields["opinion"].required = False


class SendBackForm(ActForm):
    """Where a case goes back to, and why."""

    to_step = forms.ChoiceField(label="退回到", widget=forms.RadioSelect)
    field_order = ("version", "to_step", "on", "opinion")

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, label="退回理由", **options)
        self.fields["to_step"].choices = steps


class AnswerForm(ActForm):
    """The answer to an objection."""

    is_upheld = forms.TypedChoiceField(
        label="核查结论",
        choices=(("no", "异议不成立，维持公示内容"), ("yes", "异议成立，退回重新评议公示或不予认定")),
        coerce={"yes": True, "no": False}.get,
        widget=forms.RadioSelect,
    )
    field_order = ("version", "is_upheld", "on", "opinion")


class GreenForm(ActForm):
    """What allows help before the procedure."""

    is_sudden_hardship = forms.BooleanField(label=FLAGS["is_sudden_hardship"], required=False)
    is_plainly_true = forms.BooleanField(label=FLAGS["is_plainly_true"], required=False)
    field_order = ("version", "is_sudden_hardship", "is_plainly_true", "on", "opinion")


class OpenForm(forms.Form):
    """Which track a household is put on, and why."""

    track = forms.ChoiceField(label="办理事项", widget=forms.RadioSelect)
    on = Day("立案日期")
    opinion = words("立案理由")
    traits = forms.MultipleChoiceField(
        label="同时属于（识别认定填写）",
        required=False,
        choices=[(name, FLAGS[name]) for name in SAYABLE],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, tracks: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["track"].choices = tracks


class CaseFilter(forms.Form):
    """What a list of cases is narrowed by."""

    words = forms.CharField(label="编号或户主", required=False)
    track = forms.ChoiceField(label="办理事项", required=False, choices=[("", "全部"), *TRACKS.items()])
    place = forms.CharField(label="区划代码", required=False, help_text="可填前几位")
    step = forms.CharField(label="当前环节", required=False)
    tab = forms.ChoiceField(required=False, choices=list(TABS.items()), widget=forms.HiddenInput)
