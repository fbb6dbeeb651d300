"""Households and persons of the benchmark's tables, drawn as whole columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shouwang.domain.tables import MEASURES, RISKS
from shouwang.synthetic.calibration import calibration
from shouwang.synthetic.frames import Array, first_days, random_stream
from shouwang.synthetic.identity import NUMERALS, STEMS, SURNAMES
from shouwang.synthetic.income import quantile
from shouwang.synthetic.population import tilted_sizes
from shouwang.synthetic.traits import EDUCATIONS

_PART = 250_000


@dataclass(frozen=True)
class HouseholdDraw:
    """What the tables of one benchmark share: one value a household; its persons begin at row `first`."""

    number: Array
    ids: pa.Array
    size: Array
    first: Array
    net_yuan: Array
    previous_percent: Array
    is_dependent: Array

    def person_ids(self, homes: Array, places: Array) -> pa.Array:
        """Return the ids of persons by household and place within it, from 0."""
        return pc.cast(pa.array(self.number[homes] * 100 + places + 1), pa.string())


def draw_households(rng: np.random.Generator, count: int, county: str) -> HouseholdDraw:
    """Draw sizes and incomes; one household in fifty had twice its income a year earlier."""
    number = int(county) * 10**7 + np.arange(1, count + 1)
    facts = calibration()["size"]
    size = rng.choice(np.arange(1, 11), count, p=tilted_sizes(facts["shares"], facts["mean"]))
    net = (quantile(rng.random(count)) * size).astype(np.int64)
    previous = np.where(rng.random(count) < 0.02, rng.integers(150, 320, count), rng.integers(85, 108, count))
    first = np.cumsum(size) - size
    return HouseholdDraw(
        number, pc.cast(pa.array(number), pa.string()), size, first, net, previous, rng.random(count) < 0.04
    )


def _words(
    rng: np.random.Generator, words: list[str], count: int, chances: list[float] | None = None
) -> pa.Array:
    return by_code(words, rng.choice(len(words), count, p=chances))


def by_code(words: list[str], codes: Array) -> pa.Array:
    """Return words by their codes; the word "" becomes NULL."""
    names = pa.array([word or None for word in words])
    return names.take(pa.array(codes))


def _names(rng: np.random.Generator, count: int) -> pa.Array:
    words = [surname + stem + numeral for surname in SURNAMES for stem in STEMS for numeral in NUMERALS]
    return _words(rng, words, count)


def household_columns(drawn: HouseholdDraw, villages: Array, seed: int, end: int) -> Iterator[dict[str, Any]]:
    """Yield the household table's columns."""
    rng, count = random_stream(seed, "benchmark registry"), len(drawn.number)
    village = np.sort(rng.integers(0, len(villages), count))
    kind = rng.choice(4, count, p=[0.945, 0.018, 0.02, 0.017])
    known, freed = kind > 0, (kind > 0) & (rng.random(count) < 0.55)
    identified = end - rng.integers(2, 40, count)
    eliminated = np.minimum(identified + rng.integers(3, 20, count), end - 1)
    risk_words = ["", *(f"|{name}|" for name in RISKS), "|disability|medical|"]
    measure_words = ["", *(f"|{name}|" for name in MEASURES), "|health|security|", "|employment|industry|"]
    alleviated = rng.random(count) < 0.2
    yield {
        "household_id": drawn.ids,
        "division": by_code(list(villages), village),
        "township": by_code([code[:9] for code in villages], village),
        "village": by_code(list(villages), village),
        "group_name": _words(rng, [f"{each}组" for each in range(1, 11)], count),
        "head_name": _names(rng, count),
        "household_class": by_code(["ordinary", "alleviated"], alleviated.astype(np.int64)),
        "monitored_class": by_code(["none", "unstable", "borderline", "sudden"], kind),
        "risks": _filled(rng, risk_words, known),
        "measures": _filled(rng, measure_words, known),
        "is_risk_eliminated": _masked(freed, known),
        "elimination_mode": by_code(["", "assisted", "natural"], freed * (1 + (rng.random(count) < 0.1))),
        "identified_month": _masked(first_days(identified), known),
        "eliminated_month": _masked(first_days(eliminated), freed),
        "stated_member_count": drawn.size,
        "is_no_labour_guaranteed": drawn.is_dependent,
        "receives_minimum_living": drawn.is_dependent,
        "receives_destitute_support": rng.random(count) < 0.012,
        "housing_grade": _words(rng, ["A", "B", "C", "D"], count, [0.64, 0.354, 0.004, 0.002]),
        "is_dilapidated_housing": rng.random(count) < 0.006,
        "has_safe_water": rng.random(count) < 0.997,
        "has_uninsured_member": rng.random(count) < 0.015,
        "has_dropout": rng.random(count) < 0.001,
        "alleviated_year": _masked(rng.integers(2014, 2021, count), alleviated),
        "is_relocated": alleviated & (rng.random(count) < 0.15),
        "has_contact_person": _masked(rng.random(count) < 0.98, known),
        "has_development_measure": _masked(rng.random(count) < 0.8, known),
    }


