"""What is typed in about plans of help."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from shouwang.domain.measures import CONDITIONS
from shouwang.records.models.plans import PLAN_STATES
from shouwang.records.plan_drafts import PlanDraft

Choices = Sequence[tuple[str, str]]
ANSWERS = (("yes", "是"), ("no", "否"), ("", "未问"))
_TRUTH: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}
_MOST_YUAN = Decimal(10) ** 8


class YuanField(forms.DecimalField):
    """An amount typed in yuan, kept in fen; blank is unknown."""

    def __init__(self, **options: Any) -> None:
        usual = {"required": False, "min_value": Decimal(0), "max_value": _MOST_YUAN, "decimal_places": 2}
        super().__init__(**{**usual, **options})

    def clean(self, value: Any) -> int | None:
        """Return fen."""
        typed = super().clean(value)
        return None if typed is None else int(typed * 100)

    def prepare_value(self, value: Any) -> Any:
        """Show fen as yuan; what was typed stays as it is."""
        if not isinstance(value, int):
            return value
        return f"{value // 100}.{value % 100:02d}" if value % 100 else str(value // 100)


def day_field(label: str, **options: Any) -> forms.DateField:
    """Return a field for a date."""
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **options)


def text_field(label: str, *, rows: int = 3, most: int = 1000, **options: Any) -> forms.CharField:
    """Return a field for some sentences."""
    widget = forms.Textarea({"rows": rows, "maxlength": most})
    return forms.CharField(label=label, widget=widget, max_length=most, **options)


def answer_field(label: str) -> forms.ChoiceField:
    """Return a question with 是, 否 and 未问."""
    return forms.ChoiceField(label=label, choices=ANSWERS, required=False, widget=forms.RadioSelect)


def answer_of(value: str) -> bool | None:
    """Read an answer; what was not asked is None."""
    return _TRUTH.get(value)


class PlaceForm(forms.Form):
    """A list narrowed to a place; `tab` keeps the tab that is shown."""

    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    place = forms.ChoiceField(label="地区", required=False)

    def __init__(self, data: Any, *, places: Choices) -> None:
        super().__init__(data or {})
        self.fields["place"].choices = places  # type: ignore[attr-defined]

    @property
    def found(self) -> dict[str, Any]:
        """Return what was chosen; a choice that is none is left out."""
        self.is_valid()
        return self.cleaned_data


class PlanFilter(PlaceForm):
    """The list of plans narrowed."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *PLAN_STATES.items()])


class PlanForm(forms.Form):
    """The plan around its measures: the aim, and what had to be asked of the household."""

    aim = text_field("帮扶目标", rows=2, most=500, required=False)

    def __init__(self, *args: Any, asked: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked = [name for name in CONDITIONS if name in set(asked)]
        for name in self.asked:
            self.fields[f"ask-{name}"] = answer_field(CONDITIONS[name])

    @property
    def questions(self) -> list[forms.BoundField]:
        """What has to be asked."""
        return [self[f"ask-{name}"] for name in self.asked]

    @property
    def conditions(self) -> dict[str, bool]:
        """The answers given."""
        answers = {name: answer_of(self.cleaned_data[f"ask-{name}"]) for name in self.asked}
        return {name: answer for name, answer in answers.items() if answer is not None}


class SubmitForm(forms.Form):
    """A draft is submitted, with an answer to what stands against it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer_to_remarks = text_field("对审查提示的说明", required=False)


class DecisionForm(forms.Form):
    """A plan is approved or sent back."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label="审定结果", choices=[("approve", "同意"), ("return", "退回修改")], widget=forms.RadioSelect
    )
    opinion = text_field("审定意见", required=False)


def initial_plan(draft: PlanDraft) -> dict[str, Any]:
    """Return the values of the form around the measures."""
    answers = {f"ask-{name}": "yes" if answer else "no" for name, answer in draft.conditions.items()}
    return {"aim": draft.aim, **answers}
