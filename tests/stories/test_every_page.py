"""Every page of every role, at a desk and on a phone: it opens, fits, and axe finds nothing."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page as Window

from shouwang.domain.permissions import Permission
from shouwang.domain.roles import ROLES, Role
from shouwang.web.page import PAGES, Page
from shouwang.web.pages import urlpatterns
from tests.stories.conftest import AXE, DESK, PHONE, Town, run_python

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Who opens the most pages comes first: what he has seen, axe need not read again for the others.
ROLES_SHOWN = {
    "county": Role.COUNTY_OFFICE,
    "township": Role.TOWNSHIP,
    "village": Role.VILLAGE,
    "system": Role.SYSTEM_ADMINISTRATOR,
    "security": Role.SECURITY_ADMINISTRATOR,
    "auditor": Role.AUDIT_ADMINISTRATOR,
}
# Pages that are no page to look at: a file, a part of a page, a redirection.
NOT_LOOKED_AT = {"attachment", "home", "sign_out", "ping", "delivery_progress", "quality_entry"}
assert urlpatterns, "importing the addresses registers the pages"
# What is looked back at once a risk is gone, told to the village once the case is closed, made once approved.
NOT_ALWAYS_THERE = {"look_back", "case_feedback", "case_skip", "export_file"}
# What only one of those who hold its permission reaches here: the village its meeting, the county a
# department's deliveries and what leaves it.
OF_ONE = {
    **dict.fromkeys(("meeting_note", "meeting_item_new", "meeting_item"), "village"),
    **dict.fromkeys(("delivery", "delivery_columns", "delivery_comparison", "export"), "county"),
}
ROOM_FOR_BARS = 200
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "iframes": False,
    "preload": False,
}


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


def is_read_by(page: Page, login: str) -> bool:
    """Tell whether this is the person for whom axe reads a page: the first who opens it."""
    openers = [each for each, role in ROLES_SHOWN.items() if allowed(page, role)]
    return login == OF_ONE.get(page.name, openers[0])


def wrong_with(window: Window, where: str, *, is_read: bool) -> list[str]:
    """Return what axe finds, where it reads, and whether the page is wider than the window."""
    found = (
        window.evaluate("options => axe.run(document, options)", AXE_OPTIONS)
        if is_read
        else {"violations": []}
    )
    wrong = [
        f"{where}: {each['id']}: {each['nodes'][0]['html'][:120]} ({each['nodes'][0]['failureSummary'][:99]})"
        for each in found["violations"]
    ]
    wide = window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wrong + ([f"{where}: {wide} pixels too wide"] if wide > 0 else [])


def may_refuse(page: Page, status: int, login: str) -> bool:
    """Tell whether a page that the role may open is rightly refused to this person."""
    if OF_ONE.get(page.name, login) != login:
        return status in (403, 404)
    return page.name in NOT_ALWAYS_THERE and status in (403, 404, 409)


def opened(window: Window, path: str) -> int:
    """Open a page at a desk; return the status it answers with."""
    window.set_viewport_size(DESK)
    response = window.goto(path)
    return response.status if response else 0


def wrong_at(window: Window, page: Page, login: str) -> list[str]:
    """Look at an open page at a desk, then on a phone."""
    is_read = is_read_by(page, login)
    if is_read:
        window.evaluate(AXE.read_text(encoding="utf-8"))
    wrong = wrong_with(window, f"{page.name} at a desk", is_read=is_read)
    window.set_viewport_size(PHONE)
    if is_read:
        # The bar of buttons at a phone's foot covers half a control wherever one stops: all is shown at once.
        height = window.evaluate("document.documentElement.scrollHeight")
        window.set_viewport_size({**PHONE, "height": height + ROOM_FOR_BARS})
    return wrong + wrong_with(window, f"{page.name} on a phone", is_read=is_read)


@pytest.fixture(scope="module")
def walked(town: Town) -> dict[str, Any]:
    """A case whose notice hangs and meets with an objection, for the pages of its acts."""
    found: dict[str, Any] = json.loads(run_python(town.environ, "-m", "tests.stories.walked"))
    return found


@pytest.mark.parametrize("login", list(ROLES_SHOWN))
def test_every_page_opens_fits_and_is_accessible(site: Town, walked: dict[str, Any], login: str) -> None:
    role, ids = ROLES_SHOWN[login], {**site.people["ids"], **walked}
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; make assets brings it")
    window = site.as_(login)
    said: list[str] = []
    window.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: said.append(str(error)))
    wrong = []
    for page in PAGES.values():
        if allowed(page, role):
            status = opened(window, address(page, ids))
            if status in (200, 422):
                wrong += wrong_at(window, page, login)
            elif not may_refuse(page, status, login):
                wrong.append(f"{page.name}: answered {status}")
            # What the browser says of an answer that is no page was looked at by its status.
            heard = [each for each in said if "Failed to load resource" not in each]
            wrong += [f"{page.name}: the browser says {each[:200]}" for each in heard]
            said.clear()

    assert not wrong, "\n".join(wrong)
