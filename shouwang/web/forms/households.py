"""Forms of households and persons: filters, facts, natural changes, moves."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from shouwang.domain.household_changes import JOINING, LEAVING
from shouwang.domain.tables import RISKS, TABLES
from shouwang.records.models.households import MONITORING
from shouwang.web.household_words import (
    GRADES,
    HOUSEHOLD_CLASSES,
    LABOURS,
    MEMBER_FACTS,
    MONITORED_CLASSES,
    SEXES,
)

_ANY = [("", "全部")]
_UNKNOWN = [("", "未知")]
_YES_NO = [*_UNKNOWN, ("true", "是"), ("false", "否")]
_NAME = re.compile(r"[㐀-鿿]|[A-Za-z]{1,8}")
RELATIONS = (
    "户主",
    "配偶",
    "之子",
    "之女",
    "之儿媳",
    "之女婿",
    "之孙子",
    "之孙女",
    "之外孙子",
    "之外孙女",
    "之父",
    "之母",
    "之岳父",
    "之岳母",
    "之公公",
    "之婆婆",
    "之祖父",
    "之祖母",
    "之兄弟姐妹",
    "其他",
)


def day_input() -> forms.DateInput:
    """Return the browser's own control for a day, which takes a day in one form only."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class HouseholdFilterForm(forms.Form):
    """The filter row; a whole name is personal and is asked for by the search box, not in an address."""

    area = forms.ChoiceField(label="区划", required=False)
    monitoring = forms.ChoiceField(label="监测状态", required=False, choices=[*_ANY, *MONITORING.items()])
    name = forms.CharField(label="姓氏或拼音", required=False, max_length=8, help_text="查全名请用上方搜索框")
    household_class = forms.ChoiceField(
        label="户类型", required=False, choices=[*_ANY, *HOUSEHOLD_CLASSES.items()]
    )
    monitored_class = forms.ChoiceField(
        label="监测对象类别",
        required=False,
        choices=[*_ANY, *((key, label) for key, label in MONITORED_CLASSES.items() if key != "none")],
    )
    risk = forms.ChoiceField(label="致贫风险", required=False, choices=[*_ANY, *RISKS.items()])
    grade = forms.ChoiceField(label="预警等级", required=False, choices=[*_ANY, *GRADES.items()])
    group_name = forms.CharField(label="村民小组", required=False, max_length=60)
    lacks_contact = forms.BooleanField(label="缺联系人", required=False)
    is_helped_outside = forms.BooleanField(label="体外循环疑点", required=False)
    is_gone = forms.BooleanField(label="已不在册", required=False)

    def __init__(self, data: Any, areas: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["area"].choices = [*_ANY, *areas]  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["placeholder"] = "如：王 或 wxm"

    def clean_name(self) -> str:
        """Take one character of a family name, or initials."""
        name = str(self.cleaned_data["name"]).strip()
        if name and not _NAME.fullmatch(name):
            raise forms.ValidationError("请填一个姓氏或拼音首字母，查全名请用上方搜索框")
        return name


class DatedForm(forms.Form):
    """What every change asks for: from which day on, and why."""

    on = forms.DateField(label="变动日期", widget=day_input())
    version = forms.CharField(widget=forms.HiddenInput, max_length=60)
    note = forms.CharField(
        label="情况说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def sections(self, *titles: tuple[str, Sequence[str]]) -> list[dict[str, Any]]:
        """Return the fields in titled groups, the last of which holds day and note."""
        groups = [*titles, ("变动", [name for name in ("on", "note", "collected_by") if name in self.fields])]
        return [{"title": title, "fields": [self[name] for name in names]} for title, names in groups]


def fact_form_field(table: str, name: str) -> forms.Field:
    """Return the control of one canonical column."""
    column = TABLES[table].column(name)
    choices = _CHOICES.get(name)
    if choices:
        return forms.ChoiceField(label=column.label, required=False, choices=[*_UNKNOWN, *choices])
    if column.type == "bool":
        return forms.TypedChoiceField(
            label=column.label,
            required=False,
            choices=_YES_NO,
            empty_value=None,
            coerce=lambda said: said == "true",
        )
    if column.type == "date":
        return forms.DateField(label=column.label, required=False, widget=day_input())
    if column.type == "int":
        return forms.IntegerField(
            label=column.label, required=False, min_value=0, max_value=_MOST.get(name, 9999)
        )
    return forms.CharField(label=column.label, required=False, max_length=60)


_CHOICES = {
    "household_class": list(HOUSEHOLD_CLASSES.items()),
    "housing_grade": [(each, f"{each}级") for each in "ABCD"],
    "sex": list(SEXES.items()),
    "labour": list(LABOURS.items()),
    "relation": [(each, each) for each in RELATIONS],
}
_MOST = {"migrant_months": 12, "public_post_months": 12, "disability_grade": 4, "alleviated_year": 2100}


class FactForm(DatedForm):
    """A form of canonical columns of one table; what is left empty is unknown."""

    table = ""
    names: ClassVar[tuple[str, ...]] = ()
    required_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.names:
            self.fields[name] = fact_form_field(self.table, name)
            self.fields[name].required = name in self.required_names
            if name in self.required_names and isinstance(self.fields[name], forms.ChoiceField):
                self.fields[name].choices = [("", "请选择"), *list(self.fields[name].choices)[1:]]
            said = self.initial.get(name)
            if isinstance(said, bool):
                self.initial[name] = "true" if said else "false"
            self._keep_other_word(name, said)

    def _keep_other_word(self, name: str, said: Any) -> None:
        """Let a select keep a value that is none of its choices, as loaded."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField) and not isinstance(said, bool) and said not in (None, ""):
            known = {key for key, _ in field.choices}  # type: ignore[str-unpack,union-attr]
            if said not in known:
                field.choices = [*field.choices, (said, said)]  # type: ignore[misc]

    def facts(self) -> dict[str, Any]:
        """Return the columns as the tables hold them; unknown is None."""
        said = {name: self.cleaned_data.get(name) for name in self.names}
        return {name: None if value == "" else value for name, value in said.items()}


class HouseholdForm(FactForm):
    """Facts of a household."""

    table = "household"
    names = (
        "group_name",
        "household_class",
        "alleviated_year",
        "is_relocated",
        "receives_minimum_living",
        "receives_destitute_support",
        "is_no_labour_guaranteed",
        "has_development_measure",
        "housing_grade",
        "is_dilapidated_housing",
        "has_safe_water",
    )
    phone = forms.CharField(label="联系电话（不改请留空）", required=False, max_length=20)
    collected_by = forms.CharField(label="采集人", required=False, max_length=30)


class MemberForm(FactForm):
    """Facts of a person; a number that is left empty stays as it is."""

    table = "member"
    names: ClassVar[tuple[str, ...]] = (
        "name",
        "relation",
        "sex",
        "birth_date",
        *MEMBER_FACTS,
    )
    required_names: ClassVar[tuple[str, ...]] = ("name",)
    id_number = forms.CharField(label="证件号码（不改请留空）", required=False, max_length=30)
    phone = forms.CharField(label="联系电话（不改请留空）", required=False, max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = {
            "hx-post": reverse("identity_check"),
            "hx-trigger": "change",
            "hx-target": "#identity-told",
            "hx-include": "#id_version",
            "autocomplete": "off",
            "data-no-draft": "",
        }
        self.fields["id_number"].widget.attrs.update(told)

    def clean_birth_date(self) -> date | None:
        """Refuse a birth before anybody alive."""
        born: date | None = self.cleaned_data.get("birth_date")
        if born is not None and born.year < 1890:
            raise forms.ValidationError("出生日期不对，请核对年份")
        return born


class JoiningForm(MemberForm):
    """Somebody comes to the household."""

    names = ("name", "relation", "sex", "birth_date", "education", "school_stage", "labour")
    required_names = ("name", "relation")
    change = forms.ChoiceField(label="增加原因", choices=[("", "请选择"), *JOINING.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["phone"]
        self.fields["id_number"].label = "证件号码"


class LeavingForm(DatedForm):
    """Somebody leaves the household."""

    change = forms.ChoiceField(label="减少原因", choices=[("", "请选择"), *LEAVING.items()])


class ReturnForm(DatedForm):
    """Somebody comes back from the army or prison."""


class HeadForm(DatedForm):
    """Another member becomes the head."""

    relation_of_old = forms.ChoiceField(
        label="原户主与新户主的关系", choices=[(each, each) for each in RELATIONS if each != "户主"]
    )


class MoveForm(DatedForm):
    """The household moves to another village."""

    division = forms.ChoiceField(label="迁入村")
    group_name = forms.CharField(label="迁入村民小组", required=False, max_length=60)

    def __init__(self, *args: Any, villages: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = [("", "请选择"), *villages]  # type: ignore[attr-defined]


class SplitForm(DatedForm):
    """Some members found a household of their own."""

    members = forms.MultipleChoiceField(label="分出的成员", widget=forms.CheckboxSelectMultiple)
    head = forms.ChoiceField(label="新户户主")
    number = forms.CharField(label="新户编号（留空由系统编号）", required=False, max_length=40)
    group_name = forms.CharField(label="村民小组", required=False, max_length=60)

    def __init__(self, *args: Any, persons: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].choices = persons  # type: ignore[attr-defined]
        self.fields["head"].choices = [("", "请选择"), *persons]  # type: ignore[attr-defined]


class MergeForm(DatedForm):
    """The household joins another."""

    into = forms.CharField(label="并入的户编号", max_length=40)


class SaveListForm(forms.Form):
    """The name under which a filter is kept."""

    name = forms.CharField(label="名称", max_length=40)
