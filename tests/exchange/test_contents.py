"""What columns look like: kinds, masked samples, and proposals that never guess between two."""

from hypothesis import given
from hypothesis import strategies as st

from shouwang.exchange.contents import Look, kind_of, looks_of, propose_by_contents
from tests.exchange.samples import number

NUMBER = number(1)


def test_cells_tell_what_a_column_is() -> None:
    told = {
        "identity": [NUMBER, number(2).lower()],
        "date": ["2026-10-01", "20261002", "2026年10月3日"],
        "month": ["2026-10", "2026年9月"],
        "amount": ["1,200.50", "300", "-5元"],
        "phone": ["13800000000"],
        "name": ["张三", "欧阳某某"],
        "text": ["住在河边的第三户", "12号"],
        "": [],
    }
    assert {kind: kind_of(cells) for kind, cells in told.items()} == {kind: kind for kind in told}


def test_one_stray_cell_does_not_change_a_columns_kind() -> None:
    assert kind_of(["2026-10-01"] * 9 + ["不详"]) == "date"


def test_a_sample_shows_nobody() -> None:
    rows = [[NUMBER, "张小三", "13800001234", "1980-02-03", "6222000011112222", "120.5"]]
    looks = looks_of(["甲", "乙", "丙", "丁", "戊", "己"], rows)
    shown = " ".join(each for look in looks for each in look.sample)
    assert [word for word in (NUMBER, "小三", "13800001234", "02-03", "0000111122") if word in shown] == []
    assert "120.5" in shown


def test_the_only_column_of_its_kind_is_proposed() -> None:
    looks = {"甲": Look("identity", (), ()), "乙": Look("date", (), ()), "丙": Look("text", (), ())}
    assert propose_by_contents(looks, "medical", {}) == {"甲": "证件号码", "乙": "结算日期"}


def test_between_two_columns_of_a_kind_nothing_is_proposed() -> None:
    looks = {"甲": Look("identity", (), ()), "乙": Look("identity", (), ())}
    assert propose_by_contents(looks, "medical", {}) == {}


def test_what_names_have_told_is_not_proposed_again() -> None:
    looks = {"身份证号": Look("identity", (), ()), "甲": Look("identity", (), ())}
    assert propose_by_contents(looks, "medical", {"身份证号": "证件号码"}) == {}


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_cells_have_a_kind_and_a_masked_sample(cells: list[str]) -> None:
    (look,) = looks_of(["甲"], [[each] for each in cells])
    assert look.kind == kind_of([each.strip() for each in cells if each.strip()])
    assert len(look.sample) <= 3
