"""What the medical insurance and the health office know: settlements and diagnoses."""

import numpy as np

from shouwang.synthetic.calibration import calibration, dirt_rates
from shouwang.synthetic.frames import (
    Array,
    Frame,
    days_in,
    length,
    months_of,
    random_stream,
    stack,
    texts,
    yuan,
)
from shouwang.synthetic.shocks import DIAGNOSES, Shocks

VISITS = texts("住院", "门诊", "门特")
INPATIENT, OUTPATIENT, CHRONIC = range(3)
DISEASES = texts("高血压", "2型糖尿病", "慢性阻塞性肺疾病", "骨关节炎", "慢性胃炎", "冠心病", "肺炎", "骨折")
ALL_DISEASES = np.concatenate([DISEASES, DIAGNOSES])


def make_medical(members: Frame, shocks: Shocks, window: range, seed: int) -> tuple[Frame, Frame]:
    """Return (settlements, diagnoses); `month` is when the row is delivered, `day` when it happened."""
    rng = random_stream(seed, "health")
    settlements = stack(
        _stays(rng, members, window), _grave_stays(rng, shocks.illness, window), _clinic(rng, members, window)
    )
    _pay(rng, members, settlements)
    settlements["month"] = _delivered(rng, settlements["day"])
    return settlements, _diagnoses(rng, members, shocks.illness, window)


def _delivered(rng: np.random.Generator, days: Array) -> Array:
    """Deliver most rows in their own month and some one to three months late."""
    month = months_of(days)
    late = rng.random(len(days)) * 1000 < dirt_rates()["file"]["late"]["per_mille"]
    delayed: Array = month + np.where(late, rng.integers(1, 4, len(days)), 0)
    return delayed


def _stays(rng: np.random.Generator, members: Frame, window: range) -> Frame:
    facts = calibration()["health"]
    risk = (1 + 2.4 * members["is_chronic"] + 5 * members["is_serious"]) * (0.5 + members["age"] / 60)
    rate = risk / risk.mean() * facts["hospitalised_percent"] / 100 * len(window) / 12
    people = np.repeat(np.arange(length(members)), rng.poisson(rate))
    spread = facts["stay_spread"]
    grave = members["is_serious"][people]
    cost = (
        facts["stay_mean_yuan"]
        * rng.lognormal(-(spread**2) / 2, spread, len(people))
        * np.where(grave, 1.4, 0.80)
    )
    month = rng.integers(window.start, window.stop, len(people))
    disease = rng.integers(0, len(DISEASES), len(people))
    return _settlements(people, days_in(rng, month), np.full(len(people), INPATIENT), cost, disease)


def _grave_stays(rng: np.random.Generator, illness: Frame, window: range) -> Frame:
    """Give each newly found serious illness one to four costly stays, none after the last month."""
    stays = rng.integers(1, 5, length(illness))
    row = np.repeat(np.arange(length(illness)), stays)
    month = illness["month"][row] + (np.arange(len(row)) - np.repeat(np.cumsum(stays) - stays, stays)) * 2
    cost = calibration()["health"]["new_serious_mean_yuan"] * rng.lognormal(-0.18, 0.6, len(row))
    day = np.where(month == illness["month"][row], illness["day"][row], days_in(rng, month))
    inside = month < window.stop
    row, cost, day = row[inside], cost[inside], day[inside]
    disease = len(DISEASES) + illness["diagnosis"][row]
    return _settlements(illness["person"][row], day, np.full(len(row), INPATIENT), cost, disease)


def _clinic(rng: np.random.Generator, members: Frame, window: range) -> Frame:
    """Give the chronically ill a few settlements a year, each for several months of treatment."""
    facts = calibration()["health"]
    ill = np.flatnonzero(members["is_chronic"])
    visits = rng.poisson(facts["clinic_visits_a_year"] * len(window) / 12, len(ill))
    own_year = facts["clinic_own_pay_mean_yuan"] * rng.lognormal(-0.32, 0.8, len(ill))
    people = np.repeat(ill, visits)
    own = np.repeat(own_year / facts["clinic_visits_a_year"], visits) * rng.lognormal(-0.02, 0.2, len(people))
    month = rng.integers(window.start, window.stop, len(people))
    kind = np.where(rng.random(len(people)) < 0.55, CHRONIC, OUTPATIENT)
    return _settlements(people, days_in(rng, month), kind, own / 0.45, people % 6)


def _settlements(people: Array, day: Array, kind: Array, cost: Array, disease: Array) -> Frame:
    return {
        "person": people,
        "day": day,
        "kind": kind,
        "total": yuan(np.maximum(cost, 30)),
        "disease": disease,
    }


def _pay(rng: np.random.Generator, members: Frame, rows: Frame) -> None:
    """Share each settlement between the funds and the patient; the parts add up to the total, to the fen."""
    facts, count, total = calibration()["health"], length(rows), rows["total"]
    inside = np.clip(facts["in_catalogue_percent"] / 100 + rng.normal(0, 0.05, count), 0.5, 1.0)
    paid = np.clip(facts["fund_percent"] / 100 + rng.normal(0, 0.06, count), 0.3, 0.9)
    insured = (members["is_resident_insured"] | members["is_employee_insured"])[rows["person"]]
    helped = (members["is_supported"] | members["is_destitute"])[rows["person"]]
    in_catalogue = (total * inside).astype(np.int64)
    basic = np.where(insured, in_catalogue * paid, 0).astype(np.int64)
    left = in_catalogue - basic
    over = np.maximum(left - facts["critical_threshold_yuan"] * 100, 0)
    critical = np.where(insured, over * facts["critical_percent"] / 100, 0).astype(np.int64)
    stays = rows["kind"] == INPATIENT
    aid = np.where(helped & stays & insured, (left - critical) * facts["aid_percent"] / 100, 0).astype(
        np.int64
    )
    rows.update(basic=basic, critical=critical, aid=aid)
    rows["own"] = total - basic - critical - aid
    rows["compliant"] = left - critical - aid


def _diagnoses(rng: np.random.Generator, members: Frame, illness: Frame, window: range) -> Frame:
    """List known serious patients in the first month, new ones as they are found, and some newly chronic."""
    known = np.setdiff1d(np.flatnonzero(members["is_serious"]), illness["person"])
    before = np.full(len(known), window.start) - rng.integers(3, 60, len(known))
    chronic = rng.choice(
        np.flatnonzero(members["is_chronic"]), int(members["is_chronic"].sum() * 0.06), replace=False
    )
    month = rng.integers(window.start, window.stop, len(chronic))
    old = {
        "person": known,
        "month": np.full(len(known), window.start),
        "day": days_in(rng, before),
        "name": len(DISEASES) + rng.integers(0, len(DIAGNOSES), len(known)),
        "is_serious": np.ones(len(known), dtype=bool),
    }
    new = {
        "person": illness["person"],
        "month": _delivered(rng, illness["day"]),
        "day": illness["day"],
        "name": len(DISEASES) + illness["diagnosis"],
        "is_serious": np.ones(length(illness), dtype=bool),
    }
    mild = {
        "person": chronic,
        "month": month,
        "day": days_in(rng, month),
        "name": rng.integers(0, 6, len(chronic)),
        "is_serious": np.zeros(len(chronic), dtype=bool),
    }
    return stack(old, new, mild)
