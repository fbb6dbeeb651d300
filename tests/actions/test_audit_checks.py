"""The audit chain: every kind of tampering is named at its row, by the chain or by the anchors (T57, T58)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError

from shouwang.actions import audit_checks as checks
from shouwang.actions.accounts import create_account, unlock_account
from shouwang.actions.refusals import NotAllowed
from shouwang.domain.roles import Role
from shouwang.records.models import Account, AuditEvent
from shouwang.records.site import Site
from tests.audit_coverage import audited
from tests.world import COUNTY, NOW, TODAY, VILLAGE, account, actor

pytestmark = pytest.mark.django_db
ROWS = 6


def broken() -> Any:
    """Check the chain and return its first break."""
    return checks.check_chain().broken


@pytest.fixture(autouse=True)
def _anchors(tmp_path: Any, settings: Any) -> Any:
    """A folder of this test's own, with the site's keys."""
    key = settings.SITE.key("audit")
    (tmp_path / "audit.key").write_bytes(key)
    settings.SITE = Site(tmp_path)


@pytest.fixture
def _chain() -> Any:
    boss, person = actor(account(Role.SYSTEM_ADMINISTRATOR, COUNTY)), account(Role.VILLAGE, VILLAGE)
    for _ in range(ROWS):
        unlock_account(actor=boss, account_id=person.pk, at=NOW)


def head_of(day: Any) -> int | None:
    """Write the anchor of a day and return its row."""
    anchor = checks.write_anchor(on=day)
    return anchor.sequence if anchor else None


def tamper(*statements: str) -> None:
    """Change a copy of the audit as its owner could, past the trigger.

    The copy is a temporary table of the same name, which this connection then sees in place of the real one.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE records_auditevent_copy AS SELECT * FROM records_auditevent")
        cursor.execute("ALTER TABLE records_auditevent_copy RENAME TO records_auditevent")
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def _temporary_tables_allowed() -> Any:
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.records_auditevent")


@pytest.mark.usefixtures("_chain", "_temporary_tables_allowed")
class TestTampering:
    """Each on a copy."""

    def test_a_chain_that_nobody_touched_is_whole(self) -> None:
        check = checks.check_chain()

        assert (check.rows, check.broken) == (ROWS, None)
        assert "完整" in check.message

    @pytest.mark.parametrize(
        "column", ["actor", "action", "reason", "division", "target_id", "result", "address"]
    )
    def test_an_edited_row_is_named(self, column: Any) -> None:
        tamper(
            f"UPDATE records_auditevent SET {column} = '1' WHERE sequence = 3"
            if column != "result"
            else "UPDATE records_auditevent SET result = 'failed' WHERE sequence = 3"
        )

        assert broken().sequence == 3

    @pytest.mark.parametrize("column", ["before", "after"])
    def test_an_edited_change_is_named(self, column: Any) -> None:
        tamper(f"""UPDATE records_auditevent SET {column} = '{{"a": 1}}' WHERE sequence = 4""")

        assert broken().sequence == 4

    def test_an_edited_instant_is_named(self) -> None:
        tamper("UPDATE records_auditevent SET at = at + interval '1 second' WHERE sequence = 2")

        assert broken().sequence == 2

    def test_a_deleted_row_is_named(self) -> None:
        tamper("DELETE FROM records_auditevent WHERE sequence = 3")

        assert broken().sequence == 3

    def test_a_deleted_row_whose_gap_is_closed_is_named(self) -> None:
        tamper(
            "DELETE FROM records_auditevent WHERE sequence = 3",
            "UPDATE records_auditevent SET sequence = sequence - 1 WHERE sequence > 3",
        )

        assert broken().sequence == 3

    def test_an_inserted_row_is_named(self) -> None:
        tamper(
            "UPDATE records_auditevent SET sequence = sequence + 1 WHERE sequence > 3",
            "CREATE TEMPORARY TABLE one AS SELECT * FROM records_auditevent WHERE sequence = 3",
            "UPDATE one SET sequence = 4",
            "INSERT INTO records_auditevent SELECT * FROM one",
            "DROP TABLE one",
        )

        assert broken().sequence == 4

    def test_rows_that_changed_places_are_named(self) -> None:
        tamper(
            "UPDATE records_auditevent SET sequence = 99 WHERE sequence = 2",
            "UPDATE records_auditevent SET sequence = 2 WHERE sequence = 5",
            "UPDATE records_auditevent SET sequence = 5 WHERE sequence = 99",
        )

        assert broken().sequence == 2

    def test_a_cut_tail_is_named_by_the_anchor(self) -> None:
        checks.write_anchor(on=TODAY)
        tamper("DELETE FROM records_auditevent WHERE sequence > 4")

        found = broken()
        assert found.sequence == 5
        assert "锚点" in found.message

    def test_a_chain_written_anew_with_the_key_is_named_by_the_anchor(self, settings: Any) -> None:
        from shouwang.actions.acting import as_row
        from shouwang.domain.audit_chain import sealed

        checks.write_anchor(on=TODAY)
        previous, digests = None, []
        for event in AuditEvent.objects.order_by("sequence"):
            event.actor = "77"
            previous = sealed(previous, as_row(event).entry, settings.SITE.key("audit"))
            digests.append((event.sequence, previous.digest))
        tamper(
            "UPDATE records_auditevent SET actor = '77'",
            *(
                f"UPDATE records_auditevent SET digest = '{digest}' WHERE sequence = {number}"
                for number, digest in digests
            ),
        )

        found = broken()
        assert (found.sequence, found.fault) == (ROWS, "anchor")

    def test_another_key_is_no_key(self, settings: Any, tmp_path: Any) -> None:
        (tmp_path / "audit.key").write_bytes(b"k" * 32)

        assert broken().sequence == 1


