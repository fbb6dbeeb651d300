"""What is asked about eliminated households."""

from django import forms

from shouwang.domain.after_elimination import Findings
from shouwang.web.forms.plans import PlaceForm, answer_field, answer_of


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
        return Findings(**{name: answer_of(self.cleaned_data[name]) for name in self.fields})
