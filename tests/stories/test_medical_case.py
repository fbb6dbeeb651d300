"""One household from a medical warning to elimination: township, village, county, department, helper."""

import subprocess
import sys
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.house.source import ROOT
from tests.stories.acts import Entry, fill, follow, go_to, press, row_of, sees, sees_not, sends
from tests.stories.casewalk import (
    APPRAISED,
    FOUND_AT_RISK,
    at_case,
    at_clue,
    check,
    dispatch,
    file_paper,
    identify_to_notice,
    opened,
    take,
    verdict_opens_case,
)
from tests.stories.conftest import Town

VISITED: dict[str, Entry] = {
    "收入稳定吗？": "是",
    "住房、医疗、上学都有保障吗？": "是",
    "饮水安全吗？": "是",
    "发现新的风险吗？": "否",
    "走访情况": "公益岗位每月发工资，医药费已报销，一家人生活正常。",
}


def test_a_household_is_walked_from_a_medical_warning_to_elimination(site: Town) -> None:
    home = site.household("medical")
    number = _from_the_warning_to_a_case(site, home["head"])
    identify_to_notice(site, number)
    site.go(6)
    _reviewed_and_decided(site, number)
    _announced_and_registered(site, number)
    _helped(site, home, number)
    site.go(390)
    _the_ledger_tells(home["id"], site)
    elimination = _eliminated(site, home)
    _the_household_page_tells_it_all(site, home, number, elimination)


def _from_the_warning_to_a_case(site: Town, head: str) -> str:
    """The warning of the screening is sent to the village, checked by two, and its verdict opens a case."""
    sees(site.as_("township"), "待办事项")
    sees(at_clue(site, "township", head), "系统筛查预警", "医疗自付较高", "近12个月个人自付42000元")
    dispatch(site, head)
    check(site, head, {**FOUND_AT_RISK, "人均纯收入（元）": "7200", "刚性支出（元）": "42000"})
    number = verdict_opens_case(site, head, "医疗支出大，收入低，核查属实。")
    page = at_case(site, "village", number, tab="我的待办")
    sees(page, "轮到村、驻村工作队办理“入户核查初判”", f"期限 {site.today + timedelta(15)}")
    return number


def _reviewed_and_decided(site: Town, number: str) -> None:
    """The township reviews when the notice is over; whoever compared at the county cannot decide."""
    page = at_case(site, "township", number)
    file_paper(page, "帮扶计划建议", {"针对性帮扶计划建议": "落实医疗救助，安排公益性岗位，每月走访。"})
    take(page, "乡镇审核", "程序完备，情况属实，同意上报。")
    sees(page, "轮到县级办理“县级审定”")

    page = at_case(site, "county", number)
    take(page, "县级审定", "同意纳入监测。")
    sees(page, "已审定，待落实")


def _announced_and_registered(site: Town, number: str) -> None:
    page = at_case(site, "county", number)
    file_paper(page, "公告", {"公告载体": "县政府网站"})
    take(page, "公告")
    page = at_case(site, "township", number)
    file_paper(page, "监测系统录入", {"系统录入（标注）日期": f"{site.today}", "国家备案号": "GB202600031"})
    take(page, "录入监测系统")


def _helped(site: Town, home: dict[str, str], number: str) -> None:
    """Contact, plan, department task, measures, visit; the case is completed."""
    page = at_case(site, "township", number)
    follow(page, "指定监测联系人")
    sends(page, {"类别": "监测联系人", "人员": "帮扶责任人helper"}, "确定")
    sees(page, "联系人已指定")

    page = at_case(site, "village", number)
    follow(page, "制定帮扶计划")
    page.get_by_role("checkbox", name="健康帮扶", exact=True).check()
    fill(
        page,
        {"帮扶目标": "一年内自付负担降到标准以下。", "措施名称": "村级公益性岗位", "类别": "公益岗位帮扶"},
    )
    press(page.locator("main"), "保存草稿")
    sees(page, "计划已保存为草稿", "健康帮扶", "村级公益性岗位")
    sends(page, {"对审查提示的说明": "先落实医疗救助，收入由公益性岗位保障。"}, "提交审定")
    sees(page, "计划已提交乡镇审定", "待审定")

    _decided_and_answered(site, home)
    page = at_case(site, "village", number, tab="我的待办")
    take(page, "落实监测联系人和帮扶计划")
    sees(page, "没有待办理的环节")
    for measure in ("健康帮扶", "村级公益性岗位"):
        go_to(page, "帮扶计划")
        row_of(page, home["head"]).get_by_role("link").first.click()
        row_of(page, measure).get_by_role("link", name="登记落实").click()
        sends(page, {"落实情况": "已落实", "落实日期": f"{site.today}", "实发金额（元）": "8000"}, "保存")
        sees(page, "措施落实情况已登记")

    page = site.as_("helper")
    go_to(page, "农户查询")
    row_of(page, home["number"]).get_by_role("link").first.click()
    _visit(page)


