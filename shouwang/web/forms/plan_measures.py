"""What is typed in about the measures of a plan: a row for each person that a measure is for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django import forms

from shouwang.domain.assistance import Fit
from shouwang.domain.departments import DEPARTMENTS
from shouwang.domain.measure_entitlement import Basis
from shouwang.domain.tables import MEASURES, RISKS
from shouwang.records.plan_drafts import MeasureDraft, PlanDraft
from shouwang.web.forms.plans import Choices, PlanForm, YuanField, day_field

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
# How many measures a household may have that no circular lists.
MOST_OWN = 20
# What the button asks for that adds a row: the name of a measure, or this.
OWN = "own"
_ROW = re.compile(r"(?:m-(?P<measure>\w+?)|own)(?:-(?P<row>[1-9]\d{0,2}))?-[a-z_]+")


class MeasureForm(forms.Form):
    """A measure that is offered, for the household or one person, with the figures it is reckoned on."""

    is_chosen = forms.BooleanField(required=False)
    risk = forms.ChoiceField(label="针对风险", required=False)
    member = forms.ChoiceField(label="对象", required=False)
    amount_fen = YuanField(label="金额（元）")
    starts_on = day_field("开始", required=False)
    ends_on = day_field("结束", required=False)

    def __init__(
        self,
        data: Any,
        *,
        offered: Fit,
        row: int,
        risks: Iterable[str],
        members: Choices,
        kept: MeasureDraft | None,
    ) -> None:
        prefix = _prefix(f"m-{offered.measure.name}", row)
        super().__init__(data, prefix=prefix, initial=_initial(kept) | {"is_chosen": kept is not None})
        self.offered, self.kept = offered, kept
        self.working = ""
        answered = [risk for risk in risks if risk in offered.measure.risks]
        standing = [kept.risk] if kept and kept.risk and kept.risk not in answered else []
        shown = [(risk, RISKS.get(risk, risk)) for risk in (*answered, *standing)]
        self.fields["risk"].choices = [("", "不限"), *shown]  # type: ignore[attr-defined]
        self.fields["member"].choices = [("", "全户"), *members]  # type: ignore[attr-defined]
        self.fields["is_chosen"].label = f"选用{offered.measure.label}" if row == 1 else "也用于此人"
        if len(answered) == 1:
            self.fields["risk"].initial = answered[0]
        formula = offered.measure.formula
        self.figures = SHAPE_FIGURES[formula.shape] if formula else ()
        for name in self.figures:
            self.fields[name] = _figure_field(name)

    @property
    def figure_fields(self) -> list[forms.BoundField]:
        """The figures its entitlement rests on."""
        return [self[name] for name in self.figures]

    def draft(self) -> MeasureDraft:
        """Return what was typed; a figure that is not asked for stays as it was."""
        measure, typed = self.offered.measure, self.cleaned_data
        unasked = asdict(self.kept.basis) if self.kept else {}
        return MeasureDraft(
            measure=measure.name,
            kind=measure.kind or "",
            label=measure.label,
            risk=typed["risk"],
            department=measure.department,
            member_id=_member(typed),
            amount_fen=typed["amount_fen"],
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            basis=Basis(**{**unasked, **{name: typed[name] for name in self.figures}}),
        )


class OwnMeasureForm(forms.Form):
    """A measure that the place's circulars do not list."""

    label = forms.CharField(label="措施名称", required=False, max_length=120)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "请选择"), *MEASURES.items()])
    risk = forms.ChoiceField(label="针对风险", required=False, choices=[("", "不限"), *RISKS.items()])
    member = forms.ChoiceField(label="对象", required=False)
    department = forms.ChoiceField(
        label="责任部门", required=False, choices=[("", "未定"), *DEPARTMENTS.items()]
    )
    amount_fen = YuanField(label="金额（元）")
    starts_on = day_field("开始", required=False)
    ends_on = day_field("结束", required=False)

    def __init__(self, data: Any, *, row: int, members: Choices, kept: MeasureDraft | None) -> None:
        super().__init__(data, prefix=_prefix(OWN, row), initial=_initial(kept))
        self.fields["member"].choices = [("", "全户"), *members]  # type: ignore[attr-defined]
        if kept and kept.department and kept.department not in DEPARTMENTS:
            choices = [*self.base_fields["department"].choices, (kept.department, kept.department)]  # type: ignore[attr-defined]
            self.fields["department"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A measure has a name and a kind, or nothing at all."""
        typed = super().clean() or {}
        if bool(typed.get("label")) != bool(typed.get("kind")):
            self.add_error("label" if typed.get("kind") else "kind", "其他措施须同时填写名称和类别")
        return typed

    def draft(self) -> MeasureDraft | None:
        """Return what was typed; None where nothing was."""
        typed = dict(self.cleaned_data)
        if not typed["label"]:
            return None
        member_id = _member(typed)
        del typed["member"]
        return MeasureDraft(measure="", member_id=member_id, **typed)


@dataclass(frozen=True)
class MeasureRows:
    """A measure that is offered, with a row for each person it is for; the first row is always there."""

    offered: Fit
    rows: tuple[MeasureForm, ...]
    most: int

    @property
    def first(self) -> MeasureForm:
        """The row that chooses the measure."""
        return self.rows[0]

    @property
    def further(self) -> tuple[MeasureForm, ...]:
        """The rows of further persons."""
        return self.rows[1:]

    @property
    def is_open(self) -> bool:
        """Say whether the rows are to be seen at once."""
        return len(self.rows) > 1 or bool(self.first["is_chosen"].value() or self.first.errors)

    @property
    def has_room(self) -> bool:
        """Say whether the measure may be for somebody else as well."""
        return len(self.rows) < self.most


def measure_rows_of(
    data: Any, draft: PlanDraft, fits: Iterable[Fit], risks: Sequence[str], members: Choices
) -> list[MeasureRows]:
    """Return the rows of every measure offered: those of the draft, those typed, one more if asked for."""
    found = []
    for offered in fits:
        name = offered.measure.name
        kept = [each for each in draft.measures if each.measure == name]
        most = max(len(members) + 1, len(kept))
        count = _count(data, name, len(kept), most)
        rows = (
            MeasureForm(
                data, offered=offered, row=row, risks=risks, members=members, kept=_kept_at(kept, row)
            )
            for row in range(1, count + 1)
        )
        found.append(MeasureRows(offered, tuple(rows), most))
    return found


def own_rows(data: Any, draft: PlanDraft, fits: Iterable[Fit], members: Choices) -> list[OwnMeasureForm]:
    """Return the rows of the measures that are not among those offered."""
    offered = {each.measure.name for each in fits}
    kept = [each for each in draft.measures if each.measure not in offered]
    count = _count(data, OWN, len(kept), max(MOST_OWN, len(kept)))
    return [
        OwnMeasureForm(data, row=row, members=members, kept=_kept_at(kept, row))
        for row in range(1, count + 1)
    ]


def draft_of_forms(
    plan: PlanForm, measures: Iterable[MeasureRows], own: Iterable[OwnMeasureForm]
) -> PlanDraft:
    """Return the plan that was typed; the forms must be valid."""
    chosen = [row.draft() for each in measures for row in each.rows if row.cleaned_data["is_chosen"]]
    extra = [found for form in own if (found := form.draft()) is not None]
    return PlanDraft(plan.cleaned_data["aim"], (*chosen, *extra), plan.conditions)


def _prefix(name: str, row: int) -> str:
    return name if row == 1 else f"{name}-{row}"


def _count(data: Any, name: str, kept: int, most: int) -> int:
    """Return how many rows there are: those kept or typed, one at least, and one more if it was asked for."""
    typed = [
        int(found["row"] or 1)
        for key in data or ()
        if (found := _ROW.fullmatch(key)) and (found["measure"] or OWN) == name
    ]
    asked = data is not None and data.get("add") == name
    return min(max(1, kept, *typed) + asked, most)


def _kept_at(kept: Sequence[MeasureDraft], row: int) -> MeasureDraft | None:
    return kept[row - 1] if row <= len(kept) else None


def _initial(kept: MeasureDraft | None) -> dict[str, Any]:
    if kept is None:
        return {}
    return {**asdict(kept), **asdict(kept.basis), "member": str(kept.member_id or "")}


def _member(typed: Mapping[str, Any]) -> int | None:
    return int(typed["member"]) if typed["member"] else None


def _figure_field(name: str) -> forms.Field:
    if name == "persons":
        return forms.IntegerField(label=FIGURES[name], required=False, min_value=0, max_value=99)
    return YuanField(label=FIGURES[name])
