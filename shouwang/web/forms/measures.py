"""What is typed in about measures that are carried out, and for the calculator of entitlements."""

from collections.abc import Sequence
from typing import Any

from django import forms

from shouwang.domain.entitlement import Bracket
from shouwang.domain.measure_entitlement import Basis, CriticalTerms
from shouwang.records.models import PlanMeasure
from shouwang.records.models.plans import MEASURE_STATES
from shouwang.web.forms.plans import YuanField, day_field, text_field

_STATES = [(key, label) for key, label in MEASURE_STATES.items() if key != "planned"]


class RecordForm(forms.Form):
    """What became of a measure."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label="落实情况", choices=_STATES, widget=forms.RadioSelect)
    done_on = day_field("落实日期", required=False)
    paid_fen = YuanField(label="实发金额（元）", help_text="没有发钱的措施留空")
    result = text_field("成效或说明", required=False)


class AdjustForm(forms.Form):
    """A measure's dates, or a lower amount."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    amount_fen = YuanField(label="金额（元）", help_text="只能调低；要增加请制定新计划报审")
    starts_on = day_field("开始", required=False)
    ends_on = day_field("结束", required=False)
    reason = text_field("调整原因", rows=2, most=300)

    @classmethod
    def of(cls, measure: PlanMeasure) -> "AdjustForm":
        """Return the form with what the measure says now."""
        names = ("version", "amount_fen", "starts_on", "ends_on")
        return cls(initial={name: getattr(measure, name) for name in names})


class CalculatorForm(forms.Form):
    """A measure and free figures; nothing typed here is kept."""

    place = forms.ChoiceField(label="地区政策")
    cost_fen = YuanField(label="产业发展成本（元）")
    own_pay_fen = YuanField(label="住院个人自付（元）", help_text="一人一年")
    persons = forms.IntegerField(label="享受人数", required=False, min_value=0, max_value=99)
    premium_fen = YuanField(label="每人保费（元）")
    eligible_fen = YuanField(label="纳入大病保险的自付（元）", help_text="医保目录内、基本医保报销后的部分")
    deductible_fen = YuanField(label="大病保险起付线（元）")
    rate_percent = forms.DecimalField(
        label="大病保险支付比例（%）", required=False, min_value=0, max_value=100, decimal_places=1
    )
    second_above_fen = YuanField(label="第二段起点（元）", help_text="起付线以上的金额；不分段留空")
    second_rate_percent = forms.DecimalField(
        label="第二段支付比例（%）", required=False, min_value=0, max_value=100, decimal_places=1
    )
    cap_fen = YuanField(label="大病保险封顶线（元）", help_text="没有封顶线留空")

    def __init__(self, data: Any, *, places: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["place"].choices = places  # type: ignore[attr-defined]

    @property
    def basis(self) -> Basis:
        """Return the figures; the form must be valid."""
        typed = self.cleaned_data
        names = ("cost_fen", "own_pay_fen", "persons", "premium_fen", "eligible_fen")
        return Basis(**{name: typed[name] for name in names}, critical_terms=_terms(typed))


def _terms(typed: dict[str, Any]) -> CriticalTerms | None:
    if typed["deductible_fen"] is None or typed["rate_percent"] is None:
        return None
    brackets = [Bracket(0, int(typed["rate_percent"] * 10))]
    if typed["second_above_fen"] and typed["second_rate_percent"] is not None:
        brackets.append(Bracket(typed["second_above_fen"], int(typed["second_rate_percent"] * 10)))
    return CriticalTerms(typed["deductible_fen"], tuple(brackets), typed["cap_fen"])
