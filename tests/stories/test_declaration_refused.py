"""A family declares by itself; the visit finds no risk, and the family reads the verdict with its reason."""

import re

from tests.stories.acts import fill, follow, press, sees, sends
from tests.stories.casewalk import at_clue
from tests.stories.conftest import PHONE, Town
from tests.world import VILLAGE

_REASON = "入户核查收入稳定，医药费已报销，没有返贫致贫风险。"


def test_a_family_that_declared_by_itself_reads_why_it_was_not_identified(site: Town) -> None:
    home = site.household("refused")
    receipt = _declared(site, home["head"])
    _asked_how_far(site, receipt, "待核查", "办理期限")

    page = at_clue(site, "village", "农户自主申报")
    sees(page, "孩子上学和看病花了不少钱", "办理期限")
    follow(page, "关联农户")
    sends(page, {"户编号": home["number"]}, "关联")
    sees(page, "已关联农户")
    follow(page, "入户核查")
    found = {"核查人": "王支书、李队长", "有返贫致贫风险": "否", "三保障有保障": "是", "饮水安全": "是"}
    words = {"核查情况": "两人在外务工，年收入六万元，自付三千元。", "核查意见": "没有返贫致贫风险。"}
    sends(page, {**found, **words}, "提交核查")
    sees(page, "核查结果已提交")

    page = at_clue(site, "township", "农户自主申报")
    follow(page, "处置")
    sends(page, {"处置结论": "核查无返贫致贫风险"}, "办结")
    sees(page, "没有保存", "处置理由")
    sends(page, {"处置理由": _REASON}, "办结")
    sees(page, "线索已办结：核查无返贫致贫风险")
    sees(page, _REASON, "还没有反馈")
    follow(page, "反馈来源")
    fill(page, {"反馈内容": f"已上门说明：{_REASON}"})
    press(page.locator("main"), "反馈")
    sees(page, f"反馈：已上门说明：{_REASON}")
    _asked_how_far(site, receipt, "已办结", "核查无返贫致贫风险", _REASON)


def _declared(site: Town, head: str) -> str:
    """Fill in the public page on a phone, first without the difficulty."""
    page = site.window("family", PHONE)
    page.goto("/declare/")
    page.locator("select[name=division]").select_option(VILLAGE)
    typed = {"户主姓名": head, "联系电话": "10000001234", "困难情况": "孩子上学和看病花了不少钱。"}
    sends(page, typed, "提交申报")
    sees(page, "遇到的困难")
    sends(page, {"遇到的困难": ("因病", "因学")}, "提交申报")
    sees(page, "申报已收到")
    found = re.search(r"SB[\w-]+", page.locator("main").inner_text())
    assert found is not None
    return found.group(0)


def _asked_how_far(site: Town, receipt: str, *told: str) -> None:
    page = site.window("asking", PHONE)
    page.goto("/declare/")
    follow(page, "查询申报进度")
    sends(page, {"回执号": receipt, "电话后四位": "1234"}, "查询")
    sees(page, receipt, *told)
