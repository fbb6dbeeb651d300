"""A delivery screens whom it touches as a full screening of the day would, and taken back leaves nothing."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from shouwang.actions import delivery_screening
from shouwang.actions.acting import Actor
from shouwang.actions.clue_dispatch import dispatch_clue
from shouwang.actions.delivery_screening import screen_next
from shouwang.actions.delivery_withdrawing import withdraw_delivery
from shouwang.actions.screening_records import screen_records
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.last_screenings import standing_findings
from shouwang.records.models import AuditEvent, Clue, Delivery, Finding, Household, ScreeningRun
from shouwang.reports.clue_detail import clue_detail
from tests import world
from tests.actions.delivery_world import handed_in, loaded_registry, medical_file, officer
from tests.actions.loading_world import COUNTY, SYSTEM
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db
HOUSEHOLDS = 8
ON = samples.ON
LATER = NOW + timedelta(hours=1)
# Whether a class can be judged at all is a matter of the whole county: a full run settles it.
OF_COUNTY = {"suggested_class"}

Found = dict[tuple[int, str, str], tuple[object, ...]]


@pytest.fixture(autouse=True)
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    loaded_registry(tmp_path, households=HOUSEHOLDS)
    monkeypatch.setattr(delivery_screening, "_SHARE", 0)
    return tmp_path


def settlements(*persons: int, paid: int = 60_000, day: str = "2026-10-05") -> bytes:
    rows = [
        samples.medical(each, 结算日期=day, 医疗总费用=str(paid * 2), 个人自付=str(paid)) for each in persons
    ]
    return medical_file(*rows)


def given_in(
    who: Actor, content: bytes, name: str = "医保_2026年10月.xlsx", department: str = "medical"
) -> Any:
    made = handed_in(who, content, name, department=department, accepted=("errors", "suspicions"))
    assert made.state == "committed", (made.problems, made.suspicions)
    return made


def taken_back(who: Actor, delivery: Any) -> None:
    with entered_system():
        version = Delivery.objects.get(pk=delivery.pk).version
    with entered(who.viewer):
        withdraw_delivery(actor=who, delivery_id=delivery.pk, version=version, reason="数据有误", at=NOW)


def screened() -> list[ScreeningRun]:
    """Screen all that waits and return the runs."""
    runs = []
    while (each := screen_next(actor=SYSTEM, on=ON, at=NOW)) is not None:
        with entered_system():
            runs.append(Delivery.objects.get(pk=each.pk).screened)
    return runs


def told(findings: list[Finding]) -> Found:
    return {
        (each.household_id, each.rule, each.pack): (
            each.kind, each.risk, each.grade, each.clause, each.reason,
            sorted((name, repr(value)) for name, value in each.evidence.items() if name not in OF_COUNTY),
        )
        for each in findings
    }  # fmt: skip


def standing() -> tuple[Found, dict[int, str]]:
    """Return what the last run of each household found, and the households' grades."""
    with entered_system():
        grades = dict(Household.objects.values_list("pk", "grade"))
        return told(standing_findings(COUNTY, list(grades))), grades


def of_a_full_run() -> tuple[Found, dict[int, str]]:
    run = screen_records(actor=SYSTEM, county=COUNTY, on=ON, at=LATER)
    with entered_system():
        assert run.kind == "full"
        grades = dict(Household.objects.values_list("pk", "grade"))
        return told(list(Finding.objects.filter(run=run))), grades


def clues() -> list[Clue]:
    with entered_system():
        return list(Clue.objects.order_by("pk"))


def test_the_first_delivery_of_a_feed_screens_all_and_the_next_whom_it_touches() -> None:
    who = officer()
    given_in(who, settlements(1))
    [first] = screened()
    given_in(who, settlements(2, day="2026-11-03"), "医保_2026年11月.xlsx")
    [second] = screened()

    assert (first.kind, second.kind) == ("full", "delta")
    with entered_system():
        [touched] = second.households
        assert Household.objects.get(pk=touched).number == "H002"
        assert {each.household_id for each in Finding.objects.filter(run=second)} == {touched}
        assert Clue.objects.filter(household_id=touched, state="received").exists()
    before = standing()
    assert before == of_a_full_run()
    assert any(before[1].values())


def test_a_finding_leads_back_to_file_sheet_and_row() -> None:
    who = officer()
    given_in(who, settlements(1))
    screened()
    given_in(who, settlements(2, day="2026-11-03"), "医保_2026年11月.xlsx")
    [run] = screened()

    with entered_system():
        found = [each.evidence["sources"] for each in Finding.objects.filter(run=run, kind="warning")]
    places = {(row["file"], row["sheet"], row["row_no"]) for sources in found for row in sources}
    assert ("医保_2026年11月.xlsx", "Sheet1", 2) in places


AID = ["姓名", "证件号码", "类别", "状态", "起始月", "月金额"]
MONTHS = [date(2026, month, 1) for month in (8, 9, 10, 11)]


def aid(person: int, state: str) -> list[Any]:
    return ["测试甲", samples.number(person), "低保", state, "2026-08", "500"]


