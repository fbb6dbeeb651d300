"""Give each block of a worksheet only the shared strings it uses.

A parser loads all shared strings with every workbook, so without this a sheet cut into blocks would load
millions of texts again for each. Only the plain spelling that spreadsheet programs write is renumbered;
anything else keeps the whole table, which is slower and means the same.
"""

import re
import zipfile
from array import array

PART = "xl/sharedStrings.xml"
LARGE_BYTES = 2 * 1024 * 1024
_ITEM = re.compile(rb"<si(?=[\s/>])")
_USE = re.compile(rb'( t="s"(?: [a-z]+="[^"<>]*")*><v>)(\d+)(?=</v>)')
_USE_MARK = b' t="s"'
_ODD_MARKS = (b"'", b"\t", b" =", b"= ", b'="\n', b"\nt=")
_HEAD = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
_TAIL = b"</sst>"


class SharedStrings:
    """Hold a workbook's shared strings as bytes, with where each begins."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._starts = array("Q", (item.start() for item in _ITEM.finditer(content)))
        self._starts.append(content.rfind(_TAIL))

    @classmethod
    def of(cls, archive: zipfile.ZipFile, least_bytes: int = LARGE_BYTES) -> "SharedStrings | None":
        """Read the archive's shared strings; None when they are few, none, or not in the plain spelling."""
        if PART not in archive.namelist() or archive.getinfo(PART).file_size < least_bytes:
            return None
        content = archive.read(PART)
        is_plain = re.search(rb"<sst[\s>]", content[:4096]) and content[-64:].rstrip().endswith(_TAIL)
        return cls(content) if is_plain and b"<!" not in content else None

    def renumbered(self, rows: bytes) -> tuple[bytes, bytes] | None:
        """Answer the rows with new numbers and the table they number; None for rows in an odd spelling."""
        if any(mark in rows for mark in _ODD_MARKS):
            return None
        numbers: dict[bytes, bytes] = {}

        def renumber(use: re.Match[bytes]) -> bytes:
            old = use[2]
            new = numbers.get(old)
            if new is None:
                new = numbers[old] = b"%d" % len(numbers)
            return use[1] + new

        renumbered, uses = _USE.subn(renumber, rows)
        olds = list(map(int, numbers))
        if uses != rows.count(_USE_MARK) or max(olds, default=0) >= len(self._starts) - 1:
            return None
        content, starts = self._content, self._starts
        items = b"".join(content[starts[old] : starts[old + 1]] for old in olds)
        return renumbered, _HEAD + items + _TAIL
