"""Cases (R30–R35, R50–R53): a household on a track of a pack; the events are the case, all else follows."""

from typing import ClassVar

from django.db import models

from shouwang.domain.case_state import EVENT_KINDS, STATUSES
from shouwang.domain.procedure import TRACKS
from shouwang.records.models.accounts import Account
from shouwang.records.models.clues import Clue
from shouwang.records.models.columns import division_field, words_field
from shouwang.records.models.households import Household

# What a step's needs are met by; a paper is never changed, a later one of its kind stands in its place.
PAPERS = {
    "household_check": "入户核查表",
    "authorisation": "承诺授权书",
    "comparison": "信息比对结果",
    "appraisal": "民主评议记录",
    "notice": "公示",
    "plan_proposal": "帮扶计划建议",
    "announcement": "公告",
    "registration": "监测系统录入",
    "request": "书面申请",
    "objection": "异议",
    "other": "其他材料",
}


class Case(models.Model):
    """One case; `version` is the number of its events: by it a stale page or a second approval is told.

    `pack` and `pack_digest` pin the procedure it was opened under. `turn_roles`, `turn_label` and `due_on`
    say what is to be done next and are rewritten with every event.
    """

    number = models.CharField("个案编号", max_length=30, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="cases")
    division = division_field()
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, related_name="cases")
    track = models.CharField("程序", max_length=20, choices=list(TRACKS.items()))
    pack = models.CharField("政策包", max_length=60)
    pack_digest = models.CharField("政策包摘要", max_length=64)
    traits = words_field()
    episode = models.PositiveSmallIntegerField("第几次纳入", default=1)
    status = models.CharField("状态", max_length=12, choices=list(STATUSES.items()))
    is_decided = models.BooleanField("已审定", default=False)
    is_green_channel = models.BooleanField("绿色通道", default=False)
    is_under_notice = models.BooleanField("公示中", default=False)
    has_open_objection = models.BooleanField("有异议待答复", default=False)
    turn_roles = words_field()
    turn_steps = words_field()
    turn_label = models.CharField("当前环节", max_length=120, blank=True)
    not_before = models.DateField("最早可办", null=True)
    due_on = models.DateField("办理期限", null=True)
    escalated_to = models.CharField("已提级至", max_length=20, blank=True)
    opened_on = models.DateField("立案日期")
    closed_on = models.DateField("审定或终止日期", null=True)
    version = models.PositiveIntegerField("事项数", default=0)

    class Meta:
        verbose_name = "个案"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "status", "due_on"], name="case_work"),
            models.Index(fields=["household", "-opened_on"], name="case_household"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["household"], condition=models.Q(status="open"), name="one_open_case_a_household"
            )
        ]


class CaseEvent(models.Model):
    """One event of a case, as `domain.case_state.Event`; `sequence` counts from 1 without a gap."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    division = division_field()
    sequence = models.PositiveIntegerField("序号")
    kind = models.CharField("事项", max_length=16, choices=list(EVENT_KINDS.items()))
    role = models.CharField("办理角色", max_length=20)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    on = models.DateField("日期")
    step_id = models.CharField("环节", max_length=40, blank=True)
    opinion = models.TextField("意见", blank=True)
    note = models.TextField("提示", blank=True)
    objection = models.PositiveSmallIntegerField("异议序号", default=0)
    is_upheld = models.BooleanField("异议成立", default=False)
    recorded_at = models.DateTimeField("办理时间")

    class Meta:
        verbose_name = "办理记录"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "sequence"], name="case_event_order")
        ]


class CasePaper(models.Model):
    """A paper of a case; `content` holds what its form asks, by name."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="papers")
    division = division_field()
    kind = models.CharField("材料", max_length=20, choices=list(PAPERS.items()))
    step_id = models.CharField("环节", max_length=40, blank=True)
    on = models.DateField("日期")
    content = models.JSONField("内容", default=dict)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "个案材料"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "kind"], name="case_papers")]
