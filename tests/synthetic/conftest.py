"""One written county and one larger county in memory, shared by the tests of this room."""

from datetime import date
from pathlib import Path

import pytest

from shouwang.synthetic import County, WrittenCounty, make_county, write_county

ON = date(2026, 6, 30)


@pytest.fixture(scope="session")
def small() -> County:
    """Return a county of 60 households."""
    return make_county(households=60, on=ON, seed=5)


@pytest.fixture(scope="session")
def written(small: County, tmp_path_factory: pytest.TempPathFactory) -> WrittenCounty:
    """Return the small county's files."""
    folder: Path = tmp_path_factory.mktemp("county")
    return write_county(small, folder)


@pytest.fixture(scope="session")
def large() -> County:
    """Return a county large enough for its shares to be held to their sources."""
    return make_county(households=8000, on=ON, seed=3)
