"""Every page of every role, at a desk and on a phone: it opens, fits, and axe finds nothing."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page as Window

from shouwang.domain.permissions import Permission
from shouwang.domain.roles import ROLES, Role
from shouwang.web.page import PAGES, Page
from shouwang.web.pages import urlpatterns
from tests.stories.conftest import AXE, DESK, PHONE, Town

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
ROLES_SHOWN = {
    "village": Role.VILLAGE,
    "township": Role.TOWNSHIP,
    "county": Role.COUNTY_OFFICE,
    "system": Role.SYSTEM_ADMINISTRATOR,
    "security": Role.SECURITY_ADMINISTRATOR,
    "auditor": Role.AUDIT_ADMINISTRATOR,
}
# Pages that are no page to look at: a file, a part of a page, a redirection.
NOT_LOOKED_AT = {"attachment", "home", "sign_out", "ping"}
assert urlpatterns, "importing the addresses registers the pages"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def allowed(page: Page, role: Role) -> bool:
    asked = page.permission if isinstance(page.permission, tuple) else (page.permission,)
    held = {each for each in asked if isinstance(each, Permission)} & ROLES[role].permissions
    return (
        "GET" in page.methods
        and page.name not in NOT_LOOKED_AT
        and (page.permission == "signed_in" or bool(held))
    )


def address(page: Page, ids: dict[str, Any]) -> str:
    return "/" + _PARAMETER.sub(lambda match: str(ids[match.group(1)]), page.route)


def wrong_with(window: Window, where: str) -> list[str]:
    """Return what axe finds, and whether the page is wider than the window."""
    found = window.evaluate(
        "options => axe.run(document, options)", {"runOnly": {"type": "tag", "values": RULES}}
    )
    wrong = [
        f"{where}: {each['id']}: {each['nodes'][0]['html'][:120]} ({each['nodes'][0]['failureSummary'][:99]})"
        for each in found["violations"]
    ]
    wide = window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wrong + ([f"{where}: {wide} pixels too wide"] if wide > 0 else [])


@pytest.mark.parametrize("login", list(ROLES_SHOWN))
def test_every_page_opens_fits_and_is_accessible(site: Town, login: str) -> None:
    role, ids = ROLES_SHOWN[login], site.people["ids"]
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; make assets brings it")
    window = site.as_(login)
    said: list[str] = []
    window.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: said.append(str(error)))
    script = AXE.read_text(encoding="utf-8")
    wrong = []
    for page in PAGES.values():
        if not allowed(page, role):
            continue
        for size in (DESK, PHONE):
            window.set_viewport_size(size)
            where = f"{page.name} at {size['width']}"
            response = window.goto(address(page, ids))
            if response is None or response.status not in (200, 422):
                # The acts of a case are offered only when their turn has come.
                if page.name not in {"case_step"} and (response is None or response.status >= 500):
                    wrong.append(f"{where}: answered {response.status if response else None}")
                continue
            window.evaluate(script)
            wrong += wrong_with(window, where)
            wrong += [f"{where}: the browser says {each[:200]}" for each in said]
            said.clear()

    assert not wrong, "\n".join(wrong)
