"""What is asked before a look outside one's area."""

from django import forms

from shouwang.actions.breaking_glass import LONGEST_HOURS


class BreakGlassForm(forms.Form):
    """Where, why, and for how many hours."""

    place = forms.CharField(
        label="区划代码",
        max_length=12,
        required=False,
        help_text="县 6 位、乡镇 9 位或村 12 位；与户编号填一项。",
    )
    household_number = forms.CharField(
        label="户编号", max_length=40, required=False, help_text="填户编号时，开放该户所在的村。"
    )
    hours = forms.IntegerField(label="时长（小时）", min_value=1, max_value=LONGEST_HOURS, initial=2)
    reason = forms.CharField(
        label="理由", max_length=200, widget=forms.Textarea({"rows": 3}),
        help_text="写明事由，不要写姓名、证件号码或电话；理由会告知所看地区的主管部门。",
    )  # fmt: skip

    def clean(self) -> dict[str, object]:
        """Ask for exactly one of place and number."""
        given = super().clean() or {}
        if bool(given.get("place")) == bool(given.get("household_number")):
            self.add_error("place", "区划代码和户编号填一项，且只填一项")
        return given
