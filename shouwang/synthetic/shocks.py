"""What happens to people and households in the months delivered: illness, lost work, disaster, accident.

Every frame has `month`, the month number in which it happened, and the person or household it happened to.
"""

from dataclasses import dataclass

import numpy as np

from shouwang.synthetic.calibration import calibration
from shouwang.synthetic.frames import Array, Frame, days_in, length, random_stream, stack, take, texts
from shouwang.synthetic.traits import WEAK

DISASTERS = texts("洪涝灾害", "地质灾害", "旱灾", "气象灾害")
DAMAGES = texts("", "一般", "严损", "倒塌")
PRODUCTS = texts("生猪养殖", "肉牛养殖", "烤烟", "蔬菜", "茶叶", "核桃", "中药材")
DIAGNOSES = texts(
    "恶性肿瘤", "终末期肾病", "脑卒中", "急性心肌梗死", "肝硬化", "重性精神病", "再生障碍性贫血", "脑外伤"
)


@dataclass(frozen=True)
class Shocks:
    """The events of the delivered months, one frame a kind."""

    illness: Frame
    job_loss: Frame
    disaster: Frame
    project: Frame
    accident: Frame
    death: Frame
    move: Frame


def make_shocks(households: Frame, members: Frame, window: range, seed: int) -> Shocks:
    """Draw all shocks of the months in `window`."""
    rng = random_stream(seed, "shocks")
    health, facts = calibration()["health"], calibration()["shocks"]
    years = len(window) / 12
    workers = np.flatnonzero(members["is_worker"])
    old = np.clip(members["age"], 5, 80) / np.clip(members["age"], 5, 80).mean()
    ill = _struck(rng, old * health["new_serious_percent_a_year"] / 100 * years, window)
    ill["diagnosis"] = rng.integers(0, len(DIAGNOSES), length(ill))
    members["is_serious"][ill["person"]] |= rng.random(length(ill)) < 0.6
    lost = _job_losses(rng, members, workers, window)
    return Shocks(
        ill,
        lost,
        _disasters(rng, households, window),
        _projects(rng, length(households), window),
        _accidents(rng, members, window),
        _struck(rng, old**2 * facts["death_per_thousand"] / 1000 * 0.04 * years, window[-2:]),
        _moves(rng, length(members), window),
    )


def _job_losses(rng: np.random.Generator, members: Frame, workers: Array, window: range) -> Frame:
    """Draw who loses work, until when (999 months: for good), some with all workers of the household."""
    facts = calibration()["work"]
    lost = _struck(
        rng, np.full(len(workers), facts["job_loss_percent_a_year"] / 100 * len(window) / 12), window
    )
    lost["person"] = workers[lost["person"]]
    found_again = rng.random(length(lost)) < 0.45
    lost["until"] = lost["month"] + np.where(found_again, rng.integers(2, 9, length(lost)), 999)
    together = rng.random(length(lost)) * 100 < facts["together_percent"]
    first_loss = dict(
        zip(members["household"][lost["person"][together]].tolist(), np.flatnonzero(together), strict=True)
    )
    already = set(lost["person"].tolist())
    others = [
        (person, first_loss[home])
        for person, home in zip(workers.tolist(), members["household"][workers].tolist(), strict=True)
        if home in first_loss and person not in already
    ]
    more = take(lost, np.array([row for _, row in others], dtype=np.int64))
    more["person"] = np.array([person for person, _ in others], dtype=np.int64)
    return stack(lost, more)


def _struck(rng: np.random.Generator, chance: Array, window: range) -> Frame:
    people = np.flatnonzero(rng.random(len(chance)) < chance)
    month = rng.integers(window.start, window.stop, len(people))
    return {"person": people, "month": month, "day": days_in(rng, month)}


def _disasters(rng: np.random.Generator, households: Frame, window: range) -> Frame:
    """Strike a few villages, each once: two of three in the last year, in its rainy months."""
    facts = calibration()["shocks"]
    villages = rng.permutation(np.unique(households["village"]))[: facts["disaster_villages"]]
    parts = []
    for number, village in enumerate(villages):
        rainy = _rainy(window[-11:] if number % 3 else window[:-11])
        homes = np.flatnonzero(households["village"] == village)
        homes = homes[rng.random(len(homes)) * 100 < facts["disaster_reach_percent"]]
        struck = np.array([rng.choice(rainy)])
        month = np.repeat(struck, len(homes))
        draw = rng.random(len(homes)) * 100
        bounds = np.cumsum([facts["collapsed_percent"], facts["severe_percent"], facts["minor_percent"]])
        damage = 3 - np.digitize(draw, bounds)
        crop = np.rint(rng.lognormal(7.6, 0.7, len(homes)) / 10) * 10
        house = np.array([0, 4000, 22000, 60000])[damage] * rng.lognormal(0, 0.3, len(homes))
        parts.append(
            {
                "household": homes,
                "month": month,
                "day": days_in(rng, struck)[0] + np.zeros(len(homes), "timedelta64[D]"),
                "kind": np.full(len(homes), rng.integers(0, len(DISASTERS))),
                "damage": damage,
                "crop_yuan": crop,
                "direct_yuan": crop + np.rint(house / 100) * 100,
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _rainy(months: range) -> list[int]:
    return [month for month in months if 5 <= month % 12 <= 8] or list(months)


def _projects(rng: np.random.Generator, homes: int, window: range) -> Frame:
    """Draw stopped projects (0), epidemics (1) and small harvests (2)."""
    facts, years = calibration()["shocks"], len(window) / 12
    rates = (
        facts["project_failure_percent_a_year"],
        facts["epidemic_percent_a_year"],
        facts["yield_loss_percent_a_year"],
    )
    parts = []
    for event, rate in enumerate(rates):
        struck = _struck(rng, np.full(homes, rate / 100 * years), window)
        count = length(struck)
        struck["household"] = struck.pop("person")
        struck["event"] = np.full(count, event)
        struck["product"] = (
            rng.integers(2, 7, count) if event == 2 else rng.integers(0, 2 if event else 7, count)
        )
        struck["loss_yuan"] = np.rint(rng.lognormal((9.9, 9.4, 7.8)[event], 0.6, count) / 100) * 100
        parts.append(struck)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _accidents(rng: np.random.Generator, members: Frame, window: range) -> Frame:
    """Draw traffic accidents: injured (0), disabled (1) or dead (2)."""
    rate = calibration()["shocks"]["traffic_percent_a_year"] / 100 * len(window) / 12
    out = np.where((members["age"] >= 16) & (members["labour"] <= WEAK), 1.4, 0.4)
    struck = _struck(rng, rate * out, window)
    struck["consequence"] = rng.choice(3, length(struck), p=[0.78, 0.16, 0.06])
    return struck


def _moves(rng: np.random.Generator, people: int, window: range) -> Frame:
    rate = calibration()["shocks"]["move_per_thousand"] / 1000 * len(window) / 12
    struck = _struck(rng, np.full(people, rate), window)
    struck["is_in"] = rng.random(length(struck)) < 0.7
    return struck