def _filled(rng: np.random.Generator, words: list[str], known: Array) -> pa.Array:
    """Return a code set for those known and an empty one for the others."""
    codes = np.where(known, rng.integers(1, len(words), len(known)), 0)
    return pa.array(words).take(pa.array(codes))


def _masked(values: Array, there: Array) -> pa.Array:
    return pa.array(values, mask=~there)


def member_columns(drawn: HouseholdDraw, seed: int, on: date) -> Iterator[dict[str, Any]]:
    """Yield the member table's columns, a quarter of a million households at a time."""
    rng = random_stream(seed, "benchmark persons")
    for begin in range(0, len(drawn.number), _PART):
        homes = np.arange(begin, min(begin + _PART, len(drawn.number)))
        owner = np.repeat(homes, drawn.size[homes])
        places = np.arange(len(owner)) - np.repeat(drawn.first[homes] - drawn.first[begin], drawn.size[homes])
        yield _member_part(rng, drawn, owner, places, on)


def _days_before(on: date, days: Array) -> Array:
    before: Array = np.datetime64(on, "D") - days.astype("timedelta64[D]")
    return before


def _member_part(
    rng: np.random.Generator, drawn: HouseholdDraw, owner: Array, places: Array, on: date
) -> dict[str, Any]:
    count = len(owner)
    age = np.where(places < 2, rng.integers(24, 80, count), rng.integers(0, 90, count))
    is_able = (age >= 16) & (age < 65)
    labour = np.where(age < 16, 4, np.where(age < 60, 0, np.where(age < 70, 2, 4)))
    labour = np.where(drawn.is_dependent[owner] & (rng.random(count) < 0.97), 4, labour)
    disabled = rng.random(count) < 0.0634
    worker = is_able & (labour == 0) & (rng.random(count) < 0.5)
    stage = np.array([0, 1, 2, 3, 0])[np.digitize(age, (6, 12, 15, 18))]
    key = (drawn.number[owner] * 100 + places) * 2654435761 % (2**61 - 1)
    return {
        "person_id": drawn.person_ids(owner, places),
        "household_id": drawn.ids.take(pa.array(owner)),
        "id_key": pc.cast(pa.array(key), pa.string()),
        "name": _names(rng, count),
        "sex": _words(rng, ["male", "female"], count, [0.52, 0.48]),
        "birth_date": _days_before(on, (age * 365.25).astype(np.int64) + rng.integers(1, 360, count)),
        "relation": by_code(["户主", "配偶", "之子", "之女", "之父", "之母"], np.minimum(places, 5)),
        "education": _words(rng, list(EDUCATIONS), count),
        "school_stage": by_code(["", "小学", "七年级", "普通高中一年级"], stage),
        "labour": by_code(["ordinary", "skilled", "weak", "lost", "none"], labour),
        "has_chronic_illness": rng.random(count) < 0.3429,
        "has_serious_illness": rng.random(count) < 0.016,
        "is_disabled": disabled,
        "disability_kind": by_code(["", "肢体残疾"], disabled.astype(np.int64)),
        "disability_grade": _masked(rng.integers(1, 5, count), disabled),
        "disability_issued_on": _masked(_days_before(on, rng.integers(30, 6000, count)), disabled),
        "migrant_months": np.where(worker, rng.integers(3, 13, count), 0),
        "receives_minimum_living": drawn.is_dependent[owner],
        "is_destitute": rng.random(count) < 0.009,
        "has_resident_medical_insurance": rng.random(count) < 0.97,
        "has_employee_medical_insurance": rng.random(count) < 0.5,
        "has_pension": age >= 60,
        "public_post_months": np.zeros(count, dtype=np.int64),
        "is_dropout": (age > 7) & (age < 16) & (rng.random(count) < 0.005),
    }
