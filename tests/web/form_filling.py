"""What a browser would send of a form that nobody changed."""

from html.parser import HTMLParser


class _Filled(HTMLParser):
    """Reads the successful controls of every form of a page, buttons left out."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._select = self._text = ""
        self._is_in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a control's value."""
        said = dict(attrs)
        if tag == "form":
            self.forms.append({})
            self._is_in_form = True
        if not self._is_in_form:
            return
        name = said.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
            self._send(name, "")
        elif tag == "option" and self._select:
            if "selected" in said or self._select not in self.forms[-1]:
                self._send(self._select, said.get("value") or "")
        elif tag == "input" and name and _is_sent(said):
            usual = "on" if said.get("type") == "checkbox" else ""
            self._send(name, said.get("value", usual) or "")

    def handle_data(self, data: str) -> None:
        """Note what stands in a text area; HTML drops its first newline."""
        if self._text:
            self._send(self._text, self.forms[-1][self._text] + data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        """Leave a control or a form."""
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""
        elif tag == "form":
            self._is_in_form = False

    def _send(self, name: str, value: str) -> None:
        self.forms[-1][name] = value


def _is_sent(said: dict[str, str | None]) -> bool:
    if said.get("type") in ("checkbox", "radio"):
        return "checked" in said
    return said.get("type") not in ("submit", "button", "reset", "file")


def filled(page: str, name: str) -> dict[str, str]:
    """Return what the form with a control `name` would send as it stands."""
    reading = _Filled()
    reading.feed(page)
    return next(each for each in reading.forms if name in each)
