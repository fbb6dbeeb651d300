"""What education, civil affairs and the disabled persons' federation know, month by month."""

from datetime import date

import numpy as np

from shouwang.synthetic.frames import (
    Array,
    Frame,
    first_days,
    months_of,
    random_stream,
    stack,
    take,
    texts,
    yuan,
)
from shouwang.synthetic.shocks import Shocks
from shouwang.synthetic.traits import STAGES

PHASES = texts("学前教育", "小学", "初中", "普通高中", "中职", "高职高专", "本科", "硕士研究生及以上")
PHASE_OF = np.array([-1, -1, 0, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7])
# The stage a year earlier; a first-grader's is settled by age.
_YEAR_BEFORE = np.array([0, 0, 2, 3, 3, 4, 5, 6, 7, 8, 6, 10, 11, 12, 13, 14, 9, 16, 17, 18, 19])
_OWN_YUAN = np.array([3200, 450, 800, 4600, 3000, 10500, 12500, 9000])
_AID_YUAN = np.array([500, 0, 1250, 2000, 2000, 3300, 3300, 6000])
PUPIL_STATUS = texts("在校", "疑似辍学", "休学")
ENROLLED, DROPOUT, SUSPENDED = range(3)
AID_KINDS = texts("低保", "特困", "临时救助", "低保边缘")
MINIMUM_LIVING, DESTITUTE, TEMPORARY, MARGINAL = range(4)
AID_STATUS = texts("新增", "在享", "停发", "申请未批")
NEW, CURRENT, STOPPED, REFUSED = range(4)


def make_education(households: Frame, members: Frame, on: date, window: range, seed: int) -> Frame:
    """Return one row per pupil and term, and the suspected dropouts of the last months."""
    rng = random_stream(seed, "enrolment")
    poor = (households["is_alleviated"] | households["is_supported"])[members["household"]]
    school_year = on.year if on.month >= 9 else on.year - 1
    terms = sorted({month for month in window if month % 12 in (2, 8)} | {window[-1]})
    parts = []
    for month in terms:
        begun = month // 12 if month % 12 >= 8 else month // 12 - 1
        stage = _stage_before(members, school_year - begun)
        pupils = np.flatnonzero(PHASE_OF[stage] >= 0)
        parts.append(_term(rng, pupils, stage[pupils], month, poor))
    away = np.flatnonzero(members["is_dropout"])
    months = np.maximum(window[-1] - rng.integers(0, 4, len(away)), window.start)
    gone = _term(rng, away, np.where(members["school_age"][away] < 12, 3, 5), 0, poor)
    gone.update(month=months, status=np.full(len(away), DROPOUT), own=np.zeros(len(away), dtype=np.int64))
    last = {**gone, "month": np.full(len(away), window[-1])}
    return stack(*parts, gone, take(last, gone["month"] < window[-1]))


def _stage_before(members: Frame, years: int) -> Array:
    stage = members["school_stage"].copy()
    for back in range(1, years + 1):
        age = members["school_age"] - back
        stage = np.where((stage == 3) & (age < 6), 2, _YEAR_BEFORE[stage])
        stage[age < 3] = 0
    return stage


def _term(rng: np.random.Generator, people: Array, stage: Array, month: int, poor: Array) -> Frame:
    phase = PHASE_OF[stage]
    fee = _OWN_YUAN[phase] * rng.lognormal(-0.05, 0.3, len(people))
    aid = np.where(poor[people], _AID_YUAN[phase], 0)
    status = np.where(rng.random(len(people)) < 0.0015, SUSPENDED, ENROLLED)
    return {
        "person": people,
        "month": np.full(len(people), month),
        "phase": phase,
        "stage": stage,
        "status": status,
        "aid": yuan(aid),
        "own": yuan(np.maximum(fee - aid * 0.5, 0)),
    }


def grade_labels(rows: Frame, members: Frame) -> Array:
    """Write the grade of each enrolment row; primary grades come from age."""
    names = STAGES[rows["stage"]]
    primary = texts(*(f"小学{number}年级" for number in "一二三四五六"))
    age = members["school_age"][rows["person"]]
    labels: Array = np.where(rows["stage"] == 3, primary[np.clip(age - 6, 0, 5)], names)
    return labels


