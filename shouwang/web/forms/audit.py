"""By what the audit is searched."""

from collections.abc import Iterable
from typing import Any

from django import forms

from shouwang.web.present_audit import RESULTS, TARGETS, action_label

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuditFilterForm(forms.Form):
    """Which events to list."""

    from_on = forms.DateField(label="从", required=False, widget=_DAY)
    to_on = forms.DateField(label="到", required=False, widget=_DAY)
    result = forms.ChoiceField(label="结果", required=False, choices=[("", "全部"), *RESULTS.items()])
    target_kind = forms.ChoiceField(label="对象", required=False, choices=[("", "全部"), *TARGETS.items()])
    target_id = forms.CharField(label="对象编号", max_length=64, required=False)

    def __init__(
        self, *args: Any, actions: Iterable[str], actors: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((each, action_label(each)) for each in actions), key=lambda pair: pair[1])
        self.fields["action"] = forms.ChoiceField(
            label="操作", required=False, choices=[("", "全部"), *named]
        )
        self.fields["actor"] = forms.ChoiceField(
            label="操作人", required=False, choices=[("", "全部"), *actors]
        )
        self.order_fields(["action", "actor", "result", "from_on", "to_on", "target_kind", "target_id"])
