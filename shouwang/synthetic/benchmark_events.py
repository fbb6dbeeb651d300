"""The event tables of the benchmark: how many rows a household, and what stands in each column."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from shouwang.synthetic.benchmark_people import HouseholdDraw, by_code
from shouwang.synthetic.frames import Array, days_in, first_days, random_stream

MONTHS = 24
Row = Callable[[np.random.Generator, int, Array], dict[str, Any]]


def _fen(rng: np.random.Generator, count: int, median_yuan: float, spread: float = 0.9) -> Array:
    drawn: Array = (rng.lognormal(np.log(median_yuan), spread, count) * 100).astype(np.int64)
    return drawn


def _of(
    rng: np.random.Generator, count: int, *words: str, chances: tuple[float, ...] | None = None
) -> pa.Array:
    return by_code(list(words), rng.choice(len(words), count, p=chances))


def _own_pay(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    kind = rng.choice(3, count, p=[0.2, 0.4, 0.4])
    total = np.where(kind == 0, _fen(rng, count, 5700), _fen(rng, count, 900))
    basic, critical = total * 58 // 100, np.maximum(total - 40_000_00, 0) * 25 // 100
    own = total - basic - critical
    return {
        "settled_on": days_in(rng, month),
        "visit_kind": by_code(["inpatient", "outpatient", "chronic"], kind),
        "total_fen": total,
        "basic_paid_fen": basic,
        "critical_paid_fen": critical,
        "aid_paid_fen": np.zeros(count, dtype=np.int64),
        "own_pay_fen": own,
        "compliant_own_pay_fen": own * 7 // 10,
        "disease": _of(rng, count, "高血压", "肺炎", "骨折"),
    }


def _diagnosis(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    severity = _of(rng, count, "serious", "chronic", chances=(0.4, 0.6))
    return {
        "diagnosis": _of(rng, count, "脑卒中", "高血压"),
        "severity": severity,
        "diagnosed_on": days_in(rng, month),
    }


def _enrolment(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    stages = ("学前教育", "小学", "初中", "普通高中", "中职", "高职高专", "本科")
    status = _of(rng, count, "enrolled", "suspected_dropout", "suspended", chances=(0.995, 0.003, 0.002))
    return {
        "stage": _of(rng, count, *stages),
        "grade": _of(rng, count, "一年级", "二年级"),
        "status": status,
        "aid_fen": np.zeros(count, dtype=np.int64),
        "year_own_fen": _fen(rng, count, 2200),
    }


def _social_aid(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    return {
        "kind": _of(
            rng, count, "minimum_living", "destitute", "temporary", "marginal", chances=(0.8, 0.1, 0.05, 0.05)
        ),
        "status": _of(rng, count, "current", "new", "stopped", "refused", chances=(0.85, 0.07, 0.04, 0.04)),
        "start_month": first_days(month - rng.integers(0, 40, count)),
        "monthly_fen": _fen(rng, count, 368, 0.2),
    }


def _certificate(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    issued = days_in(rng, month - rng.integers(0, 200, count))
    return {
        "kind": _of(rng, count, "肢体残疾", "视力残疾"),
        "grade": rng.integers(1, 5, count),
        "issued_on": issued,
    }


def _housing(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    grade = _of(rng, count, "A", "B", "C", "D", chances=(0.4, 0.35, 0.16, 0.09))
    return {
        "grade": grade,
        "checked_on": days_in(rng, month),
        "disposal": _of(rng, count, "", "treated", "untreated"),
    }


def _water(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    problem = _of(rng, count, "quality", "quantity", "access", "supply")
    return {"problem": problem, "started_on": days_in(rng, month), "days_without": rng.integers(0, 60, count)}


def _employment(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    return {
        "workplace": _of(rng, count, "广东省", "本县"),
        "employer": _of(rng, count, "样例电子厂", "样例建筑队"),
        "start_month": first_days(month - rng.integers(1, 60, count)),
        "monthly_wage_fen": _fen(rng, count, 4700, 0.3),
        "status": _of(rng, count, "employed", "unemployed", chances=(0.96, 0.04)),
    }


def _farm_loss(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    event = _of(rng, count, "epidemic", "yield", "project_stopped", chances=(0.2, 0.6, 0.2))
    return {
        "product": _of(rng, count, "生猪养殖", "烤烟"),
        "loss_fen": _fen(rng, count, 4000),
        "event": event,
        "occurred_on": days_in(rng, month),
    }


def _disaster(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    loss = _fen(rng, count, 3000)
    return {
        "kind": _of(rng, count, "洪涝灾害", "旱灾"),
        "occurred_on": days_in(rng, month),
        "crop_loss_fen": loss,
        "house_damage": _of(
            rng, count, "none", "minor", "severe", "collapsed", chances=(0.7, 0.2, 0.07, 0.03)
        ),
        "direct_loss_fen": loss * 3 // 2,
    }


def _security(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    event = rng.choice(4, count, p=[0.25, 0.3, 0.25, 0.2])
    harm = np.where(event == 3, rng.choice(3, count, p=[0.75, 0.17, 0.08]) + 1, 0)
    return {
        "event": by_code(["death", "moved_in", "moved_out", "traffic"], event),
        "occurred_on": days_in(rng, month),
        "consequence": by_code(["", "injured", "disabled", "dead"], harm),
    }


def _petition(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    return {
        "channel": _of(rng, count, "12317", "petition", "media", "12345"),
        "received_on": days_in(rng, month),
    }


def _credit(rng: np.random.Generator, count: int, month: Array) -> dict[str, Any]:
    overdue = np.where(rng.random(count) < 0.02, rng.integers(1, 200, count), 0)
    return {
        "loan_kind": _of(rng, count, "小额信贷", "助学贷款"),
        "balance_fen": _fen(rng, count, 30000, 0.5),
        "due_on": days_in(rng, month + rng.integers(0, 36, count)),
        "overdue_days": overdue,
    }


# Rows a household in the 24 months, whether a row names a person, and its columns.
EVENT_TABLES: dict[str, tuple[float, bool, Row]] = {
    "own_pay_entry": (2.5, True, _own_pay),
    "diagnosis": (0.15, True, _diagnosis),
    "enrolment": (1.6, True, _enrolment),
    "social_aid": (0.6, True, _social_aid),
    "disability_certificate": (0.3, True, _certificate),
    "housing_check": (0.08, False, _housing),
    "water_problem": (0.01, False, _water),
    "employment": (2.0, True, _employment),
    "farm_loss": (0.04, False, _farm_loss),
    "disaster": (0.02, False, _disaster),
    "security_event": (0.05, True, _security),
    "petition": (0.01, False, _petition),
    "credit": (0.6, True, _credit),
}


def event_columns(table: str, drawn: HouseholdDraw, seed: int, end: int) -> Iterator[dict[str, Any]]:
    """Yield an event table's columns in three parts, month by month."""
    rate, names_person, columns = EVENT_TABLES[table]
    rng = random_stream(seed, f"benchmark {table}")
    count = max(1, int(len(drawn.number) * rate))
    month = np.sort(rng.integers(end - MONTHS, end, count))
    for part in np.array_split(month, 3) if count >= 3 else [month]:
        homes = rng.integers(0, len(drawn.number), len(part))
        row = columns(rng, len(part), part)
        row["household_id"] = drawn.ids.take(pa.array(homes))
        row["delivered_month"] = first_days(part)
        if names_person:
            places = (rng.random(len(part)) * drawn.size[homes]).astype(np.int64)
            row["person_id"] = drawn.person_ids(homes, places)
        yield row
