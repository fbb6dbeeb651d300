"""57,867 households of the World Bank's synthetic census, 825 with their members, through `screen`."""

from datetime import date

import pandas as pd
import pytest

from shouwang.actions.screening import ScreenedFolder
from tests.real_input.surveys import SURVEYS, answers, born, indicator, screen_survey, survey

pytestmark = pytest.mark.skipif(not SURVEYS.exists(), reason="reference data are not beside this checkout")

ON = date(2024, 6, 30)
LINE = 1500
UNSAFE = ["Unprotected well", "Unprotected spring", "River/dam/lake/ponds/stream/canal/irrig"]
NOT_SAID = ["Bottled water", "Tanker truck", "Cart with small tank", "Other"]


@pytest.fixture(scope="module")
def households() -> pd.DataFrame:
    return survey("wb_synth_hld_pop_wb_2023").set_index("hid").rename_axis(None).sort_index()


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    return survey("wb_synth_ind_sample_wb_2023")


@pytest.fixture(scope="module")
def screened(
    tmp_path_factory: pytest.TempPathFactory, households: pd.DataFrame, persons: pd.DataFrame
) -> ScreenedFolder:
    folder = tmp_path_factory.mktemp("world_bank") / "registry"
    folder.mkdir()
    households.rename_axis("hid").reset_index().to_csv(folder / "wb_households.csv", index=False)
    people = persons.assign(born=born(persons["age"], ON))
    people.to_excel(folder / "wb_persons.xlsx", index=False)
    return screen_survey(folder, "world_bank.toml", ON, has_workbook=False)


def test_every_household_is_answered_and_no_row_is_refused(
    screened: ScreenedFolder, households: pd.DataFrame, persons: pd.DataFrame
) -> None:
    assert len(households) == 57_867
    assert screened.staged.row_counts["household"] == screened.staged.row_counts["annual_income"] == 57_867
    assert screened.staged.row_counts["member"] == len(persons) == 3_246
    assert (screened.staged.error_count, screened.staged.unmatched_count) == (0, 0)


def test_income_per_head_is_the_surveys_own(screened: ScreenedFolder, households: pd.DataFrame) -> None:
    expected = households["tot_exp"] * 100 // households["hhsize"]

    assert indicator(screened, "net_income_per_capita_fen").eq(expected).all()
    assert indicator(screened, "member_count").eq(households["hhsize"]).all()


def test_low_income_is_told_below_the_line_and_not_at_it(
    screened: ScreenedFolder, households: pd.DataFrame
) -> None:
    total, line = households["tot_exp"], households["hhsize"] * LINE
    told = answers(screened, "low_income")

    assert told.notna().all()
    assert told.eq(total < line).all()
    assert 0 < (total == line).sum() < told.sum() < len(told)
    assert told.sum() == (households["pc_exp"] < LINE).sum()


def test_the_stated_income_per_head_is_read_beside_the_reckoned(
    screened: ScreenedFolder, households: pd.DataFrame
) -> None:
    stated = indicator(screened, "stated_income_per_capita_fen")

    assert ((stated / 100 - households["pc_exp"]).abs() <= 0.005001).all()
    assert answers(screened, "stated_low_income").eq(stated < LINE * 100).all()


def test_unsafe_water_is_told_and_water_of_unknown_safety_is_unknown(
    screened: ScreenedFolder, households: pd.DataFrame
) -> None:
    told, water = answers(screened, "unsafe_water"), households["water"]

    assert told.isna().eq(water.isin(NOT_SAID)).all()
    assert told.dropna().eq(water.isin(UNSAFE)[told.notna()]).all()
    assert told.isna().sum() == 1_696 + 1_414 + 387 + 1_023


def test_only_sampled_households_are_judged_by_their_members(
    screened: ScreenedFolder, households: pd.DataFrame, persons: pd.DataFrame
) -> None:
    ages = persons.groupby("hid")["age"]
    elderly = (ages.min() >= 60).reindex(households.index)
    children = (persons["age"] < 16).groupby(persons["hid"]).sum().reindex(households.index)

    assert_alike(answers(screened, "elderly_only"), elderly)
    assert_alike(answers(screened, "many_children"), (children >= 3).where(children.notna()))
    assert elderly.notna().sum() == 825


def test_a_household_with_somebody_whose_labour_is_not_said_is_unknown_not_safe(
    screened: ScreenedFolder, households: pd.DataFrame, persons: pd.DataFrame
) -> None:
    works = persons["labor_force"] == "Yes"
    not_said = ~works & persons["age"].between(16, 59)
    by_household = pd.DataFrame({"works": works, "not_said": not_said}).groupby(persons["hid"]).any()
    is_without = (~by_household["works"]).astype("boolean").mask(by_household["not_said"])

    assert_alike(answers(screened, "no_labour"), is_without.reindex(households.index))
    assert by_household["not_said"].any()


def test_what_the_survey_does_not_hold_is_said_to_be_unjudged(screened: ScreenedFolder) -> None:
    assert screened.run.header.unjudged == ["all_uninsured", "ill_and_uninsured", "own_pay", "own_pay_share"]


def assert_alike(found: pd.Series, expected: pd.Series) -> None:
    pd.testing.assert_series_equal(found, expected.astype("boolean"), check_names=False)
