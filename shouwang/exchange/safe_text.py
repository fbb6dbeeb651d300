"""Texts that no spreadsheet program runs and every workbook can hold, and that are read back unchanged.

CSV policy: `csv_safe` puts a single quote before a text that a spreadsheet program could run, and before one
that begins with a quote, so `csv_plain` gives every text back unchanged. Plain numbers keep their sign.
"""

import re

MOST_CHARACTERS = 32_767
CUT_MARK = "…（过长，已截断）"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHEET_NAME_MARKS = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_RUNNABLE = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0", "'")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?%?")


def clean_text(text: str) -> str:
    """Answer a text a workbook can hold: line ends as \\n, forbidden characters as U+FFFD, cut visibly."""
    text = _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 <= MOST_CHARACTERS or len(text.encode("utf-16-le")) // 2 <= MOST_CHARACTERS:
        return text
    kept = text.encode("utf-16-le")[: (MOST_CHARACTERS - len(CUT_MARK)) * 2]
    return kept.decode("utf-16-le", "ignore") + CUT_MARK


def sheet_name(wanted: str, used: set[str], part: int = 1) -> str:
    """Answer a name Excel accepts that is not in `used` (lower case), and add it; part 2 says (2)."""
    base = _SHEET_NAME_MARKS.sub("_", wanted).strip().strip("'").strip() or "Sheet"
    if base.lower() == "history":
        base += "_"
    number = part
    while True:
        ending = f" ({number})" if number > 1 else ""
        most = 31 - len(ending)
        name = base.encode("utf-16-le")[: most * 2].decode("utf-16-le", "ignore").rstrip("' ") + ending
        if name.lower() not in used:
            used.add(name.lower())
            return name
        number += 1


def csv_safe(text: str) -> str:
    """Answer a CSV cell that no spreadsheet program runs; `csv_plain` undoes it."""
    if text.startswith(_RUNNABLE) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def csv_plain(text: str) -> str:
    """Answer the text that `csv_safe` was given."""
    return text.removeprefix("'")
