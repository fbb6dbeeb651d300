"""Rows each wrong in another way are all given back, and mended all count (T23, T26, T29)."""

from io import BytesIO

import pytest

from tests.actions.delivery_world import handed_in, in_force, known_registry, medical_file, officer
from tests.actions.test_delivery_corrections import accepted, workbook
from tests.exchange import samples

pytestmark = pytest.mark.django_db
GOOD = samples.number(1)
WRONG = (
    {"结算日期": "不知道"}, {"结算日期": "2031-01-01"}, {"结算日期": "2026-02-30"}, {"结算日期": ""},
    {"个人自付": "-8"}, {"个人自付": "一百元整"}, {"个人自付": "1e999999"}, {"个人自付": "9" * 5000},
    {"就医类型": "逛街"}, {"医疗总费用": "1.2.3"},
    {"证件号码": ""}, {"证件号码": GOOD[:-1]}, {"证件号码": GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1")},
    {"证件号码": "999999198001010011"}, {"证件号码": "5.30521E+17"}, {"证件号码": "530521203001010011"},
)  # fmt: skip


@pytest.fixture(autouse=True)
def registry() -> None:
    known_registry(households=1)


def test_every_way_of_being_wrong_is_told_and_mended_in_one_go() -> None:
    who = officer()
    good = [samples.medical(1, 医疗总费用="9000", 个人自付=str(100 + at)) for at in range(len(WRONG))]
    places = {header: at for at, header in enumerate(samples.MEDICAL_HEADERS)}
    rows = [list(row) for row in good]
    for row, change in zip(rows, WRONG, strict=True):
        for header, value in change.items():
            row[places[header]] = value
    base = handed_in(who, medical_file(*rows))
    assert base.state == "waiting"
    # Rows without a usable number were read and found nobody; the others were not read.
    told = base.counts["refused"] + base.counts["unmatched"]
    assert told == len(WRONG)
    base = accepted(who, base)
    assert in_force() == []
    book = workbook(who, base)
    sheet = book.worksheets[0]
    assert sheet.max_row == 2 + len(WRONG)
    reasons = [sheet.cell(3 + at, len(places) + 1).value for at in range(len(WRONG))]
    assert [at for at, reason in enumerate(reasons) if not reason] == []
    for at, row in enumerate(good):
        for column, value in enumerate(row, start=1):
            sheet.cell(3 + at, column).value = value
    out = BytesIO()
    book.save(out)
    again = handed_in(who, out.getvalue(), "改好了.xlsx")

    assert again.state == "committed", (again.problems, again.row_errors)
    assert len(in_force()) == len(WRONG)
