"""Measures of a pack: how they are read, and what the loader refuses."""

from datetime import date
from pathlib import Path

import pytest

from shouwang.domain.measures import SHAPES, Formula
from shouwang.domain.pack_files import load_pack
from shouwang.domain.policy import PackError, PackLibrary, Policy
from tests.domain import pack_samples
from tests.domain.assistance_samples import xichou

PARAMETERS = """
[award_share]
label = "比例"
unit = "permille"
values = [{ from = 2022-01-01, value = 500, source = "第四条" }]

[award_cap]
label = "封顶"
unit = "yuan"
values = [{ from = 2022-01-01, value = 3000, source = "第四条" }]

[award_days]
label = "期限"
unit = "days"
values = [{ from = 2022-01-01, value = 30, source = "第五条" }]
"""
AWARD = """
[award]
label = "产业奖补"
kind = "industry"
risks = ["income"]
development = true
for = "labour"
needs = ["wish_to_develop"]
department = "农业农村"
limit = "award_days"
figures = ["award_days"]
entitlement = { shape = "share_with_cap", share = "award_share", cap = "award_cap" }
source = "第四条"
"""
ON = date(2022, 3, 1)


def load(folder: Path, measures: str) -> Policy:
    place = pack_samples.write(folder, line=pack_samples.LINE + PARAMETERS)
    (place / "measures.toml").write_text(measures, encoding="utf-8")
    return PackLibrary([load_pack(place)]).resolve("361023", ON)


def test_a_measure_is_read_with_its_formula(tmp_path: Path) -> None:
    measure, pack = load(tmp_path, AWARD).measures["award"]

    assert (measure.kind, measure.risks, measure.for_whom) == ("industry", ("income",), "labour")
    assert measure.is_development
    assert not measure.is_for_all
    assert measure.formula == Formula("share_with_cap", {"share": "award_share", "cap": "award_cap"})
    assert pack.id == "demo"


def test_a_measure_without_risk_or_kind_is_a_duty_owed_to_all(tmp_path: Path) -> None:
    duty = '[visit]\nlabel = "走访"\ndepartment = "乡镇"\nsource = "第一条"\n'
    measure, _ = load(tmp_path, duty).measures["visit"]

    assert measure.is_for_all
    assert measure.kind is None
    assert measure.for_whom == "either"
    assert measure.limit == "measure_months_max"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('label = "产业奖补"\n', "", r"measures.toml 中“award.label”：没有填写"),
        ('kind = "industry"', 'kind = "money"', "不认识“money”"),
        ('["income"]', '["poverty"]', "不认识“poverty”"),
        ('["income"]', '["income", "income"]', "只写一次"),
        ('["income"]', "[1]", "每项应为文字"),
        ('kind = "industry"', 'kind = "security"', "开发式帮扶的类别只能是"),
        ('for = "labour"', 'for = "no_labour"', "开发式帮扶靠劳动能力"),
        ('for = "labour"', 'for = "men"', "不认识“men”"),
        ("wish_to_develop", "wish_to_win", "不认识“wish_to_win”"),
        ("source =", "sauce =", "不认识这个键"),
        ('shape = "share_with_cap", ', "", "没有填写。可用"),
        ("share_with_cap", "lottery", "不认识“lottery”"),
        (', cap = "award_cap"', "", "cap”：没有填写"),
        (', cap = "award_cap"', ', cap = "award_cap", floor = "award_cap"', "不认识这个键"),
        ('limit = "award_days"', 'limit = "award_cap"', "单位应为 months、days，现为 yuan"),
        ('limit = "award_days"', 'limit = "nowhere"', "参数“nowhere”，但本包"),
        ('figures = ["award_days"]', 'figures = ["nowhere"]', "参数“nowhere”，但本包"),
        ('share = "award_share"', 'share = "award_cap"', "单位应为 permille，现为 yuan"),
        ("[award]", "[Award]", "名称只能用小写字母"),
    ],
)
def test_a_wrong_measure_is_refused_saying_where(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    assert right in AWARD
    with pytest.raises(PackError, match=message):
        load(tmp_path, AWARD.replace(right, wrong))


def test_the_measures_count_in_the_digest_of_the_pack(tmp_path: Path) -> None:
    first = load(tmp_path, AWARD).answered_by.digest

    assert load(tmp_path, AWARD.replace("产业奖补", "奖补")).answered_by.digest != first


def test_a_narrower_measure_replaces_its_namesake() -> None:
    policy = xichou()

    assert policy.measures["microcredit"][1].id == "xichou-2021"
    assert policy.measures["health_support"][1].id == "cn-2021"


def test_every_shape_says_which_units_it_takes() -> None:
    assert all(shape.label for shape in SHAPES.values())
