"""What is typed in about clues. Forms check the shape of an entry; what it may say, the actions decide."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from shouwang.actions.clue_dispatch import CHECKING_ROLES
from shouwang.domain.policy import GRADES
from shouwang.domain.tables import RISKS
from shouwang.records.models.clues import CLUE_SOURCES, CLUE_STATES, CLUE_VERDICTS

Choices = Sequence[tuple[str, object]]
_ANY = [("", "全部")]
_CHOOSE = [("", "请选择")]
_ANSWERS = [("yes", "是"), ("no", "否"), ("unknown", "未知")]
_TRUTH = {"yes": True, "no": False, "unknown": None}
_REPORTED = [(key, label) for key, label in CLUE_SOURCES.items() if key != "screening"]
_PHONE = RegexValidator(r"^[0-9]{7,12}$", "电话只填数字，7 至 12 位")
_TAIL = RegexValidator(r"^[0-9]{4}$", "请填 4 位数字")


def _area(rows: int = 4, **attrs: object) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": 2000, **attrs})


def _risks(label: str = "风险类型", *, is_required: bool = False) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(RISKS.items()), required=is_required, widget=forms.CheckboxSelectMultiple
    )


def _answer(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=_ANSWERS, widget=forms.RadioSelect)


def _yuan(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_value=Decimal(10**9), decimal_places=2,
        help_text="单位：元；没有查明的留空",
    )  # fmt: skip


def _day(label: str, **options: Any) -> forms.DateField:
    picker = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=picker, **options)


class Photos(forms.FileInput):
    """Several pictures at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Return every file that was sent under the name."""
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class Versioned(forms.Form):
    """A form about a clue as the page showed it."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class FilterForm(forms.Form):
    """The filter row of the list."""

    words = forms.CharField(label="姓名、拼音或编号", required=False, max_length=40)
    place = forms.ChoiceField(label="区划", required=False)
    source = forms.ChoiceField(label="来源", choices=[*_ANY, *CLUE_SOURCES.items()], required=False)
    state = forms.ChoiceField(label="状态", choices=[*_ANY, *CLUE_STATES.items()], required=False)
    grade = forms.ChoiceField(label="等级", choices=[*_ANY, *GRADES.items()], required=False)
    risk = forms.ChoiceField(label="风险类型", choices=[*_ANY, *RISKS.items()], required=False)
    verdict = forms.ChoiceField(label="处置结论", choices=[*_ANY, *CLUE_VERDICTS.items()], required=False)

    is_left_out = forms.TypedChoiceField(
        label="应纳未纳",
        choices=[*_ANY, ("on", "只看疑点")],
        required=False,
        coerce=bool,
        empty_value=False,
    )

    def __init__(self, data: Any, places: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["place"].choices = [*_ANY, *places]


class NewClueForm(forms.Form):
    """A clue that somebody brings: the source, the household, the words."""

    source = forms.ChoiceField(label="来源", choices=[*_CHOOSE, *_REPORTED])
    number = forms.CharField(label="户编号", required=False, max_length=40)
    id_number = forms.CharField(
        label="成员证件号码", required=False, max_length=22,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-no-draft": "1"}),
        help_text="只用来查找农户，不保存在线索里",
    )  # fmt: skip
    division = forms.ChoiceField(label="所在村", required=False)
    named = forms.CharField(label="户主或成员姓名", required=False, max_length=60)
    is_not_registered = forms.BooleanField(label="台账里查不到这户，先按姓名登记", required=False)
    phone = forms.CharField(label="联系电话", required=False, max_length=12, validators=[_PHONE])
    risks = _risks()
    text = forms.CharField(label="线索内容", widget=_area(), help_text="不要写证件号码和电话号码")
    department = forms.CharField(label="来源单位", required=False, max_length=40)
    is_urgent = forms.BooleanField(label="紧急（因灾、意外等突发困难）", required=False)

    def __init__(self, data: Any, villages: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["division"].choices = [*_CHOOSE, *villages]
        self.fields["text"].widget.attrs["wide"] = "1"

    def offer(self, namesakes: Choices) -> None:
        """Ask which of several households is meant."""
        self.fields["household"] = forms.ChoiceField(
            label="有同名的，请选定一户", choices=list(namesakes), required=False, widget=forms.RadioSelect
        )


class ListForm(forms.Form):
    """The households that one event touched."""

    source = forms.ChoiceField(label="来源", choices=_REPORTED, initial="disaster")
    division = forms.ChoiceField(label="整村登记", required=False, help_text="选村则登记该村全部在册农户")
    numbers = forms.CharField(
        label="户编号名单", required=False, widget=_area(8, maxlength=60_000),
        help_text="每行一个户编号，可从表格直接粘贴",
    )  # fmt: skip
    risks = _risks(is_required=True)
    text = forms.CharField(label="事由", widget=_area(3), help_text="如：11 月 20 日暴雨，房屋进水")

    def __init__(self, data: Any, villages: Choices) -> None:
        super().__init__(data)
        self.fields["division"].choices = [("", "不按整村登记"), *villages]

    def clean(self) -> dict[str, Any]:
        """Ask for households one way or the other."""
        given = super().clean() or self.cleaned_data
        if not given.get("division") and not str(given.get("numbers", "")).strip():
            self.add_error("numbers", "请粘贴户编号，或选择一个村")
        return given


class DispatchForm(Versioned):
    """To whom a clue goes, and until when."""

    to = forms.ChoiceField(label="由谁核查", choices=list(CHECKING_ROLES.items()), widget=forms.RadioSelect)
    due_on = _day("限办日期", required=False, help_text="只能比规定期限更早；留空按规定期限")


class CheckForm(Versioned):
    """What a visit found."""

    checked_on = _day("核查日期")
    checkers = forms.CharField(label="核查人", max_length=120, help_text="两人以上，用顿号隔开")
    is_at_risk = _answer("有返贫致贫风险")
    risks = _risks()
    income = _yuan("人均纯收入（元）")
    spending = _yuan("刚性支出（元）")
    has_guarantees = _answer("三保障有保障")
    has_safe_water = _answer("饮水安全")
    findings = forms.CharField(label="核查情况", widget=_area())
    opinion = forms.CharField(label="核查意见", widget=_area(3))
    photos = forms.Field(
        label="照片", required=False, help_text="最多 9 张",
        widget=Photos(attrs={"accept": "image/*", "multiple": True}),
    )  # fmt: skip

    def entries(self) -> dict[str, Any]:
        """Return the entries as the action takes them: money in fen, answers as true, false or unknown."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "photos"}
        for name, amount in (("income_per_capita_fen", "income"), ("rigid_spending_fen", "spending")):
            yuan = given.pop(amount)
            given[name] = None if yuan is None else int(yuan * 100)
        for name in ("is_at_risk", "has_guarantees", "has_safe_water"):
            given[name] = _TRUTH[given[name]]
        return given


class VerdictForm(Versioned):
    """How a clue ends; only the verdicts that fit are offered."""

    verdict = forms.ChoiceField(label="处置结论", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="处置理由", widget=_area(), help_text="必填。申报人凭回执能查到，请不要写其他人的姓名和情况"
    )

    def __init__(self, data: Any, offered: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["verdict"].choices = list(offered)


class ReasonForm(Versioned):
    """Why a clue goes back."""

    reason = forms.CharField(label="退回理由", widget=_area(), help_text="写明要补充核查什么")


class LinkForm(Versioned):
    """Which household a clue is about."""

    number = forms.CharField(label="户编号", required=False, max_length=40)
    id_number = NewClueForm.base_fields["id_number"]
    household = forms.ChoiceField(label="同名农户", required=False, widget=forms.RadioSelect)

    def __init__(self, data: Any, offered: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["household"].choices = list(offered)
        if not offered:
            del self.fields["household"]


class FeedbackForm(Versioned):
    """Which sources were told, and what."""

    origins = forms.MultipleChoiceField(label="已反馈的来源", widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(label="反馈内容", widget=_area(3), help_text="如：已电话答复，说明理由")

    def __init__(self, data: Any, offered: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["origins"].choices = list(offered)


class PeriodForm(forms.Form):
    """From which day to which."""

    from_on = _day("受理日期起")
    to_on = _day("受理日期止")

    def period(self, usual: tuple[date, date]) -> tuple[date, date]:
        """Return the days asked for, the usual ones where they cannot be used."""
        if not self.is_valid():
            return usual
        first, last = self.cleaned_data["from_on"], self.cleaned_data["to_on"]
        return (first, last) if first <= last else (last, first)


class DeclarationForm(forms.Form):
    """What a family says of itself: six entries, and one that only programs fill in."""

    division = forms.ChoiceField(label="所在村")
    named = forms.CharField(label="户主姓名", max_length=60)
    phone = forms.CharField(
        label="联系电话", max_length=12, validators=[_PHONE], help_text="查询进度要用后四位"
    )
    whom = forms.ChoiceField(
        label="为谁申报",
        choices=[("self", "自己家"), ("other", "代别人家")],
        initial="self",
        widget=forms.RadioSelect,
    )
    risks = _risks("遇到的困难", is_required=True)
    text = forms.CharField(
        label="困难情况",
        widget=_area(4, maxlength=500),
        max_length=500,
        help_text="不要写身份证号码和银行卡号",
    )
    website = forms.CharField(
        label="请不要填写",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, villages: Choices) -> None:
        super().__init__(data)
        self.fields["division"].choices = [*_CHOOSE, *villages]


class ProgressForm(forms.Form):
    """A receipt number and the last four digits of the telephone number given with it."""

    receipt = forms.CharField(label="回执号", max_length=24, help_text="申报成功时给您的号码")
    tail = forms.CharField(
        label="电话后四位", max_length=4, validators=[_TAIL], help_text="没有留电话的填 0000"
    )
