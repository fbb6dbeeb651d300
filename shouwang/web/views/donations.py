"""Donors' offers: the list, one offer, and the households it fits (R47)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.donation_giving import GiftEntry, propose_gift
from shouwang.actions.donation_offers import close_offer, register_offer
from shouwang.actions.refusals import NotThere, Refusal, Unfit
from shouwang.domain.divisions import children
from shouwang.domain.permissions import Permission
from shouwang.domain.tables import RISKS
from shouwang.domain.wording import amount
from shouwang.records.access import visible
from shouwang.records.models import DonationOffer, Household
from shouwang.records.viewers import Viewer
from shouwang.reports import donation_list
from shouwang.reports.donation_list import OFFER_TABS, Proposed
from shouwang.web.assistance import found_row, list_context, name_of, place_choices
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.donations import CloseForm, OfferFilter, OfferForm
from shouwang.web.forms.plans import PlaceForm
from shouwang.web.household_support import gift_row
from shouwang.web.page import Request, page
from shouwang.web.posting import answered, see_other
from shouwang.web.present import GRADE_LABELS, masked, place_name, risk_words, village_name

_P = Permission
COLUMNS = (
    Column("donor", "捐赠方", is_fixed=True),
    Column("kind", "形式"),
    Column("text", "内容"),
    Column("place", "用于地区"),
    Column("left", "剩余／总量"),
    Column("until", "有效期至"),
    Column("act", "操作", is_fixed=True),
)
MATCH_COLUMNS = (
    Column("household", "户主", is_fixed=True),
    Column("village", "行政村"),
    Column("grade", "预警等级"),
    Column("risk", "针对风险"),
    Column("reason", "理由"),
    Column("what", "建议数额"),
    Column("act", "操作", is_fixed=True),
)
_MOST_AT_ONCE = 100


@page("donations/", "donations", _P.SEND_TASK)
def donations(request: Request) -> HttpResponse:
    """List what donors offer."""
    tab = request.GET.get("tab", "open")
    tab = tab if tab in OFFER_TABS else "open"
    form = OfferFilter(request.GET)
    rows = donation_list.offers(request.viewer, tab=tab, kind=form.found.get("kind", ""))
    tabs = [
        {"label": label, "url": f"{reverse('donations')}?tab={key}", "is_current": key == tab}
        for key, label in OFFER_TABS.items()
    ]
    context = list_context(
        request, rows, COLUMNS, list_name="donations", heading="捐赠意向", filter_form=form, tabs=tabs
    )
    context["rows"] = [_row(each) for each in context["page"]]
    return render(request, "donations/list.html", context)


def _row(offer: DonationOffer) -> dict[str, Any]:
    return {
        "offer": offer,
        "place": place_name(offer.division, 1),
        "left": _left(offer),
        "days": (offer.until_on - today()).days if offer.until_on else None,
    }


def _left(offer: DonationOffer) -> str:
    """Say what is left of an offer and what it was."""
    left = donation_list.left_of(offer)
    if left.left_fen is not None:
        return f"{amount(left.left_fen)}／{amount(offer.amount_fen or 0)}"
    return f"{left.left_quantity}／{offer.quantity}{offer.unit or '份'}"


@page("donations/new/", "offer_new", _P.SEND_TASK, methods=("GET", "POST"))
def offer_new(request: Request) -> HttpResponse:
    """Register what a donor offers."""
    form = OfferForm(request.POST or None, places=_places(request.viewer))
    done = answered(
        request,
        form,
        lambda typed: register_offer(
            actor=request.actor, place=typed["place"], entry=form.entry, on=today(), at=now()
        ),
        said="捐赠意向已登记，可以对接农户",
        to=lambda offer: reverse("offer", args=[offer.pk]),
    )
    context = {
        "heading": "登记捐赠意向",
        "form": form,
        "submit_label": "保存",
        "cancel_url": reverse("donations"),
    }
    return done or render(request, "donations/form.html", context, status=422 if form.errors else 200)


def _places(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the counties and townships for which a viewer may take offers."""
    found: dict[str, str] = {}
    for reach in viewer.scope(_P.SEND_TASK, is_write=True).reaches:
        found[reach.prefix] = place_name(reach.prefix.ljust(12, "0"), 1)
        if len(reach.prefix) == 6:
            found |= {each.code[:9]: each.name for each in children(reach.prefix.ljust(12, "0"))}
    return sorted((code, name) for code, name in found.items() if len(code) in (6, 9))


