"""What is typed in about visits, on a phone as a rule."""

from typing import Any

from django import forms

from shouwang.actions.visit_recording import VisitEntry
from shouwang.records.models.visits import VISIT_KINDS
from shouwang.web.forms.plans import PlaceForm, answer_field, answer_of, day_field, text_field

QUESTIONS = {
    "is_income_well": "收入稳定吗？",
    "has_guarantees": "住房、医疗、上学都有保障吗？",
    "has_safe_water": "饮水安全吗？",
    "has_new_risk": "发现新的风险吗？",
}


class VisitFilter(PlaceForm):
    """The list of visits narrowed."""

    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *VISIT_KINDS.items()])
    by = forms.ChoiceField(label="走访人", required=False, choices=[("", "全部"), ("me", "我的")])


class ManyFilesInput(forms.ClearableFileInput):
    """A control for several photos at once; the view reads them, the form only the first."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the first file."""
        return files.get(name)


class VisitForm(forms.Form):
    """A visit: the day, four questions, what was seen."""

    kind = forms.ChoiceField(label="类别", widget=forms.RadioSelect)
    visited_on = day_field("走访日期")
    is_income_well = answer_field(QUESTIONS["is_income_well"])
    has_guarantees = answer_field(QUESTIONS["has_guarantees"])
    has_safe_water = answer_field(QUESTIONS["has_safe_water"])
    has_new_risk = answer_field(QUESTIONS["has_new_risk"])
    wants_loan = answer_field("有贷款需求吗？")
    found = text_field("走访情况", rows=3)
    problems = text_field("发现的问题", rows=2, required=False)
    companions = forms.CharField(label="同行人", max_length=120, required=False)
    photos = forms.FileField(
        label="照片", required=False, widget=ManyFilesInput({"accept": "image/*", "multiple": True})
    )

    def __init__(
        self, *args: Any, kinds: list[tuple[str, str]], asks_loan: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if not asks_loan:
            del self.fields["wants_loan"]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    @property
    def entry(self) -> VisitEntry:
        """Return what was typed; the form must be valid."""
        typed = {name: self.cleaned_data.get(name, "") for name in VisitEntry.__dataclass_fields__}
        return VisitEntry(**typed | {name: answer_of(typed[name]) for name in (*QUESTIONS, "wants_loan")})
