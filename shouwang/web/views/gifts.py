"""Gifts of donors: the list by where they stand, one gift, and each step of it (R47)."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.attachments import add_attachment
from shouwang.actions.donation_giving import answer_gift, cancel_gift, deliver_gift, propose_gift
from shouwang.actions.refusals import Refusal
from shouwang.domain.donations import need_words
from shouwang.domain.permissions import Permission
from shouwang.domain.wording import amount
from shouwang.records.donation_needs import needs_of
from shouwang.records.models import Attachment, Gift
from shouwang.reports import donation_list
from shouwang.reports.donation_list import GIFT_TABS
from shouwang.web.assistance import (
    found_household,
    found_row,
    household_facts_shown,
    list_context,
    name_of,
    place_choices,
)
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.donations import AnswerForm, CancelForm, DeliveryForm, GiftForm
from shouwang.web.forms.plans import PlaceForm
from shouwang.web.household_support import gift_row
from shouwang.web.page import Request, page
from shouwang.web.posting import answered
from shouwang.web.present import masked, village_name
from shouwang.web.support_pages import household_form, may_here

_P = Permission
COLUMNS = (
    Column("household", "户主", is_fixed=True),
    Column("village", "行政村"),
    Column("donor", "捐赠方"),
    Column("text", "内容"),
    Column("risk", "针对风险"),
    Column("what", "数额"),
    Column("state", "状态"),
    Column("act", "操作", is_fixed=True),
)


@page("gifts/", "gifts", _P.SEE_INCOME)
def gifts(request: Request) -> HttpResponse:
    """List gifts by where they stand."""
    tab = request.GET.get("tab", "proposed")
    tab = tab if tab in GIFT_TABS else "proposed"
    form = PlaceForm(request.GET, places=place_choices(request.viewer))
    prefix = form.found.get("place", "")
    counts = donation_list.gift_counts(request.viewer, prefix=prefix)
    tabs = [
        {
            "label": label,
            "url": f"{reverse('gifts')}?tab={key}",
            "is_current": key == tab,
            "count": counts[key],
        }
        for key, label in GIFT_TABS.items()
    ]
    rows = donation_list.gifts(request.viewer, tab=tab, prefix=prefix)
    context = list_context(
        request, rows, COLUMNS, list_name="gifts", heading="捐赠对接", filter_form=form, tabs=tabs
    )
    context["rows"] = [
        {
            **gift_row(request.viewer, each),
            "name": name_of(request.viewer, each.household),
            "village": village_name(each.division),
        }
        for each in context["page"]
    ]
    return render(request, "donations/gifts.html", context)


@page("households/<int:household_id>/gift/", "gift_new", _P.SEND_TASK, methods=("GET", "POST"))
def gift_new(request: Request, household_id: int) -> HttpResponse:
    """Propose a gift to one household, with the need where no record tells it."""
    household = found_household(request, household_id, _P.SEND_TASK)
    offers = donation_list.offers_for(request.viewer, household, today())
    needs = needs_of([household], today())[household.pk]
    asked = {name: request.GET.get(name, "") for name in ("offer", "risk")}
    form = GiftForm(request.POST or None, offers=offers, risks=sorted(needs.needs), initial=asked)
    done = answered(
        request,
        form,
        lambda typed: propose_gift(
            actor=request.actor,
            offer_id=typed["offer"],
            household_id=household_id,
            entry=form.entry,
            on=today(),
            at=now(),
        ),
        said="已提出对接，请村里征求农户意见后确认",
        to=lambda gift: reverse("gift", args=[gift.pk]),
    )
    known = [
        masked(request.viewer, "gift.reason", need_words(each), household) for each in needs.needs.values()
    ]
    note = "；".join(dict.fromkeys(filter(None, known)))
    if not offers:
        note = "目前没有可用于这户所在地区的捐赠意向，请先登记。"
    return done or household_form(request, household, form, "对接捐赠", note=note, submit_label="提出对接")


@page("gifts/<int:gift_id>/", "gift", _P.SEE_INCOME)
def gift_shown(request: Request, gift_id: int) -> HttpResponse:
    """Show a gift with its reason, and what the viewer may do."""
    return _gift_page(request, _gift(request, gift_id))


def _gift_page(request: Request, gift: Gift, **tried: Any) -> HttpResponse:
    viewer, row = request.viewer, gift_row(request.viewer, gift)
    is_own = gift.proposed_by_id == viewer.account_id
    may_record = may_here(request, gift.household, _P.RECORD_MEASURE)
    version = {"version": gift.version}
    forms = {
        "answer": AnswerForm(initial=version)
        if gift.state == "proposed" and may_record and not is_own
        else None,
        "delivery": DeliveryForm(initial=version | _agreed(gift))
        if gift.state == "accepted" and may_record
        else None,
        "cancel": CancelForm(initial=version)
        if gift.state in ("proposed", "accepted") and may_here(request, gift.household, _P.SEND_TASK)
        else None,
    } | tried
    context = {
        "heading": f"捐赠对接 {gift.number}",
        "gift": gift,
        "row": row,
        "name": name_of(viewer, gift.household),
        "facts": _facts(gift, row),
        "summary_facts": household_facts_shown(viewer, gift.household),
        "is_own": is_own and gift.state == "proposed",
        "photos": Attachment.objects.filter(owner=f"gift:{gift.pk}"),
        "breadcrumbs": [{"label": "捐赠对接", "url": reverse("gifts")}, {"label": gift.number}],
        **forms,
    }
    return render(request, "donations/gift.html", context, status=422 if tried else 200)


def _facts(gift: Gift, row: dict[str, Any]) -> list[dict[str, Any]]:
    facts = [
        {"label": "捐赠方", "value": gift.donor_name},
        {"label": "内容", "value": gift.text},
        {"label": "形式", "value": gift.get_kind_display()},
        {"label": "数额", "value": row["what"]},
        {"label": "针对风险", "value": row["risk"]},
        {"label": "核定需要", "value": amount(gift.need_fen) if gift.need_fen else "不按金额核定"},
        {"label": "提出", "value": f"{gift.proposed_on} {gift.proposed_by.display_name}"},
        {"label": "对接理由", "value": row["reason"]},
    ]
    if gift.answered_by:
        facts.append({"label": "确认", "value": f"{gift.answered_on} {gift.answered_by.display_name}"})
    if gift.answer:
        facts.append({"label": "确认意见", "value": gift.answer})
    if gift.delivered_on:
        facts += [
            {"label": "交付日期", "value": gift.delivered_on.isoformat()},
            {"label": "签收凭证", "value": gift.receipt},
            {"label": "签收人", "value": gift.received_by},
        ]
    return facts


def _agreed(gift: Gift) -> dict[str, Any]:
    return {
        "delivered_on": today(),
        "delivered_fen": gift.amount_fen,
        "delivered_quantity": gift.quantity,
    }


@page("gifts/<int:gift_id>/answer/", "gift_answer", _P.RECORD_MEASURE, methods=("POST",))
def gift_answer(request: Request, gift_id: int) -> HttpResponse:
    """Accept a proposed gift for the household, or decline it."""
    gift, form = _gift(request, gift_id, _P.RECORD_MEASURE), AnswerForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: answer_gift(
            actor=request.actor,
            gift_id=gift_id,
            version=typed["version"],
            is_accepted=typed["decision"] == "accept",
            answer=typed["answer"],
            on=today(),
            at=now(),
        ),
        said=lambda made: "已确认接受，交付后请登记签收" if made.state == "accepted" else "已登记不接受",
        to=reverse("gift", args=[gift_id]),
    )
    return done or _gift_page(request, gift, answer=form)


@page("gifts/<int:gift_id>/deliver/", "gift_deliver", _P.RECORD_MEASURE, methods=("POST",))
def gift_deliver(request: Request, gift_id: int) -> HttpResponse:
    """Record that a gift was delivered, with its receipt and a photo."""
    gift = _gift(request, gift_id, _P.RECORD_MEASURE)
    form = DeliveryForm(request.POST, request.FILES)

    def act(typed: Any) -> Gift:
        given = {name: value for name, value in typed.items() if name != "photos"}
        made = deliver_gift(actor=request.actor, gift_id=gift_id, on=today(), at=now(), **given)
        for photo in request.FILES.getlist("photos"):
            _keep_photo(request, made, photo)
        return made

    done = answered(request, form, act, said="已登记交付", to=reverse("gift", args=[gift_id]))
    return done or _gift_page(request, gift, delivery=form)


def _keep_photo(request: Request, gift: Gift, photo: UploadedFile) -> None:
    try:
        add_attachment(
            actor=request.actor,
            household_id=gift.household_id,
            owner=f"gift:{gift.pk}",
            title=f"签收 {gift.receipt}",
            content=photo.read(),
            content_type=photo.content_type or "",
            at=now(),
        )
    except Refusal as refusal:
        messages.warning(request, f"照片没有保存：{refusal}")


@page("gifts/<int:gift_id>/cancel/", "gift_cancel", _P.SEND_TASK, methods=("POST",))
def gift_cancel(request: Request, gift_id: int) -> HttpResponse:
    """Cancel a gift that was not delivered."""
    gift, form = _gift(request, gift_id, _P.SEND_TASK), CancelForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: cancel_gift(actor=request.actor, gift_id=gift_id, on=today(), at=now(), **typed),
        said="对接已取消",
        to=reverse("gift", args=[gift_id]),
    )
    return done or _gift_page(request, gift, cancel=form)


def _gift(request: Request, gift_id: int, permission: Permission = _P.SEE_INCOME) -> Gift:
    rows = Gift.objects.select_related("household__contact", "proposed_by", "answered_by")
    found: Gift = found_row(rows, request.viewer, gift_id, permission)
    return found
