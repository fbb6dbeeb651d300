"""A household moves to another village while its notice hangs: the case goes along, the old one is out."""

from datetime import timedelta

from tests.stories.acts import fill, follow, go_to, is_answered_404, press, row_of, sees, sees_not
from tests.stories.casewalk import at_case, file_paper, take, under_notice
from tests.stories.conftest import Town


def test_the_case_of_a_household_that_moves_goes_on_in_its_new_village(site: Town) -> None:
    home = site.household("moved")
    number = under_notice(site, home)
    here = at_case(site, "village", number).url

    page = site.as_("township")
    go_to(page, "农户查询")
    row_of(page, home["number"]).get_by_role("link").first.click()
    page.get_by_text("自然变更").click()
    follow(page, "整户迁移")
    sees(page, "原村不能再查看")
    fill(page, {"迁入村": "琴城镇 解放路居委会", "迁入村民小组": "二组"})
    press(page.locator("main"), "保存")
    sees(page, "已迁入", "解放路居委会")

    old = site.as_("village")
    is_answered_404(old, here)
    is_answered_404(old, f"/households/{home['id']}/")
    follow(old, "回到首页")
    go_to(old, "个案办理")
    sees_not(old, number)

    page = at_case(site, "neighbour", number, tab="公示中")
    sees(page, "公示中", f"公示期满后 {site.today + timedelta(6)} 起可办", "解放路居委会")
    follow(page, "登记异议")
    sees(page, "登记异议")
    site.go(6)
    page = at_case(site, "township", number)
    file_paper(page, "帮扶计划建议", {"针对性帮扶计划建议": "由新村落实公益性岗位。"})
    take(page, "乡镇审核", "同意上报。")
    take(at_case(site, "county", number), "县级审定", "同意纳入监测。")
    page = at_case(site, "neighbour", number)
    follow(page, "制定帮扶计划")
    sees(page, home["head"], "解放路居委会")
    follow(page, "取消")
    page = at_case(site, "neighbour", number)
    follow(page, "农户档案")
    sees(page, "监测中", "解放路居委会", "迁")
