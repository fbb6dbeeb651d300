"""A county of a few households, and departments' files for it, handed in as its officers do."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

from shouwang.actions.acting import Actor
from shouwang.actions.delivery_reading import read_next
from shouwang.actions.delivery_receiving import receive_delivery
from shouwang.domain.divisions import children, villages
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import LEDGERS, Delivery, Load
from shouwang.records.models.loads import REGISTRY
from tests import world
from tests.actions.loading_small import load_small
from tests.actions.loading_world import COUNTY, SYSTEM
from tests.exchange import samples
from tests.world import NOW

MONTH = date(2026, 10, 1)
VILLAGE = villages(children(COUNTY)[0].code)[0].code
ON = samples.ON


def loaded_registry(folder: Path, households: int = 3) -> None:
    """Load a registry of households of one person each, whose numbers are samples.number(1) and so on."""
    samples.registry(folder / "registry", households)
    load_small(folder)


def known_registry(households: int = 3) -> None:
    """Make the same households as `loaded_registry` without its files, and the load they came by."""
    with entered_system():
        Load.objects.create(
            kind=REGISTRY, county=COUNTY, on=ON, state="done", content_sha256="registry", started_at=NOW
        )
        for serial in range(1, households + 1):
            home = world.household(VILLAGE, members=0, number=f"H{serial:03d}")
            world.member(home, relation="户主", identity=samples.number(serial), code=f"P{serial:03d}")


def officer(department: str = "medical") -> Actor:
    """Return an officer of a county's department."""
    with entered_system():
        return world.actor(world.account(Role.DEPARTMENT, COUNTY, departments=[department]))


def county_officer() -> Actor:
    """Return an officer of the county's leading office."""
    with entered_system():
        return world.actor(world.account(Role.COUNTY_OFFICE, COUNTY))


def medical_file(*rows: Sequence[Any], headers: Sequence[str] = tuple(samples.MEDICAL_HEADERS)) -> bytes:
    """Return a workbook of settlements."""
    with TemporaryDirectory() as folder:
        return samples.xlsx(Path(folder) / "file.xlsx", {"Sheet1": [list(headers), *rows]}).read_bytes()


def hand_in(
    actor: Actor,
    content: bytes,
    name: str = "医保_2026年10月.xlsx",
    department: str = "medical",
    **asked: Any,
) -> Delivery:
    """Hand a file in; it waits to be read."""
    with entered(actor.viewer):
        delivery, _ = receive_delivery(
            actor=actor,
            county=COUNTY,
            department=department,
            file_name=name,
            content=content,
            at=NOW,
            **asked,
        )
    return delivery


def read_all() -> None:
    """Do the background work until nothing waits."""
    while read_next(actor=SYSTEM, on=ON, at=NOW) is not None:
        pass


def handed_in(actor: Actor, content: bytes, name: str = "医保_2026年10月.xlsx", **asked: Any) -> Delivery:
    """Hand a file in, have it read, and return it as it then stands."""
    delivery = hand_in(actor, content, name, **asked)
    read_all()
    with entered_system():
        return Delivery.objects.get(pk=delivery.pk)


def in_force(table: str = "own_pay_entry") -> list[tuple[Any, ...]]:
    """Return what is in force in a ledger, without keys: household, person and facts, in order."""
    model = LEDGERS[table]
    hidden = {"id", "load", "source_no", "row_no", "delivered_month"}
    names = [field.column for field in model._meta.fields if field.name not in hidden]
    with entered_system(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM {model._meta.db_table}")
        return sorted(cursor.fetchall(), key=repr)
