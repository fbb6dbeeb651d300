"""What is typed in about donors' offers and gifts."""

from collections.abc import Sequence
from typing import Any

from django import forms

from shouwang.actions.donation_giving import GiftEntry
from shouwang.actions.donation_offers import OfferEntry
from shouwang.domain.donations import DONOR_KINDS, OFFER_KINDS
from shouwang.domain.tables import RISKS
from shouwang.records.models import DonationOffer
from shouwang.web.forms.plans import Choices, PlaceForm, YuanField, day_field, text_field
from shouwang.web.forms.titled import TitledForm


class OfferFilter(PlaceForm):
    """The list of offers narrowed."""

    kind = forms.ChoiceField(label="形式", required=False, choices=[("", "全部"), *OFFER_KINDS.items()])

    def __init__(self, data: Any) -> None:
        super().__init__(data, places=[("", "全部")])
        del self.fields["place"]


class OfferForm(forms.Form):
    """What a donor offers."""

    place = forms.ChoiceField(label="用于地区")
    donor_name = forms.CharField(label="捐赠方", max_length=80)
    donor_kind = forms.ChoiceField(label="捐赠方类别", choices=list(DONOR_KINDS.items()))
    kind = forms.ChoiceField(label="帮扶形式", choices=list(OFFER_KINDS.items()))
    text = forms.CharField(label="内容", max_length=200, help_text="如：大病帮扶资金、棉被50床")
    amount_fen = YuanField(label="总额（元）", help_text="资金必填；物资填折价，不知道的留空")
    quantity = forms.IntegerField(
        label="数量", required=False, min_value=1, max_value=1_000_000, help_text="资金以外必填"
    )
    unit = forms.CharField(label="单位", max_length=10, required=False, help_text="床、份、个岗位")
    per_household_fen = YuanField(label="每户最多（元）")
    per_household_quantity = forms.IntegerField(
        label="每户最多数量", required=False, min_value=1, max_value=1000
    )
    until_on = day_field("有效期至", required=False)
    risks = forms.MultipleChoiceField(
        label="只用于这些风险", required=False, choices=list(RISKS.items()),
        widget=forms.CheckboxSelectMultiple, help_text="都不选表示不限",
    )  # fmt: skip
    conditions = text_field("捐赠方其他要求", rows=2, most=300, required=False)

    def __init__(self, *args: Any, places: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].choices = places  # type: ignore[attr-defined]

    @property
    def entry(self) -> OfferEntry:
        """Return what was typed; the form must be valid."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "place"}
        return OfferEntry(**{**typed, "risks": tuple(typed["risks"])})


class CloseForm(TitledForm):
    """An offer closed."""

    title = "结束这项意向"

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = text_field("结束原因", rows=2, most=300)


class GiftForm(forms.Form):
    """A gift to one household, with the need where no record tells it."""

    offer = forms.TypedChoiceField(label="捐赠意向", coerce=int)
    risk = forms.ChoiceField(label="针对风险")
    amount_fen = YuanField(label="金额（元）", help_text="资金必填")
    quantity = forms.IntegerField(
        label="数量", required=False, min_value=1, max_value=100_000, help_text="资金以外必填"
    )
    stated_fen = YuanField(label="核实需要（元）", help_text="系统没有支出数据的风险须填写")
    ground = text_field("需要的依据", rows=2, most=150, required=False)
    reason = text_field("对接理由", rows=2, most=200, required=False)

    def __init__(
        self, *args: Any, offers: Sequence[DonationOffer], risks: Sequence[str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        choices = [
            (each.pk, f"{each.donor_name}：{each.text}（{each.get_kind_display()}）") for each in offers
        ]
        self.fields["offer"].choices = choices  # type: ignore[attr-defined]
        self.fields["risk"].choices = [(each, RISKS[each]) for each in risks]  # type: ignore[attr-defined]

    @property
    def entry(self) -> GiftEntry:
        """Return what was typed; the form must be valid."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "offer"}
        return GiftEntry(**typed)


class AnswerForm(TitledForm):
    """A proposed gift accepted for the household, or declined."""

    title = "征求农户意见"

    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label="农户意见", choices=[("accept", "接受"), ("decline", "不接受")], widget=forms.RadioSelect
    )
    answer = text_field("说明", rows=2, most=300, required=False, help_text="不接受须写明原因")


class DeliveryForm(TitledForm):
    """A gift delivered, with its receipt."""

    title = "登记交付"

    version = forms.IntegerField(widget=forms.HiddenInput)
    delivered_on = day_field("交付日期")
    delivered_fen = YuanField(label="实收金额（元）")
    delivered_quantity = forms.IntegerField(label="实收数量", required=False, min_value=1, max_value=100_000)
    receipt = forms.CharField(label="签收凭证编号", max_length=60)
    received_by = forms.CharField(
        label="签收人", max_length=40, help_text="写与户主的关系，如：户主本人、之妻"
    )
    photos = forms.FileField(
        label="签收照片", required=False, widget=forms.ClearableFileInput({"accept": "image/*"})
    )


class CancelForm(TitledForm):
    """A gift cancelled."""

    title = "取消对接"

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = text_field("取消原因", rows=2, most=250)
