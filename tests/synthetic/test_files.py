"""The files written: the same bytes, the exact headers, and dirt where the truth says it is."""

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from shouwang.domain.identity import check_digit
from shouwang.synthetic import FAMILIES, County, WrittenCounty, make_county, write_county

FEED_HEADERS = {
    "医保": "姓名 证件号码 参保地 结算日期 就医类型 医疗总费用 基本医保支付 大病保险支付 "
    "医疗救助支付 个人自付 政策范围内自付 病种",
    "卫健": "姓名 证件号码 诊断 大病/慢病 确诊日期",
    "教育": "学生姓名 证件号码 学校 学段 年级 在校状态 资助项目 资助金额 学年自付费用",
    "民政": "姓名 证件号码 类别 状态 起始月 月金额",
    "残联": "姓名 证件号码 残疾类别 残疾等级 办证日期",
    "住建": "户主姓名 证件号码 乡 村 鉴定等级 鉴定日期 处置状态",
    "水利": "乡 村 村民小组 户主姓名 证件号码 问题 起始日期 断水天数",
    "人社": "姓名 证件号码 务工地 企业 起始月 终止月 月工资 状态",
    "农业": "户主姓名 证件号码 项目/品种 规模 损失金额 事件 日期",
    "应急": "乡 村 村民小组 户主姓名 证件号码 灾种 受灾日期 房屋受损 农作物损失 直接经济损失",
    "公安": "姓名 证件号码 事项 日期 后果",
    "信访": "来源 诉求人 联系电话 乡 村 内容 日期",
    "银行": "姓名 证件号码 贷款类型 余额 到期日 逾期天数",
}  # fmt: skip
ID_COLUMNS = ("证件号码", "户主证件号码")
Rows = list[list[Any]]


@cache
def sheets(path: Path) -> dict[str, Rows]:
    """Read every sheet with its blank rows; a CSV file is the sheet ""."""
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(path)
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return {"": [list(row) for row in csv.reader(data.decode(encoding).splitlines())]}
        except UnicodeDecodeError:
            continue
    raise AssertionError(path)


def header_row(rows: Rows) -> int:
    """Return the row, from 0, on which the header stands: the first with several cells filled."""
    return next(number for number, row in enumerate(rows) if sum(bool(cell) for cell in row) > 2)


def delivered(written: WrittenCounty) -> Iterator[tuple[str, Path]]:
    """Yield each delivery with its label."""
    for path in sorted(written.deliveries.rglob("*")):
        if path.is_file():
            yield path.name[:2], path


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path, small: County, written: WrittenCounty) -> None:
    again = write_county(make_county(households=60, on=small.on, seed=5), tmp_path)
    first = {path.relative_to(written.folder): path.read_bytes() for path in written.files}
    second = {path.relative_to(tmp_path): path.read_bytes() for path in again.files}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in first.items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in second.items()
    }


def test_another_seed_is_another_county(small: County) -> None:
    other = make_county(households=60, on=small.on, seed=6)
    assert list(other.members["name"]) != list(small.members["name"])


def test_the_registry_has_the_listed_headers(written: WrittenCounty) -> None:
    members = sheets(written.registry / "家庭成员信息.xlsx")["家庭成员信息"]
    assert members[1][:8] == ["省", "市", "县", "乡", "村", "户编号", "人口编号", "姓名"]
    assert members[1][-3:] == ["是否参加城镇职工基本医疗保险", "是否特困供养人员", "识别标准"]
    assert "务工时间(月)" in members[1]
    for year, row in ((2025, 2), (2024, 1), (2023, 0)):
        rows = sheets(written.registry / f"户信息_{year}年.xlsx")["户信息"]
        assert rows[row][:4] == ["户编号", "户主姓名", "户主证件号码", "乡"]
        assert rows[row][-2:] == ["生产生活条件改善", "基础设施建设"]
        assert "是否有家庭成员未参加城乡居民(职工)基本医疗保险" in rows[row]
        assert len(rows) == row + 1 + 60


