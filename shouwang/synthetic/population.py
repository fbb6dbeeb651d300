"""Households and who lives in them: size, composition, ages, sexes, relations, villages."""

from datetime import date

import numpy as np

from shouwang.synthetic.calibration import calibration
from shouwang.synthetic.frames import Array, Frame, random_stream, stack, take, texts

RELATIONS = texts(
    "户主",
    "配偶",
    "之子",
    "之女",
    "之儿媳",
    "之女婿",
    "之孙子",
    "之孙女",
    "之外孙子",
    "之外孙女",
    "之父",
    "之母",
    "之公公",
    "之婆婆",
    "之祖母",
)
HEAD, SPOUSE, SON, DAUGHTER, DAUGHTER_IN_LAW, SON_IN_LAW, GRANDSON, GRANDDAUGHTER = range(8)
DAUGHTERS_SON, DAUGHTERS_DAUGHTER, FATHER, MOTHER, HUSBANDS_FATHER, HUSBANDS_MOTHER, GRANDMOTHER = range(
    8, 15
)


def tilted_sizes(shares: list[float], mean: float) -> Array:
    """Return the size shares tilted (by a factor to the power of size) until their mean is as wanted."""
    sizes = np.arange(1, len(shares) + 1)
    low, high = 0.2, 5.0
    for _ in range(60):
        factor = (low + high) / 2
        weights = np.array(shares) * factor**sizes
        weights /= weights.sum()
        low, high = (factor, high) if weights @ sizes < mean else (low, factor)
    tilted: Array = weights
    return tilted


def make_population(households: int, on: date, seed: int, villages: int) -> tuple[Frame, Frame]:
    """Return (household, member) frames, ordered by village, then household.

    Member columns: household, relation, is_male, age, birth, generation.
    """
    rng = random_stream(seed, "people")
    facts = calibration()
    sizes = rng.choice(
        np.arange(1, 11), households, p=tilted_sizes(facts["size"]["shares"], facts["size"]["mean"])
    )
    members = stack(
        *(_members_of_size(rng, np.flatnonzero(sizes == size), size) for size in np.unique(sizes))
    )
    members = take(members, np.argsort(members["household"], kind="stable"))
    days = members["age"] * 365.2425 + rng.integers(1, 364, len(members["age"]))
    members["birth"] = np.datetime64(on, "D") - days.astype(np.int64).astype("timedelta64[D]")
    return _household_places(seed, sizes, villages), members


def _household_places(seed: int, sizes: Array, villages: int) -> Frame:
    rng = random_stream(seed, "places")
    weights = rng.lognormal(0.0, 0.45, villages)
    village = np.sort(rng.choice(villages, len(sizes), p=weights / weights.sum()))
    return {"village": village, "group": rng.integers(1, 11, len(sizes)), "size": sizes}


def _members_of_size(rng: np.random.Generator, chosen: Array, size: int) -> Frame:
    rows = [row for row in calibration()["templates"]["rows"] if len(row[0]) == size]
    weights = np.array([row[1] for row in rows], dtype=float)
    drawn = rng.choice(len(rows), len(chosen), p=weights / weights.sum())
    parts = []
    for number, (letters, _, youngest, oldest) in enumerate(rows):
        households = chosen[drawn == number]
        parts.append(
            _members_of(rng, households, letters, rng.integers(youngest, oldest + 1, len(households)))
        )
    return stack(*parts)


def _members_of(rng: np.random.Generator, households: Array, letters: str, head_age: Array) -> Frame:
    count = len(households)
    has_spouse = "S" in letters
    heads_are_male = rng.random(count) * 100 < (
        calibration()["sex"]["male_heads_percent"] if has_spouse else 66.0
    )
    ages = _ages(rng, letters, head_age)
    is_heir_male = rng.random(count) < (0.90 if "I" in letters else 0.58)
    parts, children = [], 0
    for place, letter in enumerate(letters):
        is_first_child = letter == "C" and children == 0
        children += letter == "C"
        drawn_male = is_heir_male if is_first_child else rng.random(count) < (0.62 if letter == "C" else 0.53)
        is_male = _sex(letter, heads_are_male, is_heir_male, drawn_male)
        parts.append(
            {
                "household": households,
                "relation": _relation(letter, is_male, is_heir_male, ~heads_are_male & has_spouse),
                "is_male": is_male,
                "age": ages[place],
                "generation": np.full(count, _generation(letter)),
            }
        )
    return stack(*parts)


def _generation(letter: str) -> int:
    return {"A": 0, "F": 1, "M": 1, "H": 2, "S": 2, "C": 3, "I": 3, "G": 4}[letter]


def _sex(letter: str, heads_are_male: Array, is_heir_male: Array, drawn: Array) -> Array:
    fixed = {"H": heads_are_male, "S": ~heads_are_male, "I": ~is_heir_male}
    if letter in "FMA":
        return np.full(len(drawn), letter == "F")
    return fixed.get(letter, drawn)


def _relation(letter: str, is_male: Array, is_heir_male: Array, lives_with_his: Array) -> Array:
    """Give the relation codes; a married woman's household counts her husband's parents."""
    if letter == "C":
        return np.where(is_male, SON, DAUGHTER)
    if letter == "I":
        return np.where(is_male, SON_IN_LAW, DAUGHTER_IN_LAW)
    if letter == "G":
        of_son = np.where(is_male, GRANDSON, GRANDDAUGHTER)
        return np.where(is_heir_male, of_son, np.where(is_male, DAUGHTERS_SON, DAUGHTERS_DAUGHTER))
    if letter in "FM":
        own, his = (FATHER, HUSBANDS_FATHER) if letter == "F" else (MOTHER, HUSBANDS_MOTHER)
        return np.where(lives_with_his, his, own)
    return np.full(len(is_male), {"H": HEAD, "S": SPOUSE, "A": GRANDMOTHER}[letter])


def _ages(rng: np.random.Generator, letters: str, head: Array) -> list[Array]:
    """Draw an age for each letter, each generation 20 to 34 years from the next."""
    count = len(head)

    def near(age: Array, low: int, high: int) -> Array:
        return np.asarray(age + rng.integers(low, high + 1, count))

    heir_is_grown = "I" in letters or "G" in letters
    first = near(head, -27, -21) if heir_is_grown else np.abs(near(head, -33, -22))
    grand = np.abs(near(first, -29, -21)) if "C" in letters else np.abs(near(head, -58, -46))
    parent = near(head, 21, 31)
    drawn: list[Array] = []
    children = grandchildren = 0
    for letter in letters:
        if letter == "C":
            age = first if children == 0 else np.abs(near(first, -5 * children, -2 * children + 1))
            children += 1
        elif letter == "G":
            age = np.abs(grand - near(np.zeros(count, dtype=np.int64), 2, 4) * grandchildren)
            grandchildren += 1
        else:
            age = {
                "H": head,
                "S": near(head, -5, 2),
                "I": near(first, -3, 2),
                "F": parent,
                "M": near(parent, -4, 1),
                "A": near(head, 43, 48),
            }[letter]
        drawn.append(np.clip(age, 0, 99))
    return drawn