@page("donations/<int:offer_id>/", "offer", _P.SEND_TASK)
def offer_shown(request: Request, offer_id: int) -> HttpResponse:
    """Show an offer and its gifts."""
    return _offer_page(request, _offer(request, offer_id))


def _offer_page(request: Request, offer: DonationOffer, *, close: CloseForm | None = None) -> HttpResponse:
    facts = [
        {"label": "意向编号", "value": offer.number},
        {"label": "捐赠方类别", "value": offer.get_donor_kind_display()},
        {"label": "形式", "value": offer.get_kind_display()},
        {"label": "剩余／总量", "value": _left(offer)},
        {"label": "每户最多", "value": _per_household(offer)},
        {"label": "用于地区", "value": place_name(offer.division, 2)},
        {"label": "用于风险", "value": risk_words(offer.risks) or "不限"},
        {"label": "提出日期", "value": offer.offered_on.isoformat()},
        {"label": "有效期至", "value": offer.until_on.isoformat() if offer.until_on else "长期"},
        {"label": "其他要求", "value": offer.conditions or "无"},
    ]
    is_open = offer.state == "open"
    rows = visible(offer.gifts.select_related("household"), request.viewer).order_by("-pk")
    gifts = [
        {
            **gift_row(request.viewer, each),
            "name": name_of(request.viewer, each.household),
            "village": village_name(each.division),
        }
        for each in rows
    ]
    context = {
        "heading": "捐赠意向详情",
        "offer": offer,
        "tone": "doing" if is_open else "stopped",
        "facts": facts,
        "gifts": gifts,
        "close": close or (CloseForm(initial={"version": offer.version}) if is_open else None),
        "breadcrumbs": [{"label": "捐赠意向", "url": reverse("donations")}, {"label": offer.number}],
    }
    return render(request, "donations/offer.html", context, status=422 if close else 200)


def _per_household(offer: DonationOffer) -> str:
    parts = [
        amount(offer.per_household_fen) if offer.per_household_fen else "",
        f"{offer.per_household_quantity}{offer.unit or '份'}" if offer.per_household_quantity else "",
    ]
    return "，".join(filter(None, parts)) or "不限"


@page("donations/<int:offer_id>/close/", "offer_close", _P.SEND_TASK, methods=("POST",))
def offer_close(request: Request, offer_id: int) -> HttpResponse:
    """Close an offer."""
    offer, form = _offer(request, offer_id), CloseForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: close_offer(actor=request.actor, offer_id=offer_id, on=today(), at=now(), **typed),
        said="捐赠意向已结束",
        to=reverse("offer", args=[offer_id]),
    )
    return done or _offer_page(request, offer, close=form)


@page("donations/<int:offer_id>/fitting/", "offer_fitting", _P.SEND_TASK)
def offer_fitting(request: Request, offer_id: int) -> HttpResponse:
    """List the households that an offer fits, those in gravest want first."""
    offer = _offer(request, offer_id)
    form = PlaceForm(request.GET, places=place_choices(request.viewer))
    found = donation_list.fitting(request.viewer, offer, today(), prefix=form.found.get("place", ""))
    context = list_context(
        request,
        found or [],
        MATCH_COLUMNS,
        list_name="offer_fitting",
        heading=f"对接农户：{offer.donor_name}",
        filter_form=form,
        has_row_check=offer.state == "open",
    )
    context |= {
        "offer": offer,
        "note": f"{offer.text}，剩余 {_left(offer)}。以下监测对象的风险与捐赠用途相符、需要还没有满足，"
        "按预警等级、计划缺口和已受捐赠排列；勾选后提出，由村里征求农户意见再确认。",
        "is_too_many": found is None,
        "rows": [_match_row(request, offer, each) for each in context["page"]],
        "breadcrumbs": [
            {"label": "捐赠意向", "url": reverse("donations")},
            {"label": offer.number, "url": reverse("offer", args=[offer.pk])},
            {"label": "对接农户"},
        ],
    }
    return render(request, "donations/fitting.html", context)


