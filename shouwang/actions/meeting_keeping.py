"""Holding a monthly meeting (R102): called with an agenda, each item decided, closed for good."""

from datetime import date, datetime, timedelta

from shouwang.actions.acting import Act, Actor, acting
from shouwang.actions.meeting_agenda import Point, agenda, carried
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.masking import contains_personal_number
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import level_of
from shouwang.records.access import visible
from shouwang.records.models import Household, Meeting, MeetingItem
from shouwang.records.viewers import Viewer

LEVEL_ROLES = {12: "village", 9: "township", 6: "county_office"}
_LONGEST = 2000


def meeting_places(*, viewer: Viewer) -> list[str]:
    """Return the villages, townships and counties whose meeting a person holds: his own, not those below."""
    reaches = viewer.scope(Permission.HOLD_MEETING, is_write=True).reaches
    return sorted({each.prefix for each in reaches if len(each.prefix) in LEVEL_ROLES})


def call_meeting(*, actor: Actor, place: str, month: date, on: date, at: datetime) -> Meeting:
    """Call the meeting of a month and write its agenda; what the last one left undecided comes again."""
    with acting(actor, "meeting.call", at=at) as act:
        _own(actor, place)
        division, level, first = place.ljust(12, "0"), level_of(place) or 0, month.replace(day=1)
        if first > on.replace(day=1):
            raise Unfit("只能召开本月及以前月份的会议", {"month": "月份还没有到"})
        earlier = Meeting.objects.filter(division=division, level=level)
        if earlier.filter(month=first).exists():
            raise Unfit("本月的会议已经召开，请从列表进入")
        if earlier.filter(is_closed=False).exists():
            raise Unfit("上一次会议还没有结束，请先结束再召开新的会议")
        last = earlier.filter(month__lt=first).order_by("-month").first()
        meeting = Meeting.objects.create(
            division=division, level=level, month=first, called_by_id=actor.viewer.account_id
        )
        points = agenda(
            viewer=actor.viewer,
            place=place,
            level_role=LEVEL_ROLES[len(place)],
            since_on=_since(last, first),
            on=on,
        )
        if last is not None:
            points += carried(previous=last.items.all(), new=points)
        MeetingItem.objects.bulk_create(_item(meeting, each) for each in points)
        act.about(meeting)
        act.after = {"month": str(first), "level": level, "items": len(points)}
    return meeting


def note_meeting(
    *,
    actor: Actor,
    meeting_id: int,
    version: int,
    held_on: date,
    chair: str,
    attendants: str,
    summary: str,
    on: date,
    at: datetime,
) -> Meeting:
    """Write down when a meeting was held, by whom, and what was said."""
    with acting(actor, "meeting.note", at=at) as act:
        meeting = _open(actor, meeting_id, act)
        if version != meeting.version:
            raise Stale("这次会议刚被他人更新，请刷新页面，核对后再填")
        if held_on > on:
            raise Unfit("召开日期不能晚于今天", {"held_on": "不能晚于今天"})
        if held_on < meeting.month:
            raise Unfit("召开日期不能早于会议月份", {"held_on": "不能早于会议月份"})
        _clean(chair, attendants, summary)
        meeting.held_on, meeting.chair = held_on, chair.strip()
        meeting.attendants, meeting.summary = attendants.strip(), summary.strip()
        meeting.version += 1
        meeting.save()
        act.after = {"held_on": str(held_on), "version": meeting.version}
    return meeting


def decide_item(*, actor: Actor, item_id: int, verdict: str, on: date, at: datetime) -> MeetingItem:
    """Record what was decided on an item; until the meeting is closed it can be put right."""
    with acting(actor, "meeting.decide", at=at) as act:
        item = visible(MeetingItem.objects.filter(pk=item_id), actor.viewer).first()
        if item is None:
            raise NotThere
        _open(actor, item.meeting_id, act)
        item = MeetingItem.objects.select_for_update(of=("self",)).get(pk=item_id)
        text = verdict.strip()
        if not text:
            raise Unfit("请填写研判意见", {"verdict": "请填写研判意见"})
        _clean(text)
        act.about(item)
        act.before, act.after = {"verdict": item.verdict}, {"verdict": text}
        item.verdict, item.decided_on = text, on
        item.save(update_fields=["verdict", "decided_on"])
    return item


