"""Polars, lazily and streaming: income, own pay and members, and the rules that read nothing else."""

from datetime import date

import polars as pl

from shouwang.engine.policy_table import PolicyTable
from tests.bench import trees
from tests.bench.work import ON, Days, Work, counted, heavy_rules, policy

_CLASSES = ["unstable", "borderline", "sudden"]


def run(work: Work) -> None:
    """Compute the indicators and flags and write the flags."""
    table = policy(heavy_rules())
    days = Days.of(table)
    joined = pl.scan_parquet(work.tables / "household.parquet").select(
        "household_id", "household_class", "monitored_class", "is_risk_eliminated",
        "stated_member_count", "has_uninsured_member", "claims_income_fen",
    )  # fmt: skip
    for part in (_ledger(work, table, days), _annual(work), _members(work), _own_pay(work, days)):
        joined = joined.join(part, on="household_id", how="left")
    values = table.parameters(0)
    flags = {v.rule.name: trees.condition(v.expression.tree, pl.col, values) for v in table.variants}
    answers = _per_head(_indicators(joined)).select("household_id", **flags)
    answers.collect(engine="streaming").write_parquet(work.answers("polars"))


def _ledger(work: Work, table: PolicyTable, days: Days) -> pl.LazyFrame:
    month, item = pl.col("month"), pl.col("item")
    sources = ("wage", "business", "property", "transfer")
    items = {name: 1 for source in sources for name in counted(table, source)} | {"business_cost": -1}
    start = days.previous.from_date
    place = (month.dt.year().cast(pl.Int32) - start.year) * 12 + month.dt.month().cast(pl.Int32) - start.month
    rows = (
        pl.scan_parquet(work.tables / "income_entry.parquet")
        .filter((month >= start) & (month < ON.replace(day=1)))
        .select(
            "household_id",
            place=place,
            fen=pl.col("amount_fen") * item.replace_strict(items, default=0, return_dtype=pl.Int64),
            is_wage=item.is_in(counted(table, "wage")),
        )
        .with_columns(bit=pl.lit(1, dtype=pl.Int64) * 2 ** pl.col("place"))
    )
    fen, late = pl.col("fen"), pl.col("place") >= 12
    months = pl.col("bit").cast(pl.Int64).bitwise_or()
    return rows.group_by("household_id").agg(
        w_net=fen.filter(late).sum(),
        w_wage=fen.filter(late & pl.col("is_wage")).sum(),
        previous_net=fen.filter(~late).sum(),
        half_net=fen.filter(pl.col("place") >= 18).sum(),
        months=months,
    )


def _annual(work: Work) -> pl.LazyFrame:
    parts = pl.col("wage_fen") + pl.col("business_fen") + pl.col("property_fen") + pl.col("transfer_fen")
    net = pl.coalesce("net_fen", parts - pl.col("business_cost_fen"))
    age = ON.year - pl.col("year")
    rows = pl.scan_parquet(work.tables / "annual_income.parquet").filter(age.is_between(1, 2))
    return (
        rows.select("household_id", "wage_fen", net=net, age=age)
        .group_by("household_id")
        .agg(
            net_1=pl.col("net").filter(pl.col("age") == 1).max(),
            net_2=pl.col("net").filter(pl.col("age") == 2).max(),
            stated_wage=pl.col("wage_fen").filter(pl.col("age") == 1).max(),
        )
    )


def _members(work: Work) -> pl.LazyFrame:
    labour, born = pl.col("labour"), pl.col("birth_date")
    resident, employee = pl.col("has_resident_medical_insurance"), pl.col("has_employee_medical_insurance")
    of_age = (born <= _birthday(16)) & (born > _birthday(60))
    return (
        pl.scan_parquet(work.tables / "member.parquet")
        .group_by("household_id")
        .agg(
            members=pl.len(),
            chronic=pl.col("has_chronic_illness").sum(),
            chronic_known=pl.col("has_chronic_illness").count(),
            uninsured=(~resident & ~employee).sum(),
            insurance_known=(resident.is_not_null() | employee.is_not_null()).sum(),
            labour=labour.is_in(["ordinary", "skilled", "weak"]).sum(),
            full_labour=labour.is_in(["ordinary", "skilled"]).sum(),
            labour_blank=(labour.is_null() & of_age).sum(),
            migrant_months_max=pl.col("migrant_months").max(),
        )
        .with_columns(pl.exclude("household_id").cast(pl.Int64))
    )


def _own_pay(work: Work, days: Days) -> pl.LazyFrame:
    settled, paid = pl.col("settled_on"), pl.col("own_pay_fen")
    in_year = settled >= days.year.from_date
    rows = pl.scan_parquet(work.tables / "own_pay_entry.parquet").filter(
        (settled >= days.spending.from_date) & (settled < days.spending.to_date)
    )
    persons = rows.group_by("household_id", "person_id").agg(
        paid=paid.sum(),
        paid_in_year=paid.filter(in_year).sum(),
        inpatient=paid.filter(in_year & (pl.col("visit_kind") == "inpatient")).sum(),
    )
    return persons.group_by("household_id").agg(
        own_pay_household_fen=pl.col("paid").sum(),
        own_pay_person_max_fen=pl.col("paid").max(),
        own_pay_year_person_max_fen=pl.col("paid_in_year").max(),
        inpatient_own_pay_year_max_fen=pl.col("inpatient").max(),
    )


def _indicators(joined: pl.LazyFrame) -> pl.LazyFrame:
    months = pl.col("months").fill_null(0)
    w, previous, half = (months // 4096) == 4095, (months % 4096) == 4095, (months // 2**18) == 63
    was = pl.col("monitored_class").is_in(_CLASSES)
    known = (pl.col("members") > 0) & (pl.col("labour_blank") == 0)
    paid = ("own_pay_household_fen", "own_pay_person_max_fen", "own_pay_year_person_max_fen")
    return joined.with_columns(
        pl.col(*paid, "inpatient_own_pay_year_max_fen").fill_null(0),
        member_count=pl.coalesce("members", "stated_member_count"),
        is_alleviated=pl.col("household_class") == "alleviated",
        is_ordinary=pl.col("household_class") == "ordinary",
        was_monitored=was,
        is_monitored=was & ~pl.col("is_risk_eliminated"),
        net_income_fen=pl.when(w).then("w_net").otherwise("net_1"),
        wage_income_fen=pl.when(w).then("w_wage").otherwise("stated_wage"),
        previous_net_income_fen=pl.when(previous).then("previous_net").otherwise("net_2"),
        half_net=pl.when(half).then("half_net"),
        chronic_illness_persons=pl.when(pl.col("chronic_known") > 0).then("chronic"),
        uninsured_persons=pl.when(pl.col("insurance_known") > 0).then("uninsured"),
        labour_persons=pl.when(known).then("labour"),
        full_labour_persons=pl.when(known).then("full_labour"),
        is_without_labour=pl.when(known).then(pl.col("labour") == 0),
    )


def _per_head(frame: pl.LazyFrame) -> pl.LazyFrame:
    heads = pl.when(pl.col("member_count") != 0).then("member_count")
    net = pl.col("net_income_fen")
    reference = net + pl.col("claims_income_fen").fill_null(0) - pl.col("own_pay_household_fen")
    return frame.with_columns(
        net_income_per_capita_fen=net // heads,
        reference_income_per_capita_fen=reference // heads,
        half_year_income_per_capita_fen=pl.col("half_net") // heads,
        income_fall_fen=pl.col("previous_net_income_fen") - net,
    )


def _birthday(years: int) -> date:
    return ON.replace(year=ON.year - years)