PERSONS = st.lists(st.integers(1, HOUSEHOLDS), min_size=1, max_size=3, unique=True)
DELIVERED = st.tuples(
    st.sampled_from(["medical", "civil_affairs"]), st.sampled_from(MONTHS), PERSONS, st.integers(0, 3)
)
STEPS = st.lists(st.one_of(DELIVERED, st.integers(0, 4)), min_size=1, max_size=4)


def stepped(who: dict[str, Actor], made: list[tuple[str, Any]], step: Any, number: int) -> None:
    """Hand a delivery in, or take one of those handed in back."""
    if isinstance(step, int):
        if made:
            department, delivery = made.pop(step % len(made))
            taken_back(who[department], delivery)
        return
    department, month, persons, how = step
    named = f"{month:%Y年%m月}_{number}.xlsx"
    if department == "medical":
        content = settlements(*persons, paid=1 + how * 30_000, day=f"{month:%Y-%m}-02")
        made.append((department, given_in(who[department], content, f"医保_{named}")))
    else:
        states = ["新增", "在保", "停保", "不予批准"]
        content = medical_file(*(aid(each, states[how]) for each in persons), headers=AID)
        made.append((department, given_in(who[department], content, f"民政_{named}", department)))


@settings(max_examples=max(2, settings().max_examples // 50))
@given(steps=STEPS)
def test_whatever_comes_and_goes_the_touched_are_found_what_a_full_run_finds(steps: list[Any]) -> None:
    with transaction.atomic():
        who = {each: officer(each) for each in ("medical", "civil_affairs")}
        made: list[tuple[str, Any]] = []
        stepped(who, made, ("medical", MONTHS[0], [1], 1), 100)
        stepped(who, made, ("civil_affairs", MONTHS[0], [2], 0), 101)
        screened()
        for number, step in enumerate(steps):
            stepped(who, made, step, number)
            screened()
            assert standing() == of_a_full_run()
        transaction.set_rollback(True)


def test_a_worker_cut_off_after_the_run_does_the_rest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    who = officer()
    given_in(who, settlements(1))
    screened()
    given_in(who, settlements(2, day="2026-11-03"), "医保_2026年11月.xlsx")

    def cut_off(**_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(delivery_screening, "raise_from_run", cut_off)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            screen_next(actor=SYSTEM, on=ON, at=NOW)
    assert len(clues()) == 1
    with entered_system():
        assert Delivery.objects.exclude(screening_due="").count() == 1
    [run] = screened()
    assert len(clues()) == 2
    with entered_system():
        assert ScreeningRun.objects.filter(kind="delta").count() == 1
        assert run.kind == "delta"
    assert screened() == []


def test_a_clue_nobody_worked_on_ends_with_the_delivery_it_rested_on_by_who_took_it_back() -> None:
    who = officer()
    given_in(who, settlements(1))
    screened()
    before = standing()
    second = given_in(who, settlements(2, day="2026-11-03"), "医保_2026年11月.xlsx")
    screened()
    taken_back(who, second)
    screened()

    first, closed = clues()
    assert (first.state, closed.state, closed.verdict) == ("received", "closed", "withdrawn")
    assert closed.verdict_by_id == who.viewer.account_id
    assert f"第 {second.pk} 批" in closed.verdict_reason
    with entered_system():
        event = AuditEvent.objects.get(action="clue.withdrawn")
        assert (event.actor, event.target_id) == (str(who.viewer.account_id), str(closed.pk))
    assert standing() == before


def test_two_deliveries_taken_back_before_anybody_screened_end_the_clues_of_both() -> None:
    who = officer()
    given_in(who, settlements(1))
    screened()
    second = given_in(who, settlements(2, day="2026-11-03"), "医保_2026年11月.xlsx")
    third = given_in(who, settlements(2, 3, paid=80_000, day="2026-09-03"), "医保_2026年9月.xlsx")
    screened()
    assert len(clues()) == 3
    taken_back(who, second)
    taken_back(who, third)
    screened()

    assert [each.verdict for each in clues()] == ["", "withdrawn", "withdrawn"]


def test_a_clue_sent_out_keeps_its_course_and_is_told_once() -> None:
    who = officer()
    given_in(who, settlements(1))
    screened()
    second = given_in(who, settlements(2, day="2026-11-03"), "医保_2026年11月.xlsx")
    screened()
    with entered_system():
        clue = Clue.objects.get(household__number="H002")
        county = world.actor(world.account(Role.COUNTY_OFFICE, COUNTY))
    with entered(county.viewer):
        dispatch_clue(actor=county, clue_id=clue.pk, version=clue.version, on=ON, at=NOW)
    taken_back(who, second)
    screened()
    with entered_system():
        Delivery.objects.filter(pk=second.pk).update(screening_due="delta", touched=[clue.household_id])
    screened()

    with entered(county.viewer):
        detail = clue_detail(county.viewer, clue.pk)
    assert detail is not None
    assert detail.clue.state == "dispatched"
    assert [each.what for each in detail.moments].count("依据的数据已撤回，请核实") == 1


def test_the_last_delivery_of_a_feed_taken_back_screens_all() -> None:
    who = officer()
    only = given_in(who, settlements(1))
    screened()
    taken_back(who, only)
    [run] = screened()

    assert run.kind == "full"
    assert [each.verdict for each in clues()] == ["withdrawn"]
