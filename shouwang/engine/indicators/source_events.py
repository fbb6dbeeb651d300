"""The raw rows of departments' tables behind an indicator: settlements, pupils, aid, jobs, loans, events."""

from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from shouwang.engine.indicators import events, members, persons
from shouwang.engine.indicators.columns import is_true, row_key, within
from shouwang.engine.indicators.reading import Reading
from shouwang.engine.indicators.spending import OUTPATIENT

RowSet = Callable[[Reading], ir.Table | None]
Condition = Callable[[ir.Table, Reading], ir.Value]


def chosen(rows: ir.Table, condition: ir.Value | None = None, amount: ir.Value | None = None) -> ir.Table:
    """Return household_id, source_id, row_no and amount_fen of the rows that meet a condition."""
    amount_fen = ibis.null("int64") if amount is None else amount
    kept = rows.mutate(chosen_amount_fen=amount_fen)
    if condition is not None:
        kept = rows.mutate(chosen_amount_fen=amount_fen).filter(is_true(condition))
    return kept.select("household_id", "source_id", "row_no", amount_fen=kept.chosen_amount_fen)


def fed(feed: str, rows: RowSet) -> RowSet:
    """Return rows that are read only where the feed was delivered."""
    return lambda reading: rows(reading) if reading.has(feed) else None


def _where(table: str, condition: Condition, amount: str | None = None) -> RowSet:
    def rows(reading: Reading) -> ir.Table:
        read = reading[table]
        return chosen(read, condition(read, reading), None if amount is None else read[amount])

    return rows


def _own_pay(condition: Condition, amount: str = "own_pay_fen") -> RowSet:
    def rows(reading: Reading) -> ir.Table:
        entries = reading["own_pay_entry"]
        entries = entries.filter(within(entries.settled_on, reading.spending))
        return chosen(entries, condition(entries, reading), entries[amount])

    return fed("medical", rows)


def _last_outpatient(reading: Reading) -> ir.Table:
    """Return the outpatient settlements of each household's last month of S with any settlement."""
    entries = reading["own_pay_entry"]
    entries = entries.filter(within(entries.settled_on, reading.spending))
    day = entries.settled_on
    last = day.max().over(ibis.window(group_by=entries.household_id))
    kept = entries.mutate(last_on=last)
    same_month = (kept.last_on.year() == kept.settled_on.year()) & (
        kept.last_on.month() == kept.settled_on.month()
    )
    return chosen(kept, same_month & kept.visit_kind.isin(OUTPATIENT), kept.own_pay_fen)


def _newest_rows(rows: ir.Table, day: str) -> ir.Table:
    """Return each person's newest row."""
    keyed = rows.mutate(row_key=row_key(rows, day))
    persons_of = ibis.window(group_by=[keyed.household_id, keyed.person_id])
    placed = keyed.mutate(newest_key=keyed.row_key.max().over(persons_of))
    return placed.filter(placed.row_key == placed.newest_key)


def _newest_month(rows: ir.Table) -> ir.Table:
    """Return the rows of each person's newest month of delivery."""
    persons_of = ibis.window(group_by=[rows.household_id, rows.person_id])
    placed = rows.mutate(newest_month=rows.delivered_month.max().over(persons_of))
    return placed.filter(placed.delivered_month == placed.newest_month)


def _enrolment(condition: Condition, amount: str | None = None) -> RowSet:
    def rows(reading: Reading) -> ir.Table:
        newest = _newest_rows(persons.delivered(reading, "enrolment"), "delivered_month")
        return chosen(newest, condition(newest, reading), None if amount is None else newest[amount])

    return fed("education", rows)


def _certificates(condition: Condition) -> RowSet:
    def rows(reading: Reading) -> ir.Table:
        newest = _newest_rows(persons.delivered(reading, "disability_certificate"), "delivered_month")
        return chosen(newest, condition(newest, reading))

    return fed("disability", rows)


def _newest_aid(kind: str, condition: Condition) -> RowSet:
    def rows(reading: Reading) -> ir.Table:
        delivered = persons.delivered(reading, "social_aid")
        newest = _newest_rows(delivered.filter(delivered.kind == kind), "delivered_month")
        return chosen(newest, condition(newest, reading), newest.monthly_fen)

    return fed("civil_affairs", rows)


def _aid(condition: Condition) -> RowSet:
    return fed("civil_affairs", _where("social_aid", condition, "monthly_fen"))


def _workers(is_unemployed: bool) -> RowSet:
    """Return the newest rows of those at work, or of those whose newest rows all say unemployed."""

    def rows(reading: Reading) -> ir.Table:
        newest = _newest_month(persons.delivered(reading, "employment"))
        if not is_unemployed:
            return chosen(newest, newest.status == "employed", newest.monthly_wage_fen)
        return chosen(newest.semi_join(_unemployed(reading), persons.PERSON), None, newest.monthly_wage_fen)

    return fed("employment", rows)


def _unemployed(reading: Reading) -> ir.Table:
    newest = _newest_month(persons.delivered(reading, "employment"))
    other = is_true(newest.status == "unemployed").ifelse(0, 1)
    counted = newest.mutate(other=other).group_by(*persons.PERSON).aggregate(others=lambda t: t.other.sum())
    return counted.filter(counted.others == 0).select(*persons.PERSON)


def _lost_wages(reading: Reading) -> ir.Table:
    rows = reading["employment"].semi_join(_unemployed(reading), persons.PERSON)
    recent = within(rows.delivered_month, reading.spending) & rows.monthly_wage_fen.notnull()
    return chosen(rows, recent, rows.monthly_wage_fen)


