"""Deliveries: each file a department hands in, from its receipt to what it put in force (R22, R110)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from shouwang.domain.deliveries import DeliveryState
from shouwang.records.models.accounts import Account
from shouwang.records.models.columns import division_field
from shouwang.records.models.loads import Load
from shouwang.records.models.runs import ScreeningRun

# One of a content may be under way or in force; another of it is the same delivery again.
ALIVE = ("received", "reading", "unmapped", "waiting", "quarantined", "committed")
_STATES = [(each.value, each.label) for each in DeliveryState]


class Delivery(models.Model):
    """One file of one department for one county; once committed it is the manifest row of its lake files.

    `division` is the county's code in 12 digits; `sender` tells two offices of one department apart, as two
    banks. `feeds` and `month` are known once it is read. `accepted` holds what a person has let pass: errors,
    suspicions. `corrects` is the delivery whose bad rows this one gives back mended: it adds to that one and
    does not take its place. `row_errors` counts the errors by reason, with their first rows. The file itself
    is kept sealed beside the lake, and so is the workbook of its bad rows. `screening_due` is "", delta or
    full; `touched` are the households of a delta.
    """

    division = division_field()
    department = models.CharField("推送部门", max_length=40)
    sender = models.CharField("推送单位", max_length=60, blank=True)
    feeds = ArrayField(models.CharField(max_length=40), default=list, verbose_name="数据来源")
    month = models.DateField("最新月份", null=True)
    file_name = models.CharField("文件名", max_length=200)
    file_sha256 = models.CharField("文件摘要", max_length=64)
    size_bytes = models.BigIntegerField("大小")
    content_sha256 = models.CharField("内容摘要", max_length=64, blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=[(each.value, each.label) for each in DeliveryState]
    )
    declared = models.JSONField("推送单位申报", default=dict)
    received_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField("收到时间")
    started_at = models.DateTimeField("开始处理", null=True)
    progress = models.JSONField("进度", default=dict)
    is_cancel_asked = models.BooleanField("已要求停止", default=False)
    problems = models.JSONField("问题", default=list)
    suspicions = models.JSONField("疑点", default=list)
    unknown_sheets = models.JSONField("未认出的工作表", default=list)
    accepted = ArrayField(models.CharField(max_length=20), default=list, verbose_name="已放行")
    notices = models.JSONField("提示", default=list)
    counts = models.JSONField("数量", default=dict)
    row_errors = models.JSONField("行错误", default=list)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", verbose_name="改正的批次"
    )
    load = models.OneToOneField(Load, models.PROTECT, null=True, related_name="delivery")
    screening_due = models.CharField("待筛查", max_length=10, blank=True)
    touched = ArrayField(models.BigIntegerField(), default=list, verbose_name="涉及农户")
    screened = models.ForeignKey(ScreeningRun, models.PROTECT, null=True, related_name="deliveries")
    committed_at = models.DateTimeField("入库时间", null=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("处置时间", null=True)
    decision = models.TextField("处置理由", blank=True)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "推送批次"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "-received_at"], name="delivery_place"),
            models.Index(fields=["state", "received_at"], name="delivery_queue"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["division", "file_sha256"],
                condition=models.Q(state__in=ALIVE),
                name="one_delivery_of_a_file",
            )
        ]


class DeliverySheet(models.Model):
    """One sheet of a delivery: a feed's month. `number` is what its rows call it (their source_id).

    Of the committed deliveries of a county the last that holds a feed's month is in force for it.
    `repeated_count` rows of events stand in force by another delivery already and do not count twice.
    `profile` holds headers, sums of amounts in fen, and counts by month, for the comparison with the last.
    """

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="sheets")
    division = division_field()
    department = models.CharField("推送部门", max_length=40)
    number = models.IntegerField("来源编号")
    feed = models.CharField("数据来源", max_length=40)
    month = models.DateField("月份", null=True)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    header_row_no = models.IntegerField("表头行")
    number_header = models.CharField("证件号码列名", max_length=100, blank=True)
    row_count = models.IntegerField("行数")
    refused_count = models.IntegerField("错误行")
    unmatched_count = models.IntegerField("未匹配行")
    repeated_count = models.IntegerField("重复推送行", default=0)
    content_sha256 = models.CharField("内容摘要", max_length=64)
    profile = models.JSONField("概况", default=dict)
    is_in_force = models.BooleanField("生效", default=False)

    class Meta:
        verbose_name = "推送工作表"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "number"], name="sheet_of_delivery")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "feed", "month"], name="delivery_sheet_feed")
        ]


class DeliveryRow(models.Model):
    """A row of a delivery that found nobody by its number: set aside, then placed by a person or a match.

    `state` waiting, placed or dropped; `sought_sealed` holds what it says of the person (JSON: name, number,
    township, village, head_name, birth_date, sex, phone), for matching; its facts lie in the lake.
    """

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="rows")
    division = division_field()
    department = models.CharField("推送部门", max_length=40)
    source_no = models.IntegerField("来源编号")
    row_no = models.IntegerField("行号")
    reason_code = models.CharField("未匹配原因", max_length=60)
    state = models.CharField("状态", max_length=10, default="waiting")
    id_key = models.CharField("证件号码盲索引", max_length=64, blank=True)
    masked_name = models.CharField("姓名", max_length=60, blank=True)
    village = models.CharField("村", max_length=100, blank=True)
    sought_sealed = models.BinaryField("查找依据", null=True)
    placed_household_id = models.BigIntegerField("归入农户", null=True)
    placed_member_id = models.BigIntegerField("归入成员", null=True)
    placed_how = models.CharField("归入方式", max_length=20, blank=True)

    class Meta:
        verbose_name = "未匹配行"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "source_no", "row_no"], name="row_of_delivery")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division", "state"], name="delivery_row_state"),
            models.Index(fields=["id_key"], name="delivery_row_key", condition=~models.Q(id_key="")),
        ]


class ColumnMapping(models.Model):
    """How a department's headers are to be read, remembered once a person has said it (R110).

    `headers_key` tells layouts apart (a digest of the header row); `columns` header → standard header.
    """

    division = division_field()
    department = models.CharField("部门", max_length=40)
    feed = models.CharField("数据来源", max_length=40)
    headers_key = models.CharField("表头摘要", max_length=64)
    headers = models.JSONField("表头", default=list)
    columns = models.JSONField("列名对应", default=dict)
    constants = models.JSONField("固定值", default=dict)
    units = models.JSONField("单位", default=dict)
    values = models.JSONField("取值", default=dict)
    confirmed_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("确认时间")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "列名对应"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["division", "department", "headers_key"], name="mapping_of_headers"
            )
        ]
