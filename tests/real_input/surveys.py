"""Published household surveys as an official would hand them over, and a screening of them."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from shouwang.actions.screening import ScreenedFolder, screen_folder
from shouwang.cli.screen import publisher

HERE = Path(__file__).resolve().parent
SURVEYS = HERE.parents[2] / "shared" / "data" / "households"
COUNTY = "530521"  # the surveys' places are not in China: every household stays with the county as a whole
KEY = b"a key for tests only, 32 letters"


def survey(name: str) -> pd.DataFrame:
    """Return a survey's table as published."""
    return pd.read_parquet(SURVEYS / f"{name}.parquet")


def born(ages: pd.Series, on: date) -> pd.Series:
    """Return birth dates for the ages on a day: each person's birthday is that day."""
    return ages.map(lambda age: f"{on.year - age:04d}{on:%m%d}")


def completed_years(logarithms: pd.Series) -> pd.Series:
    """Return the ages that a survey gives as logarithms."""
    return np.rint(np.exp(logarithms)).astype(int)


def screen_survey(folder: Path, mapping: str, on: date, *, has_workbook: bool = True) -> ScreenedFolder:
    """Screen the tables lying in `folder` by a mapping file and the pack kept beside this module.

    Without a workbook, an empty file stands for it, to save the time of writing a million cells.
    """
    return screen_folder(
        registry=folder,
        deliveries=None,
        county=COUNTY,
        on=on,
        out=folder.parent / f"{folder.name}.xlsx",
        key=KEY,
        publish=publisher(None) if has_workbook else lambda _, path: path.touch(),
        packs=HERE / "packs",
        mapping=HERE / mapping,
    )


def answers(screened: ScreenedFolder, rule: str) -> pd.Series:
    """Return a rule's answer for every household: true, false or missing."""
    households = _table(screened, "household")["household_id"]
    found = {name: set(_of_rule(screened, name, rule)) for name in ("finding", "unknown")}
    told = households.isin(found["finding"]).astype("boolean")
    return told.mask(households.isin(found["unknown"])).set_axis(households).rename_axis(None).sort_index()


def indicator(screened: ScreenedFolder, name: str) -> pd.Series:
    """Return an indicator of every household, missing where unknown."""
    table = _table(screened, "household").set_index("household_id")[name]
    return table.astype("Int64").rename_axis(None).sort_index()


def _of_rule(screened: ScreenedFolder, name: str, rule: str) -> pd.Series:
    table = _table(screened, name)
    return table.loc[table["rule"] == rule, "household_id"]


def _table(screened: ScreenedFolder, name: str) -> pd.DataFrame:
    table = screened.run.table(name)
    assert table is not None
    frame: pd.DataFrame = table.to_pandas(integer_object_nulls=True)
    return frame
