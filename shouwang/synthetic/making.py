"""Making a county: the makers in their order."""

from datetime import date

import numpy as np

from shouwang.synthetic import livelihoods, medical, public_services, surroundings
from shouwang.synthetic.county import County, SyntheticError, county_villages
from shouwang.synthetic.frames import Array, Frame, length, month_index, random_stream
from shouwang.synthetic.identity import add_identity
from shouwang.synthetic.income import income_months, make_income
from shouwang.synthetic.monitoring import add_monitoring
from shouwang.synthetic.population import make_population
from shouwang.synthetic.shocks import Shocks, make_shocks
from shouwang.synthetic.traits import add_traits
from shouwang.synthetic.work import add_work


def make_county(*, county: str = "530521", households: int, on: date, seed: int, months: int = 24) -> County:
    """Make a county in memory: people, incomes, events of the last `months` full months, the registry.

    The same arguments give the same county. Raises SyntheticError for a county without villages, fewer than
    20 households, a negative seed, or other than 12 to 24 months.
    """
    if households < 20:
        raise SyntheticError(f"户数应不少于 20，现为 {households}")
    if not 12 <= months <= 24:
        raise SyntheticError(f"月数应为 12 至 24，现为 {months}")
    if seed < 0:
        raise SyntheticError(f"随机种子应为非负整数，现为 {seed}")
    places = county_villages(county)
    used = places[: max(1, min(len(places), households // 15))]
    window = range(month_index(on) - months, month_index(on))
    homes, people = make_population(households, on, seed, len(used))
    add_identity(county, homes, people, seed)
    add_traits(homes, people, on, seed)
    add_work(people, seed)
    shocks = make_shocks(homes, people, window, seed)
    income = make_income(homes, people, shocks, on, seed)
    feeds = _feeds(homes, people, shocks, on, window, seed)
    homes["registry_grade"] = _registry_grades(homes, feeds["housing"], seed)
    made = County(county, on, seed, window, used, homes, people, income, income_months(on).start, feeds)
    add_monitoring(made)
    return made


def _feeds(
    homes: Frame, people: Frame, shocks: Shocks, on: date, window: range, seed: int
) -> dict[str, Frame]:
    settlements, diagnoses = medical.make_medical(people, shocks, window, seed)
    return {
        "medical": settlements,
        "health": diagnoses,
        "education": public_services.make_education(homes, people, on, window, seed),
        "civil_affairs": public_services.make_civil_affairs(homes, people, shocks, window, seed),
        "disability": public_services.make_certificates(people, window),
        "housing": surroundings.make_housing(homes, shocks, window, seed),
        "water": surroundings.make_water(homes, window, seed),
        "employment": livelihoods.make_employment(people, shocks, window, seed),
        "agriculture": livelihoods.make_farm_losses(shocks, seed),
        "disaster": livelihoods.make_disasters(shocks),
        "security": surroundings.make_security(shocks),
        "petitions": surroundings.make_petitions(homes, window, seed),
        "credit": livelihoods.make_credit(homes, people, window, seed),
    }


def _registry_grades(homes: Frame, checks: Frame, seed: int) -> Array:
    """Give the registry's housing grades: mostly A and B, and half of what the last appraisals found."""
    rng = random_stream(seed, "registry housing")
    grade = (rng.random(length(homes)) < 0.35).astype(np.int64)
    known = rng.random(len(checks["household"])) < 0.5
    treated = checks["disposal"] == surroundings.TREATED
    grade[checks["household"][known]] = np.where(treated, 0, checks["grade"])[known]
    return grade
