"""`python -m tests.stories.ledger HOUSEHOLD FIRST_MONTH LAST_MONTH YUAN`: more months of wages."""

import os
import sys
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from shouwang.domain.periods import Month  # noqa: E402
from shouwang.records.access import entered_system  # noqa: E402
from shouwang.records.models import LEDGERS, Household, Load, Source  # noqa: E402
from tests.world import COUNTY, NOW  # noqa: E402


def earn(home: Household, first: date, last: date, yuan: int) -> None:
    """Write the same wages for every month of a span."""
    load, month = _load(home, "ledger", last), Month.of(first)
    while month <= Month.of(last):
        LEDGERS["income_entry"].objects.create(
            household=home, division=home.division, load=load, month=month.first_day, item="migrant_wage",
            amount_fen=yuan * 100,
        )  # fmt: skip
        month += 1


def pay(home: Household, on: date, yuan: int) -> None:
    """Write a settlement of treatment."""
    LEDGERS["own_pay_entry"].objects.create(
        household=home, division=home.division, load=_load(home, "medical", on), settled_on=on,
        own_pay_fen=yuan * 100, total_fen=yuan * 200, basic_paid_fen=yuan * 100,
    )  # fmt: skip


def _load(home: Household, feed: str, on: date) -> Load:
    load = Load.objects.create(
        kind="run", county=COUNTY, on=on, state="done", content_sha256=f"{home.pk}{feed}{on}",
        started_at=NOW, finished_at=NOW,
    )  # fmt: skip
    Source.objects.create(
        load=load, number=1, feed=feed, file="样例.csv", sheet="样例", sha256="0" * 64, row_count=1
    )
    return load


if __name__ == "__main__":
    household_id, first, last, yuan = sys.argv[1:]
    with entered_system():
        home = Household.objects.get(pk=int(household_id))
        earn(home, date.fromisoformat(first), date.fromisoformat(last), int(yuan))
