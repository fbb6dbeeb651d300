"""The sheet of a public notice, written from the facts: who, for what, until when, how to object."""

from dataclasses import dataclass
from datetime import date

_PROPOSED = {
    "identification": "拟识别为防止返贫致贫监测对象",
    "elimination": "拟标注风险消除",
}
_TITLES = {"identification": "防止返贫监测对象识别公示", "elimination": "防止返贫监测对象风险消除公示"}
BLANK = "________"


@dataclass(frozen=True)
class NoticeFacts:
    """What a notice says; an empty text leaves a blank for the hand. Nothing else belongs there."""

    track: str
    township: str
    village: str
    head_name: str
    group_name: str
    member_count: int | None
    class_name: str
    starts_on: date
    ends_on: date
    days_label: str
    office_phone: str = ""


def notice_title(track: str) -> str:
    """Return the title of a notice."""
    return _TITLES.get(track, "公示")


def notice_text(facts: NoticeFacts) -> str:
    """Return the text of a notice, a line a paragraph."""
    size = f"{facts.member_count}人" if facts.member_count is not None else BLANK
    lines = [
        f"经入户核查、民主评议，以下农户{_PROPOSED.get(facts.track, '拟办理有关事项')}，现予公示。",
        f"户主姓名：{facts.head_name or BLANK}",
        f"所在村组：{facts.township}{facts.village}{facts.group_name}",
        f"家庭人口：{size}",
        *([f"监测对象类别：{facts.class_name or BLANK}"] if facts.track == "identification" else []),
        f"公示期：{_day(facts.starts_on)}至{_day(facts.ends_on)}（{facts.days_label}，公示首日不计）",
        f"公示期内对以上内容有异议的，可向本村（社区）提出，也可直接向{facts.township}人民政府或县级主管部门提出，"
        "由乡镇或县级核查答复。",
        f"咨询和反映（固定电话）：{facts.office_phone or BLANK}",
        f"{facts.village}",
        _day(facts.starts_on),
    ]
    return "\n".join(lines)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