def add_item(
    *, actor: Actor, meeting_id: int, text: str, household_number: str = "", at: datetime
) -> MeetingItem:
    """Put something on the agenda that the data do not say, about a household or the place."""
    with acting(actor, "meeting.add_item", at=at) as act:
        meeting = _open(actor, meeting_id, act)
        if not text.strip():
            raise Unfit("请填写事项内容", {"text": "请填写事项内容"})
        _clean(text)
        household = _household(actor, meeting, household_number.strip())
        item = MeetingItem.objects.create(
            meeting=meeting, household=household, kind="other", text=text.strip(),
            division=household.division if household else meeting.division,
        )  # fmt: skip
        act.about(item)
        act.after = {"text": item.text}
    return item


def close_meeting(*, actor: Actor, meeting_id: int, version: int, at: datetime) -> Meeting:
    """Close a meeting for good; what is undecided comes to the next."""
    with acting(actor, "meeting.close", at=at) as act:
        meeting = _open(actor, meeting_id, act)
        if version != meeting.version:
            raise Stale("这次会议刚被他人更新，请刷新页面，核对后再结束")
        needed = {"召开日期": meeting.held_on, "主持人": meeting.chair, "参加人员": meeting.attendants}
        missing = [label for label, value in needed.items() if not value]
        if missing:
            raise Unfit([f"请先填写{label}" for label in missing])
        undecided = meeting.items.filter(verdict="").count()
        meeting.is_closed = True
        meeting.version += 1
        meeting.save(update_fields=["is_closed", "version"])
        act.after = {"is_closed": True, "undecided": undecided}
    return meeting


def _own(actor: Actor, place: str) -> None:
    if place not in meeting_places(viewer=actor.viewer):
        raise NotAllowed("只能召开本村、本乡镇或本县的研判会，请核对区划")


def _open(actor: Actor, meeting_id: int, act: Act) -> Meeting:
    """Lock and return a meeting that a person holds and that is not closed."""
    found = visible(Meeting.objects.filter(pk=meeting_id), actor.viewer)
    meeting = found.select_for_update(of=("self",)).first()
    if meeting is None:
        raise NotThere
    act.about(meeting)
    _own(actor, place_of(meeting=meeting))
    if meeting.is_closed:
        raise Unfit("会议已经结束，记录不能再改；需要更正的请在下次会议上提出")
    return meeting


def place_of(*, meeting: Meeting) -> str:
    """Return the division prefix of a meeting."""
    return meeting.division[: {5: 12, 4: 9, 3: 6}[meeting.level]]


def _household(actor: Actor, meeting: Meeting, number: str) -> Household | None:
    if not number:
        return None
    here = Household.objects.filter(number=number, division__startswith=place_of(meeting=meeting))
    found = visible(here, actor.viewer, Permission.HOLD_MEETING, is_write=True).first()
    if found is None:
        raise Unfit("本区划内没有这个户编号，请核对", {"household_number": "没有这个户编号"})
    return found


def _since(last: Meeting | None, first: date) -> date:
    """Return from when warnings are new: the last meeting, or the month before."""
    if last is not None:
        return last.held_on or last.month
    return (first - timedelta(days=1)).replace(day=1)


def _item(meeting: Meeting, point: Point) -> MeetingItem:
    return MeetingItem(
        meeting=meeting,
        household_id=point.household_id,
        division=point.division,
        kind=point.kind,
        text=point.text,
    )


def _clean(*texts: str) -> None:
    if any(contains_personal_number(text) for text in texts):
        raise Unfit("会议记录中不能出现证件号码、手机号码或银行卡号，请删去后再保存")
    if any(len(text) > _LONGEST for text in texts):
        raise Unfit(f"每一栏最多 {_LONGEST} 个字，请简写")
