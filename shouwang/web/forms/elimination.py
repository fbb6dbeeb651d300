"""What is asked about eliminated households."""

from typing import Any

from django import forms

from shouwang.domain.after_elimination import DECISIONS, Findings
from shouwang.web.forms.plans import ANSWERS, PlaceForm, answer_field, answer_of, text_field


class LookBackFilter(PlaceForm):
    """The list of eliminated households narrowed."""

    due = forms.ChoiceField(
        label="回头看",
        required=False,
        choices=[("", "全部"), ("yes", "到期未做"), ("no", "近半年已做或新消除")],
    )


class FindingsForm(forms.Form):
    """What a look-back found; the answers lead to a route."""

    was_entry_right = answer_field("当初纳入符合条件吗？")
    was_elimination_right = answer_field("标注消除时，风险确已消除吗？")
    has_new_risk = answer_field("消除后出现新的风险吗？")

    @property
    def findings(self) -> Findings:
        """Return the answers; the form must be valid."""
        return Findings(**{name: answer_of(self.cleaned_data[name]) for name in FindingsForm.base_fields})


class LookBackForm(FindingsForm):
    """What was decided, with the answers that it rests on."""

    decision = forms.ChoiceField(
        label="处置决定", required=False, choices=list(DECISIONS.items()), widget=forms.RadioSelect
    )
    opinion = text_field("研判意见", rows=2, required=False)
    opinion.help_text = "与建议不同的，写明理由"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in FindingsForm.base_fields:
            self.fields[name] = forms.ChoiceField(choices=ANSWERS, required=False, widget=forms.HiddenInput)
