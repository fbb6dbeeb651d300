"""What is typed in about insurance."""

from typing import Any

from django import forms

from shouwang.actions.insuring import ClaimEntry, CoverEntry
from shouwang.domain.insurance import CLAIM_EVENTS, CLAIM_STATES, COVER_KINDS, PAYERS
from shouwang.reports.credit_list import DAYS
from shouwang.web.forms.plans import Choices, PlaceForm, YuanField, day_field, text_field
from shouwang.web.forms.titled import TitledForm


class CoverFilter(PlaceForm):
    """The list of policies narrowed."""

    kind = forms.ChoiceField(label="险种", required=False, choices=[("", "全部"), *COVER_KINDS.items()])
    within = forms.ChoiceField(
        label="到期", required=False, choices=[(str(days), f"{days}天内") for days in DAYS]
    )

    @property
    def days(self) -> int:
        """How many days ahead are looked at."""
        return int(self.found.get("within") or DAYS[0])


class ClaimFilter(PlaceForm):
    """The list of claims narrowed."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *CLAIM_STATES.items()])


class CoverForm(forms.Form):
    """A policy; without ticked persons it covers the whole household."""

    kind = forms.ChoiceField(label="险种", choices=list(COVER_KINDS.items()))
    insurer = forms.CharField(label="承保机构", max_length=60)
    policy_number = forms.CharField(label="保单号", max_length=40, required=False)
    starts_on = day_field("起保日期")
    ends_on = day_field("到期日期")
    insured_fen = YuanField(label="保险金额（元）", help_text="累计最多赔付；没有规定的留空")
    premium_fen = YuanField(label="保费（元）")
    payer = forms.ChoiceField(label="缴费方", choices=list(PAYERS.items()))
    payer_name = forms.CharField(label="缴费单位", max_length=60, required=False)
    members = forms.MultipleChoiceField(
        label="被保险人", required=False, widget=forms.CheckboxSelectMultiple, help_text="都不选表示保全户"
    )
    reason = text_field("说明", rows=2, most=300, required=False)

    def __init__(self, *args: Any, members: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["members"].choices = members  # type: ignore[attr-defined]

    @property
    def entry(self) -> CoverEntry:
        """Return what was typed; the form must be valid."""
        typed = dict(self.cleaned_data)
        return CoverEntry(member_ids=tuple(int(each) for each in typed.pop("members")), **typed)


class EndForm(TitledForm):
    """A policy ended before its last day."""

    title = "登记退保"

    version = forms.IntegerField(widget=forms.HiddenInput)
    ended_on = day_field("退保日期")
    reason = text_field("退保原因", rows=2, most=300)


class ClaimForm(forms.Form):
    """A claim on a policy."""

    event = forms.ChoiceField(label="出险原因", choices=list(CLAIM_EVENTS.items()))
    member = forms.ChoiceField(label="出险人", required=False)
    happened_on = day_field("出险日期")
    claimed_on = day_field("报案日期")
    claimed_fen = YuanField(label="申请金额（元）")
    text = text_field("经过", rows=2, most=300, required=False)

    def __init__(self, *args: Any, members: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["member"].choices = [("", "全户"), *members]  # type: ignore[attr-defined]

    @property
    def entry(self) -> ClaimEntry:
        """Return what was typed; the form must be valid."""
        typed = dict(self.cleaned_data)
        member = typed.pop("member")
        return ClaimEntry(**typed, member_id=int(member) if member else None)


class SettlementForm(forms.Form):
    """What the insurer decided."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label="结果",
        choices=[(key, label) for key, label in CLAIM_STATES.items() if key != "filed"],
        widget=forms.RadioSelect,
    )
    decided_on = day_field("结案日期")
    paid_fen = YuanField(label="赔付金额（元）", help_text="没有赔付的留空")
    reason = text_field("结案说明", rows=2, most=300, required=False, help_text="拒赔、撤回须写明原因")
