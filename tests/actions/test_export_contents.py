"""What an export holds: what the role gets, whose it is, and nothing of the neighbours (T09, T35)."""

from io import BytesIO

import openpyxl
import pytest

from shouwang.actions.export_table import export_table
from shouwang.actions.refusals import Unfit
from shouwang.domain.exporting import IdFormat
from shouwang.domain.masking import contains_personal_number
from shouwang.domain.roles import Role
from shouwang.exchange.export_profiles import profiles
from shouwang.records.access import entered, entered_system
from shouwang.records.models import (
    Household,
    MemberVersion,
)
from shouwang.records.sealing import unseal
from tests.actions.export_world import WHY, asked, choice, home, made_file, number_of, own_folder, sheets, who
from tests.world import (
    COUNTY,
    NOW,
    THERE,
    TOWNSHIP,
    VILLAGE,
    household,
)

__all__ = ["home", "own_folder"]
pytestmark = pytest.mark.django_db


def test_a_short_masked_list_needs_nobody_else(home: Household) -> None:
    clerk = who()
    made, content = made_file(clerk, choice("roster"))

    assert made.state == "made"
    assert not made.why_approval
    table = sheets(content)
    assert table["花名册"][1][:2] == ["序号", "乡镇"]
    assert len(table["花名册"]) == 2 + 3
    assert made.made_rows == 3
    text = str(table)
    assert home.head_name in text
    assert number_of(home) not in text
    assert not contains_personal_number(text)
    about = dict(row for row in table["导出说明"])
    assert about["行数"] == "3"
    assert about["导出编号"] == made.number
    assert WHY in about["用途"]


def test_the_file_says_on_every_page_whose_it_is(home: Household) -> None:
    clerk = who()
    made, content = made_file(clerk, choice("roster"))

    book = openpyxl.load_workbook(BytesIO(content))
    for sheet in book:
        for margin in (sheet.oddHeader.center.text, sheet.oddFooter.left.text):
            assert made.number in margin
            assert clerk.viewer.name in margin
            assert "2026-11-23 09:00" in margin
    assert made.number in book.properties.keywords
    assert made.number in book["花名册"]["A1"].value


def test_the_city_gets_no_name_number_or_illness(home: Household) -> None:
    clerk = who(Role.CITY, COUNTY[:4])
    with pytest.raises(Unfit, match="不能导出完整证件号码"):
        asked(clerk, choice("roster", COUNTY, id_format="18"))
    _, content = made_file(clerk, choice("roster", COUNTY))
    table = sheets(content)["花名册"]
    row = dict(zip(table[1], table[2], strict=True))

    assert row["姓名"].startswith("王*")
    assert row["证件号码"].count("*") >= 11
    assert row["健康状况"] == "无权查看"
    assert home.head_name not in str(table)


def test_a_childs_name_goes_out_as_a_childs(home: Household) -> None:
    with entered_system():
        MemberVersion.objects.filter(household=home, relation="之子").update(birth_date=NOW.date())
        MemberVersion.objects.filter(household=home, relation="户主").update(
            birth_date=NOW.date().replace(year=1970)
        )
    clerk = who()
    with entered(clerk.viewer):
        table = export_table(
            viewer=clerk.viewer, choice=choice("roster"), roles=(Role.HOUSEHOLD_GROUP,), on=NOW.date()
        )
        names = [str(row[7]) for row in table.rows if isinstance(row, list)]
    assert names[0] == home.head_name
    assert all(name.endswith("*") for name in names[1:])


@pytest.mark.parametrize("form", [IdFormat.MASKED, IdFormat.WHOLE])
def test_every_profile_goes_out_and_no_neighbour_with_it(home: Household, form: IdFormat) -> None:
    with entered_system():
        household(THERE.villages[0], head_name="鹳甲金丝", monitoring="monitored", group_name="鹳语不应外泄")
        home.members.filter(relation="之子").update(birth_date=NOW.date().replace(year=2006))
        numbers = [unseal(bytes(each.id_sealed), of="member.id_number") for each in home.members.all()]
    clerk = who()
    for name in profiles():
        made, content = made_file(clerk, choice(name, id_format=form.value))

        text = str(sheets(content))
        assert made.made_rows, name
        assert "鹳" not in text, name
        has_number = profiles()[name].has_id_number and form.is_whole
        assert any(number in text for number in numbers) == has_number, name


def test_a_summary_counts_by_township_and_by_village(home: Household) -> None:
    with entered_system():
        household(VILLAGE, members=4, monitoring="monitored", monitored_class="unstable")
        household(VILLAGE, monitoring="eliminated", eliminated_on=NOW.date())
    for area, name in ((COUNTY, "琴城镇"), (TOWNSHIP, "人民路居委会"), (VILLAGE, "人民路居委会")):
        _, content = made_file(who(), choice("summary", area))
        table = sheets(content)["统计汇总表"]
        rows = {row[0]: dict(zip(table[1], row, strict=True)) for row in table[2:]}
        for row in (rows[name], rows["合计"]):
            said = {
                key: row[key]
                for key in ("脱贫不稳定户", "监测户数", "监测人数", "本期新增户", "本期消除户", "因病")
            }
            assert list(said.values()) == [1, 2, 7, 1, 1, 1], (area, row)


def test_from_outside_few_are_not_counted(home: Household) -> None:
    with entered_system():
        for _ in range(5):
            household(THERE.villages[0], monitoring="monitored", monitored_class="unstable")
    city = who(Role.CITY, COUNTY[:4])
    for wanted in (choice("summary", COUNTY), choice("summary", COUNTY[:4], household_class="alleviated")):
        with pytest.raises(Unfit, match="跨级汇总"):
            asked(city, wanted)
    _, content = made_file(city, choice("summary", COUNTY[:4]))
    book = sheets(content)
    table = book["统计汇总表"]
    rows = {row[0]: dict(zip(table[1], row, strict=True)) for row in table[2:]}

    assert {row["因病"] for name, row in rows.items() if name in ("南丰县", "合计")} == {"＊"}
    assert rows["南丰县"]["监测户数"] == "＊"
    assert "不足 3" in dict(book["导出说明"])["不显示的数"]
    assert not any(value in (1, 2) for row in rows.values() for value in row.values())
