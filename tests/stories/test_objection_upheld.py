"""An objection to a notice is looked into by the township and upheld: appraised anew, or not identified."""

from playwright.sync_api import Page

from tests.stories.acts import fill, follow, press, sees, sees_not, sends
from tests.stories.casewalk import appraise_and_post, at_case, under_notice
from tests.stories.conftest import Town


def test_an_upheld_objection_sends_the_case_back_to_a_new_appraisal_and_notice(site: Town) -> None:
    number = under_notice(site, site.household("objected"))
    page = _objected_and_upheld(site, number)
    follow(page, "退回")
    sends(page, {"退回到": "民主评议", "退回理由": "到会人数不足，须重新评议、重新公示。"}, "退回")
    sees(page, "轮到村办理“民主评议”")
    sees_not(page, "公示中")

    appraise_and_post(site, number)
    page = at_case(site, "township", number, tab="公示中")
    sees(page, "公示期满后", "现在还不能办理", "成立")
    site.go(6)
    page = at_case(site, "township", number)
    sees(page, "办理“乡镇审核”")


def test_an_upheld_objection_can_end_the_case_with_the_reason_told(site: Town) -> None:
    home = site.household("rejected")
    number = under_notice(site, home)
    page = _objected_and_upheld(site, number)
    follow(page, "不予认定")
    sends(page, {"不予认定的理由": "异议属实，家中有经营性商铺，收入稳定。"}, "不予认定")
    sees(page, "不予认定")

    follow(page, "农户档案")
    sees_not(page, "监测中")
    page.get_by_role("link", name="个案", exact=True).first.click()
    sees(page, number, "不予认定", "家中有经营性商铺")


def _objected_and_upheld(site: Town, number: str) -> Page:
    """A villager objects; the village writes it down and cannot answer it, the township does."""
    page = at_case(site, "village", number)
    follow(page, "登记异议")
    sends(page, {"异议内容": "评议会到会不到一半，且该户有商铺。"}, "登记")
    sees(page, "有异议待答复", "待乡镇或县级答复")
    sees_not(page, "核查情况和答复")
    assert page.get_by_role("link", name="答复", exact=True).count() == 0

    page = at_case(site, "township", number)
    sees(page, "有异议待答复")
    follow(page, "答复", exact=True)
    fill(page, {"核查结论": "异议成立，退回重新评议公示或不予认定", "核查情况和答复": "经核查，异议属实。"})
    press(page.locator("main"), "答复")
    sees(page, "已办理。", "成立", "经核查，异议属实。")
    return page
