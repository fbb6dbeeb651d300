"""Why an act is not done. Messages are Chinese, say what to do, and hold no personal data."""

from collections.abc import Iterable


class Refusal(Exception):
    """An act is not done and nothing was changed; `reasons` are all that stands against it."""

    def __init__(self, reasons: str | Iterable[str]) -> None:
        self.reasons = (reasons,) if isinstance(reasons, str) else tuple(dict.fromkeys(reasons))
        super().__init__("；".join(self.reasons))


class NotThere(Refusal):
    """What the act is about does not exist, or is out of reach, which says the same."""

    def __init__(self) -> None:
        super().__init__("没有找到这条记录，可能不在您的管辖范围内")


class NotAllowed(Refusal):
    """The roles held here do not allow the act."""


class Stale(Refusal):
    """Somebody else was first: the page shows an earlier state."""


class Unfit(Refusal):
    """What was entered, or the state of the record, does not allow the act; `fields` names entries."""

    def __init__(self, reasons: str | Iterable[str], fields: dict[str, str] | None = None) -> None:
        super().__init__(reasons)
        self.fields = fields or {}
