"""What a file from outside may be at most, and the error that says it is more."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Hold the bounds a foreign file must keep; the defaults carry 1,048,576 rows or 300,000 x 60 cells."""

    file_bytes: int = 512 * MEBIBYTE
    xls_bytes: int = 96 * MEBIBYTE
    unpacked_bytes: int = 4096 * MEBIBYTE
    shared_strings_bytes: int = 768 * MEBIBYTE
    small_part_bytes: int = 64 * MEBIBYTE
    ratio: int = 250
    ratio_applies_from_bytes: int = 8 * MEBIBYTE
    entries: int = 2_000
    sheets: int = 200
    rows: int = 1_048_576
    columns: int = 256
    cells: int = 64_000_000
    xls_cells: int = 6_000_000
    cell_characters: int = 32_767
    child_memory_bytes: int = 1024 * MEBIBYTE
    child_cpu_seconds: int = 300
    child_wall_seconds: int = 900


DEFAULT_LIMITS = Limits()


class ReadError(Exception):
    """Say in Chinese why a file was not read: what, where, what to do.

    `file` is the bare name, `sheet` is "" when the whole file is meant, `reason_code` is stable for machines.
    The sentence never quotes a cell's text: it could be personal data.
    """

    def __init__(self, file: str, reason_code: str, what: str, advice: str, *, sheet: str = "") -> None:
        self.file = file
        self.sheet = sheet
        self.reason_code = reason_code
        where = f"文件《{file}》" + (f"的工作表“{sheet}”" if sheet else "")
        super().__init__(f"{where}：{what}。{advice}。")
