"""The raw rows behind an indicator, for the evidence of the households that a rule found.

An indicator rests on named sets of rows; each set uses the same conditions as the indicator, so an empty set
means that nothing of it entered the figure.
"""

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from shouwang.domain.indicators import indicators
from shouwang.engine.indicators import income, members, source_events
from shouwang.engine.indicators.amounts import COST, INCOMES, income_groups, income_sums
from shouwang.engine.indicators.columns import within
from shouwang.engine.indicators.reading import STATEMENT_YEARS, Reading
from shouwang.engine.indicators.source_events import RowSet, chosen
from shouwang.engine.snapshot import IncomeRegime, Snapshot


def source_sets(name: str) -> tuple[str, ...]:
    """Return the sets of rows that an indicator rests on; by default the registry's own row."""
    return _SETS_OF.get(name, ("household",))


def set_rows(
    snapshot: Snapshot, regime: IncomeRegime, on: date, row_set: str, households: ir.Table | None = None
) -> ir.Table | None:
    """Return the rows of a set, or None where no delivery could feed it.

    One row per source row (a ledger's row once per item): household_id, source_id, row_no, amount_fen (NULL
    where the row carries no amount). households: a table with household_id; reading only their rows is much
    cheaper than choosing them afterwards.
    """
    fed = frozenset(name for name in indicators() if row_set in source_sets(name))
    if households is not None:
        snapshot = snapshot.with_tables(
            **{
                table: snapshot[table].filter(snapshot[table].household_id.isin(households.household_id))
                for table in tables_of(row_set)
            }
        )
    return ROW_SETS[row_set](Reading(snapshot, regime, on, fed))


def tables_of(row_set: str) -> list[str]:
    """Return the tables that a set of rows may read."""
    fed = [indicator for name, indicator in indicators().items() if row_set in source_sets(name)]
    return sorted({table for indicator in fed for table in indicator.reads} | {"household"})


def source_rows(
    snapshot: Snapshot, regime: IncomeRegime, on: date, name: str, households: ir.Table | None = None
) -> ir.Table | None:
    """Return the rows of every set that an indicator rests on, as `set_rows` does; or None."""
    sets = [set_rows(snapshot, regime, on, each, households) for each in source_sets(name)]
    found = [rows for rows in sets if rows is not None]
    return ibis.union(*found) if found else None


def _household(reading: Reading) -> ir.Table:
    return chosen(reading["household"])


def _household_amount(column: str) -> RowSet:
    def rows(reading: Reading) -> ir.Table:
        stated = reading["household"]
        return chosen(stated, stated[column].notnull(), stated[column])

    return rows


def _without(feed: str, rows: RowSet) -> RowSet:
    """Return rows that are read only where the feed was not delivered."""
    return lambda reading: None if reading.has(feed) else rows(reading)


def _members(part: str) -> RowSet:
    def rows(reading: Reading) -> ir.Table:
        described = members.described_members(reading)
        return chosen(described, members.COUNTED[part](described, reading))

    return rows


def _complete_households(reading: Reading, period: str) -> ir.Table | None:
    """Return the households whose ledger knows every month of the period."""
    months = reading.income_periods.get(period)
    if months is None:
        return None
    [sums] = income_sums(reading.snapshot, reading.regime, {period: months})
    return sums.filter(sums[f"{period}_months_known"] == len(months.months)).select("household_id")


def _ledger(period: str, *groups: str) -> RowSet:
    """Return the counted entries of a period, of households whose ledger is complete in it."""

    def rows(reading: Reading) -> ir.Table | None:
        complete = _complete_households(reading, period)
        if complete is None:
            return None
        counted = income_groups(reading.regime)
        items = sorted(item for group in groups for item in counted[group])
        entries = reading["income_entry"]
        inside = within(entries.month, reading.income_periods[period]) & entries.item.isin(items)
        return chosen(entries, inside, entries.amount_fen).semi_join(complete, "household_id")

    return rows


def _known_months(reading: Reading) -> ir.Table | None:
    if "w" not in reading.income_periods:
        return None
    entries = reading["income_entry"]
    return chosen(entries, within(entries.month, reading.income_periods["w"]), entries.amount_fen)


def _statement(period: str, age: int, column: str | None = None) -> RowSet:
    """Return the annual statement that stands in where the ledger of a period is incomplete."""

    def rows(reading: Reading) -> ir.Table:
        statements = reading["annual_income"]
        amount = income.statement_net(statements) if column is None else statements[column]
        complete = _complete_households(reading, period)
        if complete is not None:
            statements = statements.anti_join(complete, "household_id")
        return chosen(statements, statements.year == reading.on.year - age, amount)

    return rows


def _statements(reading: Reading) -> ir.Table:
    statements = reading["annual_income"]
    years = statements.year.between(reading.on.year - STATEMENT_YEARS + 1, reading.on.year)
    return chosen(statements, years, income.statement_net(statements))


def _newest_statement(reading: Reading) -> ir.Table:
    statements = reading["annual_income"]
    statements = statements.filter(statements.year <= reading.on.year)
    newest = statements.mutate(
        newest=statements.year.max().over(ibis.window(group_by=statements.household_id))
    )
    return chosen(newest, newest.year == newest.newest, newest.net_per_capita_fen)


