"""A case as those who work on it walk it: from the list to its page, papers, steps."""

import re
from typing import Any

from playwright.sync_api import Page

from tests.stories.acts import Entry, fill, follow, go_to, press, row_of, sees, sends
from tests.stories.conftest import Town

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
