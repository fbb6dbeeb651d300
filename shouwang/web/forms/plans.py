"""What is typed in about plans of help."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from shouwang.domain.assistance import Fit
from shouwang.domain.measure_entitlement import Basis
from shouwang.domain.measures import CONDITIONS
from shouwang.domain.tables import MEASURES, RISKS
from shouwang.records.models.plans import PLAN_STATES
from shouwang.records.plan_drafts import MeasureDraft, PlanDraft

Choices = Sequence[tuple[str, str]]
ANSWERS = (("yes", "是"), ("no", "否"), ("", "未问"))
_TRUTH: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}
_MOST_YUAN = Decimal(10) ** 8
# Which figures a measure's shape asks for.
SHAPE_FIGURES: Mapping[str, tuple[str, ...]] = {
    "share_with_cap": ("cost_fen",),
    "own_pay_share_with_cap": ("own_pay_fen",),
    "per_person": ("persons",),
    "full_premium": ("premium_fen", "persons"),
    "critical_illness_tilt": (),
}
FIGURES = {
    "cost_fen": "产业成本（元）",
    "own_pay_fen": "个人自付（元）",
    "premium_fen": "每人保费（元）",
    "persons": "享受人数",
}


class YuanField(forms.DecimalField):
    """An amount typed in yuan, kept in fen; blank is unknown."""

    def __init__(self, **options: Any) -> None:
        usual = {"required": False, "min_value": Decimal(0), "max_value": _MOST_YUAN, "decimal_places": 2}
        super().__init__(**{**usual, **options})

    def clean(self, value: Any) -> int | None:
        """Return fen."""
        typed = super().clean(value)
        return None if typed is None else int(typed * 100)

    def prepare_value(self, value: Any) -> Any:
        """Show fen as yuan; what was typed stays as it is."""
        if not isinstance(value, int):
            return value
        return f"{value // 100}.{value % 100:02d}" if value % 100 else str(value // 100)


def day_field(label: str, **options: Any) -> forms.DateField:
    """Return a field for a date."""
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **options)


def text_field(label: str, *, rows: int = 3, most: int = 1000, **options: Any) -> forms.CharField:
    """Return a field for some sentences."""
    widget = forms.Textarea({"rows": rows, "maxlength": most})
    return forms.CharField(label=label, widget=widget, max_length=most, **options)


def answer_field(label: str) -> forms.ChoiceField:
    """Return a question with 是, 否 and 未问."""
    return forms.ChoiceField(label=label, choices=ANSWERS, required=False, widget=forms.RadioSelect)


def answer_of(value: str) -> bool | None:
    """Read an answer; what was not asked is None."""
    return _TRUTH.get(value)


class PlaceForm(forms.Form):
    """A list narrowed to a place; `tab` keeps the tab that is shown."""

    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    place = forms.ChoiceField(label="地区", required=False)

    def __init__(self, data: Any, *, places: Choices) -> None:
        super().__init__(data or {})
        self.fields["place"].choices = places  # type: ignore[attr-defined]

    @property
    def found(self) -> dict[str, Any]:
        """Return what was chosen; a choice that is none is left out."""
        self.is_valid()
        return self.cleaned_data


class PlanFilter(PlaceForm):
    """The list of plans narrowed."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *PLAN_STATES.items()])


class MeasureForm(forms.Form):
    """One measure that is offered, with the figures its entitlement asks for."""

    is_chosen = forms.BooleanField(required=False)
    risk = forms.ChoiceField(label="针对风险", required=False)
    member = forms.ChoiceField(label="对象", required=False)
    amount_fen = YuanField(label="金额（元）")
    starts_on = day_field("开始", required=False)
    ends_on = day_field("结束", required=False)

    def __init__(
        self, *args: Any, offered: Fit, risks: Iterable[str], members: Choices, **options: Any
    ) -> None:
        super().__init__(*args, prefix=f"m-{offered.measure.name}", **options)
        self.offered = offered
        answered = [risk for risk in risks if risk in offered.measure.risks]
        self.fields["risk"].choices = [("", "不限"), *((risk, RISKS[risk]) for risk in answered)]  # type: ignore[attr-defined]
        self.fields["member"].choices = [("", "全户"), *members]  # type: ignore[attr-defined]
        self.fields["is_chosen"].label = f"选用{offered.measure.label}"
        if len(answered) == 1:
            self.fields["risk"].initial = answered[0]
        formula = offered.measure.formula
        self.figures = SHAPE_FIGURES[formula.shape] if formula else ()
        for name in self.figures:
            if name == "persons":
                self.fields[name] = forms.IntegerField(
                    label=FIGURES[name], required=False, min_value=0, max_value=99
                )
            else:
                self.fields[name] = YuanField(label=FIGURES[name])

    @property
    def figure_fields(self) -> list[forms.BoundField]:
        """The figures its entitlement rests on."""
        return [self[name] for name in self.figures]

    def draft(self) -> MeasureDraft:
        """Return what was typed."""
        measure, typed = self.offered.measure, self.cleaned_data
        return MeasureDraft(
            measure=measure.name,
            kind=measure.kind or "",
            label=measure.label,
            risk=typed["risk"],
            department=measure.department,
            member_id=int(typed["member"]) if typed["member"] else None,
            amount_fen=typed["amount_fen"],
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            basis=Basis(**{name: typed[name] for name in self.figures}),
        )


