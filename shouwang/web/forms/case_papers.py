"""A form for each paper of a case; what it cleans is the `content` that `case_paper_content` checks."""

from datetime import date
from typing import Any

from django import forms

from shouwang.actions.case_paper_content import CLASSES, DEPARTMENTS, GROUNDS, RESULTS
from shouwang.domain.procedure import COUNTS, FLAGS
from shouwang.domain.tables import RISKS
from shouwang.domain.wording import value
from shouwang.web.forms.cases import Answer, Day, words


class PhotosField(forms.FileField):
    """Several files in one field."""

    widget = type("Photos", (forms.ClearableFileInput,), {"allow_multiple_selected": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files; none where none was chosen."""
        return [super(PhotosField, self).clean(each) for each in data or ()]


class PaperForm(forms.Form):
    """What every paper asks: the number of events its page showed and the day it is of."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = Day("日期")

    def __init__(
        self, data: Any = None, files: Any = None, *, version: int, today: date, **options: Any
    ) -> None:
        initial = {"version": version, "on": today, **options.pop("initial", {})}
        super().__init__(data, files, initial=initial, **options)

    def content(self) -> dict[str, Any]:
        """Return what the paper says, without what its frame keeps."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("version", "on", "photos")
        }


def _photos(label: str) -> PhotosField:
    return PhotosField(label=label, required=False, help_text="照片或 PDF，可选多个，每个不超过 6MB")


class HouseholdCheckForm(PaperForm):
    """What two or more found at the household."""

    on = Day("核查日期")
    checkers = forms.CharField(label="核查人", max_length=120, help_text="两人以上，用顿号分开")
    findings = words("核查情况", help_text="收入支出、“两不愁三保障”、饮水安全、风险原因")
    is_within_scope = Answer("初判符合监测范围")
    risks = forms.MultipleChoiceField(
        label="返贫致贫风险", choices=list(RISKS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    monitored_class = forms.ChoiceField(
        label="拟归类别",
        required=False,
        choices=[("", "按户类型自动确定"), *((each, value(each, "text")) for each in CLASSES)],
    )
    is_sudden_hardship = Answer(FLAGS["is_sudden_hardship"])
    photos = _photos("核查照片")


class EliminationCheckForm(PaperForm):
    """What two or more found at a household that asks to be eliminated."""

    on = Day("核实日期")
    checkers = forms.CharField(label="核实人", max_length=120, help_text="两人以上，用顿号分开")
    findings = words("核实情况", help_text="收入来源、支出、三保障、风险是否稳定消除")
    months_above_line = forms.IntegerField(label=COUNTS["months_above_line"], required=False, min_value=0)
    has_guarantees = Answer(FLAGS["has_guarantees"])
    has_safe_water = Answer(FLAGS["has_safe_water"])
    is_risk_gone = Answer(FLAGS["is_risk_gone"])
    is_without_new_risk = Answer(FLAGS["is_without_new_risk"])
    is_whole_no_labour = Answer(FLAGS["is_whole_no_labour"])
    is_natural_elimination = Answer(FLAGS["is_natural_elimination"])
    photos = _photos("核实照片")


class AuthorisationForm(PaperForm):
    """The signed letter that allows the comparison."""

    on = Day("签字日期")
    signer = forms.CharField(label="签字人", max_length=40)
    relation = forms.CharField(label="与户主关系", max_length=40, help_text="如：户主、配偶、之子")
    adults_signed = Answer("家庭成年成员均已授权")
    photos = _photos("授权书扫描件")


class ComparisonForm(PaperForm):
    """What each department answered, or that a comparison done lately is kept."""

    on = Day("反馈日期")
    compared_on = Day("比对日期", required=False)
    is_new_minimum_living = Answer(f"{FLAGS['is_new_minimum_living']}且已比对")
    is_new_destitute = Answer(f"{FLAGS['is_new_destitute']}且已比对")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for place, department in enumerate(DEPARTMENTS):
            self.fields[f"result_{place}"] = forms.ChoiceField(
                label=department, required=False, choices=[("", "未反馈"), *RESULTS.items()]
            )
            self.fields[f"text_{place}"] = forms.CharField(
                label=f"{department}说明", required=False, max_length=200
            )
        self.fields["text"] = words("综合说明", required=False, rows=3)

    def content(self) -> dict[str, Any]:
        """Return the answers as rows, one a department."""
        given = self.cleaned_data
        rows = [
            {"department": name, "result": given[f"result_{place}"], "text": given[f"text_{place}"]}
            for place, name in enumerate(DEPARTMENTS)
        ]
        names = ("compared_on", "is_new_minimum_living", "is_new_destitute", "text")
        return {**{name: given[name] for name in names}, "results": rows}


class AppraisalForm(PaperForm):
    """The record of the meeting that appraised."""

    on = Day("评议日期")
    place = forms.CharField(label="评议地点", max_length=100)
    chair = forms.CharField(label="主持人", max_length=40)
    present_count = forms.IntegerField(label="到会人数", min_value=1)
    for_count = forms.IntegerField(label="同意人数", min_value=0)
    against_count = forms.IntegerField(label="反对人数", min_value=0)
    text = words("评议意见", required=False)
    photos = _photos("评议照片、签到表")


class NoticeForm(PaperForm):
    """The sheet that is put up; its text is scanned before it is kept."""

    on = Day("公示起始日", help_text="首日不计入公示天数")
    place = forms.CharField(label="公示地点", max_length=100)
    text = words(
        "公示内容",
        rows=12,
        help_text="保存时检查：不得有证件号、手机号、银行卡号、病情、残疾、未成年人姓名、收入金额、定位",
    )
    photos = _photos("张贴照片")


class PlanProposalForm(PaperForm):
    """What help the township proposes."""

    text = words("针对性帮扶计划建议")


class AnnouncementForm(PaperForm):
    """Where and when the outcome was announced."""

    on = Day("公告日期")
    place = forms.CharField(label="公告载体", max_length=100, help_text="如：县政府网站、村务公开栏")
    text = words("说明", required=False, rows=3)
    photos = _photos("公告截图、照片")


class RegistrationForm(PaperForm):
    """When it was entered in the national system, and the number it has there."""

    registered_on = Day("系统录入（标注）日期", required=False)
    national_number = forms.CharField(label="国家备案号", max_length=40, required=False)


class RequestForm(PaperForm):
    """A written request for a rollback or a removal."""

    on = Day("申请日期")
    ground = forms.ChoiceField(label="申请事由", choices=list(GROUNDS.items()), widget=forms.RadioSelect)
    text = words("申请理由")
    photos = _photos("申请书扫描件")


FORMS: dict[str, type[PaperForm]] = {
    "household_check": HouseholdCheckForm,
    "authorisation": AuthorisationForm,
    "comparison": ComparisonForm,
    "appraisal": AppraisalForm,
    "notice": NoticeForm,
    "plan_proposal": PlanProposalForm,
    "announcement": AnnouncementForm,
    "registration": RegistrationForm,
    "request": RequestForm,
}


def form_class(kind: str, track: str) -> type[PaperForm] | None:
    """Return the form of a paper on a track, None for a paper that has none."""
    return EliminationCheckForm if (kind, track) == ("household_check", "elimination") else FORMS.get(kind)
