"""Layouts: every feed is recognised by its documented headers, whatever their order, and nothing else is."""

import random

import pytest

from shouwang.domain.tables import FEEDS, TABLES
from shouwang.exchange.layouts import code_list, layouts
from shouwang.exchange.mapping import HeaderMapping
from shouwang.exchange.recognising import LayoutError, SheetPlan, plan_sheet

DOCUMENTED = {
    "medical": (
        "姓名 证件号码 参保地 结算日期 就医类型 医疗总费用 基本医保支付 大病保险支付 医疗救助支付 "
        "个人自付 政策范围内自付 病种"
    ),
    "health": ("姓名 证件号码 诊断 大病/慢病 确诊日期"),
    "education": ("学生姓名 证件号码 学校 学段 年级 在校状态 资助项目 资助金额 学年自付费用"),
    "civil_affairs": ("姓名 证件号码 类别 状态 起始月 月金额"),
    "disability": ("姓名 证件号码 残疾类别 残疾等级 办证日期"),
    "housing": ("户主姓名 证件号码 乡 村 鉴定等级 鉴定日期 处置状态"),
    "water": ("乡 村 村民小组 户主姓名 证件号码 问题 起始日期 断水天数"),
    "employment": ("姓名 证件号码 务工地 企业 起始月 终止月 月工资 状态"),
    "agriculture": ("户主姓名 证件号码 项目/品种 规模 损失金额 事件 日期"),
    "disaster": ("乡 村 村民小组 户主姓名 证件号码 灾种 受灾日期 房屋受损 农作物损失 直接经济损失"),
    "security": ("姓名 证件号码 事项 日期 后果"),
    "petitions": ("来源 诉求人 联系电话 乡 村 内容 日期"),
    "credit": ("姓名 证件号码 贷款类型 余额 到期日 逾期天数"),
    "ledger": ("户编号 户主姓名 月份 务工收入 种植业收入 低保金"),
    "registry_member": (
        "省 市 县 乡 村 户编号 人口编号 姓名 性别 出生日期 证件类型 证件号码 民族 户联系电话 "
        "成员联系电话 年度 与户主关系 文化程度 在校生状况 劳动技能 务工时间(月) 健康状况 政治面貌 "
        "务工企业名称 是否享受低保 是否参加城镇职工基本养老保险 是否参加大病保险 "
        "是否参加城乡居民基本医疗保险 是否参加城乡居民基本养老保险 失学或辍学原因 是否国外务工 "
        "产业分类 公益性岗位类型 公益性岗位(月数) 就业渠道 残疾类别 残疾等级 残疾证办证年度 "
        "务工所在地 户主姓名 户主证件号码 是否参加城镇职工基本医疗保险 是否特困供养人员 识别标准"
    ),
    "registry_household": (
        "户编号 户主姓名 户主证件号码 乡 村 村民小组 户类型(一般农户/脱贫户) 监测对象类别 家庭人口数 "
        "致贫/返贫风险1 致贫/返贫风险5 其他备注 风险是否已消除 风险消除方式 识别监测时间 合规自付支出 "
        "理赔收入 家庭纯收入 人均纯收入 工资性收入 住房安全等级 "
        "是否有家庭成员未参加城乡居民(职工)基本医疗保险 耕地面积 信息采集人 监测联系人 监测联系人电话 "
        "产业帮扶 搬迁"
    ),
}


def plan(*rows: list[str | None]) -> SheetPlan | None:
    """Plan a sheet of these rows, named so that its name helps nothing."""
    return plan_sheet("表.xlsx", "Sheet1", list(rows), HeaderMapping())


def test_every_feed_has_a_layout_whose_targets_exist() -> None:
    assert set(layouts()) == set(FEEDS) == set(DOCUMENTED)
    for layout in layouts().values():
        for column in layout.columns.values():
            for target in column.targets:
                if not target.name.startswith(("@", "item:")):
                    TABLES[target.table or layout.table].column(target.name)
            if column.kind in ("code", "set", "among", "loose"):
                assert code_list(column.argument)
        assert layout.clues <= {*layout.columns, "学校"}