def test_every_delivery_has_exactly_its_listed_header(written: WrittenCounty) -> None:
    seen = set()
    for label, path in delivered(written):
        for rows in sheets(path).values():
            header = [str(cell).removesuffix("(万元)") for cell in rows[header_row(rows)]]
            assert header == FEED_HEADERS[label].split(), path.name
        seen.add(label)
    assert len(seen) >= 10


def test_every_month_has_a_ledger_of_every_household(small: County, written: WrittenCounty) -> None:
    files = sorted(written.registry.glob("收支台账_*"))
    assert len(files) == len(small.window) == 24
    for path in files:
        (rows,) = sheets(path).values()
        top = header_row(rows)
        assert [str(cell).removesuffix("(万元)") for cell in rows[top][:5]] == [
            "户编号",
            "户主姓名",
            "月份",
            "务工收入",
            "公益性岗位收入",
        ]
        assert len(rows) - top - 1 in range(58, 61)
        for row in rows[top + 1 :]:
            assert any(cell for cell in row[3:]), path.name


def _is_clean_number(text: str) -> bool:
    return len(text) == 18 and text[:17].isdigit() and text.isascii() and text[17] == check_digit(text[:17])


def test_what_is_recorded_as_dirty_is_dirty(written: WrittenCounty) -> None:
    checked = 0
    for each in written.dirty_rows:
        if not each.row_no:
            continue
        rows = sheets(written.folder / each.file)[each.sheet]
        row = rows[each.row_no - 1]
        if each.kind == "空行":
            assert not any(row)
        elif each.kind == "小计行":
            assert row[0] == "小计"
        elif each.column in ID_COLUMNS and each.kind != "人员不在台账中":
            assert not _is_clean_number(str(row[rows[header_row(rows)].index(each.column)])), each
        elif each.kind.startswith("姓名"):
            name = str(row[rows[header_row(rows)].index(each.column)])
            assert name != name.strip() or "\u00a0" in name
        else:
            continue
        checked += 1
    assert checked > 50


def test_what_is_dirty_is_recorded(written: WrittenCounty) -> None:
    recorded = {(each.file, each.sheet, each.row_no) for each in written.dirty_rows}
    copies = {each.file for each in written.dirty_rows if each.row_no == 0}
    for _, path in delivered(written):
        file = path.relative_to(written.folder).as_posix()
        if file in copies:
            continue
        for sheet, rows in sheets(path).items():
            top = header_row(rows)
            for number, row in enumerate(rows[top + 1 :], top + 2):
                if not any(row) or row[0] == "小计":
                    assert (file, sheet, number) in recorded
                elif "证件号码" in rows[top] and not _is_clean_number(str(row[rows[top].index("证件号码")])):
                    assert (file, sheet, number) in recorded, (file, number)


def test_the_truth_files_hold_what_was_returned(small: County, written: WrittenCounty) -> None:
    with (written.truth / "真实风险.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["户编号"], row["风险代码"]) for row in rows] == [
        (each.household_id, each.code) for each in written.truths
    ]
    assert {row["能否发现"] for row in rows} <= {"是", "否"}
    assert all(bool(row["不能发现的原因"]) == (row["能否发现"] == "否") for row in rows)
    summary = json.loads((written.truth / "county.json").read_text(encoding="utf-8"))
    assert (summary["seed"], summary["on"], summary["households"]) == (5, "2026-06-30", 60)
    assert set(summary["truths"]) <= {family.code for family in FAMILIES}
    assert sum(each["planted"] for each in summary["truths"].values()) == len(rows)


def test_progress_runs_from_the_first_step_to_the_last(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    write_county(make_county(households=20, on=date(2025, 3, 1), seed=1, months=12),
                 tmp_path, lambda *step: seen.append(step))  # fmt: skip
    assert [done for _, done, _ in seen][:-1] == list(range(len(seen) - 1))
    assert seen[-1][1] == seen[-1][2]


def test_no_path_of_the_files_holds_personal_data(small: County, written: WrittenCounty) -> None:
    names = set(small.members["name"]) | set(small.members["id_number"])
    assert not any(name in path.name for path in written.files for name in names)
