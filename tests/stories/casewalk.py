"""A case as those who work on it walk it: from the list to its page, papers, steps."""

import json
import re
from typing import Any

from playwright.sync_api import Page

from tests.stories.acts import Entry, fill, follow, go_to, press, row_of, sees, sends
from tests.stories.conftest import Town, run_python

CHECKED: dict[str, Entry] = {
    "核查人": "王支书、李队长",
    "核查情况": "入户看了住房、饮水和近一年收支，主要劳动力住院，支出大。",
    "初判符合监测范围": "是",
}
AUTHORISED: dict[str, Entry] = {"签字人": "户主本人", "与户主关系": "户主", "家庭成年成员均已授权": "是"}
COMPARED: dict[str, Entry] = {"民政": "未见异常", "综合说明": "各部门比对未见不符合条件的情形"}
APPRAISED: dict[str, Entry] = {
    "评议地点": "村委会会议室",
    "主持人": "王支书",
    "到会人数": "31",
    "同意人数": "30",
    "反对人数": "1",
}


FOUND_AT_RISK: dict[str, Entry] = {
    "核查人": "王支书、李队长",
    "有返贫致贫风险": "是",
    "风险类型": ("因病",),
    "三保障有保障": "是",
    "饮水安全": "是",
    "核查情况": "户主患病，支出较大。",
    "核查意见": "建议启动识别程序。",
}


def at_case(site: Town, login: str, number: str, tab: str = "办理中") -> Page:
    """Let somebody find a case in the list and open it."""
    page = site.as_(login)
    go_to(page, "个案办理")
    page.locator("main").get_by_role("link", name=re.compile(rf"^{tab}")).first.click()
    row_of(page, number).get_by_role("link").first.click()
    sees(page, number)
    return page


def file_paper(page: Page, name: str, entries: dict[str, Entry]) -> None:
    """Enter a paper that the current step asks for."""
    page.locator(".sw-papers li", has_text=name).get_by_role("link").click()
    sends(page, entries, "保存")
    sees(page, f"已登记{name}")


def take(page: Page, step: str, opinion: str = "", **entries: Any) -> None:
    """Take the current step."""
    follow(page, f"办理“{step}”")
    fill(page, {**({f"{step}意见": opinion} if opinion else {}), **entries})
    press(page.locator("main"), "确认办理")
    sees(page, "已办理。")


def identify_to_notice(site: Town, number: str) -> None:
    """Walk an identification until its notice hangs in the village."""
    page = at_case(site, "village", number)
    file_paper(page, "入户核查表", CHECKED)
    file_paper(page, "承诺授权书", AUTHORISED)
    take(page, "入户核查初判")
    page = at_case(site, "county_two", number)
    file_paper(page, "信息比对结果", COMPARED)
    take(page, "数据比对")
    appraise_and_post(site, number)


def appraise_and_post(site: Town, number: str) -> None:
    """Let the village appraise the household and put up the notice."""
    page = at_case(site, "village", number)
    file_paper(page, "民主评议记录", APPRAISED)
    take(page, "民主评议")
    file_paper(page, "公示", {"公示地点": "村务公开栏"})
    take(page, "村内公示")
    sees(page, "公示中")


def opened(page: Page) -> str:
    """Read the number of the case that has just been opened, from what the page says."""
    sees(page, "已立案")
    found = re.search(r"已立案\s?([\w-]+)", page.locator("#notes").inner_text())
    assert found is not None
    return found.group(1)


def reported(site: Town, home: dict[str, Any], said: dict[str, Entry]) -> str:
    """Let the village report a clue from the household's page, return its number; it checks it itself."""
    page = site.as_("village")
    go_to(page, "农户查询")
    row_of(page, home["number"]).get_by_role("link").first.click()
    page.get_by_text("办理业务").click()
    follow(page, "上报线索")
    sends(page, said, "登记")
    sees(page, "已登记线索")
    return page.get_by_role("navigation", name="当前位置").locator("[aria-current]").inner_text()


def at_clue(site: Town, login: str, words: str) -> Page:
    """Let somebody find a clue in the list, by what its row says, and open it."""
    page = site.as_(login)
    go_to(page, "线索管理")
    row_of(page, words).get_by_role("link").first.click()
    return page


def dispatch(site: Town, clue: str) -> None:
    """Let the township send a clue to the village."""
    page = at_clue(site, "township", clue)
    follow(page, "派发")
    sends(page, {"由谁核查": "行政村"}, "派发")
    sees(page, "已派发给", "待核查")


def check(site: Town, clue: str, found: dict[str, Entry]) -> None:
    """Let the village write down what two found."""
    page = at_clue(site, "village", clue)
    follow(page, "入户核查")
    sends(page, found, "提交核查")
    sees(page, "核查结果已提交，等待处置")


def verdict_opens_case(site: Town, clue: str, reason: str) -> str:
    """Let the township decide that the household is to be identified, and return the number of the case."""
    page = at_clue(site, "township", clue)
    follow(page, "处置")
    sends(page, {"处置结论": "启动识别程序", "处置理由": reason}, "办结")
    return opened(page)


def under_notice(site: Town, home: dict[str, Any]) -> str:
    """Bring a household's case to its notice by the actions, where another story is about that way."""
    words = ("-m", "tests.stories.walked", str(home["id"]), site.today.isoformat())
    return str(json.loads(run_python(site.environ, *words))["number"])
