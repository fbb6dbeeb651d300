"""The cells of the registry's exports: the columns of persons and of households."""

from typing import Any

import numpy as np

from shouwang.domain.tables import INCOME_ITEMS, MEASURES, RISKS
from shouwang.synthetic.calibration import income_calibration
from shouwang.synthetic.cells import Cell, pick, write_amounts, write_months, yes_no
from shouwang.synthetic.county import County
from shouwang.synthetic.facts import count_facts, nothing_lost
from shouwang.synthetic.feed_columns import DISABILITIES, GRADE_NUMBERS
from shouwang.synthetic.frames import Array, any_by, months_of, sum_by, texts
from shouwang.synthetic.identity import compact_dates
from shouwang.synthetic.income import ITEMS
from shouwang.synthetic.monitoring import CLASSES
from shouwang.synthetic.population import RELATIONS
from shouwang.synthetic.surroundings import GRADES
from shouwang.synthetic.traits import EDUCATIONS, LABOURS, STAGES

Columns = list[list[Cell]]


def _same(text: str, count: int) -> list[Cell]:
    return [text] * count


def _where_flag(flags: Array, text: str, otherwise: str = "") -> list[Any]:
    # numpy types a list of any.
    return np.where(flags, texts(text)[0], texts(otherwise)[0]).tolist()  # type: ignore[no-any-return]


def _positive(numbers: Array) -> list[Cell]:
    return [str(number) if number else "" for number in numbers.tolist()]


def member_columns(county: County, numbers: list[Cell], head_numbers: list[Cell]) -> Columns:
    """Return the columns of 家庭成员信息; identity numbers come in as they are to be written."""
    people, homes = county.members, county.households
    owner = people["household"]
    return [
        *_place_columns(county, homes["village"][owner]),
        *_person_columns(county, numbers),
        *_ability_columns(county),
        *_support_columns(county),
        pick(people["name"], homes["head"][owner]),
        head_numbers,
        yes_no(people["is_employee_insured"]),
        yes_no(people["is_destitute"]),
        _where_flag(homes["is_alleviated"][owner], "国家标准"),
    ]


def _place_columns(county: County, village: Array) -> Columns:
    names = texts(*(each.name for each in county.villages))
    wide = [_same(name, len(village)) for name in county.place_names]
    return [*wide, pick(texts(*county.townships), village), pick(names, village)]


def _person_columns(county: County, numbers: list[Cell]) -> Columns:
    """Write from 户编号 to 与户主关系."""
    people, homes, count = county.members, county.households, county.member_count
    owner = people["household"]
    return [
        pick(homes["household_id"], owner),
        people["person_id"].tolist(),
        people["name"].tolist(),
        _where_flag(people["is_male"], "男", "女"),
        [str(day) for day in compact_dates(people["birth"]).tolist()],
        _same("居民身份证", count),
        numbers,
        _same("汉族", count),
        pick(people["phone"], homes["head"][owner]),
        people["phone"].tolist(),
        _same(str(county.on.year), count),
        pick(RELATIONS, people["relation"]),
    ]


def _ability_columns(county: County) -> Columns:
    """Write from 文化程度 to 务工企业名称."""
    people = county.members
    return [
        pick(EDUCATIONS, people["education"]),
        pick(STAGES, people["school_stage"]),
        pick(LABOURS, people["labour"]),
        _positive(people["months"]),
        _health(county),
        _same("群众", county.member_count),
        np.where(people["is_worker"], people["employer"], "").tolist(),
    ]


def _support_columns(county: County) -> Columns:
    """Write from 是否享受低保 to 务工所在地."""
    people, is_worker = county.members, county.members["is_worker"]
    return [
        yes_no(people["is_supported"]),
        yes_no(people["is_employee_insured"]),
        yes_no(people["is_resident_insured"]),
        yes_no(people["is_resident_insured"]),
        yes_no(people["has_pension"]),
        _where_flag(people["is_dropout"], "自愿辍学"),
        _where_flag(is_worker, "否"),
        _where_flag(is_worker, "第二产业"),
        _where_flag(people["public_post_months"] > 0, "保洁员"),
        _positive(people["public_post_months"]),
        _where_flag(is_worker, "自主就业"),
        _disability(county, people["disability_kind"] >= 0),
        pick(GRADE_NUMBERS, people["disability_grade"]),
        _issued_years(people["disability_issued"]),
        np.where(is_worker, people["workplace"], "").tolist(),
    ]


def _health(county: County) -> list[Cell]:
    """Write the set of health states, in either order and with either comma."""
    people = county.members
    disabled = people["disability_kind"] >= 0
    code = people["is_chronic"] + 2 * people["is_serious"] + 4 * disabled
    words = ("长期慢性病", "患有大病", "残疾")
    states = []
    for each in range(8):
        present = [word for bit, word in enumerate(words) if each >> bit & 1] or ["健康"]
        states.append(",".join(reversed(present)) if each % 2 else "、".join(present))
    return pick(texts(*states), code)


def _disability(county: County, disabled: Array) -> list[Any]:
    # numpy types a list of any.
    return np.where(disabled, DISABILITIES[county.members["disability_kind"]], "").tolist()  # type: ignore[no-any-return]


def _issued_years(days: Array) -> list[Cell]:
    known = ~np.isnat(days)
    years = np.where(known, days, np.datetime64("2000-01-01")).astype("datetime64[Y]").astype(np.int64) + 1970
    return [
        str(year) if is_known else "" for year, is_known in zip(years.tolist(), known.tolist(), strict=True)
    ]


