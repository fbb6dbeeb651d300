"""A flood: help goes first by the green channel, and the steps of the procedure are made up for after."""

from datetime import timedelta

from tests.stories.acts import Entry, follow, sees, sees_not, sends
from tests.stories.casewalk import (
    FOUND_AT_RISK,
    at_case,
    check,
    file_paper,
    identify_to_notice,
    reported,
    take,
    verdict_opens_case,
)
from tests.stories.conftest import Town

_SAID: dict[str, Entry] = {
    "来源": "受灾专项排查",
    "线索内容": "山洪冲毁厨房，粮食和牲畜受损。",
    "紧急（因灾、意外等突发困难）": True,
    "风险类型": ("因自然灾害",),
}
_FOUND: dict[str, Entry] = {
    **FOUND_AT_RISK,
    "风险类型": ("因自然灾害",),
    "核查情况": "厨房倒塌，一家三口住在村部。",
    "核查意见": "建议启动绿色通道。",
}


def test_a_flooded_household_is_helped_first_and_identified_afterwards(site: Town) -> None:
    home = site.household("flood")
    clue = reported(site, home, _SAID)
    check(site, clue, _FOUND)
    number = verdict_opens_case(site, clue, "因灾生活陷入严重困难。")

    page = at_case(site, "township", number)
    follow(page, "绿色通道")
    help_given = {"先行救助和帮扶内容": "当日转移安置，发放临时救助三千元。"}
    sends(page, {"因灾因意外事故等生活陷入严重困难": True, **help_given}, "启动")
    sees(page, "没有保存", "事实清楚、群众普遍认可")
    sends(page, {"事实清楚、群众普遍认可": True}, "启动")
    sees(page, "绿色通道，补齐程序", "轮到村、驻村工作队办理“入户核查初判”")
    sees_not(page, "启动绿色通道")

    identify_to_notice(site, number)
    page = site.as_("township")
    page.reload()
    sees(page, "绿色通道，补齐程序", "公示中", "现在还不能办理")
    sees(page, f"公示期满后 {site.today + timedelta(6)} 起可办")
    site.go(6)
    page = at_case(site, "township", number)
    file_paper(page, "帮扶计划建议", {"针对性帮扶计划建议": "修缮住房，安排以工代赈。"})
    take(page, "乡镇审核", "程序已补齐。")
    page = at_case(site, "county", number)
    take(page, "县级审定", "同意纳入监测。")
    follow(page, "农户档案")
    sees(page.locator(".sw-summary"), home["head"], "监测中", "因自然灾害")
    sees(page, "突发严重困难户")
