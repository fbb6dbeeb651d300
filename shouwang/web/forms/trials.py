"""What is typed in to try another threshold."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django import forms

from shouwang.domain import wording
from shouwang.reports.threshold_trials import Threshold

_MOST = Decimal(10**9)
# How a unit is typed, and how many of the policy's units one of it is.
_TYPED = {"yuan": ("元", 100), "permille": ("%", 10)}


class TrialForm(forms.Form):
    """One county's threshold and the value to try."""

    county = forms.ChoiceField(label="县")
    parameter = forms.ChoiceField(label="参数（现行值）")
    value = forms.DecimalField(label="试算值", min_value=0, max_value=_MOST, decimal_places=2)

    def __init__(self, data: object, counties: Sequence[tuple[str, str]], found: Sequence[Threshold]) -> None:
        super().__init__(data)
        self._found = {each.name: each for each in found}
        self.fields["county"].choices = counties
        if len(counties) == 1:
            self.fields["county"].widget = forms.HiddenInput()
        self.fields["parameter"].choices = [(each.name, _choice(each)) for each in found]

    @property
    def threshold(self) -> Threshold:
        """Return the threshold chosen; of a valid form."""
        return self._found[self.cleaned_data["parameter"]]

    @property
    def tried(self) -> int:
        """Return the value in the policy's own unit; of a valid form."""
        _, times = _TYPED.get(self.threshold.unit, ("", 1))
        return int((self.cleaned_data["value"] * times).to_integral_value(ROUND_HALF_UP))


def _choice(threshold: Threshold) -> str:
    unit, _ = _TYPED.get(threshold.unit, ("", 1))
    typed = f"，按{unit}填写" if unit else ""
    return f"{threshold.label}：{wording.value(threshold.value, threshold.unit)}{typed}"
