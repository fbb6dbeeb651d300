"""What is typed in about contact persons."""

from collections.abc import Iterable

from django import forms

from shouwang.actions.contact_assigning import HANDOVER_REASONS
from shouwang.records.models import Account
from shouwang.records.models.visits import CONTACT_KINDS

_REASONS = [("", "首次指定"), *((reason, reason) for reason in HANDOVER_REASONS)]


class AssignForm(forms.Form):
    """One person for one household; a person before is relieved for a reason."""

    kind = forms.ChoiceField(label="类别", choices=list(CONTACT_KINDS.items()))
    account = forms.TypedChoiceField(label="人员", coerce=int)
    reason = forms.ChoiceField(label="变更原因", choices=_REASONS, required=False)

    def __init__(self, *args: object, accounts: Iterable[Account], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["account"].choices = [("", "请选择"), *_named(accounts)]  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    """Every household of one person goes to another."""

    account = forms.TypedChoiceField(label="接手人员", coerce=int)
    reason = forms.ChoiceField(label="变更原因", choices=[("", "请选择"), *_REASONS[1:]])

    def __init__(self, *args: object, accounts: Iterable[Account], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["account"].choices = [("", "请选择"), *_named(accounts)]  # type: ignore[attr-defined]


def _named(accounts: Iterable[Account]) -> list[tuple[int, str]]:
    return [
        (each.pk, f"{each.display_name}（{each.office}）" if each.office else each.display_name)
        for each in accounts
    ]
