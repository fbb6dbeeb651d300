"""Numbers and names of people who never lived: valid in form, synthetic at a glance.

Given names are a heavenly stem and a numeral (王甲一); telephone numbers begin with 100, as no network's do.
"""

import numpy as np

from shouwang.synthetic.frames import Array, Frame, length, random_stream, texts

SURNAMES = texts(*"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
STEMS = texts(*"甲乙丙丁戊己庚辛壬癸")
NUMERALS = texts(*"一二三四五六七八九十百千")
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)


def check_characters(numbers: Array) -> Array:
    """Return the GB 11643 check characters of 17-digit numbers given as int64."""
    powers = 10 ** np.arange(16, -1, -1, dtype=np.int64)
    digits = (numbers[:, None] // powers) % 10
    return _CHECKS[(digits * _WEIGHTS).sum(axis=1) % 11].view("S1").astype("U1")


def identity_numbers(county: str, birth: Array, is_male: Array) -> Array:
    """Return one valid 18-character number a person, no two alike: sequence codes from 002, odd ones men's.

    Raises ValueError where more than 499 of one sex share a birthday, which the number has no room for.
    """
    key = birth.astype(np.int64) * 2 + is_male
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.r_[0, np.flatnonzero(np.diff(ordered)) + 1]
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = np.arange(len(key)) - np.repeat(starts, np.diff(np.r_[starts, len(key)]))
    rank += 1
    if rank.max(initial=0) >= 500:
        raise ValueError("同一天出生、同一性别的人员超过 499 名，证件号码顺序码不够用；请减少户数")
    numbers = (int(county) * 10**8 + compact_dates(birth)) * 1000 + rank * 2 + is_male
    joined: Array = np.char.add(numbers.astype("U17"), check_characters(numbers)).astype(object)
    return joined


def compact_dates(days: Array) -> Array:
    """Write dates as YYYYMMDD integers."""
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    written: Array = (years.astype(np.int64) + 1970) * 10000 + month * 100 + day
    return written


def add_identity(county: str, households: Frame, members: Frame, seed: int) -> None:
    """Add id_number, name, phone and person_id to members; household_id and head to households."""
    rng = random_stream(seed, "identity")
    people, homes = length(members), length(households)
    owner = members["household"]
    surname = rng.integers(0, len(SURNAMES), homes)[owner]
    marries_in = np.isin(members["relation"], (1, 4, 5, 11, 13, 14))
    surname = np.where(marries_in, rng.integers(0, len(SURNAMES), people), surname)
    stem, numeral = rng.integers(0, len(STEMS), people), rng.integers(0, len(NUMERALS), people)
    members["name"] = SURNAMES[surname] + STEMS[stem] + NUMERALS[numeral]
    members["id_number"] = identity_numbers(county, members["birth"], members["is_male"])
    members["phone"] = numbered("1000", rng.integers(0, 10**7, people), 7)
    households["household_id"] = numbered(county, np.arange(1, homes + 1), 7)
    households["head"] = np.flatnonzero(members["relation"] == 0)
    place = np.arange(people) - households["head"][owner] + 1
    members["person_id"] = households["household_id"][owner] + numbered("", place, 2)


def numbered(prefix: str, numbers: Array, digits: int) -> Array:
    """Write numbers with a prefix and leading zeros, as Python strings."""
    return np.array([f"{prefix}{number:0{digits}d}" for number in numbers.tolist()], dtype=object)
