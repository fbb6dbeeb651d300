"""What the ledgers refer to is there, and stays as long as they refer to it."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from shouwang.records.access import entered_system
from shouwang.records.models import LEDGERS, Household, Load
from tests.world import NOW, VILLAGE, household

pytestmark = pytest.mark.django_db
Income = LEDGERS["income_entry"]
NOWHERE = 987_654_321


@pytest.fixture
def load() -> Load:
    with entered_system():
        return Load.objects.create(
            kind="registry", county=VILLAGE[:6], on=date(2026, 11, 1), state="done", content_sha256="0" * 64,
            started_at=NOW, notices=[],
        )  # fmt: skip


def test_a_row_of_no_household_is_refused(load: Load) -> None:
    with entered_system(), pytest.raises(IntegrityError):
        Income.objects.create(household_id=NOWHERE, division=VILLAGE, load=load)


def test_a_row_of_no_load_is_refused() -> None:
    with entered_system(), pytest.raises(IntegrityError):
        Income.objects.create(household=None, division=VILLAGE, load_id=NOWHERE)


def test_a_row_that_knows_no_household_is_taken(load: Load) -> None:
    with entered_system():
        assert Income.objects.create(household=None, division=VILLAGE, load=load).pk


def test_a_row_cannot_be_turned_to_a_household_that_is_not_there(load: Load) -> None:
    with entered_system():
        row = Income.objects.create(household=household(VILLAGE), division=VILLAGE, load=load)

        with pytest.raises(IntegrityError):
            Income.objects.filter(pk=row.pk).update(household_id=NOWHERE)


def test_a_household_with_rows_of_a_ledger_cannot_be_taken_away(load: Load) -> None:
    with entered_system(), connection.cursor() as cursor:
        home = household(VILLAGE)
        Income.objects.create(household=home, division=VILLAGE, load=load)
        cursor.execute("DELETE FROM records_householdversion WHERE household_id = %s", [home.pk])
        cursor.execute("DELETE FROM records_memberversion WHERE household_id = %s", [home.pk])
        cursor.execute("DELETE FROM records_member WHERE household_id = %s", [home.pk])

        with pytest.raises(IntegrityError, match="records_household"), transaction.atomic():
            Household.objects.filter(pk=home.pk)._raw_delete("default")