class OwnMeasureForm(forms.Form):
    """A measure that the place's circulars do not list."""

    label = forms.CharField(label="措施名称", required=False, max_length=60)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "请选择"), *MEASURES.items()])
    risk = forms.ChoiceField(label="针对风险", required=False, choices=[("", "不限"), *RISKS.items()])
    department = forms.CharField(label="责任部门", required=False, max_length=60)
    amount_fen = YuanField(label="金额（元）")
    starts_on = day_field("开始", required=False)
    ends_on = day_field("结束", required=False)

    def clean(self) -> dict[str, Any]:
        """A measure has a name and a kind, or nothing at all."""
        typed = super().clean() or {}
        if bool(typed.get("label")) != bool(typed.get("kind")):
            self.add_error("label" if typed.get("kind") else "kind", "其他措施须同时填写名称和类别")
        return typed

    def draft(self) -> MeasureDraft | None:
        """Return what was typed; None where nothing was."""
        typed = self.cleaned_data
        return MeasureDraft(measure="", **typed) if typed["label"] else None


class PlanForm(forms.Form):
    """The plan around its measures: the aim, and what had to be asked of the household."""

    aim = text_field("帮扶目标", rows=2, most=500, required=False)

    def __init__(self, *args: Any, asked: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked = [name for name in CONDITIONS if name in set(asked)]
        for name in self.asked:
            self.fields[f"ask-{name}"] = answer_field(CONDITIONS[name])

    @property
    def questions(self) -> list[forms.BoundField]:
        """What has to be asked."""
        return [self[f"ask-{name}"] for name in self.asked]

    @property
    def conditions(self) -> dict[str, bool]:
        """The answers given."""
        answers = {name: answer_of(self.cleaned_data[f"ask-{name}"]) for name in self.asked}
        return {name: answer for name, answer in answers.items() if answer is not None}


def draft_of_forms(plan: PlanForm, measures: Iterable[MeasureForm], own: OwnMeasureForm) -> PlanDraft:
    """Return the plan that was typed; the forms must be valid."""
    chosen = [form.draft() for form in measures if form.cleaned_data["is_chosen"]]
    extra = own.draft()
    return PlanDraft(plan.cleaned_data["aim"], (*chosen, *([extra] if extra else [])), plan.conditions)


class SubmitForm(forms.Form):
    """A draft is submitted, with an answer to what stands against it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer_to_remarks = text_field("对审查提示的说明", required=False)


class DecisionForm(forms.Form):
    """A plan is approved or sent back."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label="审定结果", choices=[("approve", "同意"), ("return", "退回修改")], widget=forms.RadioSelect
    )
    opinion = text_field("审定意见", required=False)


def initial_measures(draft: PlanDraft) -> dict[str, dict[str, Any]]:
    """Return the values of each measure form by the measure's name; the first of several persons stands."""
    found: dict[str, dict[str, Any]] = {}
    for each in draft.measures:
        if each.measure:
            figures = {name: getattr(each.basis, name) for name in FIGURES}
            typed: dict[str, Any] = {
                "is_chosen": True,
                "risk": each.risk,
                "member": str(each.member_id or ""),
            }
            days: dict[str, date | None] = {"starts_on": each.starts_on, "ends_on": each.ends_on}
            found.setdefault(each.measure, {**typed, **days, "amount_fen": each.amount_fen, **figures})
    return found


def initial_own(draft: PlanDraft) -> dict[str, Any]:
    """Return the values of the form of the measure outside the circulars."""
    own = next((each for each in draft.measures if not each.measure), None)
    return {name: getattr(own, name) for name in OwnMeasureForm.base_fields} if own else {}


def initial_plan(draft: PlanDraft) -> dict[str, Any]:
    """Return the values of the form around the measures."""
    answers = {f"ask-{name}": "yes" if answer else "no" for name, answer in draft.conditions.items()}
    return {"aim": draft.aim, **answers}
