"""Conclusions from answers that may be unknown: True, False, and None where nobody knows."""

from collections.abc import Iterable


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Say whether every answer is yes: one no decides, then one unknown; yes where there is no answer."""
    found = set(answers)
    return False if False in found else (None if None in found else True)


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Say whether some answer is yes: one yes decides, then one unknown; no where there is no answer."""
    return opposite(all_of(opposite(answer) for answer in answers))


def opposite(answer: bool | None) -> bool | None:
    """Turn yes into no and no into yes; unknown stays unknown."""
    return None if answer is None else not answer
