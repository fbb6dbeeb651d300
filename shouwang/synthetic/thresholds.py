"""The lines that the planted truth is judged by; arguments with defaults, independent of any policy pack."""

from dataclasses import dataclass

from shouwang.synthetic.facts import Facts
from shouwang.synthetic.frames import Array, Frame


@dataclass(frozen=True)
class Thresholds:
    """Yuan, persons or shares; by default Yunnan's line of 2025 and the NBS rural income of 2024."""

    line_yuan: int = 8700
    own_pay_yuan: int = 23119
    own_pay_alleviated_percent: int = 50
    rigid_percent_of_income: int = 60
    fall_percent: int = 50
    education_yuan: int = 10000
    many_pupils: int = 3
    disaster_yuan: int = 5000


def is_low(facts: Facts, lines: Thresholds) -> Array:
    """Say whose income per head is below the monitoring line."""
    low: Array = facts["per_head"] < lines.line_yuan * 100
    return low


def own_pay_is_heavy(facts: Facts, households: Frame, lines: Thresholds) -> Array:
    """Say in which households one person's own pay exceeds the line, lower for alleviated households."""
    percent = households["is_alleviated"] * (lines.own_pay_alleviated_percent - 100) + 100
    heavy: Array = facts["own_pay_person"] > lines.own_pay_yuan * percent
    return heavy


def income_fell(facts: Facts, lines: Thresholds) -> Array:
    """Say whose income fell by at least the stated share."""
    fell: Array = (facts["previous"] > 0) & (
        (facts["previous"] - facts["net"]) * 100 >= facts["previous"] * lines.fall_percent
    )
    return fell


def families_of_need(facts: Facts, households: Frame, lines: Thresholds) -> Array:
    """Say who ought to be monitored: below the line with a hard risk, or struck so that little is left.

    Little is left where income less own pay, education and disaster loss is below the line per head.
    """
    hard = (
        (facts["new_serious"] > 0)
        | (facts["severe"] > 0)
        | facts["without_labour"]
        | (facts["unemployed"] > 0)
        | facts["housing_unsafe"]
        | facts["grave_accident"]
        | (facts["project_stopped"] > 0)
        | (facts["dropouts"] > 0)
        | facts["house_destroyed"]
        | own_pay_is_heavy(facts, households, lines)
    )
    left = (facts["net"] - facts["rigid"]) // facts["members"].clip(1) < lines.line_yuan * 100
    struck = own_pay_is_heavy(facts, households, lines) | facts["house_destroyed"] | income_fell(facts, lines)
    needy: Array = (is_low(facts, lines) & hard) | (struck & left)
    return needy
