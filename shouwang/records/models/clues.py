"""Clues (R20–R28): one open clue a household, whatever its sources; each ends in a verdict."""

from typing import ClassVar

from django.db import models

from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field, words_field
from shouwang.records.models.households import Household
from shouwang.records.models.runs import Finding

CLUE_SOURCES = {
    "screening": "系统筛查预警",
    "self_declaration": "农户自主申报",
    "hotline": "12317等热线",
    "inspection": "干部排查走访",
    "petition": "信访",
    "media": "媒体舆情",
    "nomination": "村民小组提名",
    "disaster": "受灾专项排查",
    "department": "部门筛查预警",
}
CLUE_STATES = {
    "received": "待派发",
    "dispatched": "待核查",
    "checked": "待处置",
    "closed": "已办结",
}
CLUE_VERDICTS = {
    "identify": "启动识别程序",
    "monitored": "已在监测,补充风险",
    "no_risk": "核查无返贫致贫风险",
    "watch": "暂不纳入,持续关注",
    "wrong_data": "数据有误",
    "not_ours": "不属本辖区或查无此户",
    "withdrawn": "依据已撤回",
}
# Given by the withdrawal of the delivery that a clue rested on, and by no person as a verdict.
BASIS_WITHDRAWN = "withdrawn"
GIVEN_VERDICTS = {key: label for key, label in CLUE_VERDICTS.items() if key != BASIS_WITHDRAWN}


class Clue(models.Model):
    """What may be a household at risk, until somebody answers for a verdict.

    `household` is unknown until a declared one is found in the registry; then `named` says whom it is about.
    `turn` is the role whose turn it is, `due_on` its last day, `escalated_to` the level told when it passed.
    """

    number = models.CharField("线索编号", max_length=30, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="clues")
    division = division_field()
    named = models.CharField("所述农户", max_length=60, blank=True)
    named_pinyin = models.CharField("拼音首字母", max_length=60, blank=True)
    phone_sealed = models.BinaryField("联系电话", null=True)
    risks = words_field()
    grade = models.CharField("等级", max_length=10, blank=True)
    state = models.CharField("状态", max_length=12, choices=list(CLUE_STATES.items()))
    turn = models.CharField("当前办理", max_length=20, blank=True)
    received_on = models.DateField("受理日期")
    due_on = models.DateField("办理期限", null=True)
    escalated_to = models.CharField("已提级至", max_length=20, blank=True)
    is_urgent = models.BooleanField("紧急", default=False)
    verdict = models.CharField("处置结论", max_length=12, blank=True, choices=list(CLUE_VERDICTS.items()))
    verdict_reason = models.TextField("结论理由", blank=True)
    verdict_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField("办结日期", null=True)
    dispatched_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    dispatched_on = models.DateField("派发日期", null=True)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "线索"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "state", "due_on"], name="clue_work"),
            # The order of the list of a whole county, where a range of villages cannot give it.
            models.Index(
                fields=["-is_urgent", "due_on", "id"], name="clue_order", condition=~models.Q(state="closed")
            ),
            models.Index(fields=["household"], name="clue_household"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(household__isnull=False) & ~models.Q(state="closed"),
                name="one_open_clue_a_household",
            )
        ]


class ClueOrigin(models.Model):
    """One source of a clue, with what it said; a receipt lets the source ask how far it is.

    `fed_back_on` is the day the source was told the verdict.
    """

    clue = models.ForeignKey(Clue, models.PROTECT, related_name="origins")
    division = division_field()
    source = models.CharField("来源", max_length=20, choices=list(CLUE_SOURCES.items()))
    rule = models.CharField("规则", max_length=80, blank=True)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, related_name="+")
    department = models.CharField("部门", max_length=40, blank=True)
    text = models.TextField("内容", blank=True)
    receipt = models.CharField("受理回执号", max_length=20, blank=True, db_index=True)
    reported_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField("收到时间")
    fed_back_on = models.DateField("反馈日期", null=True)
    feedback = models.TextField("反馈内容", blank=True)

    class Meta:
        verbose_name = "线索来源"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["clue"], name="clue_origins")]


class ClueCheck(models.Model):
    """What a visit to the household found."""

    clue = models.ForeignKey(Clue, models.PROTECT, related_name="checks")
    division = division_field()
    checked_on = models.DateField("核查日期")
    checkers = models.CharField("核查人", max_length=120)
    findings = models.TextField("核查情况")
    opinion = models.TextField("核查意见")
    is_at_risk = models.BooleanField("有返贫致贫风险", null=True)
    risks = words_field()
    income_per_capita_fen = models.BigIntegerField("人均纯收入", null=True)
    rigid_spending_fen = models.BigIntegerField("刚性支出", null=True)
    has_guarantees = models.BooleanField("三保障有保障", null=True)
    has_safe_water = models.BooleanField("饮水安全", null=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "线索核查"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["clue"], name="clue_checks")]
