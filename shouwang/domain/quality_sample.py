"""The three-way comparison (R80): how many households of a village, which, and what is compared.

The draw is a rule anybody can repeat: households in the order of the digest of seed and number.
"""

import hashlib
from collections.abc import Iterable, Mapping

# What is compared: household, system and paper file should say the same of each.
ITEMS = {
    "members": "家庭人口及成员",
    "monitored_class": "监测对象类别",
    "risks": "致贫返贫风险",
    "income": "人均纯收入",
    "housing": "住房安全",
    "water": "饮水安全",
    "insurance": "基本医保参保",
    "aid": "低保和特困供养",
    "work": "务工和公益岗位",
    "measures": "帮扶措施",
}
RESULTS = {"same": "三者一致", "household": "户说法不同", "paper": "纸质资料不同", "both": "户和纸质都不同"}


def sample_size(population: int, permille: int, least: int, most: int) -> int:
    """Return how many households to compare: a share, rounded up, within least and most and what there is."""
    share = -(-population * permille // 1000)
    return min(population, max(least, min(most, share)))


def draw(numbers: Iterable[str], seed: str, size: int) -> list[str]:
    """Return the numbers drawn, in the order of the draw."""
    return sorted(set(numbers), key=lambda number: _rank(seed, number))[:size]


def _rank(seed: str, number: str) -> str:
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def agreement(results: Iterable[Mapping[str, str]]) -> tuple[int, int]:
    """Return how many of the compared items agree, and how many were compared."""
    answers = [answer for each in results for answer in each.values()]
    return sum(1 for answer in answers if answer == "same"), len(answers)
