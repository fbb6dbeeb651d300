"""A department's file: taken in whole, read once, in force or before a person, and taken back (T32, T55)."""

from pathlib import Path

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.delivery_deciding import (
    accept_rows,
    map_columns,
    refuse_delivery,
    release_delivery,
    stop_delivery,
)
from shouwang.actions.delivery_withdrawing import withdraw_delivery
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.deliveries import Declared
from shouwang.records.access import entered, entered_system
from shouwang.records.models import AuditEvent, ColumnMapping, Delivery, DeliveryRow
from tests.actions.delivery_world import (
    county_officer,
    hand_in,
    handed_in,
    in_force,
    known_registry,
    loaded_registry,
    medical_file,
    officer,
    read_all,
)
from tests.actions.loading_small import deliver, load_small
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registry() -> None:
    known_registry(households=4)


def test_a_files_rows_are_in_force_and_lead_back_to_file_sheet_and_row() -> None:
    delivery = handed_in(officer(), medical_file(samples.medical(1), samples.medical(2)))

    assert delivery.state == "committed", delivery.problems
    assert delivery.counts["placed"] == 2
    with entered_system():
        row = delivery.load.sources.get()
        assert (row.file, row.sheet, row.feed) == ("医保_2026年10月.xlsx", "Sheet1", "medical")
    assert len(in_force()) == 2
    assert delivery.screening_due == "full"


def test_the_same_file_again_is_the_same_delivery() -> None:
    who, content = officer(), medical_file(samples.medical(1))
    first, again = handed_in(who, content), hand_in(who, content)

    assert again.pk == first.pk
    assert len(in_force()) == 1


def test_a_reordered_copy_is_told_as_the_same_content() -> None:
    who, rows = officer(), [samples.medical(1), samples.medical(2)]
    first = handed_in(who, medical_file(*rows))
    copy = handed_in(who, medical_file(*reversed(rows)), "另存_2026年10月.xlsx")

    assert copy.state == "refused"
    assert f"第 {first.pk} 批" in copy.problems[0]
    assert len(in_force()) == 2


def test_a_later_delivery_of_the_month_takes_the_place_of_the_earlier() -> None:
    who = officer()
    first = handed_in(who, medical_file(samples.medical(1), samples.medical(2)))
    before = in_force()
    second = handed_in(who, medical_file(samples.medical(1, 个人自付="400", 医疗总费用="900")))

    assert [row[-3] for row in in_force()] != [row[-3] for row in before]
    assert second.counts["replaced"] == 2
    withdraw(who, second)
    assert in_force() == before
    with entered_system():
        assert Delivery.objects.get(pk=first.pk).sheets.get().is_in_force


def test_a_cumulative_file_counts_no_settlement_twice() -> None:
    who = officer()
    october = samples.medical(1, 结算日期="2026-10-05")
    november = samples.medical(1, 结算日期="2026-11-02")
    first = handed_in(who, medical_file(october))
    second = handed_in(who, medical_file(october, november), "医保_2026年11月.xlsx")

    assert second.counts["repeated"] == 1
    assert len(in_force()) == 2
    withdraw(who, first)
    assert len(in_force()) == 2, "the later file still tells of October"
    withdraw(who, second)
    assert in_force() == []


def test_two_equal_settlements_of_one_file_are_two() -> None:
    handed_in(officer(), medical_file(samples.medical(1), samples.medical(1)))

    assert len(in_force()) == 2


def test_a_delivery_displaces_what_a_folder_brought_for_its_month_and_gives_it_back(tmp_path: Path) -> None:
    deliver(tmp_path, samples.medical(3), name="医保_2026年10月.xlsx")
    loaded_registry(tmp_path, households=4)
    before = in_force()
    who = officer()
    delivery = handed_in(who, medical_file(samples.medical(1)))

    assert len(in_force()) == 1
    assert in_force() != before
    withdraw(who, delivery)
    assert in_force() == before


def test_what_a_folder_brings_later_does_not_count_beside_a_delivery(tmp_path: Path) -> None:
    handed_in(officer(), medical_file(samples.medical(1)))
    before = in_force()
    deliver(tmp_path, samples.medical(3), name="医保_2026年10月.xlsx")
    samples.registry(tmp_path / "registry", 4)
    made = load_small(tmp_path)

    assert in_force() == before
    assert any("以部门推送为准" in each for each in made.notices)


def test_a_row_without_a_person_is_set_aside_with_its_reason_and_no_name() -> None:
    unknown = samples.medical(1, 证件号码=samples.number(99))
    delivery = handed_in(
        officer(), medical_file(samples.medical(1), unknown, samples.medical(1, 证件号码=""))
    )

    with entered_system():
        rows = {each.row_no: each for each in DeliveryRow.objects.filter(delivery=delivery)}
    assert {each.reason_code for each in rows.values()} == {"not_in_registry", "id_missing"}
    assert all("*" in each.masked_name for each in rows.values())
    assert all(each.sought_sealed for each in rows.values())


def test_bad_rows_wait_for_a_word_and_the_good_ones_then_count() -> None:
    who = officer()
    delivery = handed_in(who, medical_file(samples.medical(1), samples.medical(2, 结算日期="不知道")))

    assert delivery.state == "waiting"
    assert in_force() == []
    with entered(who.viewer):
        accept_rows(actor=who, delivery_id=delivery.pk, version=delivery.version, at=NOW)
    read_all()
    assert len(in_force()) == 1


def test_an_unreadable_file_is_refused_with_its_reason() -> None:
    delivery = handed_in(officer(), b"not a workbook at all")

    assert delivery.state == "refused"
    assert delivery.problems
    assert "医保_2026年10月.xlsx" in delivery.problems[0]


