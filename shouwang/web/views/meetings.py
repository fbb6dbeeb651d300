"""Monthly meetings: the list, one meeting, its items and verdicts, and the minutes to print."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions import meeting_keeping as keeping
from shouwang.actions.refusals import NotAllowed, NotThere, Stale
from shouwang.domain.divisions import LEVELS
from shouwang.domain.permissions import Permission
from shouwang.records.models import Meeting, MeetingItem
from shouwang.records.viewers import Viewer
from shouwang.reports import meeting_pages
from shouwang.web.clock import now, today
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.forms.meetings import CallForm, ItemForm, MeetingFilterForm, NoteForm, VerdictForm
from shouwang.web.page import PAGES, Request, page
from shouwang.web.posting import answered, see_other
from shouwang.web.present import head_name, place_name, village_name

_HOLD = Permission.HOLD_MEETING
COLUMNS = (
    Column("month", "月份", is_fixed=True), Column("place", "召开单位"), Column("level", "级别"),
    Column("held", "召开日期"), Column("chair", "主持人"),
    Column("items", "议题", is_number=True),
    Column("undecided", "未议", is_number=True), Column("state", "状态"),
    Column("act", "操作", is_fixed=True),
)  # fmt: skip


@page("meetings/", "meetings", _HOLD)
def meetings(request: Request) -> HttpResponse:
    """List the meetings of one's place and those below."""
    form = MeetingFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = meeting_pages.meetings(request.viewer, **asked)
    paginator = Paginator(found, per_page(request.GET.get("per_page")))
    shown = paginator.get_page(request.GET.get("page"))
    context = {
        "heading": "月度研判", "list_name": "meetings", "columns": COLUMNS, "page": shown,
        "filter_form": form,
        "page_numbers": paginator.get_elided_page_range(shown.number, on_each_side=2, on_ends=1),
        "per_page_choices": PER_PAGE_CHOICES,
        "rows": [(each, place_name(each.division), f"{LEVELS[each.level]}级") for each in shown],
        "may_call": bool(keeping.meeting_places(viewer=request.viewer)),
    }  # fmt: skip
    return render(request, "meetings/list.html", context)


@page("meetings/new/", "meeting_new", _HOLD, methods=("GET", "POST"))
def meeting_new(request: Request) -> HttpResponse:
    """Call the meeting of a month."""
    places = keeping.meeting_places(viewer=request.viewer)
    if not places:
        raise NotAllowed("只有村、乡镇、县召开月度研判会；上级请在列表中查看")
    form = CallForm(request.POST or None, places=places, initial={"month": today(), "place": places[0]})
    done = answered(
        request,
        form,
        lambda typed: keeping.call_meeting(actor=request.actor, **typed, on=today(), at=now()),
        said="会议已召开，议程按当前数据生成",
        to=lambda made: reverse("meeting", args=[made.pk]),
    )
    if done is not None:
        return done
    return _form_page(request, form, "召开研判会", "生成议程", reverse("meetings"))


@page("meetings/<int:meeting_id>/", "meeting", _HOLD)
def meeting(request: Request, meeting_id: int) -> HttpResponse:
    """Show one meeting with its agenda."""
    found = _found(request, meeting_id)
    return render(request, "meetings/meeting.html", _context(request, found))


@page("meetings/<int:meeting_id>/minutes/", "meeting_minutes", _HOLD)
def meeting_minutes(request: Request, meeting_id: int) -> HttpResponse:
    """Show the minutes as they are printed."""
    found = _found(request, meeting_id)
    context = _context(request, found)
    minutes = [(section, *_parted(rows)) for section, rows in context["sections"]]
    return render(request, "meetings/minutes.html", context | {"minutes": minutes, "printed_on": today()})


@page("meetings/<int:meeting_id>/note/", "meeting_note", _HOLD, methods=("GET", "POST"))
def meeting_note(request: Request, meeting_id: int) -> HttpResponse:
    """Write down when the meeting was held, by whom, and what was said."""
    found = _found_to_write(request, meeting_id)
    given = ("version", "held_on", "chair", "attendants", "summary")
    initial = {name: getattr(found, name) for name in given} | {"held_on": found.held_on or today()}
    form = NoteForm(request.POST or None, initial=initial)
    done = answered(
        request,
        form,
        lambda typed: keeping.note_meeting(
            actor=request.actor, meeting_id=meeting_id, **typed, on=today(), at=now()
        ),
        said="会议情况已保存",
        to=reverse("meeting", args=[meeting_id]),
    )
    return done or _form_page(request, form, "填写会议情况", "保存", reverse("meeting", args=[meeting_id]))


@page("meetings/<int:meeting_id>/items/new/", "meeting_item_new", _HOLD, methods=("GET", "POST"))
def meeting_item_new(request: Request, meeting_id: int) -> HttpResponse:
    """Put something else on the agenda."""
    _found_to_write(request, meeting_id)
    form = ItemForm(request.POST or None)
    back = reverse("meeting", args=[meeting_id])
    done = answered(
        request,
        form,
        lambda typed: keeping.add_item(actor=request.actor, meeting_id=meeting_id, **typed, at=now()),
        said="事项已加入议程",
        to=back,
    )
    return done or _form_page(request, form, "增加研判事项", "加入议程", back)