def make_civil_affairs(households: Frame, members: Frame, shocks: Shocks, window: range, seed: int) -> Frame:
    """Return half-yearly lists of those on minimum living and destitute support, and monthly changes."""
    rng = random_stream(seed, "civil affairs")
    people = np.flatnonzero(members["is_supported"] | members["is_destitute"])
    kind = np.where(members["is_destitute"][people], DESTITUTE, MINIMUM_LIVING)
    start = window.stop - members["aid_months_ago"][people]
    monthly = yuan(np.where(kind == DESTITUTE, 772, np.rint(594 * 0.62)))
    parts = []
    for month in sorted({month for month in window if month % 6 == 0} | {window.start, window[-1]}):
        there = start < month
        months = np.full(there.sum(), month)
        parts.append(_aid_rows(people[there], months, kind[there], CURRENT, start[there], monthly[there]))
    fresh = start >= window.start
    parts.append(_aid_rows(people[fresh], start[fresh], kind[fresh], NEW, start[fresh], monthly[fresh]))
    return stack(
        *parts, *_applicants(rng, households, window), _temporary(rng, households, members, shocks, window)
    )


def _applicants(rng: np.random.Generator, households: Frame, window: range) -> list[Frame]:
    """Return those whose minimum living was stopped or refused, and those just above it."""
    others = np.flatnonzero(~households["is_supported"] & ~households["is_destitute"])
    parts = []
    for kind, status, share, amount in (
        (MINIMUM_LIVING, STOPPED, 0.004, 368),
        (MINIMUM_LIVING, REFUSED, 0.003, 0),
        (MARGINAL, CURRENT, 0.008, 0),
    ):
        heads = households["head"][rng.choice(others, int(len(others) * share), replace=False)]
        month = rng.integers(window.start, window.stop, len(heads))
        begun = month - (rng.integers(6, 40, len(heads)) if status == STOPPED else 0)
        monthly = yuan(np.full(len(heads), amount))
        parts.append(_aid_rows(heads, month, np.full(len(heads), kind), status, begun, monthly))
    return parts


def _temporary(
    rng: np.random.Generator, households: Frame, members: Frame, shocks: Shocks, window: range
) -> Frame:
    """Give some of those struck one-off aid a month or two later."""
    struck = np.concatenate(
        [
            shocks.illness["person"],
            shocks.accident["person"],
            households["head"][shocks.disaster["household"]],
        ]
    )
    month = np.concatenate([shocks.illness["month"], shocks.accident["month"], shocks.disaster["month"]])
    month = month + rng.integers(1, 3, len(month))
    given = (rng.random(len(month)) < 0.25) & (month < window.stop)
    heads = households["head"][members["household"][struck[given]]]
    amount = yuan(rng.integers(4, 40, len(heads)) * 200)
    kind = np.full(len(heads), TEMPORARY)
    return _aid_rows(heads, month[given], kind, NEW, month[given], amount)


def _aid_rows(people: Array, month: Array, kind: Array, status: int, start: Array, monthly: Array) -> Frame:
    return {
        "person": people,
        "month": month,
        "kind": kind,
        "status": np.full(len(people), status),
        "start": start,
        "monthly": monthly,
    }


def make_certificates(members: Frame, window: range) -> Frame:
    """Return all certificates each January and in the first month, new ones the month after their issue."""
    holders = np.flatnonzero(members["disability_grade"] > 0)
    issued = members["disability_issued"][holders]
    month = months_of(issued) + 1
    parts = []
    for each in sorted({each for each in window if each % 12 == 0} | {window.start}):
        known = holders[issued < first_days(np.array([each]))[0]]
        parts.append({"person": known, "month": np.full(len(known), each)})
    new = (month >= window.start) & (month < window.stop)
    parts.append({"person": holders[new], "month": month[new]})
    rows = stack(*parts)
    rows["kind"] = members["disability_kind"][rows["person"]]
    rows["grade"] = members["disability_grade"][rows["person"]]
    rows["day"] = members["disability_issued"][rows["person"]]
    return rows