@pytest.mark.django_db(databases=["owner"])
def test_even_the_owner_cannot_empty_the_audit_while_its_trigger_stands() -> None:
    owner = connections["owner"]
    with (
        pytest.raises(DatabaseError, match="only ever added"),
        transaction.atomic("owner"),
        owner.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE records_auditevent")


@pytest.mark.usefixtures("_chain")
def test_the_anchor_of_a_day_is_written_once() -> None:
    first: Any = checks.write_anchor(on=TODAY)
    unlock_account(
        actor=actor(account(Role.SYSTEM_ADMINISTRATOR, COUNTY)),
        account_id=account(Role.VILLAGE, VILLAGE).pk,
        at=NOW,
    )

    assert checks.write_anchor(on=TODAY) == first
    assert head_of(TODAY + timedelta(days=1)) == first.sequence + 1
    assert [each.sequence for each in checks.read_anchors()] == [ROWS, ROWS + 1]
    assert checks.check_chain().anchors == 2


def test_without_any_event_there_is_no_anchor() -> None:
    assert checks.write_anchor(on=TODAY) is None
    assert checks.read_anchors() == []


@pytest.mark.usefixtures("_chain")
def test_an_anchor_that_cannot_be_read_is_named() -> None:
    checks.write_anchor(on=TODAY)
    (checks.anchors_folder() / f"{TODAY}.txt").write_text("2026-11-23 six", encoding="ascii")

    with pytest.raises(checks.AnchorError, match=str(TODAY)):
        checks.check_chain()


@pytest.mark.usefixtures("_chain")
def test_a_check_is_recorded_in_the_chain_it_checked() -> None:
    auditor = actor(account(Role.AUDIT_ADMINISTRATOR, COUNTY))
    with audited("audit.verify") as added:
        check = checks.record_check(actor=auditor, at=NOW)

    assert added[0].after == {"rows": check.rows, "anchors": 0, "is_whole": True, "first_broken": None}
    with pytest.raises(NotAllowed):
        checks.record_check(actor=actor(account(Role.COUNTY_OFFICE, COUNTY)), at=NOW)
    assert checks.record_system_check(at=NOW).broken is None


def test_an_act_that_cannot_be_audited_is_not_done(monkeypatch: Any) -> None:
    boss = actor(account(Role.SYSTEM_ADMINISTRATOR, COUNTY))

    def refuse(**_: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(AuditEvent.objects, "create", refuse)
    given = {"login": "zhang.yi", "display_name": "张乙", "place": VILLAGE}
    with pytest.raises(DatabaseError), transaction.atomic():
        create_account(actor=boss, **given, at=NOW)

    assert not Account.objects.filter(login="zhang.yi").exists()


def test_a_helper_of_tests_tells_an_act_without_a_line() -> None:
    with pytest.raises(AssertionError, match="0 lines"), audited():
        pass