@page("meetings/items/<int:item_id>/", "meeting_item", _HOLD, methods=("GET", "POST"))
def meeting_item(request: Request, item_id: int) -> HttpResponse:
    """Record what was decided on an item."""
    item = meeting_pages.item_of(request.viewer, item_id)
    if item is None:
        raise NotThere
    _found_to_write(request, item.meeting_id)
    form = VerdictForm(request.POST or None, initial={"verdict": item.verdict})
    done = answered(
        request,
        form,
        lambda typed: keeping.decide_item(
            actor=request.actor, item_id=item_id, **typed, on=today(), at=now()
        ),
        said="研判意见已记录",
        to=reverse("meeting", args=[item.meeting_id]),
    )
    if done is not None:
        return done
    row = _item(request.viewer, item)
    context = {"item": row, "heading": "研判意见", "form": form, "submit_label": "保存意见"}
    context |= {"cancel_url": reverse("meeting", args=[item.meeting_id])}
    return render(request, "meetings/item.html", context, status=422 if form.errors else 200)


@page("meetings/<int:meeting_id>/close/", "meeting_close", _HOLD, methods=("POST",))
def meeting_close(request: Request, meeting_id: int) -> HttpResponse:
    """Close the meeting for good."""
    version = request.POST.get("version", "")
    if request.POST.get("is_confirmed") != "1":
        context = {
            "heading": "结束会议", "text": "结束后会议记录不能再改，未议事项转入下次会议。", "count": 1,
            "kept": [("version", version)], "form_url": request.path, "submit_label": "结束会议",
            "cancel_url": reverse("meeting", args=[meeting_id]), "submit_tone": "danger",
        }  # fmt: skip
        return render(request, "components/confirm_page.html", context)
    if not version.isdigit():
        raise Stale("页面不完整，请返回会议页面刷新后重试")
    keeping.close_meeting(actor=request.actor, meeting_id=meeting_id, version=int(version), at=now())
    messages.success(request, "会议已结束")
    return see_other(reverse("meeting", args=[meeting_id]))


def _parted(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Part the items of a section into those decided and those left."""
    decided = [row for row in rows if row["item"].verdict]
    return decided, [row for row in rows if not row["item"].verdict]


def _found(request: Request, meeting_id: int) -> Meeting:
    found = meeting_pages.meeting_of(request.viewer, meeting_id)
    if found is None:
        raise NotThere
    return found


def _found_to_write(request: Request, meeting_id: int) -> Meeting:
    found = _found(request, meeting_id)
    if not _is_mine(request, found):
        raise NotAllowed("会议记录由召开研判会的单位填写，您可以查看")
    return found


def _is_mine(request: Request, meeting: Meeting) -> bool:
    return keeping.place_of(meeting=meeting) in keeping.meeting_places(viewer=request.viewer)


def _form_page(request: Request, form: Form, heading: str, label: str, cancel: str) -> HttpResponse:
    context = {
        "heading": heading, "form": form, "submit_label": label, "cancel_url": cancel,
        "breadcrumbs": [{"label": "月度研判", "url": reverse("meetings")}, {"label": heading}],
    }  # fmt: skip
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)


def _context(request: Request, found: Meeting) -> dict[str, Any]:
    parts = meeting_pages.sections(request.viewer, found)
    items, undecided = sum(len(each.items) for each in parts), sum(each.undecided for each in parts)
    facts = [
        {"label": "召开单位", "value": place_name(found.division, 3)},
        {"label": "月份", "value": _month(found.month)},
        {"label": "召开日期", "value": str(found.held_on or "未召开")},
        {"label": "主持人", "value": found.chair},
        {"label": "参加人员", "value": found.attendants},
        {"label": "议题", "value": f"{items} 项，未议 {undecided} 项"},
    ]  # fmt: skip
    rows = [(each, [_item(request.viewer, item) for item in each.items]) for each in parts]
    return {
        "heading": f"{_month(found.month)} {place_name(found.division, 1)}研判会", "meeting": found,
        "facts": facts,
        "sections": rows, "undecided": undecided,
        "may_write": _is_mine(request, found) and not found.is_closed,
        "breadcrumbs": [{"label": "月度研判", "url": reverse("meetings")}, {"label": _month(found.month)}],
    }  # fmt: skip


def _item(viewer: Viewer, item: MeetingItem) -> dict[str, Any]:
    household = item.household
    has_page = household is not None and "household" in PAGES
    return {
        "item": item,
        "village": village_name(item.division),
        "head": head_name(viewer, household) if household else "",
        "url": reverse("household", args=[household.pk]) if has_page and household else "",
    }


def _month(month: date) -> str:
    return f"{month.year} 年 {month.month} 月"
