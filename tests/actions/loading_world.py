"""A synthetic county in files, loaded into the records, and a digest of everything a load may touch."""

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.apps import apps
from django.db import connection

from shouwang.actions.acting import Actor
from shouwang.actions.loading import Loaded, load_folder
from shouwang.records.access import entered_system
from shouwang.records.viewers import Viewer
from shouwang.synthetic.making import make_county
from shouwang.synthetic.writing import write_county
from tests.world import NOW

COUNTY, ON = "530521", date(2025, 7, 1)
SYSTEM = Actor(Viewer(0, "系统", ()))
_NOT_FACTS = {"records_load", "records_auditevent", "records_account", "records_rolegrant"}


@cache
def county_folder(households: int = 60) -> Path:
    """Write a county of so many households once for the whole run, and return its folder."""
    folder = Path(mkdtemp(prefix="shouwang-tests-county-"))
    write_county(make_county(county=COUNTY, households=households, on=ON, seed=5, months=12), folder)
    return folder


def load(folder: Path, *, on: date = ON, **asked: Any) -> Loaded:
    """Load a county's folder as the command does."""
    deliveries = folder / "deliveries"
    return load_folder(
        actor=SYSTEM, registry=folder / "registry", deliveries=deliveries if deliveries.is_dir() else None,
        county=COUNTY, on=on, at=asked.pop("at", NOW), **asked,
    )  # fmt: skip


def state_digest() -> str:
    """Return a digest of every row of the records but loads and audit."""
    whole = hashlib.sha256()
    with entered_system(), connection.cursor() as cursor:
        for model in apps.get_app_config("records").get_models():
            table = model._meta.db_table
            if table in _NOT_FACTS:
                continue
            cursor.execute(
                f"SELECT count(*), coalesce(sum(hashtextextended(to_jsonb(t)::text, "
                "0)::numeric), 0) "
                f'FROM "{table}" t'
            )
            whole.update(f"{table}{cursor.fetchone()}".encode())
    return whole.hexdigest()
