"""Staged tables made by hand, for laws of loading that no spreadsheet need be read for."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.actions.loading import Loaded, load_brought
from shouwang.actions.loading_staging import Brought
from shouwang.domain.tables import TABLES
from shouwang.exchange.parts import table_schema
from tests.actions.loading_world import COUNTY, SYSTEM
from tests.world import NOW


def brought(folder: Path, county: dict[str, Any]) -> Brought:
    """Write the tables of `homes`, `persons` and `payments`; `edition` tells files of a name apart."""
    folder.mkdir(parents=True)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for number, home in county["homes"].items():
        rows["household"].append({"household_id": f"H{number}", "source_id": 0, "row_no": number + 2, **home})
        rows["annual_income"].append(
            {
                "household_id": f"H{number}",
                "year": 2025,
                "net_fen": 100 * county["edition"],
                "source_id": 0,
                "row_no": 2,
            }
        )
    for number, person in county["persons"].items():
        if person["home"] in county["homes"]:
            facts = {name: value for name, value in person.items() if name != "home"}
            rows["member"].append(
                {"person_id": f"P{number}", "household_id": f"H{person['home']}", "id_key": f"key{number}",
                 "source_id": 1, "row_no": number + 2, **facts}
            )  # fmt: skip
    _pay(rows, county)
    for source_id, feed in ((0, "registry_household"), (1, "registry_member")):
        rows["source"].append(_source(source_id, feed, None, county["edition"]))
    tables = {}
    for name, found in rows.items():
        tables[name] = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(found, schema=table_schema(name)), tables[name])
    return Brought(tables, None)


def _pay(rows: dict[str, list[dict[str, Any]]], county: dict[str, Any]) -> None:
    """Add payments (person, month, row, amount), a sheet a month."""
    held = {row["person_id"]: row["household_id"] for row in rows["member"]}
    for person, month, row_no, amount in county["payments"]:
        if f"P{person}" in held:
            rows["own_pay_entry"].append(
                {"household_id": held[f"P{person}"], "person_id": f"P{person}", "own_pay_fen": amount,
                 "delivered_month": date(2026, month, 1), "source_id": month + 1, "row_no": row_no}
            )  # fmt: skip
    for month in sorted({row["delivered_month"] for row in rows["own_pay_entry"]}):
        rows["source"].append(_source(month.month + 1, "medical", month, county["edition"]))


def _source(source_id: int, feed: str, month: date | None, edition: int) -> dict[str, Any]:
    sha256 = f"{feed}{month}{edition}".ljust(64, "0")[:64]
    return {"source_id": source_id, "feed": feed, "file": f"{feed}.xlsx", "sheet": "表", "month": month,
            "sha256": sha256, "row_count": 1}  # fmt: skip


def load_tables(made: Brought, on: date, **asked: Any) -> Loaded:
    """Load staged tables."""
    return load_brought(actor=SYSTEM, bring=lambda _: made, county=COUNTY, on=on, at=NOW, **asked)
