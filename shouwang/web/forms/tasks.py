"""What is typed in about the tasks of departments."""

from django import forms

from shouwang.actions.task_sending import TASK_KINDS
from shouwang.domain.departments import DEPARTMENTS
from shouwang.web.forms.plans import PlaceForm, day_field, text_field


class TaskFilter(PlaceForm):
    """The list of tasks narrowed."""

    department = forms.ChoiceField(label="部门", required=False, choices=[("", "全部"), *DEPARTMENTS.items()])
    kind = forms.ChoiceField(label="事项", required=False, choices=[("", "全部"), *TASK_KINDS.items()])


class TaskForm(forms.Form):
    """A task is sent."""

    department = forms.ChoiceField(label="责任部门", choices=[("", "请选择"), *DEPARTMENTS.items()])
    kind = forms.ChoiceField(label="事项", choices=list(TASK_KINDS.items()))
    due_on = day_field("办理期限")
    text = text_field("要办理什么", help_text="不要写证件号码和电话号码")


class AnswerForm(forms.Form):
    """A department answers."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = text_field("办理结果")


class CloseForm(forms.Form):
    """An answer is accepted or sent back."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label="核对结果",
        choices=[("close", "已办妥，销号"), ("return", "退回重办")],
        widget=forms.RadioSelect,
    )
    reason = text_field("退回原因", rows=2, most=300, required=False)
    due_on = day_field("新的期限", required=False)

    def clean(self) -> dict[str, object]:
        """A task sent back needs a new day."""
        typed = super().clean() or {}
        if typed.get("decision") == "return" and not typed.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "退回时请填写新的办理期限")
        return typed
