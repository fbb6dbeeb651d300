"""The cells of the departments' feeds, column by column, under the headers of `layout`."""

from collections.abc import Callable

import numpy as np

from shouwang.synthetic import livelihoods, medical, public_services, shocks, surroundings
from shouwang.synthetic.calibration import calibration
from shouwang.synthetic.cells import Cell, Style, pick, write_amounts, write_dates, write_months
from shouwang.synthetic.county import County
from shouwang.synthetic.dirt import owners
from shouwang.synthetic.frames import Array, Frame, texts

Columns = list[list[Cell]]
LOAN_NAMES, GRADE_NUMBERS = livelihoods.LOANS, texts("", "一级", "二级", "三级", "四级")
DISABILITIES = texts(*calibration()["disability"]["kinds"])
SCHOOLS = texts(
    "样例中心幼儿园",
    "样例完全小学",
    "样例中学",
    "样例第一中学",
    "样例职业学校",
    "样例职业学院",
    "样例大学",
    "样例大学",
)
AID_NAMES = texts(
    "学前教育资助", "", "寄宿生生活补助", "普高助学金", "中职助学金", "国家助学金", "国家助学金", "国家助学金"
)


def feed_columns(county: County, feed: str, rows: Frame, style: Style) -> Columns:
    """Return one list of cells a column for the chosen rows of a feed."""
    return _WRITERS[feed](county, rows, style)


def _who(county: County, rows: Frame) -> Columns:
    people = owners(county, rows)
    return [pick(county.members["name"], people), pick(county.members["id_number"], people)]


def _where(county: County, rows: Frame) -> Columns:
    village = county.households["village"][rows["household"]]
    names = texts(*(each.name for each in county.villages))
    return [pick(texts(*county.townships), village), pick(names, village)]


def _group(county: County, rows: Frame) -> list[Cell]:
    return [f"{number}组" for number in county.households["group"][rows["household"]].tolist()]


def _money(rows: Frame, style: Style, *names: str) -> Columns:
    return [list(write_amounts(rows[name], style.amounts)) for name in names]


def _days(rows: Frame, style: Style) -> list[Cell]:
    return write_dates(rows["day"], style.dates)


def _numbers(values: Array) -> list[Cell]:
    return [str(value) for value in values.tolist()]


def _medical(county: County, rows: Frame, style: Style) -> Columns:
    place: list[Cell] = [county.place_names[2]] * len(rows["day"])
    money = _money(rows, style, "total", "basic", "critical", "aid", "own", "compliant")
    kind, disease = pick(medical.VISITS, rows["kind"]), pick(medical.ALL_DISEASES, rows["disease"])
    return [*_who(county, rows), place, _days(rows, style), kind, *money, disease]


def _health(county: County, rows: Frame, style: Style) -> Columns:
    severity = np.where(rows["is_serious"], "大病", "慢病").tolist()
    return [*_who(county, rows), pick(medical.ALL_DISEASES, rows["name"]), severity, _days(rows, style)]


def _education(county: County, rows: Frame, style: Style) -> Columns:
    phase = rows["phase"]
    aid_name = np.where(rows["aid"] > 0, AID_NAMES[phase], "").tolist()
    grade = public_services.grade_labels(rows, county.members).tolist()
    status = pick(public_services.PUPIL_STATUS, rows["status"])
    return [
        *_who(county, rows),
        pick(SCHOOLS, phase),
        pick(public_services.PHASES, phase),
        grade,
        status,
        aid_name,
        *_money(rows, style, "aid", "own"),
    ]


def _civil_affairs(county: County, rows: Frame, style: Style) -> Columns:
    kind, status = (
        pick(public_services.AID_KINDS, rows["kind"]),
        pick(public_services.AID_STATUS, rows["status"]),
    )
    return [
        *_who(county, rows),
        kind,
        status,
        list(write_months(rows["start"], style.dates)),
        *_money(rows, style, "monthly"),
    ]


def _disability(county: County, rows: Frame, style: Style) -> Columns:
    kind, grade = pick(DISABILITIES, rows["kind"]), pick(GRADE_NUMBERS, rows["grade"])
    return [*_who(county, rows), kind, grade, _days(rows, style)]


def _housing(county: County, rows: Frame, style: Style) -> Columns:
    grade, disposal = pick(surroundings.GRADES, rows["grade"]), pick(surroundings.DISPOSALS, rows["disposal"])
    return [*_who(county, rows), *_where(county, rows), grade, _days(rows, style), disposal]


def _water(county: County, rows: Frame, style: Style) -> Columns:
    problem = pick(surroundings.PROBLEMS, rows["problem"])
    return [
        *_where(county, rows),
        _group(county, rows),
        *_who(county, rows),
        problem,
        _days(rows, style),
        _numbers(rows["days"]),
    ]


def _employment(county: County, rows: Frame, style: Style) -> Columns:
    people = rows["person"]
    place, employer = pick(county.members["workplace"], people), pick(county.members["employer"], people)
    months = [list(write_months(rows[name], style.dates)) for name in ("start", "end")]
    status = pick(livelihoods.WORK_STATUS, rows["status"])
    return [*_who(county, rows), place, employer, *months, *_money(rows, style, "wage"), status]


def _agriculture(county: County, rows: Frame, style: Style) -> Columns:
    product, event = pick(shocks.PRODUCTS, rows["product"]), pick(livelihoods.FARM_EVENTS, rows["event"])
    unit = np.where(rows["product"] < 2, "头", "亩").tolist()
    scale: list[Cell] = [f"{number}{each}" for number, each in zip(rows["scale"].tolist(), unit, strict=True)]
    return [*_who(county, rows), product, scale, *_money(rows, style, "loss"), event, _days(rows, style)]


def _disaster(county: County, rows: Frame, style: Style) -> Columns:
    kind, damage = pick(shocks.DISASTERS, rows["kind"]), pick(shocks.DAMAGES, rows["damage"])
    return [
        *_where(county, rows),
        _group(county, rows),
        *_who(county, rows),
        kind,
        _days(rows, style),
        damage,
        *_money(rows, style, "crop", "direct"),
    ]


def _security(county: County, rows: Frame, style: Style) -> Columns:
    event, consequence = (
        pick(surroundings.SECURITY_EVENTS, rows["event"]),
        pick(surroundings.CONSEQUENCES, rows["consequence"]),
    )
    return [*_who(county, rows), event, _days(rows, style), consequence]


def _petitions(county: County, rows: Frame, style: Style) -> Columns:
    heads = owners(county, rows)
    name, phone = pick(county.members["name"], heads), pick(county.members["phone"], heads)
    text = pick(surroundings.COMPLAINTS, rows["text"])
    return [
        pick(surroundings.CHANNELS, rows["channel"]),
        name,
        phone,
        *_where(county, rows),
        text,
        _days(rows, style),
    ]


def _credit(county: County, rows: Frame, style: Style) -> Columns:
    kind, balance = pick(LOAN_NAMES, rows["kind"]), _money(rows, style, "balance")
    return [*_who(county, rows), kind, *balance, _days(rows, style), _numbers(rows["overdue"])]


_WRITERS: dict[str, Callable[[County, Frame, Style], Columns]] = {
    "medical": _medical,
    "health": _health,
    "education": _education,
    "civil_affairs": _civil_affairs,
    "disability": _disability,
    "housing": _housing,
    "water": _water,
    "employment": _employment,
    "agriculture": _agriculture,
    "disaster": _disaster,
    "security": _security,
    "petitions": _petitions,
    "credit": _credit,
}
