"""What a user does at a page: choose from the menu, follow a link, fill labelled fields, press, read."""

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

# An entry: the text to type, the option or answer to choose, several boxes to tick, or a box to tick.
Entry = str | tuple[str, ...] | bool
_FORM_CONTROLS = "input,select,textarea"


def labelled(page: Page | Locator, label: str) -> Locator:
    """Return the control of a label, whether or not it is starred as required."""
    return page.get_by_label(re.compile(rf"^\s*\*?\s*{re.escape(label)}"))


def go_to(page: Page, entry: str) -> None:
    """Open a page from the menu on the left."""
    # An entry may bear a count behind its name.
    named = re.compile(rf"^{re.escape(entry)}(\s|\d|$)")
    link = page.get_by_role("navigation", name="主菜单").get_by_role("link", name=named)
    if not link.is_visible():
        page.locator(".sw-menu-group", has=page.get_by_text(entry, exact=True)).locator("summary").click()
    link.click()


def follow(page: Page | Locator, name: str, *, exact: bool = False) -> None:
    """Click a link."""
    page.get_by_role("link", name=name, exact=exact).first.click()


def press(page: Page | Locator, name: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=name).first.click()


def fill(page: Page, entries: Mapping[str, Entry]) -> None:
    """Fill the labelled fields of the form in the middle of the page."""
    form = page.locator("main")
    for label, entry in entries.items():
        # A question with several answers; a section of the form may bear the name of one of its fields.
        named = page.locator(".sw-label", has_text=re.compile(rf"^\s*\*?\s*{re.escape(label)}"))
        group = form.locator("[role=group]", has=named)
        # A link may just have been followed: the page before has neither.
        expect(group.or_(labelled(form, label)).first).to_be_attached()
        if group.count():
            for each in entry if isinstance(entry, tuple) else (str(entry),):
                group.get_by_label(each, exact=True).check()
            continue
        control = labelled(form, label).first
        if entry is True:
            control.check()
        elif control.evaluate("each => each.tagName") == "SELECT":
            control.select_option(label=str(entry))
        else:
            control.fill(str(entry))


def sends(page: Page, entries: Mapping[str, Entry], button: str) -> None:
    """Fill a form and press its button."""
    fill(page, entries)
    press(page.locator("main"), button)


def sees(page: Page | Locator, *texts: str) -> None:
    """Make sure that each text can be read on the page."""
    where = page.locator("body") if isinstance(page, Page) else page
    for text in texts:
        expect(where).to_contain_text(text)


def sees_not(page: Page, *texts: str) -> None:
    """Make sure that none of the texts can be read on the page."""
    for text in texts:
        expect(page.locator("main")).not_to_contain_text(text)


def row_of(page: Page, text: str) -> Locator:
    """Return the row of a table that holds a text."""
    return page.get_by_role("row").filter(has_text=text).first


def is_answered_404(page: Page, path: str) -> None:
    """Make sure that an address answers as if nothing were there."""
    response = page.goto(path)
    assert response is not None
    assert response.status == 404
