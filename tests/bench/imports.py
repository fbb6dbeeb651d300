"""Reading, checking and staging a large workbook, and matching persons by blind index."""

import hashlib
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import xlsxwriter

from shouwang.domain.identity import blind_index, check_digit
from shouwang.exchange.persons import PersonIndex
from shouwang.exchange.staging import stage
from tests.bench.work import COUNTY, ON, Work

ROWS, SAMPLE = 300_000, 20_000
PERSONS, BLOCK = 1_000_000, 10_000  # the reader hands on blocks of this many rows
_KEY = hashlib.sha256(b"benchmark").digest()
HEADERS = (
    "乡", "村", "户编号", "人口编号", "姓名", "证件号码", "性别", "出生日期", "年度", "与户主关系",
    "文化程度", "在校生状况", "劳动技能", "务工时间(月)", "健康状况", "是否享受低保", "是否特困供养人员",
    "是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险", "是否参加城乡居民基本养老保险",
    "失学或辍学原因", "残疾类别", "残疾等级", "残疾证办证年度", "务工所在地", "公益性岗位(月数)",
    "户主姓名", "民族", "政治面貌", "备注",
)  # fmt: skip


def write_workbooks(work: Work, rows: int) -> None:
    """Write the workbook to stage, and its first rows alone for what is measured on a sample."""
    folder = work.out / "registry"
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "家庭成员信息.xlsx", rows)
    _write(work.out / "sample.xlsx", min(SAMPLE, rows))


def stage_workbook(work: Work) -> None:
    """Read, check and stage the whole workbook."""
    out = work.out / "staged"
    shutil.rmtree(out, ignore_errors=True)
    staged = stage(work.out / "registry", None, county=COUNTY, on=ON, out=out, key=_KEY)
    if not staged.row_counts["member"]:
        raise ValueError("nothing was staged")


def read_by_openpyxl(work: Work) -> dict[str, float]:
    """Read the sample's cells by openpyxl in its read-only mode; nothing is checked or kept."""
    import openpyxl

    book = openpyxl.load_workbook(work.out / "sample.xlsx", read_only=True)
    return {"rows": sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) - 1}


def read_by_pandas(work: Work) -> dict[str, float]:
    """Read the sample into a data frame by pandas; nothing is checked."""
    import pandas

    return {"rows": len(pandas.read_excel(work.out / "sample.xlsx", dtype=str))}


def match_persons(work: Work) -> dict[str, float]:
    """Match a million rows to a million persons by the blind index of their numbers, block by block."""
    numbers = [_number(serial) for serial in range(PERSONS)]
    stages = {}
    before = time.perf_counter()
    keys: list[str | None] = [blind_index(number, _KEY) for number in numbers]
    stages["blind_index"] = time.perf_counter() - before
    ids = pa.array([f"P{serial:08d}" for serial in range(PERSONS)])
    batch = pa.record_batch({"id_key": pa.array(keys), "person_id": ids, "household_id": ids})
    random.Random(1).shuffle(keys)
    before = time.perf_counter()
    index = PersonIndex.of([batch], [])
    found = 0
    for start in range(0, PERSONS, BLOCK):
        person, _, _ = index.find(keys[start : start + BLOCK], as_head=False)
        found += len(person) - person.null_count
    stages["total"] = time.perf_counter() - before
    if found != PERSONS:
        raise ValueError(f"{found} of {PERSONS} persons were found")
    return stages


def _write(path: Path, rows: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("家庭成员信息")
        sheet.write_row(0, 0, HEADERS)
        for place, row in enumerate(_rows(rows), start=1):
            sheet.write_row(place, 0, row)


def _rows(count: int) -> Iterator[tuple[str | int, ...]]:
    stages = ("", "小学", "七年级", "普通高中一年级")
    skills = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "无劳动力")
    for serial in range(count):
        number = _number(serial)
        born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        yield (
            "样例镇", "样例村", f"H{serial // 4:08d}", f"P{serial:08d}", f"样例{serial % 997}", number,
            ("男", "女")[serial % 2], born, 2026, "户主" if serial % 4 == 0 else "其他", "初中",
            stages[serial % 4], skills[serial % 4], serial % 12, "健康", "否", "否", "是", "否", "是", "",
            "", "", "", "样例市", 0, f"样例{serial // 4 % 997}", "汉族", "群众", "",
        )  # fmt: skip


def _number(serial: int) -> str:
    """Return a number with a right check digit of nobody: the sequence of a made-up division."""
    year, month, day = 1950 + serial % 60, 1 + serial // 60 % 12, 1 + serial // 720 % 28
    head = f"53052{serial // 20160 % 10}{year}{month:02d}{day:02d}{serial // 201600:03d}"
    return head + check_digit(head)