def test_an_empty_delivery_is_quarantined_and_the_last_stays_in_force() -> None:
    who = officer()
    handed_in(who, medical_file(samples.medical(1)))
    empty = handed_in(who, medical_file(), "医保_2026年11月.xlsx", month=None)

    assert empty.state == "quarantined"
    assert "没有数据行" in empty.suspicions[0]
    assert len(in_force()) == 1


def test_ten_times_the_rows_lost_columns_and_wrong_totals_are_suspicious() -> None:
    who = officer()
    handed_in(who, medical_file(*(samples.medical(1, 个人自付=str(each)) for each in range(1, 3))))
    headers = [each for each in samples.MEDICAL_HEADERS if each != "就医类型"]
    at = samples.MEDICAL_HEADERS.index("就医类型")
    rows = [samples.medical(1, 结算日期="2026-11-02", 个人自付=str(each)) for each in range(30)]
    rows = [[cell for place, cell in enumerate(row) if place != at] for row in rows]
    later = handed_in(
        who, medical_file(*rows, headers=headers), "医保_2026年11月.xlsx",
        declared=Declared(row_count=31, amount_fen=100),
    )  # fmt: skip

    assert later.state == "quarantined"
    told = "".join(later.suspicions)
    assert [word for word in ("10 倍", "少了列", "申报 31 行", "申报金额") if word not in told] == []


def test_an_older_month_is_doubted_until_another_person_lets_it_pass() -> None:
    who, county = officer(), county_officer()
    handed_in(who, medical_file(samples.medical(1)))
    late = handed_in(who, medical_file(samples.medical(2, 结算日期="2026-09-03")), "医保_2026年9月.xlsx")

    assert late.state == "quarantined"
    assert "早于" in late.suspicions[0]
    with entered(who.viewer), pytest.raises(NotAllowed):
        release_delivery(actor=who, delivery_id=late.pk, version=late.version, reason="补报", at=NOW)
    with entered(county.viewer):
        with pytest.raises(Unfit):
            release_delivery(actor=county, delivery_id=late.pk, version=late.version, reason=" ", at=NOW)
        release_delivery(actor=county, delivery_id=late.pk, version=late.version, reason="补报9月", at=NOW)
    read_all()
    assert len(in_force()) == 2


def test_nobody_lets_his_own_doubtful_file_pass() -> None:
    county = county_officer()
    empty = handed_in(county, medical_file())

    with entered(county.viewer), pytest.raises(Unfit, match="自己"):
        release_delivery(actor=county, delivery_id=empty.pk, version=empty.version, reason="可以", at=NOW)


def test_unknown_columns_are_explained_once_and_remembered() -> None:
    who = officer()
    headers = ["名字", "身份号", "日子", "类", "一共", "自己出"]
    delivery = handed_in(who, medical_file(samples.medical(1), headers=headers))

    assert delivery.state == "unmapped"
    sheet = delivery.unknown_sheets[0]
    assert sheet["headers"] == headers
    columns = dict(zip(headers, samples.MEDICAL_HEADERS, strict=True))
    with entered(who.viewer):
        map_columns(
            actor=who, delivery_id=delivery.pk, version=delivery.version, headers_key=sheet["headers_key"],
            feed="medical", columns=columns, at=NOW,
        )  # fmt: skip
    read_all()
    assert len(in_force()) == 1
    with entered_system():
        assert ColumnMapping.objects.get().columns == columns
    again = handed_in(
        who, medical_file(samples.medical(2, 结算日期="2026-11-02"), headers=headers), "医保_2026年11月.xlsx"
    )
    assert again.state == "committed", again.suspicions


def test_another_departments_data_are_not_taken() -> None:
    delivery = handed_in(
        officer("civil_affairs"), medical_file(samples.medical(1)), department="civil_affairs"
    )

    assert delivery.state == "refused"
    assert "医保" in delivery.problems[0]


def test_an_officer_hands_in_for_his_own_department_alone() -> None:
    who = officer("civil_affairs")

    with pytest.raises(NotAllowed):
        hand_in(who, medical_file(samples.medical(1)))


def test_a_delivery_of_another_department_is_not_there() -> None:
    delivery, other = handed_in(officer(), medical_file(samples.medical(1))), officer("health")

    with entered(other.viewer), pytest.raises(NotThere):
        withdraw_delivery(actor=other, delivery_id=delivery.pk, version=delivery.version, reason="试", at=NOW)


def test_reading_stops_when_asked_and_nothing_is_in_force() -> None:
    who = officer()
    delivery = hand_in(who, medical_file(samples.medical(1)))
    with entered(who.viewer):
        stop_delivery(actor=who, delivery_id=delivery.pk, at=NOW)
    read_all()

    assert in_force() == []
    with entered_system():
        assert Delivery.objects.get(pk=delivery.pk).state == "cancelled"


def test_a_delivery_in_doubt_is_sent_back_with_the_reason() -> None:
    who = officer()
    delivery = handed_in(who, medical_file())
    with entered(who.viewer):
        refused = refuse_delivery(
            actor=who, delivery_id=delivery.pk, version=delivery.version, reason="发错文件", at=NOW
        )

    assert refused.state == "refused"
    with entered_system():
        assert AuditEvent.objects.filter(action="delivery.refuse", target_id=str(delivery.pk)).count() == 1


def withdraw(who: Actor, delivery: Delivery) -> None:
    with entered(who.viewer):
        withdraw_delivery(
            actor=who, delivery_id=delivery.pk, version=delivery.version, reason="数据有误", at=NOW
        )
