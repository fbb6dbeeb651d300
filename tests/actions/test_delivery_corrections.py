"""Bad rows go back as a workbook; mended, they add to the delivery they came from, and go with it."""

from io import BytesIO

import openpyxl
import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.delivery_deciding import accept_rows
from shouwang.actions.delivery_giving_back import give_errors
from shouwang.actions.delivery_withdrawing import withdraw_delivery
from shouwang.actions.refusals import NotThere
from shouwang.exchange.delivering import headers_key
from shouwang.exchange.recognising import REASON_HEADER
from shouwang.records.access import entered, entered_system
from shouwang.records.models import AuditEvent, Delivery
from tests.actions.delivery_world import (
    handed_in,
    in_force,
    known_registry,
    medical_file,
    officer,
    read_all,
)
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db
BAD = "不知道"


@pytest.fixture(autouse=True)
def registry() -> None:
    known_registry(households=4)


def accepted(who: Actor, delivery: Delivery) -> Delivery:
    with entered(who.viewer):
        accept_rows(actor=who, delivery_id=delivery.pk, version=delivery.version, at=NOW)
    read_all()
    return fresh(delivery)


def fresh(delivery: Delivery) -> Delivery:
    with entered_system():
        return Delivery.objects.get(pk=delivery.pk)


def withdrawn(who: Actor, delivery: Delivery) -> None:
    version = fresh(delivery).version
    with entered(who.viewer):
        withdraw_delivery(actor=who, delivery_id=delivery.pk, version=version, reason="有误", at=NOW)


def workbook(who: Actor, delivery: Delivery) -> openpyxl.Workbook:
    with entered(who.viewer):
        _, content = give_errors(actor=who, delivery_id=delivery.pk, at=NOW)
    return openpyxl.load_workbook(BytesIO(content))


def mended(who: Actor, delivery: Delivery, header: str = "结算日期", value: str = "2026-10-09") -> bytes:
    book = workbook(who, delivery)
    sheet = book.worksheets[0]
    at = [cell.value for cell in sheet[2]].index(header) + 1
    for row in range(3, sheet.max_row + 1):
        sheet.cell(row, at).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def half_bad(who: Actor, **asked: str) -> Delivery:
    """Hand in a good row and a bad one, the good one in force."""
    rows = (samples.medical(1), samples.medical(2, 结算日期=BAD))
    return accepted(who, handed_in(who, medical_file(*rows), **asked))


def test_the_workbook_holds_the_bad_rows_with_their_columns_and_the_reason() -> None:
    who = officer()
    delivery = handed_in(who, medical_file(samples.medical(1), samples.medical(2, 结算日期=BAD)))

    book = workbook(who, delivery)
    lines = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert list(lines[0]) == [*samples.MEDICAL_HEADERS, REASON_HEADER]
    assert [line[2] for line in lines[1:]] == [BAD]
    assert f"第{delivery.pk}批" in book.worksheets[0]["A1"].value
    (told,) = delivery.row_errors
    assert (told["column"], told["count"], told["rows"]) == ("结算日期", 1, [3])
    with entered_system():
        assert AuditEvent.objects.filter(action="delivery.errors").count() == 1


def test_what_is_told_before_a_word_is_given_is_what_then_happens() -> None:
    who = officer()
    unknown = samples.medical(4, 证件号码=samples.number(99))
    rows = (samples.medical(1), samples.medical(2, 结算日期=BAD), unknown)
    told = handed_in(who, medical_file(*rows))
    done = accepted(who, told)

    names = ("rows", "refused", "unmatched", "errors", "listed")
    assert [done.counts[name] for name in names] == [told.counts[name] for name in names]
    left = told.counts["rows"] - told.counts["refused"] - told.counts["unmatched"]
    assert done.counts["placed"] + done.counts["repeated"] == left == len(in_force())


def test_a_delivery_without_bad_rows_has_no_workbook() -> None:
    who = officer()
    delivery = handed_in(who, medical_file(samples.medical(1)))

    with entered(who.viewer), pytest.raises(NotThere):
        give_errors(actor=who, delivery_id=delivery.pk, at=NOW)


def test_another_departments_bad_rows_are_not_there() -> None:
    delivery, other = half_bad(officer()), officer("health")

    with entered(other.viewer), pytest.raises(NotThere):
        give_errors(actor=other, delivery_id=delivery.pk, at=NOW)


def test_mended_rows_add_to_their_delivery_and_do_not_take_its_place() -> None:
    who = officer()
    base = half_bad(who)
    again = handed_in(who, mended(who, base), "改好了.xlsx")

    assert again.state == "committed", (again.problems, again.suspicions)
    assert again.corrects_id == base.pk
    assert again.counts["replaced"] == 0
    assert len(in_force()) == 2
    withdrawn(who, again)
    assert len(in_force()) == 1


