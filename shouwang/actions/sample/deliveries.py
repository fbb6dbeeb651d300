"""The newest month's files of the sample county, handed in; and some that wait for somebody."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from shouwang.actions.acting import Actor
from shouwang.actions.delivery_reading import ERRORS, read_next
from shouwang.actions.delivery_receiving import receive_delivery
from shouwang.actions.sample.people import SYSTEM, People
from shouwang.domain.departments import department_named
from shouwang.domain.roles import Role
from shouwang.exchange.sources import table_files
from shouwang.records.models import Delivery

_HEADERS = ("名字", "身份号码", "看病日子", "类别", "总共花费", "自己出的钱")
_PERSON = ("样例甲", "999999198001010014")


def deliver_month(*, county: str, folder: Path, on: date, at: datetime) -> int:
    """Hand in every file of a folder and put the good rows in force; returns how many deliveries are so."""
    system = Actor(SYSTEM)
    for file in table_files(folder):
        department = department_named(file.stem)
        if department is not None:
            receive_delivery(
                actor=system, county=county, department=department, file_name=file.name,
                content=file.read_bytes(), at=at, accepted=(ERRORS,),
            )  # fmt: skip
    while read_next(actor=system, on=on, at=at) is not None:
        pass
    # The screening that follows is of everybody.
    Delivery.objects.update(screening_due="", touched=[])
    return Delivery.objects.filter(state="committed").count()


def leave_waiting(*, people: People, county: str, on: date, at: datetime) -> int:
    """Hand in files that somebody must look at: unknown columns, no rows, bad rows; returns how many."""
    officer = people.by_role[Role.DEPARTMENT].actor(at)
    count = 0
    for name, content in _doubtful(on):
        receive_delivery(
            actor=officer, county=county, department="medical", file_name=name, content=content, at=at
        )
        count += 1
    while read_next(actor=Actor(SYSTEM), on=on, at=at) is not None:
        pass
    return count


def _doubtful(on: date) -> Iterator[tuple[str, bytes]]:
    month = f"{on:%Y年%-m月}"
    settled = f"{on:%Y-%m}-01"
    row = (*_PERSON, settled, "住院", "1000", "300")
    standard = ("姓名", "证件号码", "结算日期", "就医类型", "医疗总费用", "个人自付")
    yield f"医保_{month}_新格式.csv", _csv(_HEADERS, row)
    yield f"医保_{month}_空表.csv", _csv(standard)
    yield f"医保_{month}_有错误行.csv", _csv(standard, row, (*_PERSON, "不详", "住院", "一千", "300"))


def _csv(*rows: tuple[str, ...]) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode("utf-8-sig")