def _decided_and_answered(site: Town, home: dict[str, str]) -> None:
    """The township approves the plan, asks the department, and accepts its answer."""
    page = site.as_("township")
    go_to(page, "帮扶计划")
    row_of(page, home["head"]).get_by_role("link").first.click()
    sends(page, {"审定结果": "同意", "审定意见": "措施对症。"}, "确定")
    sees(page, "计划已审定，开始执行")
    row_of(page, "健康帮扶").get_by_role("link", name="派部门").click()
    sends(page, {"责任部门": "医保"}, "派发")
    sees(page, "已派给医保")

    page = site.as_("doctors")
    go_to(page, "部门任务")
    row_of(page, home["head"]).get_by_role("link").first.click()
    sends(page, {"办理结果": "已按医疗救助办法补助八千元。"}, "反馈")
    page = site.as_("township")
    go_to(page, "部门任务")
    page.locator("main").get_by_role("link", name="待销号").first.click()
    row_of(page, home["head"]).get_by_role("link").first.click()
    sends(page, {"核对结果": "已办妥，销号"}, "确定")
    sees(page, "已销号")


def _visit(page: Page) -> None:
    page.get_by_text("办理业务").click()
    follow(page, "登记走访")
    sends(page, VISITED, "保存")
    sees(page, "走访已登记")


def _the_ledger_tells(household_id: object, site: Town) -> None:
    """Wages come in every month; the treatment of more than a year ago no longer counts."""
    last_month = f"{site.today + timedelta(31)}"
    arguments = [str(household_id), "2026-11-01", last_month, "4000"]
    subprocess.run(
        [sys.executable, "-m", "tests.stories.ledger", *arguments], env=site.environ, cwd=ROOT, check=True
    )


def _eliminated(site: Town, home: dict[str, str]) -> str:
    """A visit answers what the records cannot tell; then elimination is proposed and walked to its end."""
    page = site.as_("helper")
    go_to(page, "农户查询")
    row_of(page, home["number"]).get_by_role("link").first.click()
    _visit(page)

    page = site.as_("village")
    go_to(page, "消除建议")
    page.locator("main").get_by_role("link", name="可提出").first.click()
    row_of(page, home["head"]).get_by_role("link").first.click()
    sees(page, "各项条件都具备，可以提请消除风险")
    follow(page, "提出风险消除")
    sends(page, {"立案理由": "收入稳定一年以上，医药费已报销，风险消除。"}, "立案")
    number = opened(page)
    file_paper(page, "入户核查表", FOUND_AT_HOME)
    _walked_to_the_end(site, page, number)
    return number


FOUND_AT_HOME: dict[str, Entry] = {
    "核实人": "王支书、李队长",
    "核实情况": "公益岗位收入稳定，自付负担已降到标准以下。",
    "“三保障”持续巩固": "是",
    "饮水安全持续巩固": "是",
    "原有风险稳定消除": "是",
    "没有新的返贫致贫风险": "是",
    "整户无劳动力": "否",
}


def _walked_to_the_end(site: Town, page: Page, number: str) -> None:
    take(page, "入户核实")
    file_paper(page, "民主评议记录", APPRAISED)
    take(page, "民主评议")
    file_paper(page, "公示", {"公示地点": "村务公开栏"})
    take(page, "村内公示")
    site.go(6)
    take(at_case(site, "township", number), "乡镇审核", "同意。")
    take(at_case(site, "county", number), "县级审批", "同意标注风险消除。")
    page = at_case(site, "county", number)
    file_paper(page, "公告", {"公告载体": "县政府网站"})
    take(page, "公告")
    page = at_case(site, "village", number)
    file_paper(page, "监测系统录入", {"系统录入（标注）日期": f"{site.today}"})
    take(page, "系统标注")
    sees(page, "没有待办理的环节")


def _the_household_page_tells_it_all(
    site: Town, home: dict[str, str], identification: str, elimination: str
) -> None:
    page = site.as_("village")
    go_to(page, "农户查询")
    row_of(page, home["number"]).get_by_role("link").first.click()
    sees(page.locator(".sw-summary-title"), home["head"], "风险已消除")
    told = page.get_by_role("complementary", name="经过")
    sees(told, "系统筛查预警", "办理县级审定", "帮扶计划", "走访", "办理县级审批")
    for tab, words in {
        "预警与线索": "医疗自付较高",
        "个案": elimination,
        "帮扶": "村级公益性岗位",
        "走访": "公益岗位每月发工资",
    }.items():
        page.get_by_role("link", name=tab, exact=True).first.click()
        sees(page, words)
    page.get_by_role("link", name="个案", exact=True).first.click()
    sees(page, identification)
    sees_not(page, "还没有帮扶计划")
    expect(page.get_by_role("button", name="修改信息")).to_have_count(0)
