"""An elimination that was not safe is rolled back by every level, from the village to the province."""

from tests.stories.acts import fill, follow, go_to, press, row_of, sees, sends
from tests.stories.casewalk import at_case, file_paper, opened, take
from tests.stories.conftest import Town

_LOOKED_BACK = {"类别": "回头看", "收入稳定吗？": "否", "走访情况": "务工收入中断，靠借钱过日子。"}
_FOUND = {"当初纳入符合条件吗？": "是", "标注消除时，风险确已消除吗？": "否", "消除后出现新的风险吗？": "否"}


def test_an_unsafe_elimination_is_rolled_back_through_every_level(site: Town) -> None:
    home = site.household("rolled_back")
    number = _asked_for_by_the_village(site, home["head"])
    for login, step, then in (
        ("township", "镇级申请", "轮到县级办理“县级申请”"),
        ("county", "县级申请", "轮到市级办理“市级审核把关”"),
        ("city", "市级审核把关", "轮到省级办理“省级汇总报国家备案”"),
    ):
        page = at_case(site, login, number)
        take(page, step, "情况属实，同意上报。")
        sees(page, then)

    page = at_case(site, "province", number)
    sees(page, "现在还不能办理", "国家备案号")
    file_paper(page, "监测系统录入", {"国家备案号": "GJ20260009"})
    take(page, "省级汇总报国家备案", "国家已同意备案。")
    file_paper(page, "监测系统录入", {"系统录入（标注）日期": f"{site.today}", "国家备案号": "GJ20260009"})
    take(page, "系统操作")
    sees(page, "没有待办理的环节")

    page = at_case(site, "village", number, tab="已办结")
    follow(page, "农户档案")
    sees(page.locator(".sw-summary"), home["head"], "监测中")
    sees(page, "省级汇总报国家备案", "回退")


def _asked_for_by_the_village(site: Town, head: str) -> str:
    """The look-back finds that the risk was never gone; its finding leads to the case."""
    page = site.as_("village")
    go_to(page, "回头看")
    row_of(page, head).get_by_role("link", name="登记回头看").click()
    sends(page, _LOOKED_BACK, "保存")
    sees(page, "走访已登记", "核查结果怎么处置")
    fill(page, _FOUND)
    press(page.locator("main"), "研判")
    page.locator("main .sw-note").get_by_role("link").first.click()
    sends(page, {"立案理由": "务工收入中断，标注消除时风险并未消除。"}, "立案")
    number = opened(page)
    sees(page, "现在还不能办理")
    file_paper(
        page,
        "书面申请",
        {"申请事由": "风险消除不稳定，或整户无劳动力", "申请理由": "主要劳动力失业，收入低于监测范围。"},
    )
    take(page, "村级申请")
    sees(page, "轮到乡镇办理“镇级申请”")
    return number