def _match_row(request: Request, offer: DonationOffer, found: Proposed) -> dict[str, Any]:
    household, match = found.household, found.match
    parts = [
        f"{match.quantity}{offer.unit or '份'}" if match.quantity else "",
        amount(match.amount_fen) if match.amount_fen else "",
    ]
    return {
        "household": household,
        "name": name_of(request.viewer, household),
        "village": village_name(household.division),
        "grade": household.grade,
        "grade_label": GRADE_LABELS.get(household.grade, ""),
        "risk": RISKS[match.need.risk],
        "reason": masked(request.viewer, "gift.reason", match.reason, household),
        "what": "，".join(filter(None, parts)),
        "is_ready": match.is_ready,
    }


@page("donations/<int:offer_id>/propose/", "offer_propose", _P.SEND_TASK, methods=("POST",))
def offer_propose(request: Request, offer_id: int) -> HttpResponse:
    """Propose an offer to the ticked households, each an act of its own; foreign ones refuse all (T07)."""
    offer = _offer(request, offer_id)
    is_all = request.POST.get("select_all") == "1"
    ids = sorted({int(each) for each in request.POST.getlist("row") if each.isdecimal() and len(each) < 19})
    if not is_all:
        reached = visible(Household.objects.filter(pk__in=ids), request.viewer, _P.SEND_TASK, is_write=True)
        if reached.count() != len(ids):
            raise NotThere
    place = PlaceForm(request.GET, places=place_choices(request.viewer)).found.get("place", "")
    found = donation_list.fitting(
        request.viewer, offer, today(), prefix=place if is_all else "", only=None if is_all else ids
    )
    ready = [each for each in found or [] if each.match.is_ready][:_MOST_AT_ONCE]
    if not ready:
        raise Unfit("没有可以直接对接的农户；需要多少尚无数据的户，请逐户填写后提出")
    done, refused = 0, []
    for each in ready:
        reason = _proposed(request, offer, each)
        done += reason is None
        refused += [] if reason is None else [f"{each.household.number}：{reason}"]
    if done:
        messages.success(request, f"已提出对接 {done} 户，请村里征求农户意见后确认")
    for text in refused[:10]:
        messages.warning(request, f"未提出 {text}")
    return see_other(reverse("offer", args=[offer_id]))


def _proposed(request: Request, offer: DonationOffer, found: Proposed) -> str | None:
    """Propose one gift; return why not."""
    match = found.match
    entry = GiftEntry(match.need.risk, match.amount_fen, match.quantity, reason=match.reason)
    try:
        propose_gift(
            actor=request.actor, offer_id=offer.pk, household_id=found.household.pk, entry=entry,
            on=today(), at=now(),
        )  # fmt: skip
    except Refusal as refusal:
        return str(refusal)
    return None


@page("donations/<int:offer_id>/sheet/", "offer_sheet", _P.SEND_TASK)
def offer_sheet(request: Request, offer_id: int) -> HttpResponse:
    """Show what became of an offer as a sheet for its donor: nothing about any person."""
    offer = _offer(request, offer_id)
    rows = visible(offer.gifts.filter(state="delivered"), request.viewer).order_by("delivered_on", "pk")
    gifts = [
        {**gift_row(request.viewer, each), "place": place_name(each.division[:9].ljust(12, "0"), 1)}
        for each in rows
    ]
    context = {
        "heading": "捐赠反馈单",
        "offer": offer,
        "left": _left(offer),
        "gifts": gifts,
        "printed_on": today(),
    }
    return render(request, "donations/sheet.html", context)


def _offer(request: Request, offer_id: int) -> DonationOffer:
    rows = DonationOffer.objects.prefetch_related("gifts")
    found: DonationOffer = found_row(rows, request.viewer, offer_id, _P.SEND_TASK)
    return found