ROW_SETS: Mapping[str, RowSet] = {
    "household": _household,
    "claims": _household_amount("claims_income_fen"),
    "stated_own_pay": _household_amount("compliant_own_pay_fen"),
    **{f"member:{part}": _members(part) for part in members.COUNTED},
    "ledger_months": _known_months,
    "ledger_w": _ledger("w", *INCOMES, COST),
    **{f"ledger_{group}": _ledger("w", group) for group in (*INCOMES, COST)},
    "ledger_previous": _ledger("previous", *INCOMES, COST),
    "ledger_half": _ledger("half", *INCOMES, COST),
    "statement_w": _statement("w", 1),
    **{f"statement_{part}": _statement("w", 1, column) for part, column in income.STATED.items()},
    "statement_previous": _statement("previous", 2),
    "statements": _statements,
    "statement_newest": _newest_statement,
    "stated_pupils": _without("education", _members("paying_stage")),
    "stated_dropouts": _without("education", _members("stated_dropout")),
    "stated_minimum_living": _without("civil_affairs", _members("minimum_living_stated")),
    "stated_destitute": _without("civil_affairs", _members("destitute_stated")),
    "stated_water": _without("water", _household),
    **source_events.ROW_SETS,
}

_NET = ("ledger_w", "statement_w")
_OWN_PAY = ("own_pay",)
_EVERY_MEMBER = ("member:members",)
_REFERENCE = (*_NET, "claims", *_OWN_PAY)

# Indicators not named here rest on the registry's row of the household alone.
_SETS_OF: Mapping[str, tuple[str, ...]] = {
    "member_count": _EVERY_MEMBER,
    "income_months_known": ("ledger_months",),
    "is_income_from_ledger": ("ledger_months",),
    "net_income_fen": _NET,
    "wage_income_fen": ("ledger_wage", "statement_wage"),
    "business_income_fen": ("ledger_business", "statement_business"),
    "business_cost_fen": ("ledger_cost", "statement_cost"),
    "property_income_fen": ("ledger_property", "statement_property"),
    "transfer_income_fen": ("ledger_transfer", "statement_transfer"),
    "net_income_per_capita_fen": (*_NET, *_EVERY_MEMBER),
    "reference_income_fen": _REFERENCE,
    "reference_income_per_capita_fen": (*_REFERENCE, *_EVERY_MEMBER),
    "previous_net_income_fen": ("ledger_previous", "statement_previous"),
    "income_fall_fen": (*_NET, "ledger_previous", "statement_previous"),
    "half_year_net_income_fen": ("ledger_half",),
    "half_year_income_per_capita_fen": ("ledger_half", *_EVERY_MEMBER),
    "falling_years": ("statements",),
    "stated_income_per_capita_fen": ("statement_newest",),
    "own_pay_person_max_fen": _OWN_PAY,
    "own_pay_household_fen": _OWN_PAY,
    "own_pay_year_person_max_fen": ("own_pay_year",),
    "compliant_own_pay_person_max_fen": ("own_pay_compliant",),
    "inpatient_own_pay_year_max_fen": ("own_pay_inpatient",),
    "outpatient_own_pay_month_max_fen": ("own_pay_outpatient",),
    "stated_own_pay_fen": ("stated_own_pay",),
    "education_own_fen": ("tuition",),
    "disaster_loss_fen": ("disasters",),
    "farm_loss_fen": ("farm_losses",),
    "rigid_spending_fen": (*_OWN_PAY, "tuition", "disasters"),
    "serious_illness_persons": ("member:serious", "serious_diagnoses"),
    "new_serious_illness_persons": ("new_diagnoses",),
    "chronic_illness_persons": ("member:chronic",),
    "uninsured_persons": ("member:uninsured",),
    "compulsory_age_persons": ("member:compulsory_age",),
    "pupils": ("enrolled",),
    "noncompulsory_pupils": ("enrolled_paying", "stated_pupils"),
    "dropout_persons": ("suspected_dropouts", "stated_dropouts"),
    "disabled_persons": ("member:disabled", "certificates"),
    "severe_disabled_persons": ("member:severe", "severe_certificates"),
    "new_disabled_persons": ("member:newly_disabled", "new_certificates"),
    "minimum_living_persons": ("minimum_living", "stated_minimum_living"),
    "destitute_persons": ("destitute", "stated_destitute"),
    "new_minimum_living_persons": ("minimum_living_new",),
    "refused_minimum_living_persons": ("minimum_living_refused",),
    "stopped_minimum_living_persons": ("minimum_living_stopped",),
    "temporary_aid_times": ("temporary_aid",),
    "labour_persons": ("member:labour",),
    "full_labour_persons": ("member:full_labour",),
    "is_without_labour": _EVERY_MEMBER,
    "migrant_persons": ("member:migrants",),
    "migrant_months_max": ("member:migrants",),
    "employed_persons": ("employed",),
    "unemployed_persons": ("unemployed",),
    "job_changes": ("job_changes",),
    "lost_monthly_wage_fen": ("lost_wages",),
    "elderly_persons": ("member:elderly",),
    "is_elderly_only": _EVERY_MEMBER,
    "children_persons": ("member:children",),
    "has_left_behind_children": ("member:children", "member:working_age"),
    "is_single_destitute": ("destitute", "stated_destitute", *_EVERY_MEMBER),
    "housing_grade": ("housing_check", "unchecked_household"),
    "is_housing_unsafe": ("housing_check", "unchecked_household"),
    "has_water_problem": ("water_problems", "stated_water"),
    "water_days_without": ("water_problems",),
    "water_problem_kinds": ("water_problems",),
    "disaster_events": ("disasters",),
    "is_house_destroyed": ("destroying_disasters",),
    "project_stopped_events": ("stopped_projects",),
    "epidemic_events": ("epidemics",),
    "accident_events": ("accidents",),
    "has_grave_accident": ("grave_accidents",),
    "labour_deaths": ("deaths",),
    "petitions": ("petitions",),
    "overdue_days_max": ("loans",),
    "loan_balance_fen": ("loans",),
}
