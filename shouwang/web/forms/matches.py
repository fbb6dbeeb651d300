"""What is typed in where a row is compared with its candidates."""

from django import forms


class MatchForm(forms.Form):
    """Why a row is, or is not, about a candidate."""

    reason = forms.CharField(
        label="认定理由",
        max_length=200,
        # A key that sends the form at once would choose the first candidate.
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明怎样核实的，例如“电话核实，本人姓名用字写错”；不要写号码。",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    member_id = forms.IntegerField(required=False, widget=forms.HiddenInput)


class MatchFilterForm(forms.Form):
    """Which reviews to list."""

    place = forms.ChoiceField(label="区划", required=False)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("waiting", "待核"), ("linked", "已认定"), ("none", "不在库中")],
    )

    def __init__(self, *args: object, places: list[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["place"].choices = places  # type: ignore[attr-defined]
