"""What housing, water, public security and the petition office know."""

import numpy as np

from shouwang.synthetic.calibration import calibration
from shouwang.synthetic.frames import Array, Frame, days_in, length, random_stream, stack, take, texts
from shouwang.synthetic.shocks import Shocks

GRADES = texts("A", "B", "C", "D")
DISPOSALS = texts("", "已改造", "未处置")
NOT_NEEDED, TREATED, UNTREATED = range(3)
PROBLEMS = texts("水质", "水量", "取水方便程度", "供水保证率")
SECURITY_EVENTS = texts("死亡", "迁入", "迁出", "交通事故")
DEATH, MOVED_IN, MOVED_OUT, TRAFFIC = range(4)
CONSEQUENCES = texts("", "致伤", "致残", "死亡")
CHANNELS = texts("12317", "信访", "媒体", "12345")
COMPLAINTS = texts(
    "反映家庭生活困难,申请救助", "咨询医疗报销政策", "反映饮水困难", "反映住房漏雨", "反映拖欠工资"
)


def make_housing(households: Frame, shocks: Shocks, window: range, seed: int) -> Frame:
    """Return appraisals: sound houses, dangerous ones treated or not, and those checked after a disaster."""
    rng, facts, homes = random_stream(seed, "housing"), calibration()["shocks"], length(households)
    unsafe, treated = facts["unsafe_house_percent"] / 100, facts["treated_house_percent"] / 100
    draw = rng.random(homes)
    state = np.digitize(draw, [unsafe, unsafe + treated, unsafe + treated + 0.06])
    checked = np.flatnonzero(state < 3)
    state = state[checked]
    grade = np.where(
        state == 2, rng.integers(0, 2, len(checked)), rng.choice([2, 3], len(checked), p=[0.65, 0.35])
    )
    month = rng.integers(window.start, window.stop, len(checked))
    regular = {
        "household": checked,
        "month": month,
        "grade": grade,
        "day": days_in(rng, month),
        "disposal": np.array([UNTREATED, TREATED, NOT_NEEDED])[state],
    }
    hit = shocks.disaster["damage"] >= 2
    after = shocks.disaster["month"][hit] + 1
    damage = shocks.disaster["damage"][hit]
    rebuilt = rng.random(len(after)) < 0.4
    struck = {
        "household": shocks.disaster["household"][hit],
        "month": after,
        "grade": damage,
        "day": days_in(rng, after),
        "disposal": np.where(rebuilt, TREATED, UNTREATED),
    }
    both = stack(regular, struck)
    inside = both["month"] < window.stop
    return take(both, inside)


def make_water(households: Frame, window: range, seed: int) -> Frame:
    """Return water problems: a drought in a few villages, single ones elsewhere."""
    rng, facts = random_stream(seed, "water"), calibration()["shocks"]
    dry = rng.permutation(np.unique(households["village"]))[: facts["dry_villages"]]
    in_dry = np.isin(households["village"], dry) & (
        rng.random(length(households)) * 100 < facts["dry_reach_percent"]
    )
    single = rng.random(length(households)) * 100 < facts["water_percent_a_year"] * len(window) / 12
    homes = np.flatnonzero(in_dry | single)
    spring = [month for month in window if 2 <= month % 12 <= 4] or list(window)
    month = np.where(in_dry[homes], rng.choice(spring), rng.integers(window.start, window.stop, len(homes)))
    problem = np.where(in_dry[homes], rng.choice([1, 3], len(homes)), rng.integers(0, 4, len(homes)))
    days = np.where(np.isin(problem, (1, 3)), rng.integers(2, 60, len(homes)), 0)
    return {"household": homes, "month": month, "problem": problem, "day": days_in(rng, month), "days": days}


def make_security(shocks: Shocks) -> Frame:
    """Return deaths, moves and traffic accidents; a fatal accident is a death too."""
    fatal = shocks.accident["consequence"] == 2
    parts = [
        _events(shocks.death, DEATH, 0),
        _events(shocks.accident, TRAFFIC, shocks.accident["consequence"] + 1),
        _events(take(shocks.accident, fatal), DEATH, 0),
        _events(shocks.move, np.where(shocks.move["is_in"], MOVED_IN, MOVED_OUT), 0),
    ]
    return stack(*parts)


def _events(rows: Frame, event: Array | int, consequence: Array | int) -> Frame:
    count = length(rows)
    return {
        "person": rows["person"],
        "month": rows["month"],
        "event": np.broadcast_to(event, count),
        "day": rows["day"],
        "consequence": np.broadcast_to(consequence, count),
    }


def make_petitions(households: Frame, window: range, seed: int) -> Frame:
    """Return what households in some trouble, or none, have written or telephoned about."""
    rng = random_stream(seed, "petitions")
    rate = calibration()["shocks"]["petition_percent_a_year"] / 100 * len(window) / 12
    homes = np.flatnonzero(rng.random(length(households)) < rate)
    month = rng.integers(window.start, window.stop, len(homes))
    return {
        "household": homes,
        "month": month,
        "channel": rng.integers(0, 4, len(homes)),
        "day": days_in(rng, month),
        "text": rng.integers(0, len(COMPLAINTS), len(homes)),
    }
