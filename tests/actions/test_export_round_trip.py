"""The upload tables of the national system: what goes out comes in again as the same tables."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shouwang.domain.roles import Role
from shouwang.exchange.staging import Staged, stage
from shouwang.records.access import entered_system
from tests.actions.export_world import choice, made_file
from tests.actions.loading_world import COUNTY, ON, county_folder, load
from tests.exchange.samples import KEY
from tests.world import account, actor

pytestmark = pytest.mark.django_db
# Where a row came from, and what is told anew at each loading.
_NOT_FACTS = {"source_id", "row_no"}


def facts(staged: Staged, table: str, key: list[str]) -> list[dict[str, Any]]:
    rows = pq.read_table(staged.tables[table]).to_pylist()
    plain = [{name: value for name, value in row.items() if name not in _NOT_FACTS} for row in rows]
    return sorted(plain, key=lambda row: [str(row[name]) for name in key])


def test_what_goes_out_comes_in_again_as_the_same_tables(tmp_path: Path) -> None:
    folder = county_folder()
    load(folder)
    with entered_system():
        who = actor(account(Role.COUNTY_OFFICE, COUNTY))
    first = stage(folder / "registry", None, county=COUNTY, on=ON, out=tmp_path / "first", key=KEY)
    newest = max(row["year"] for row in facts(first, "annual_income", ["year"]))
    incomes = [row for row in facts(first, "annual_income", ["household_id"]) if row["year"] == newest]

    for file_format in ("xlsx", "csv", "csv_gb"):
        out = tmp_path / file_format
        out.mkdir()
        for profile, name in (("national_household", "户信息"), ("national_member", "家庭成员信息")):
            _, content = made_file(who, choice(profile, COUNTY, file_format=file_format))
            (out / f"{name}.{file_format.partition('_')[0]}").write_bytes(content)
        again = stage(out, None, county=COUNTY, on=ON, out=tmp_path / f"{file_format}-again", key=KEY)

        assert again.error_count == first.error_count
        assert facts(again, "household", ["household_id"]) == facts(first, "household", ["household_id"])
        assert facts(again, "member", ["person_id"]) == facts(first, "member", ["person_id"])
        assert facts(again, "annual_income", ["household_id"]) == incomes