def _loans(reading: Reading) -> ir.Table:
    newest = _newest_month(persons.delivered(reading, "credit"))
    return chosen(newest, None, newest.balance_fen)


def _housing_check(reading: Reading) -> ir.Table:
    checks = events.graded_checks(reading)
    keyed = checks.mutate(row_key=row_key(checks, "checked_on"))
    placed = keyed.mutate(newest_key=keyed.row_key.max().over(ibis.window(group_by=keyed.household_id)))
    return chosen(placed, placed.row_key == placed.newest_key)


def _unchecked_household(reading: Reading) -> ir.Table:
    households = reading["household"]
    if reading.has("housing"):
        households = households.anti_join(events.graded_checks(reading), "household_id")
    return chosen(households)


def _recent(
    feed: str, table: str, day: str, condition: Condition | None = None, amount: str | None = None
) -> RowSet:
    def rows(reading: Reading) -> ir.Table:
        recent = events.recent(reading, table, day)
        met = None if condition is None else condition(recent, reading)
        return chosen(recent, met, None if amount is None else recent[amount])

    return fed(feed, rows)


def _disasters(condition: Condition | None = None) -> RowSet:
    def rows(reading: Reading) -> ir.Table:
        recent = events.recent(reading, "disaster", "occurred_on")
        return chosen(
            recent, None if condition is None else condition(recent, reading), events.disaster_loss(recent)
        )

    return fed("disaster", rows)


def _deaths(reading: Reading) -> ir.Table:
    dead = events.recent(reading, "security_event", "occurred_on")
    dead = dead.filter(dead.event == "death")
    able = reading["member"]
    able = able.filter(members.is_labour(able, reading))
    return chosen(dead.semi_join(able, persons.PERSON))


def _every(rows: ir.Table, reading: Reading) -> ir.Value:
    return ibis.literal(True)


def _is_minimum(rows: ir.Table) -> ir.Value:
    return rows.kind == "minimum_living"


def _farm(condition: Condition | None = None) -> RowSet:
    return _recent("agriculture", "farm_loss", "occurred_on", condition, "loss_fen")


def _security(condition: Condition) -> RowSet:
    return _recent("security", "security_event", "occurred_on", condition)


ROW_SETS: Mapping[str, RowSet] = {
    "own_pay": _own_pay(_every),
    "own_pay_year": _own_pay(lambda t, r: within(t.settled_on, r.year)),
    "own_pay_compliant": _own_pay(_every, "compliant_own_pay_fen"),
    "own_pay_inpatient": _own_pay(lambda t, r: within(t.settled_on, r.year) & (t.visit_kind == "inpatient")),
    "own_pay_outpatient": fed("medical", _last_outpatient),
    "tuition": _enrolment(_every, "year_own_fen"),
    "enrolled": _enrolment(lambda t, r: t.status == "enrolled"),
    "enrolled_paying": _enrolment(
        lambda t, r: (t.status == "enrolled") & t.stage.notin(persons.COMPULSORY_STAGES), "year_own_fen"
    ),
    "suspected_dropouts": _enrolment(lambda t, r: t.status == "suspected_dropout"),
    "serious_diagnoses": fed("health", lambda r: chosen(members.serious_diagnoses(r))),
    "new_diagnoses": fed(
        "health",
        _where("diagnosis", lambda t, r: (t.severity == "serious") & within(t.diagnosed_on, r.spending)),
    ),
    "certificates": _certificates(_every),
    "severe_certificates": _certificates(lambda t, r: t.grade.isin([1, 2])),
    "new_certificates": _certificates(lambda t, r: within(t.issued_on, r.two_years)),
    "minimum_living": _newest_aid("minimum_living", lambda t, r: t.status.isin(persons.AIDED)),
    "minimum_living_stopped": _newest_aid(
        "minimum_living", lambda t, r: (t.status == "stopped") & within(t.delivered_month, r.spending)
    ),
    "destitute": _newest_aid("destitute", lambda t, r: t.status.isin(persons.AIDED)),
    "minimum_living_new": _aid(
        lambda t, r: _is_minimum(t) & t.status.isin(persons.AIDED) & within(t.start_month, r.two_years)
    ),
    "minimum_living_refused": _aid(
        lambda t, r: _is_minimum(t) & (t.status == "refused") & within(t.delivered_month, r.two_years)
    ),
    "temporary_aid": _aid(lambda t, r: (t.kind == "temporary") & within(t.start_month, r.spending)),
    "employed": _workers(is_unemployed=False),
    "unemployed": _workers(is_unemployed=True),
    "lost_wages": fed("employment", _lost_wages),
    "job_changes": fed("employment", _where("employment", lambda t, r: within(t.start_month, r.spending))),
    "loans": fed("credit", _loans),
    "housing_check": fed("housing", _housing_check),
    "unchecked_household": _unchecked_household,
    "water_problems": _recent("water", "water_problem", "started_on"),
    "disasters": _disasters(),
    "destroying_disasters": _disasters(lambda t, r: t.house_damage.isin(events.DESTROYED)),
    "farm_losses": _farm(),
    "stopped_projects": _farm(lambda t, r: t.event == "project_stopped"),
    "epidemics": _farm(lambda t, r: t.event == "epidemic"),
    "accidents": _security(lambda t, r: t.event == "traffic"),
    "grave_accidents": _security(lambda t, r: (t.event == "traffic") & t.consequence.isin(events.GRAVE)),
    "deaths": fed("security", _deaths),
    "petitions": _recent("petitions", "petition", "received_on"),
}