def household_columns(county: County, year: int, head_numbers: list[Cell]) -> Columns:
    """Return the columns of 户信息 at the end of a year; those of the last year are the state of the day."""
    homes, is_newest = county.households, year == county.on.year - 1
    count, head = county.household_count, homes["head"]
    until = county.window.stop if is_newest else year * 12 + 12
    known = (homes["monitored_class"] > 0) & (homes["identified"] < until)
    freed = known & homes["is_eliminated"] & (homes["eliminated"] < until)
    names = texts(*(each.name for each in county.villages))
    by_hand: Columns = [_same("王样例", count), _same("10000000001", count)]
    contact: Columns = [
        _where_flag(known & homes["has_contact"], "李样例"),
        _where_flag(known & homes["has_contact"], "10000000002"),
    ]
    return [
        homes["household_id"].tolist(),
        pick(county.members["name"], head),
        head_numbers,
        pick(texts(*county.townships), homes["village"]),
        pick(names, homes["village"]),
        [f"{number}组" for number in homes["group"].tolist()],
        _where_flag(homes["is_alleviated"], "脱贫户", "一般农户"),
        pick(CLASSES, np.where(known, homes["monitored_class"], 0)),
        [str(size) for size in homes["size"].tolist()],
        *_risk_columns(homes["risks"], known),
        _same("", count),
        np.where(known, np.where(freed, "是", "否"), "").tolist(),
        np.where(freed, np.where(homes["is_naturally_eliminated"], "自然消除", "帮扶消除"), "").tolist(),
        list(write_months(np.where(known, homes["identified"], -1), "compact")),
        list(write_months(np.where(freed, homes["eliminated"], -1), "compact")),
        *_state_columns(county, known),
        *_money_columns(county, year),
        *_guarantee_columns(county),
        _positive(homes["alleviated_year"]),
        yes_no(homes["is_relocated"]),
        [f"{size}.5" for size in homes["size"].tolist()],
        *by_hand,
        *contact,
        *_measure_columns(homes["measures"], known),
    ]


def _risk_columns(risks: Array, known: Array) -> Columns:
    written = [
        [RISKS[name] for name in each] if is_known else []
        for each, is_known in zip(risks, known.tolist(), strict=True)
    ]
    labels = [
        [("因自然灾害(洪涝)" if name == RISKS["disaster"] else name) for name in each] for each in written
    ]
    return [[each[place] if place < len(each) else "" for each in labels] for place in range(5)]


def _measure_columns(measures: Array, known: Array) -> Columns:
    sets = [set(each) if is_known else set() for each, is_known in zip(measures, known.tolist(), strict=True)]
    return [["是" if name in given else "" for given in sets] for name in MEASURES]


def _state_columns(county: County, known: Array) -> Columns:
    homes, owner = county.households, county.members["household"]
    facts = count_facts(county, nothing_lost(county))
    guaranteed = facts["without_labour"] & (homes["is_supported"] | homes["is_destitute"])
    development = ("industry", "employment", "finance", "public_post")
    develops = np.array([bool(set(given) & set(development)) for given in homes["measures"]], dtype=bool)
    return [
        yes_no(guaranteed),
        np.where(known, np.where(develops, "是", "否"), "").tolist(),
        yes_no(any_by(owner, county.members["is_supported"], county.household_count)),
        yes_no(homes["is_destitute"]),
    ]


def _money_columns(county: County, year: int) -> Columns:
    """Write compliant own pay, claims, net income and its parts of a calendar year."""
    parts = annual_parts(county, year)
    net = parts["wage"] + parts["business"] + parts["property"] + parts["transfer"] - parts["cost"]
    rows = county.feeds["medical"]
    in_year = months_of(rows["day"]) // 12 == year
    stated = year * 12 >= county.window.start
    owner = county.members["household"][rows["person"]]
    own_pay = sum_by(owner[in_year], rows["compliant"][in_year], county.household_count)
    amounts = (
        net,
        net // county.households["size"],
        parts["wage"],
        parts["business"],
        parts["property"],
        parts["transfer"],
        parts["cost"],
    )
    own_text: list[Cell] = (
        list(write_amounts(own_pay, "plain")) if stated else _same("", county.household_count)
    )
    return [
        own_text,
        _same("", county.household_count),
        *_amounts(amounts),
    ]


def _amounts(columns: tuple[Array, ...]) -> Columns:
    return [list(write_amounts(each, "plain")) for each in columns]


def annual_parts(county: County, year: int) -> dict[str, Array]:
    """Return counted wage, business, property and transfer income and business cost of a year, in fen."""
    first = year * 12 - county.income_first
    uncounted = set(income_calibration()["uncounted"]["items"])
    parts: dict[str, Array] = {
        name: np.zeros(county.household_count, dtype=np.int64)
        for name in ("wage", "business", "property", "transfer", "cost")
    }
    for number, name in enumerate(ITEMS):
        if name not in uncounted:
            item = INCOME_ITEMS[name]
            months = county.income[number, :, first : first + 12]
            parts["cost" if item.is_cost else item.source] += months.sum(axis=1, dtype=np.int64)
    return parts


def _guarantee_columns(county: County) -> Columns:
    homes, owner, count = county.households, county.members["household"], county.household_count
    grade = homes["registry_grade"]
    people = county.members
    uninsured = any_by(owner, ~(people["is_resident_insured"] | people["is_employee_insured"]), count)
    troubled = np.zeros(count, dtype=bool)
    troubled[county.feeds["water"]["household"][::2]] = True
    return [
        pick(GRADES, grade),
        yes_no(grade >= 2),
        yes_no(~troubled),
        yes_no(uninsured),
        yes_no(any_by(owner, people["is_dropout"], count)),
    ]
