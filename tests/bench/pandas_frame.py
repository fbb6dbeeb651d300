"""Vectorised pandas: income, own pay and members, and the rules that read nothing else.

Households are turned into small integers once, texts into codes while reading, and every sum is a grouped sum
of columns prepared with NumPy: no `apply`, no loop over rows.
"""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from shouwang.engine.policy_table import PolicyTable
from tests.bench import trees
from tests.bench.work import ON, Days, Work, counted, heavy_rules, policy

_REGISTRY = [
    "household_id", "household_class", "monitored_class", "is_risk_eliminated",
    "stated_member_count", "has_uninsured_member", "claims_income_fen",
]  # fmt: skip
_NULLABLE = {"is_risk_eliminated": "boolean", "has_uninsured_member": "boolean"}


def run(work: Work) -> None:
    """Compute the indicators and flags and write the flags."""
    table = policy(heavy_rules())
    days = Days.of(table)
    homes = pq.read_table(work.tables / "household.parquet", columns=_REGISTRY).to_pandas()
    homes = homes.astype({**_NULLABLE, "stated_member_count": "Int64", "claims_income_fen": "Int64"})
    index = pd.Index(homes["household_id"])
    parts = (
        _ledger(work, table, days, index),
        _annual(work, index),
        _members(work, index),
        _own_pay(work, days, index),
    )
    frame = pd.concat([homes, *(part.reindex(homes.index).astype("Int64") for part in parts)], axis=1)
    _add_indicators(frame)
    values = table.parameters(0)
    flags = {
        v.rule.name: trees.condition(v.expression.tree, frame.__getitem__, values) for v in table.variants
    }
    answers = pd.DataFrame({"household_id": homes["household_id"], **flags})
    answers.to_parquet(work.answers("pandas"))


def _read(path: Path, columns: list[str], index: pd.Index, coded: list[str] | None = None) -> pd.DataFrame:
    """Read columns with the households as their places in the registry."""
    coded = ["household_id", *(coded or [])]
    frame: pd.DataFrame = pq.read_table(path, columns=columns, read_dictionary=coded).to_pandas(
        date_as_object=False
    )
    places = index.get_indexer(frame["household_id"].cat.categories)
    frame["household_id"] = places[frame["household_id"].cat.codes]
    return frame


def _ledger(work: Work, table: PolicyTable, days: Days, index: pd.Index) -> pd.DataFrame:
    path = work.tables / "income_entry.parquet"
    rows = _read(path, ["household_id", "month", "item", "amount_fen"], index, ["item"])
    months = pd.to_datetime(rows["month"])
    start = days.previous.from_date
    place = ((months.dt.year - start.year) * 12 + months.dt.month - start.month).to_numpy()
    items = rows["item"].cat
    wages = np.isin(items.categories, counted(table, "wage"))[items.codes]
    every = [i for source in ("wage", "business", "property", "transfer") for i in counted(table, source)]
    sign = np.isin(items.categories, every).astype(int) - (items.categories == "business_cost").astype(int)
    fen = rows["amount_fen"].fillna(0).to_numpy() * sign[items.codes]
    inside = (place >= 0) & (place < 24)
    late = inside & (place >= 12)
    household = rows["household_id"].to_numpy()
    sums = pd.DataFrame(
        {
            "w_net": np.where(late, fen, 0),
            "w_wage": np.where(late & wages, fen, 0),
            "previous_net": np.where(inside & (place < 12), fen, 0),
            "half_net": np.where(inside & (place >= 18), fen, 0),
        }
    )
    grouped = sums.groupby(household).sum()
    known = np.zeros((len(index), 24), dtype=bool)
    known[household[inside], place[inside]] = True
    for name, first, last in (("w_months", 12, 24), ("previous_months", 0, 12), ("half_months", 18, 24)):
        grouped[name] = pd.Series(known[:, first:last].sum(axis=1)).reindex(grouped.index)
    return grouped


def _annual(work: Work, index: pd.Index) -> pd.DataFrame:
    parts = ["wage_fen", "business_fen", "property_fen", "transfer_fen"]
    columns = ["household_id", "year", *parts, "business_cost_fen", "net_fen"]
    rows = _read(work.tables / "annual_income.parquet", columns, index)
    parts_sum = rows[parts].sum(axis=1, skipna=False) - rows["business_cost_fen"]
    rows["net"] = rows["net_fen"].fillna(parts_sum)
    last = rows[rows["year"] == ON.year - 1].groupby("household_id")[["net", "wage_fen"]].max()
    before = rows[rows["year"] == ON.year - 2].groupby("household_id")["net"].max()
    return pd.DataFrame({"net_1": last["net"], "stated_wage": last["wage_fen"], "net_2": before})


