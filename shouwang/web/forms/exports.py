"""What is asked before something is taken out of the system."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from shouwang.actions.export_choice import FILE_FORMATS, Choice
from shouwang.domain.exporting import IdFormat
from shouwang.domain.tables import RISKS
from shouwang.exchange.export_profiles import Profile
from shouwang.records.export_rows import STANDINGS
from shouwang.records.models.exports import EXPORT_PURPOSES
from shouwang.web.forms.households import day_input
from shouwang.web.household_words import GRADES, HOUSEHOLD_CLASSES, MONITORED_CLASSES
from shouwang.web.place_choices import place_field

_ALL = [("", "全部")]
_NARROWING = ("standing", "household_class", "monitored_class", "risk", "grade", "group_name")
_CLASSES = [(code, word) for code, word in MONITORED_CLASSES.items() if code != "none"]


class ExportChoiceForm(forms.Form):
    """Which rows, and how they go out; a profile that has no use for a choice does not offer it."""

    from_on = forms.DateField(label="本期起", widget=day_input(), help_text="本期内识别的算新增。")
    to_on = forms.DateField(label="本期止", widget=day_input())
    standing = forms.ChoiceField(label="监测状态", required=False)
    monitored_class = forms.ChoiceField(label="监测对象类别", required=False, choices=[*_ALL, *_CLASSES])
    household_class = forms.ChoiceField(
        label="户类型", required=False, choices=[*_ALL, *HOUSEHOLD_CLASSES.items()]
    )
    risk = forms.ChoiceField(label="致贫风险", required=False, choices=[*_ALL, *RISKS.items()])
    grade = forms.ChoiceField(label="预警等级", required=False, choices=[*_ALL, *GRADES.items()])
    group_name = forms.CharField(label="村民小组", required=False, max_length=60)
    id_format = forms.ChoiceField(
        label="证件号码格式", required=False, choices=[(each.value, each.label) for each in IdFormat]
    )
    is_whole = forms.BooleanField(
        label="其他脱敏信息也用全文",
        required=False,
        help_text="电话号码等；须另一人审批。",
    )
    file_format = forms.ChoiceField(
        label="文件格式",
        choices=list(FILE_FORMATS.items()),
        help_text="给其他系统导入才用 CSV；用 Excel 打开 CSV 会损坏证件号码。",
    )

    def __init__(self, *args: Any, profile: Profile, areas: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile
        self.fields["area"] = place_field(areas, label="范围")
        usual = f"{STANDINGS[profile.status]}（常用）" if profile.status else STANDINGS["all"]
        self.fields["standing"].choices = [  # type: ignore[attr-defined]  # a choice field, as above
            ("", usual),
            *((code, word) for code, word in STANDINGS.items() if code != (profile.status or "all")),
        ]
        if not profile.has_id_number:
            del self.fields["id_format"]
        if profile.row == "place":
            for name in (*_NARROWING, "is_whole"):
                del self.fields[name]
        self.order_fields(["area"])

    def choice(self) -> Choice:
        """Return what was chosen; call it on a valid form."""
        return Choice(profile=self.profile.name, **self.cleaned_data)


def usual_choice(profile: Profile, areas: list[str], today: date) -> dict[str, Any]:
    """Return what a form begins with: one's own place, this year until today, the profile's own format."""
    return {
        "area": areas[0] if areas else "",
        "from_on": today.replace(month=1, day=1),
        "to_on": today,
        "id_format": profile.id_format.value,
        "file_format": "xlsx",
    }


class ExportPurposeForm(forms.Form):
    """What the file is for."""

    purpose = forms.ChoiceField(label="用途", choices=[("", "请选择"), *EXPORT_PURPOSES.items()])
    reason = forms.CharField(
        label="用途说明",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text="写明报给谁、做什么用，如：11 月与县医保局比对参保情况。",
    )


class ExportAnswerForm(forms.Form):
    """Whether somebody else's export is allowed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    opinion = forms.CharField(
        label="审批意见",
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="不批准时须写明理由。",
    )


class ExportFileForm(forms.Form):
    """How the file is taken: as it is, or in an archive that only the password opens."""

    is_locked = forms.BooleanField(
        label="加密压缩（AES-256）",
        required=False,
        initial=True,
        help_text="用 WPS、7-Zip 或 WinRAR 打开；系统自带的解压可能打不开。",
    )
    password = forms.CharField(
        label="打开密码",
        required=False,
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "data-no-draft": "1"}),
        help_text="只显示这一次，系统不保存。请先记下再下载，并与文件分开传递。",
    )
