"""Rebuild the shipped division tables from a CSV or Parquet file.

    python tools/build_divisions.py all_levels.parquet --as-of 2023-06-30

The input has the columns code12 (12 digits), name and level (1 province .. 5 village). The output, read by
shouwang/domain/divisions.py, is bzip2-compressed UTF-8 text, smaller here than xz or zlib: `upper.bz2` holds
levels 1-3 as `prefix<TAB>name` under a first line with the cut-off date; `<province>.bz2` holds levels 4-5,
in which `>` opens a county, `#` a township, and an empty number means "the one before plus one".
"""

import argparse
import bz2
import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

PREFIX_WIDTH = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}
TARGET = Path(__file__).resolve().parents[1] / "shouwang" / "domain" / "data" / "divisions"


def read_rows(source: Path) -> Iterator[tuple[str, str]]:
    """Yield (prefix, name) of every division; the prefix's width says its level."""
    for code, name, level in _cells(source):
        yield code[: PREFIX_WIDTH[int(level)]], name.strip()


def check(rows: list[tuple[str, str]]) -> None:
    """Refuse a table in which a division occurs twice, has no name, or has no parent."""
    parents = {6: 4, 4: 2, 9: 6, 12: 9}
    known = {prefix for prefix, _ in rows}
    if len(known) != len(rows):
        sys.exit("一个区划在同一层级出现两次，请检查输入文件")
    for prefix, name in rows:
        if not name or "\t" in name or "\n" in name:
            sys.exit(f"区划 {prefix} 的名称为空或含制表符、换行")
        if len(prefix) > 2 and prefix[: parents[len(prefix)]] not in known:
            sys.exit(f"区划 {prefix} 缺少上级区划")


def upper_text(rows: Iterable[tuple[str, str]], as_of: date) -> str:
    """Write levels 1-3, one a line."""
    lines = [f"as_of\t{as_of.isoformat()}"]
    lines += [f"{prefix}\t{name}" for prefix, name in rows if len(prefix) <= 6]
    return "\n".join(lines)


def province_text(rows: Iterable[tuple[str, str]]) -> str:
    """Write levels 4-5 of one province in order of their codes."""
    lines: list[str] = []
    county = ""
    previous = {9: 0, 12: 0}
    for prefix, name in rows:
        if len(prefix) < 9:
            continue
        if prefix[:6] != county:
            county = prefix[:6]
            lines.append(f">{county}")
            previous = {9: 0, 12: 0}
        number, width = int(prefix[-3:]), len(prefix)
        shown = "" if number == previous[width] + 1 else f"{number:03d}"
        previous[width] = number
        if width == 9:
            previous[12] = 0
        lines.append(f"{'#' if width == 9 else ''}{shown}\t{name}")
    return "\n".join(lines)


def main() -> None:
    """Read the arguments and write the tables."""
    parser = argparse.ArgumentParser(description="Rebuild the shipped division tables.")
    parser.add_argument("source", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--target", type=Path, default=TARGET)
    arguments = parser.parse_args()
    rows = sorted(read_rows(arguments.source))
    check(rows)
    texts = {"upper": upper_text(rows, arguments.as_of)}
    for province, members in groupby(rows, key=lambda row: row[0][:2]):
        texts[province] = province_text(members)
    arguments.target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (arguments.target / f"{name}.bz2").write_bytes(bz2.compress(text.encode(), 9))
    size = sum(path.stat().st_size for path in arguments.target.glob("*.bz2"))
    print(f"{len(rows):,} divisions, {size:,} bytes")


def _cells(source: Path) -> Iterator[tuple[str, str, str]]:
    if source.suffix == ".parquet":
        from pyarrow import parquet

        table = parquet.read_table(source, columns=["code12", "name", "level"]).to_pydict()
        yield from zip(table["code12"], table["name"], table["level"], strict=True)
        return
    with source.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield row["code12"], row["name"], row["level"]


if __name__ == "__main__":
    main()