def _members(work: Work, index: pd.Index) -> pd.DataFrame:
    columns = [
        "household_id", "has_chronic_illness", "has_resident_medical_insurance",
        "has_employee_medical_insurance", "labour", "birth_date", "migrant_months",
    ]  # fmt: skip
    rows = _read(work.tables / "member.parquet", columns, index, ["labour"])
    resident = rows["has_resident_medical_insurance"].astype("boolean")
    employee = rows["has_employee_medical_insurance"].astype("boolean")
    born = pd.to_datetime(rows["birth_date"])
    of_age = (born <= _birthday(16)) & (born > _birthday(60))
    chronic = rows["has_chronic_illness"].astype("boolean")
    counts = pd.DataFrame(
        {
            "members": np.ones(len(rows), dtype=int),
            "chronic": chronic.fillna(False).astype(int),
            "chronic_known": chronic.notna().astype(int),
            "uninsured": (~resident & ~employee).fillna(False).astype(int),
            "insurance_known": (resident.notna() | employee.notna()).astype(int),
            "labour": rows["labour"].isin(["ordinary", "skilled", "weak"]).astype(int),
            "full_labour": rows["labour"].isin(["ordinary", "skilled"]).astype(int),
            "labour_blank": (rows["labour"].isna() & of_age).astype(int),
        }
    )
    grouped = counts.groupby(rows["household_id"]).sum()
    grouped["migrant_months_max"] = rows.groupby("household_id")["migrant_months"].max()
    return grouped


def _own_pay(work: Work, days: Days, index: pd.Index) -> pd.DataFrame:
    columns = ["household_id", "person_id", "settled_on", "visit_kind", "own_pay_fen"]
    rows = _read(work.tables / "own_pay_entry.parquet", columns, index, ["person_id", "visit_kind"])
    settled = pd.to_datetime(rows["settled_on"])
    chosen = (settled >= pd.Timestamp(days.spending.from_date)) & (
        settled < pd.Timestamp(days.spending.to_date)
    )
    rows, settled = rows[chosen], settled[chosen]
    paid, in_year = rows["own_pay_fen"].fillna(0), settled >= pd.Timestamp(days.year.from_date)
    amounts = pd.DataFrame(
        {
            "household_id": rows["household_id"],
            "person": rows["person_id"].cat.codes,
            "paid": paid,
            "paid_in_year": paid.where(in_year, 0),
            "inpatient": paid.where(in_year & (rows["visit_kind"] == "inpatient"), 0),
        }
    )
    persons = amounts.groupby(["household_id", "person"]).sum().groupby(level=0)
    most = persons.max()
    return pd.DataFrame(
        {
            "own_pay_household_fen": persons["paid"].sum(),
            "own_pay_person_max_fen": most["paid"],
            "own_pay_year_person_max_fen": most["paid_in_year"],
            "inpatient_own_pay_year_max_fen": most["inpatient"],
        }
    )


def _add_indicators(frame: Any) -> None:
    paid = [column for column in frame.columns if column.startswith(("own_pay_", "inpatient_"))]
    frame[paid] = frame[paid].fillna(0)
    frame["member_count"] = frame["members"].fillna(frame["stated_member_count"])
    frame["is_alleviated"] = (frame["household_class"] == "alleviated").where(
        frame["household_class"].notna()
    )
    frame["is_ordinary"] = (frame["household_class"] == "ordinary").where(frame["household_class"].notna())
    was = frame["monitored_class"].isin(["unstable", "borderline", "sudden"])
    frame["was_monitored"] = was.where(frame["monitored_class"].notna())
    for flag in ("is_alleviated", "is_ordinary", "was_monitored"):
        frame[flag] = frame[flag].astype("boolean")
    frame["is_monitored"] = frame["was_monitored"] & ~frame["is_risk_eliminated"]
    w = (frame["w_months"] == 12).fillna(False)
    frame["net_income_fen"] = frame["w_net"].where(w, frame["net_1"])
    frame["wage_income_fen"] = frame["w_wage"].where(w, frame["stated_wage"])
    previous = (frame["previous_months"] == 12).fillna(False)
    frame["previous_net_income_fen"] = frame["previous_net"].where(previous, frame["net_2"])
    half = frame["half_net"].where((frame["half_months"] == 6).fillna(False))
    frame["chronic_illness_persons"] = frame["chronic"].where((frame["chronic_known"] > 0).fillna(False))
    frame["uninsured_persons"] = frame["uninsured"].where((frame["insurance_known"] > 0).fillna(False))
    known = ((frame["members"] > 0) & (frame["labour_blank"] == 0)).fillna(False)
    frame["labour_persons"] = frame["labour"].where(known)
    frame["full_labour_persons"] = frame["full_labour"].where(known)
    frame["is_without_labour"] = frame["labour_persons"] == 0
    heads = frame["member_count"].where((frame["member_count"] != 0).fillna(False))
    claims = frame["claims_income_fen"].fillna(0)
    reference = frame["net_income_fen"] + claims - frame["own_pay_household_fen"]
    frame["net_income_per_capita_fen"] = frame["net_income_fen"] // heads
    frame["reference_income_per_capita_fen"] = reference // heads
    frame["half_year_income_per_capita_fen"] = half // heads
    frame["income_fall_fen"] = frame["previous_net_income_fen"] - frame["net_income_fen"]


def _birthday(years: int) -> pd.Timestamp:
    return pd.Timestamp(date(ON.year - years, ON.month, ON.day))