def test_rows_without_a_usable_number_are_mended_too() -> None:
    who = officer()
    base = handed_in(who, medical_file(samples.medical(1), samples.medical(2, 证件号码="123")))
    assert base.state == "committed"
    again = handed_in(who, mended(who, base, "证件号码", samples.number(2)), "改好了.xlsx")

    assert again.corrects_id == base.pk
    assert len(in_force()) == 2


def test_mended_rows_of_columns_explained_once_are_understood() -> None:
    """The column of reasons does not make another layout of a sheet."""
    assert headers_key(["名字", "日子"]) == headers_key(["日子", "名字", REASON_HEADER])


def test_taking_a_delivery_back_takes_its_corrections_with_it() -> None:
    who = officer()
    before = in_force()
    base = half_bad(who)
    again = handed_in(who, mended(who, base), "改好了.xlsx")
    withdrawn(who, base)

    assert in_force() == before
    assert fresh(again).state == "withdrawn"
    assert f"第 {base.pk} 批已撤回" in fresh(again).decision


def test_a_later_whole_takes_the_place_of_a_delivery_and_its_corrections_and_gives_both_back() -> None:
    who = officer()
    base = half_bad(who)
    handed_in(who, mended(who, base), "改好了.xlsx")
    before = in_force()
    whole = handed_in(who, medical_file(samples.medical(3)), "医保_2026年10月_更新.xlsx")

    assert whole.counts["replaced"] == 2
    assert len(in_force()) == 1
    withdrawn(who, whole)
    assert in_force() == before


def test_a_correction_of_what_was_taken_back_or_replaced_is_refused() -> None:
    who = officer()
    base = half_bad(who)
    content, other = mended(who, base), mended(who, base, value="2026-10-10")
    handed_in(who, medical_file(samples.medical(3)), "医保_2026年10月_更新.xlsx")
    replaced = handed_in(who, content, "改好了.xlsx")
    withdrawn(who, base)
    gone = handed_in(who, other, "又改.xlsx")

    assert (replaced.state, gone.state) == ("refused", "refused")
    assert "取代" in replaced.problems[0]
    assert "撤回" in gone.problems[0]


def test_a_correction_waits_for_the_good_rows_of_its_delivery() -> None:
    who = officer()
    base = handed_in(who, medical_file(samples.medical(1), samples.medical(2, 结算日期=BAD)))
    early = handed_in(who, mended(who, base), "改好了.xlsx")

    assert early.state == "refused"
    assert "还没有入库" in early.problems[0]


def test_a_file_bad_in_every_row_is_given_back_whole_and_its_mended_rows_are_the_delivery() -> None:
    who = officer()
    base = handed_in(who, medical_file(*(samples.medical(each, 结算日期=BAD) for each in (1, 2))))
    assert base.state == "refused"
    again = handed_in(who, mended(who, base), "改好了.xlsx")

    assert again.state == "committed", again.problems
    assert again.corrects_id is None
    assert len(in_force()) == 2


def test_a_correction_mended_again_adds_to_the_first_delivery() -> None:
    who = officer()
    rows = [samples.medical(each, 结算日期=BAD) for each in (2, 3)]
    base = accepted(who, handed_in(who, medical_file(samples.medical(1), *rows)))
    book = workbook(who, base)
    book.worksheets[0]["C3"].value = "2026-10-09"
    out = BytesIO()
    book.save(out)
    second = accepted(who, handed_in(who, out.getvalue(), "改一半.xlsx"))
    third = handed_in(who, mended(who, second), "改完.xlsx")

    assert third.corrects_id == base.pk
    assert len(in_force()) == 3


def test_rows_that_do_not_add_up_are_listed_to_look_at_and_not_read_again() -> None:
    who = officer()
    parts = ["基本医保支付", "大病保险支付", "医疗救助支付"]
    odd = [*samples.medical(1, 医疗总费用="900", 个人自付="5"), "100", "0", "0"]
    bad = [*samples.medical(2, 结算日期=BAD), "0", "0", "0"]
    base = handed_in(who, medical_file(bad, odd, headers=[*samples.MEDICAL_HEADERS, *parts]))
    assert [name for name in workbook(who, base).sheetnames if name.startswith("供核对")] != []
    accepted(who, base)
    before = len(in_force())
    again = handed_in(who, mended(who, base), "改好了.xlsx")

    assert again.state == "committed", again.problems
    assert len(in_force()) == before + 1
