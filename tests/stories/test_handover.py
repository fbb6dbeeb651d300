"""A helper leaves: the household goes to another, and with it who can see it."""

from tests.stories.acts import fill, follow, go_to, is_answered_404, press, row_of, sees, sees_not
from tests.stories.conftest import Town


def test_a_household_handed_over_is_seen_by_its_new_helper_only(site: Town) -> None:
    home = site.household("handed_over")
    address = f"/households/{home['id']}/"
    old, new = site.as_("helper"), site.as_("helper_two")
    go_to(old, "农户查询")
    row_of(old, home["number"]).get_by_role("link").first.click()
    sees(old, home["head"], "帮扶责任人helper")
    is_answered_404(new, address)

    page = site.as_("township")
    go_to(page, "联系人")
    page.locator("main").get_by_role("link", name="按人员").click()
    row_of(page, "帮扶责任人helper").get_by_role("link", name="全部移交").click()
    sees(page, "要移交的农户（", home["head"])
    fill(page, {"接手人员": "帮扶责任人helper_two"})
    press(page.locator("main"), "全部移交")
    sees(page, "没有保存", "变更原因")
    fill(page, {"变更原因": "工作调动"})
    press(page.locator("main"), "全部移交")
    sees(page, "户已全部移交，没有一户脱管")

    is_answered_404(old, address)
    sees(old, "没有找到")
    follow(old, "回到首页")
    go_to(old, "农户查询")
    sees_not(old, home["number"])
    follow(new, "回到首页")
    go_to(new, "通知")
    sees(new, "您被指定为一户的监测联系人")
    go_to(new, "农户查询")
    row_of(new, home["number"]).get_by_role("link").first.click()
    new.get_by_role("link", name="帮扶", exact=True).first.click()
    sees(new, "帮扶责任人helper_two", "工作调动")
    new.get_by_text("办理业务").click()
    follow(new, "登记走访")
    sees(new, home["head"])
