"""What human resources, agriculture, emergency management and the banks know."""

import numpy as np

from shouwang.synthetic.calibration import calibration
from shouwang.synthetic.frames import Array, Frame, days_in, length, random_stream, stack, texts, yuan
from shouwang.synthetic.shocks import Shocks

WORK_STATUS = texts("在岗", "失业")
EMPLOYED, UNEMPLOYED = range(2)
FARM_EVENTS = texts("项目停产", "疫病", "减产")
PROJECT_STOPPED, EPIDEMIC, SMALL_HARVEST = range(3)
LOANS = texts("脱贫人口小额信贷", "农户小额贷款", "助学贷款", "住房贷款")


def make_employment(members: Frame, shocks: Shocks, window: range, seed: int) -> Frame:
    """Return half-yearly lists of workers and the monthly changes: work lost, and found again."""
    rng = random_stream(seed, "employment")
    workers = np.flatnonzero(members["is_worker"])
    lost = shocks.job_loss
    lost_at, back_at = np.full(length(members), 9**6), np.full(length(members), 9**6)
    lost_at[lost["person"]], back_at[lost["person"]] = lost["month"], lost["until"]
    begun = window.stop - rng.integers(8, 70, length(members))
    lists = sorted({month for month in window if month % 6 == 2} | {window[-1]})
    parts = [
        _work_rows(members, workers, np.full(len(workers), month), begun, lost_at, back_at) for month in lists
    ]
    changes = np.concatenate([lost["person"], lost["person"]])
    months = np.concatenate([lost["month"], lost["until"]])
    new = (months < window.stop) & ~np.isin(months, lists)
    parts.append(_work_rows(members, changes[new], months[new], begun, lost_at, back_at))
    return stack(*parts)


def _work_rows(
    members: Frame, people: Array, month: Array, begun: Array, lost_at: Array, back_at: Array
) -> Frame:
    is_out = (month >= lost_at[people]) & (month < back_at[people])
    is_back = month >= back_at[people]
    return {
        "person": people,
        "month": month,
        "start": np.where(is_back, back_at[people], begun[people]),
        "end": np.where(is_out, lost_at[people], -1),
        "wage": yuan(members["wage"][people]),
        "status": np.where(is_out, UNEMPLOYED, EMPLOYED),
    }


def make_farm_losses(shocks: Shocks, seed: int) -> Frame:
    """Return one row per stopped project, epidemic or small harvest."""
    rng, rows = random_stream(seed, "farming"), shocks.project
    return {
        "household": rows["household"],
        "month": rows["month"],
        "product": rows["product"],
        "day": rows["day"],
        "scale": rng.integers(2, 60, length(rows)),
        "loss": yuan(rows["loss_yuan"]),
        "event": rows["event"],
    }


def make_disasters(shocks: Shocks) -> Frame:
    """Return one row per household struck; the direct loss holds the crops' loss too."""
    rows = shocks.disaster
    return {
        "household": rows["household"],
        "month": rows["month"],
        "kind": rows["kind"],
        "day": rows["day"],
        "damage": rows["damage"],
        "crop": yuan(rows["crop_yuan"]),
        "direct": yuan(rows["direct_yuan"]),
    }


def make_credit(households: Frame, members: Frame, window: range, seed: int) -> Frame:
    """Return the open loans each quarter; a few are overdue."""
    rng, facts = random_stream(seed, "credit"), calibration()["shocks"]
    homes = np.flatnonzero(rng.random(length(households)) * 100 < facts["loan_percent"])
    able = members["age"][households["head"][homes]] < 70
    homes = homes[able]
    granted = window.stop - rng.integers(1, 36, len(homes))
    term = rng.choice([12, 24, 36], len(homes))
    amount = yuan(rng.integers(2, 11, len(homes)) * 5000)
    kind = rng.choice(len(LOANS), len(homes), p=[0.42, 0.38, 0.1, 0.1])
    late = rng.random(len(homes)) * 100 < facts["overdue_percent"]
    due_day = days_in(rng, granted + term)
    since = window.stop - rng.integers(1, 7, len(homes))
    due_day[late] = days_in(rng, since)[late]
    parts = []
    for month in sorted({month for month in window if month % 3 == 2} | {window[-1]}):
        open_now = (granted <= month) & ((granted + term > month) | late)
        end = np.datetime64(f"{(month + 1) // 12}-{(month + 1) % 12 + 1:02d}-01") - 1
        days = (end - due_day).astype(np.int64)
        overdue = np.where(late, np.maximum(days, 0), 0)
        parts.append(
            {
                "person": households["head"][homes][open_now],
                "month": np.full(open_now.sum(), month),
                "kind": kind[open_now],
                "balance": amount[open_now],
                "day": due_day[open_now],
                "overdue": overdue[open_now],
            }
        )
    return stack(*parts)
