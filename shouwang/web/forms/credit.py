"""What is typed in about microcredit."""

from datetime import date
from typing import Any

from django import forms

from shouwang.actions.loan_recording import LoanEntry
from shouwang.domain.credit_support import LOAN_ORIGINS
from shouwang.reports.credit_list import DAYS
from shouwang.web.forms.plans import Choices, PlaceForm, YuanField, day_field, text_field
from shouwang.web.forms.titled import TitledForm


class CreditFilter(PlaceForm):
    """The list of credit narrowed."""

    within = forms.ChoiceField(
        label="到期", required=False, choices=[(str(days), f"{days}天内") for days in DAYS]
    )

    @property
    def days(self) -> int:
        """How many days ahead are looked at."""
        return int(self.found.get("within") or DAYS[0])


class WishForm(forms.Form):
    """Whether a household wants a loan."""

    is_wanted = forms.TypedChoiceField(
        label="有贷款意愿吗？",
        choices=[("yes", "有"), ("no", "没有")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    asked_on = day_field("询问日期")
    amount_fen = YuanField(label="意向金额（元）")
    purpose = forms.CharField(label="用途", max_length=200, required=False)


class LoanForm(forms.Form):
    """A loan; what it renews or adds to is asked where several run."""

    origin = forms.ChoiceField(label="办理方式", choices=list(LOAN_ORIGINS.items()), widget=forms.RadioSelect)
    follows = forms.ChoiceField(label="原贷款", required=False, help_text="续贷、追加贷款时选择")
    lender = forms.CharField(label="放款银行", max_length=60)
    member = forms.ChoiceField(label="借款人", required=False)
    amount_fen = YuanField(label="贷款金额（元）", required=True)
    granted_on = day_field("放款日期")
    due_on = day_field("到期日")
    purpose = forms.CharField(label="用途", max_length=200, required=False)
    reason = text_field(
        "说明", rows=2, most=300, required=False,
        help_text="续贷、追加贷款，或超过政策上限时必填",
    )  # fmt: skip

    def __init__(self, *args: Any, members: Choices, running: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["member"].choices = [("", "全户"), *members]  # type: ignore[attr-defined]
        self.fields["follows"].choices = [("", "无"), *running]  # type: ignore[attr-defined]
        if not running:
            del self.fields["follows"]

    @property
    def entry(self) -> LoanEntry:
        """Return what was typed; the form must be valid."""
        typed = dict(self.cleaned_data)
        member, follows = typed.pop("member"), typed.pop("follows", "")
        return LoanEntry(
            **typed,
            member_id=int(member) if member else None,
            follows_id=int(follows) if follows and typed["origin"] != "new" else None,
        )


class ExtensionForm(TitledForm):
    """More time for a loan."""

    title = "登记展期"

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed_on = day_field("办理日期")
    due_on = day_field("新到期日")
    reason = text_field("原因", rows=2, most=300, help_text="因灾、因事故等暂时无法按时还款的情况")


class RepaymentForm(TitledForm):
    """Principal paid back."""

    title = "登记还款"

    version = forms.IntegerField(widget=forms.HiddenInput)
    paid_on = day_field("还款日期")
    amount_fen = YuanField(label="归还本金（元）", required=True)

    @classmethod
    def of(cls, version: int, balance_fen: int, on: date) -> "RepaymentForm":
        """Return the form filled in for paying all that is left."""
        return cls(initial={"version": version, "amount_fen": balance_fen, "paid_on": on})