def test_no_header_means_two_columns_of_one_layout() -> None:
    for layout in layouts().values():
        names = [name for column in layout.columns.values() for name in column.names]
        assert len(names) == len(set(names)), layout.feed


@pytest.mark.parametrize("feed", DOCUMENTED)
def test_a_documented_sheet_is_recognised_with_its_columns_in_any_order(feed: str) -> None:
    headers: list[str | None] = list(DOCUMENTED[feed].split())
    random.Random(feed).shuffle(headers)
    found = plan(["某县某月数据表", None], headers, ["测试甲"])
    assert found is not None
    assert (found.layout.feed, found.header_row_no) == (feed, 2)
    for bound in found.bound:
        assert headers[bound.index or 0] == bound.header


def test_synonyms_width_and_units_are_understood() -> None:
    found = plan([" 姓 名", "身份证号", "贷款种类", "贷款余额（万元）", "到期日期", "逾期天数(天)"])
    assert found is not None
    by_header = {bound.column.header: bound for bound in found.bound}
    assert found.layout.feed == "credit"
    assert by_header["余额"].fen_per_unit == 1_000_000
    assert by_header["证件号码"].index == 1


def test_the_persons_and_the_heads_number_are_told_apart() -> None:
    found = plan(["户主姓名", "证件号码", "户主证件号码", "鉴定等级", "鉴定日期"])
    assert found is not None
    assert next(bound.index for bound in found.bound if bound.column.kind == "identity") == 2
    assert found.unused == ("证件号码",)


def test_two_columns_of_one_meaning_are_refused_naming_both() -> None:
    with pytest.raises(LayoutError, match="B 列“证件号码”与D 列“身份证号”") as caught:
        plan(["姓名", "证件号码", "诊断", "身份证号", "确诊日期"])
    assert caught.value.reason_code == "duplicate_header"


def test_the_same_header_twice_is_refused_but_not_where_it_means_nothing() -> None:
    with pytest.raises(LayoutError, match="表头重复"):
        plan(["姓名", "证件号码", "诊断", "诊断", "确诊日期"])
    assert plan(["姓名", "证件号码", "诊断", "确诊日期", "备注", "备注"]) is not None


def test_a_missing_number_column_is_refused_with_what_was_found_and_expected() -> None:
    with pytest.raises(
        LayoutError, match=r"缺少必需的列：证件号码.*找到的列：姓名、诊断、确诊日期.*应有的列：证件号码"
    ) as caught:
        plan(["姓名", "诊断", "确诊日期"])
    assert caught.value.reason_code == "missing_header"


def test_a_household_export_without_its_number_is_refused() -> None:
    with pytest.raises(LayoutError, match="户编号"):
        plan(["户主姓名", "户类型", "监测对象类别", "家庭人口数"])


def test_a_near_header_is_proposed_in_the_refusal() -> None:
    with pytest.raises(LayoutError, match="“证件号马”是否就是“证件号码”"):
        plan(["姓名", "证件号马", "诊断", "确诊日期"])


def test_a_stranger_is_not_recognised_and_headers_below_row_ten_neither() -> None:
    assert plan(["物资", "数量", "单价"]) is None
    titles: list[list[str | None]] = [["标题"]] * 10
    assert plan(*titles, ["姓名", "证件号码", "诊断", "确诊日期"]) is None


def test_a_unit_in_the_title_counts_for_amounts_without_one() -> None:
    found = plan(["贷款情况", "单位：万元"], ["姓名", "证件号码", "贷款类型", "余额", "到期日"])
    assert found is not None
    assert {bound.column.header: bound.fen_per_unit for bound in found.bound}["余额"] == 1_000_000
